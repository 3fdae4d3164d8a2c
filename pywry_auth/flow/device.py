"""Sign-in on another device: a code is shown here, confirmed there (RFC 8628)."""

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Protocol

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.flow.farewell import Farewell
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.notices import listener_of
from pywry_auth.flow.running import Running, awaited
from pywry_auth.flow.values import AuthFlowResult, AuthFlowState
from pywry_auth.flow.windows import best_window, named_kind
from pywry_auth.interrupts import SLICE
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.device import DeviceEndpoint, no_device_grant
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import SignInWindow, WindowKind


Work = Callable[[], Coroutine[object, object, AuthFlowResult]]

WINDOW = "device"  # in logs, where other sign-ins name their window


class _Presenter(Protocol):
    """One way to bring a code before the person."""

    farewell: Farewell

    def show(self, prompt: DevicePrompt) -> None:
        """Bring *prompt* before the person; called on the loop."""
        ...

    async def run(self, work: Work) -> AuthFlowResult:
        """Do *work*, which calls ``show``, on the loop."""
        ...

    def host(self, outcome: Future[AuthFlowResult]) -> AuthFlowResult:
        """Use the caller's thread until *outcome* is there."""
        ...


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
            ``arun``); the provider is asked meanwhile. A page in a window, when left out.
        auth_timeout: seconds to wait in all, with a new code whenever one ends; when left out, as
            long as the one code lives.
        window: where the ready-made page is seen: a window, or its kind.
        app_name: what that page calls the application.
        on_notice: told, on any thread, what the person should know.
        clock: tells the time.
    """

    def __init__(  # noqa: PLR0913  # each is one thing a caller may want to decide
        self,
        provider: OAuthProvider,
        token_store: TokenStore | None = None,
        session_manager: SessionManager | None = None,
        *,
        show: Callable[[DevicePrompt], None] | None = None,
        auth_timeout: float | None = None,
        window: SignInWindow | WindowKind | str | None = None,
        app_name: str = "",
        on_notice: Callable[[str], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._provider = provider
        self._on_notice = listener_of(on_notice)
        self._keeping = Keeping(session_manager, token_store, on_notice=self._on_notice)
        self._show = show
        self._auth_timeout = auth_timeout
        self._clock = clock
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._app_name = app_name
        self._farewell = Farewell()
        self._running = Running(provider.name)

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
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            CallbackError: somebody said no on the provider's page.
            TokenTransportError: the provider could not be reached.
            TokenError: the provider refused, or its answer must not be believed.
            AuthenticationError: everything else; see its subclasses for why.
        """
        LOOP.refuse_here()
        claim = object()
        try:
            self._running.begin(claim)
            result = self._sign_in()
            self._running.end(claim, None, window=WINDOW)
        except BaseException as exc:
            self._running.end(claim, exc, window=WINDOW)
            raise
        return result

    async def arun(self) -> AuthFlowResult:
        """Sign in without blocking the running loop; whoever cancels the wait cancels it."""
        return await awaited(self.run, self.cancel)

    def farewell(self, timeout: float = 6.0) -> bool:
        """
        Wait until the browser shows how the last sign-in ended; for programs that end soon after.

        Args:
            timeout: seconds to wait at most.

        Returns:
            Whether nothing is left to be shown.
        """
        return self._farewell.wait(timeout)

    def cancel(self) -> None:
        """End the sign-in under way, or the first one before it begins; from any thread."""
        self._running.cancel()

    def _sign_in(self) -> AuthFlowResult:
        from pywry_auth.flow.device_attempt import DeviceSignIn

        provider = self._provider
        if not isinstance(provider, DeviceEndpoint):
            raise no_device_grant(provider)
        shown = self._ready_made() if self._show is None else _Shown(self._show)
        sign_in = DeviceSignIn(
            provider,
            keeping=self._keeping,
            show=shown.show,
            auth_timeout=self._auth_timeout,
            clock=self._clock,
        )
        self._farewell = shown.farewell
        return self._running.host(
            lambda: shown.run(sign_in.run), shown.host, flow_id=sign_in.flow_id
        )

    def _ready_made(self) -> _Presenter:
        from pywry_auth.flow.device_window import DeviceWindow, require_page

        window = best_window(self._window, self._provider, {}, on_notice=self._on_notice)
        return DeviceWindow(
            require_page(window),
            provider=self._provider.name,
            app_name=self._app_name,
            on_notice=self._on_notice,
            clock=self._clock,
        )


class _Shown:
    """Has the caller show each code, on the caller's own thread."""

    def __init__(self, show: Callable[[DevicePrompt], None]) -> None:
        self.farewell = Farewell()
        self._show = show
        self._prompts: SimpleQueue[DevicePrompt | None] = SimpleQueue()

    def show(self, prompt: DevicePrompt) -> None:
        self._prompts.put(prompt)

    async def run(self, work: Work) -> AuthFlowResult:
        return await work()

    def host(self, outcome: Future[AuthFlowResult]) -> AuthFlowResult:
        outcome.add_done_callback(lambda _outcome: self._prompts.put(None))
        while self._goes_on():
            pass
        return wait_for(outcome)

    def _goes_on(self) -> bool:
        try:
            prompt = self._prompts.get(timeout=SLICE)
        except Empty:
            return True  # a wait with a limit can be interrupted on Windows too
        if prompt is not None:
            self._show(prompt)
        return prompt is not None
