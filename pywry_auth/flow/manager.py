"""The sign-in button's engine."""

from collections.abc import Callable, Mapping

from pywry_auth.flow.farewell import Farewell
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.mode import is_deployed
from pywry_auth.flow.notices import listener_of
from pywry_auth.flow.patience import AUTH_TIMEOUT, SILENT_TIMEOUT, SPARE
from pywry_auth.flow.running import Running, awaited
from pywry_auth.flow.unasked import Unasked
from pywry_auth.flow.values import (
    AuthFlowResult,
    AuthFlowState,
    CallbackOptions,
    NoPrompt,
    NotSilent,
    SignInOptions,
    Voice,
)
from pywry_auth.flow.windows import (
    CloseWindow,
    ShowWindow,
    best_window,
    callers_window,
    hidden_window,
    named_kind,
)
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.base import SignInWindow, WindowKind


class AuthFlowManager:
    """
    Takes a person through the provider's sign-in, and keeps the tokens.

    Args:
        provider: where to sign in.
        token_store: where tokens are kept, under ``<subject>@<issuer>``; not with a session.
        session_manager: keeps the tokens under its own key, and renews them afterwards.
        use_pkce: False only counts for a client with a secret, and is warned of.
        auth_timeout: seconds to wait for the person.
        window: a window, or its kind; by default the native one, where provider and machine allow.
        callback: where the redirect arrives.
        on_notice: told, on any thread, what the person should know.
        profile: keeps the native window's browsing data under this name, apart from every other
            name, so that ``run_silent`` can use it; forgotten with its window when left out.
        voice: how our own pages speak; in the person's language when left out.
    """

    def __init__(  # noqa: PLR0913
        self,
        provider: OAuthProvider,
        token_store: TokenStore | None = None,
        session_manager: SessionManager | None = None,
        use_pkce: bool = True,  # noqa: FBT001, FBT002
        auth_timeout: float = AUTH_TIMEOUT,
        *,
        window: SignInWindow | WindowKind | str | None = None,
        callback: CallbackOptions | None = None,
        on_notice: Callable[[str], None] | None = None,
        profile: str | None = None,
        voice: Voice | None = None,
    ) -> None:
        self._provider = provider
        self._use_pkce = use_pkce
        self._auth_timeout = auth_timeout
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._profile = profile
        self._callback = callback or CallbackOptions()
        self._voice = voice or Voice()
        self._on_notice = listener_of(on_notice)
        self._keeping = Keeping(session_manager, token_store, on_notice=self._on_notice)
        self._running = Running(provider.name)
        self._unasked = Unasked(
            provider,
            keeping=self._keeping,
            running=self._running,
            silently=self._sign_in_silently,
            ask=self.run_native,
            patience=auth_timeout + SPARE,
        )
        self._shown: SignInWindow | None = None
        self._farewell = Farewell()

    @property
    def flow_state(self) -> AuthFlowState:
        """Where the sign-in stands, or how the last one ended."""
        return self._running.state

    @property
    def window_kind(self) -> WindowKind:
        """Which kind of window the person saw; AUTO before the first sign-in."""
        return WindowKind.AUTO if self._shown is None else self._shown.kind

    def run_native(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
        *,
        options: SignInOptions | None = None,
    ) -> AuthFlowResult:
        """
        Sign in, while the calling thread waits.

        Args:
            show_window: shows a URL, and gives a label; the native window when left out.
            close_window: closes what has that label.
            window_config: title, width, height, center, resizable, laid over the defaults.
            options: what this sign-in asks for beyond the provider's settings.

        Raises:
            AuthFlowTimeout: nobody finished in time.
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            ConfigError: what was asked for cannot be, whoever signs in.
            StepUpError: somebody signed in, but not as *options* demand; nothing was kept.
            AuthenticationError: everything else; see its subclasses for why.
        """
        LOOP.refuse_here()
        claim = object()
        try:
            self._running.begin(claim)
            look = window_config or {}
            window = callers_window(self._provider, show_window, close_window, look) or best_window(
                self._window,
                self._provider,
                look,
                on_notice=self._on_notice,
                profile=self._profile,
            )
            self._shown = window
            with self._unasked.pressed():
                result = self._sign_in(window, options or SignInOptions())
            self._running.end(claim, None, window=str(self.window_kind))
        except BaseException as exc:
            self._running.end(claim, exc, window=str(self.window_kind))
            raise
        return result

    async def arun_native(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
        *,
        options: SignInOptions | None = None,
    ) -> AuthFlowResult:
        """
        As ``run_native``, without blocking the running loop; the callables get another thread.

        Whoever cancels the wait cancels the sign-in.
        """
        return await awaited(
            lambda: self.run_native(show_window, close_window, window_config, options=options),
            self.cancel,
        )

    @property
    def why_not_silent(self) -> NotSilent | None:
        """Why the last ``run_silent`` gave None."""
        return self._unasked.why_not_silent

    @property
    def why_no_prompt(self) -> NoPrompt | None:
        """Why the last ``run_when_needed`` gave None."""
        return self._unasked.why_no_prompt

    def run_silent(self, within: float = SILENT_TIMEOUT) -> AuthFlowResult | None:
        """
        Sign the same person in again where the provider still knows them, and show nothing.

        For when the refresh token is gone or refused. A hidden page asks the provider with
        ``prompt=none`` and the cookies that an earlier sign-in left in the native window's
        ``profile``; browser, terminal and a caller's own window keep none that are ours to use.

        Args:
            within: seconds until the provider must have answered.

        Returns:
            The result; None where a person must be asked, which ``why_not_silent`` explains.
            Nothing was shown or stored then.

        Raises:
            AuthFlowCancelled: ``cancel`` was called.
            ConfigError: a setting is wrong.
            StoreError: who was signed in cannot be read.
        """
        return self._unasked.silently(within)

    async def arun_silent(self, within: float = SILENT_TIMEOUT) -> AuthFlowResult | None:
        """As ``run_silent``, without blocking the running loop."""
        return await awaited(lambda: self.run_silent(within), self.cancel)

    def run_when_needed(self, within: float = SILENT_TIMEOUT) -> AuthFlowResult | None:
        """
        Sign in because a program needs it, not because a person pressed a button.

        Made for ``on_reauth_required``. Of all programs of this user that need the same account,
        one asks the person, and the others wait to find the tokens in the store. It tries
        ``run_silent`` first, asks nobody while the screen is locked, and after a prompt that was
        closed or failed asks nobody for a while, unless somebody uses ``run_native``.

        Args:
            within: seconds that the silent sign-in has.

        Returns:
            The result; None where nobody could be asked now, which ``why_no_prompt`` explains.

        Raises:
            AuthError: as ``run_native``, for the one program that asked.
            StoreError: what is stored cannot be read.
        """
        return self._unasked.when_needed(within)

    async def arun_when_needed(self, within: float = SILENT_TIMEOUT) -> AuthFlowResult | None:
        """As ``run_when_needed``, without blocking the running loop."""
        return await awaited(lambda: self.run_when_needed(within), self.cancel)

    def run_deploy(self, base_url: str = "") -> str:
        """Give the address where a visitor's sign-in begins."""
        return f"{base_url}/auth/login"

    def authenticate(
        self,
        app: object,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
        *,
        options: SignInOptions | None = None,
    ) -> AuthFlowResult:
        """
        Sign in on the desk; for a deployed *app*, say where its visitors do.

        Raises:
            AuthenticationError: as ``run_native``.
        """
        if is_deployed(app):
            return AuthFlowResult(
                success=False, error="Navigate to /auth/login to authenticate (deploy mode)"
            )
        return self.run_native(show_window, close_window, window_config, options=options)

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

    def _sign_in(self, window: SignInWindow, options: SignInOptions) -> AuthFlowResult:
        from pywry_auth.flow.attempt import SignIn, wants_pkce

        sign_in = SignIn(
            self._provider,
            window,
            callback=self._callback,
            options=options,
            pkce=wants_pkce(self._provider, self._use_pkce),
            auth_timeout=self._auth_timeout,
            keeping=self._keeping,
            on_notice=self._on_notice,
            voice=self._voice,
        )
        self._farewell = sign_in.farewell
        return self._running.host(sign_in.run, window.host, flow_id=sign_in.flow_id)

    def _sign_in_silently(self, within: float) -> AuthFlowResult | NotSilent:
        window = hidden_window(self._window, self._provider, profile=self._profile, within=within)
        if window is None:
            return NotSilent.NO_PROFILE
        from pywry_auth.flow.attempt import wants_pkce
        from pywry_auth.flow.silent import sign_in_silently

        return sign_in_silently(
            self._provider,
            window,
            keeping=self._keeping,
            running=self._running,
            callback=self._callback,
            pkce=wants_pkce(self._provider, self._use_pkce),
            on_notice=self._on_notice,
            within=within,
        )
