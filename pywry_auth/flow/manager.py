"""The sign-in button's engine."""

import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError

from pywry_auth.errors import AuthenticationError, AuthFlowCancelled, AuthFlowTimeout
from pywry_auth.flow.keeping import keep_alone
from pywry_auth.flow.mode import is_deployed
from pywry_auth.flow.values import AuthFlowResult, AuthFlowState, CallbackOptions
from pywry_auth.flow.windows import (
    CloseWindow,
    ShowWindow,
    best_window,
    callers_window,
    named_kind,
)
from pywry_auth.off_loop import off_loop
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.base import SignInWindow, WindowKind


logger = logging.getLogger(__name__)

AUTH_TIMEOUT = 120.0  # seconds; long enough for a password manager and a second factor
CLEAN_UP = 5.0  # seconds; taking down a window and a socket takes milliseconds


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
    """

    def __init__(
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
    ) -> None:
        self._provider = provider
        self._token_store = token_store
        self._session_manager = session_manager
        self._use_pkce = use_pkce
        self._auth_timeout = auth_timeout
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._callback = callback or CallbackOptions()
        self._on_notice = on_notice or _log_notice
        self._lock = threading.Lock()
        self._state = AuthFlowState.PENDING
        self._task = None
        self._cancelled = False
        self._shown: SignInWindow | None = None
        self._page_shown = threading.Event()
        self._page_shown.set()

    @property
    def flow_state(self) -> AuthFlowState:
        """Where the sign-in stands, or how the last one ended."""
        return self._state

    @property
    def window_kind(self) -> WindowKind:
        """Which kind of window the person saw; AUTO before the first sign-in."""
        return WindowKind.AUTO if self._shown is None else self._shown.kind

    def run_native(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
    ) -> AuthFlowResult:
        """
        Sign in, while the calling thread waits.

        Args:
            show_window: shows a URL, and gives a label; the native window when left out.
            close_window: closes what has that label.
            window_config: title, width, height, center, resizable, laid over the defaults.

        Raises:
            AuthFlowTimeout: nobody finished in time.
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            ConfigError: what was asked for cannot be, whoever signs in.
            AuthenticationError: everything else; see its subclasses for why.
        """
        LOOP.refuse_here()
        self._begin()
        try:
            window = callers_window(
                self._provider, show_window, close_window, window_config or {}
            ) or best_window(
                self._window, self._provider, window_config or {}, on_notice=self._on_notice
            )
            self._shown = window
            result = self._sign_in(window)
        except BaseException as exc:
            self._end(_state_after(exc))
            raise
        self._end(AuthFlowState.COMPLETED)
        return result

    async def arun_native(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
    ) -> AuthFlowResult:
        """
        Sign in without blocking the running loop; whoever cancels the wait cancels the sign-in.

        The two callables are called on another thread. Arguments and errors are those of
        ``run_native``.
        """
        import asyncio

        call = off_loop(lambda: self.run_native(show_window, close_window, window_config))
        task = asyncio.ensure_future(call)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.cancel()
            done, _ = await asyncio.wait({task}, timeout=CLEAN_UP)
            for ended in done:
                ended.exception()  # nobody else is going to look at it
            raise

    def run_deploy(self, base_url: str = "") -> str:
        """Give the address where a visitor's sign-in begins."""
        return f"{base_url}/auth/login"

    def authenticate(
        self,
        app: object,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
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
        return self.run_native(show_window, close_window, window_config)

    def farewell(self, timeout: float = 6.0) -> bool:
        """
        Wait until the browser shows how the last sign-in ended; for programs that end soon after.

        Args:
            timeout: seconds to wait at most.

        Returns:
            Whether nothing is left to be shown.
        """
        LOOP.refuse_here()
        return self._page_shown.wait(timeout)

    def cancel(self) -> None:
        """End the sign-in under way, or the first one before it begins; from any thread."""
        with self._lock:
            if self._state not in {AuthFlowState.PENDING, AuthFlowState.IN_PROGRESS}:
                return
            self._cancelled = True
            task = self._task
        if task is not None:
            LOOP.call_soon(task.cancel)

    def _begin(self) -> None:
        with self._lock:
            if self._state is AuthFlowState.IN_PROGRESS:
                raise AuthenticationError(
                    "a sign-in is under way already", self._provider.name, hint="cancel it first"
                )
            self._state = AuthFlowState.IN_PROGRESS
            self._task = None

    def _end(self, state: AuthFlowState) -> None:
        with self._lock:
            self._state = state
            self._task = None
            self._cancelled = False
        logger.info(
            "flow.ended",
            extra={
                "provider": self._provider.name,
                "state": str(state),
                "window": str(self.window_kind),
            },
        )

    def _sign_in(self, window: SignInWindow) -> AuthFlowResult:
        from pywry_auth.flow.attempt import SignIn

        sign_in = SignIn(
            self._provider,
            window,
            options=self._callback,
            pkce=self._wants_pkce(),
            auth_timeout=self._auth_timeout,
            keep=self._keep,
            check=self._check,
            on_notice=self._on_notice,
        )
        self._page_shown = sign_in.page_shown
        cleaned_up = threading.Event()
        outcome = LOOP.submit(self._run(sign_in.run(), cleaned_up))
        try:
            return window.host(outcome)
        except CancelledError:
            raise AuthFlowCancelled(
                "the sign-in was cancelled", self._provider.name, sign_in.flow_id
            ) from None
        except BaseException:
            outcome.cancel()  # nobody hosts it any more; a success would be nobody's
            raise
        finally:
            cleaned_up.wait(CLEAN_UP)

    async def _run(
        self, work: Coroutine[object, object, AuthFlowResult], cleaned_up: threading.Event
    ) -> AuthFlowResult:
        import asyncio

        # A task of its own, so that cancel() and the hosting thread end it in the same way.
        task = asyncio.create_task(work)
        with self._lock:
            self._task = task
            if self._cancelled:
                task.cancel()
        try:
            return await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            cleaned_up.set()

    async def _keep(self, tokens: OAuthTokenSet) -> None:
        if self._session_manager is not None:
            await self._session_manager.save_tokens(tokens)
        elif self._token_store is not None:
            await keep_alone(self._token_store, tokens, on_notice=self._on_notice)

    async def _check(self) -> None:
        if self._session_manager is not None:
            await self._session_manager.check_store()
        elif self._token_store is not None:
            await self._token_store.list_keys()

    def _wants_pkce(self) -> bool:
        if self._use_pkce:
            return True
        if self._provider.is_public:
            logger.warning("flow.pkce_kept", extra={"provider": self._provider.name})
            return True
        logger.warning("flow.without_pkce", extra={"provider": self._provider.name})
        return False


def _state_after(error: BaseException) -> AuthFlowState:
    match error:
        case AuthFlowTimeout():
            return AuthFlowState.TIMED_OUT
        case AuthFlowCancelled() | KeyboardInterrupt():
            return AuthFlowState.CANCELLED
        case _:
            return AuthFlowState.FAILED


def _log_notice(notice: str) -> None:
    logger.warning("flow.notice: %s", notice)
