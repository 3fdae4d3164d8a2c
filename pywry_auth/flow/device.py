"""Sign-in on another device: a code is shown here, confirmed there (RFC 8628)."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.flow.keeping import Keeping, log_notice
from pywry_auth.flow.running import Running, awaited
from pywry_auth.flow.values import AuthFlowResult, AuthFlowState
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.device import DeviceEndpoint, no_device_grant
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.waiting import SLICE, wait_for


WINDOW = "device"  # in logs, where other sign-ins name their window


class DeviceFlow:
    """
    Takes a person through a sign-in that needs neither a browser here nor a way back.

    For machines without a screen, or where another device holds the passkey. Anybody can have a
    code: whoever shows one must show beside it whose page it is for, and have the two compared.

    Args:
        provider: where to sign in.
        token_store: where tokens are kept, under ``<subject>@<issuer>``; not with a session.
        session_manager: keeps the tokens under its own key, and renews them afterwards.
        show: shows each code to the person, on the thread that called ``run`` (another one for
            ``arun``); the provider is asked meanwhile.
        auth_timeout: seconds to wait in all, with a new code whenever one ends; when left out, as
            long as the one code lives.
        on_notice: told, on any thread, what the person should know.
        clock: tells the time.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        token_store: TokenStore | None = None,
        session_manager: SessionManager | None = None,
        *,
        show: Callable[[DevicePrompt], None],
        auth_timeout: float | None = None,
        on_notice: Callable[[str], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._provider = provider
        self._keeping = Keeping(session_manager, token_store, on_notice=on_notice or log_notice)
        self._show = show
        self._auth_timeout = auth_timeout
        self._clock = clock
        self._running = Running(provider.name)
        self._prompts: SimpleQueue[DevicePrompt | None] = SimpleQueue()

    @property
    def flow_state(self) -> AuthFlowState:
        """Where the sign-in stands, or how the last one ended."""
        return self._running.state

    def run(self) -> AuthFlowResult:
        """
        Sign in, while the calling thread waits.

        Raises:
            ConfigError: the provider has no device authorization endpoint.
            AuthFlowTimeout: nobody confirmed in time.
            AuthFlowCancelled: ``cancel`` was called.
            CallbackError: somebody said no on the provider's page.
            TokenTransportError: the provider could not be reached.
            TokenError: the provider refused, or its answer must not be believed.
            AuthenticationError: everything else; see its subclasses for why.
        """
        LOOP.refuse_here()
        self._running.begin()
        try:
            result = self._sign_in()
        except BaseException as exc:
            self._running.end(exc, window=WINDOW)
            raise
        self._running.end(None, window=WINDOW)
        return result

    async def arun(self) -> AuthFlowResult:
        """Sign in without blocking the running loop; whoever cancels the wait cancels it."""
        return await awaited(self.run, self.cancel)

    def cancel(self) -> None:
        """End the sign-in under way, or the first one before it begins; from any thread."""
        self._running.cancel()

    def _sign_in(self) -> AuthFlowResult:
        from pywry_auth.flow.device_attempt import DeviceSignIn

        if not isinstance(self._provider, DeviceEndpoint):
            raise no_device_grant(self._provider)
        self._prompts = SimpleQueue()
        sign_in = DeviceSignIn(
            self._provider,
            keeping=self._keeping,
            show=self._prompts.put,
            auth_timeout=self._auth_timeout,
            clock=self._clock,
        )
        return self._running.host(sign_in.run(), self._host, flow_id=sign_in.flow_id)

    def _host(self, outcome: Future[AuthFlowResult]) -> AuthFlowResult:
        prompts = self._prompts
        outcome.add_done_callback(lambda _outcome: prompts.put(None))
        while not outcome.done():
            try:
                prompt = prompts.get(timeout=SLICE)
            except Empty:
                continue
            if prompt is not None:
                self._show(prompt)
        return wait_for(outcome)
