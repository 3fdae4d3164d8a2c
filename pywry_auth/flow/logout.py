"""Signing out here first, then on the provider's own page."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from pywry_auth.errors import AuthError, AuthFlowCancelled
from pywry_auth.flow.notices import listener_of
from pywry_auth.flow.running import Running, awaited
from pywry_auth.flow.values import CallbackOptions, LogoutResult, LogoutState, Voice
from pywry_auth.flow.windows import (
    CloseWindow,
    ShowWindow,
    best_window,
    callers_window,
    forget_browsing_data,
    named_kind,
)
from pywry_auth.protocol.logout import LogoutRequest
from pywry_auth.runtime import LOOP, uninterrupted
from pywry_auth.session.manager import SessionManager
from pywry_auth.window.base import SignInWindow, WindowKind


logger = logging.getLogger(__name__)

LOGOUT_PATH = "/logged-out"
LOGOUT_TIMEOUT = 60.0  # seconds; nobody types a password, but some providers ask "are you sure"


class LogoutFlow:
    """
    Ends a session here, then shows the person the provider's sign-out page.

    Args:
        session: ends first, whatever the provider does afterwards.
        window: as for ``AuthFlowManager``; the kind that people sign in with.
        profile: under which name that window keeps its browsing data.
        callback: host and ports of where the provider sends the person back; its path is not used.
        path: the path there. The whole address must be registered with the provider, as a
            ``post_logout_redirect_uri``.
        timeout: seconds to wait for the person to come back.
        on_notice: told, on any thread, what the person should know.
        voice: how our own pages speak; in the person's language when left out.
    """

    def __init__(
        self,
        session: SessionManager,
        *,
        window: SignInWindow | WindowKind | str | None = None,
        profile: str | None = None,
        callback: CallbackOptions | None = None,
        path: str = LOGOUT_PATH,
        timeout: float = LOGOUT_TIMEOUT,
        on_notice: Callable[[str], None] | None = None,
        voice: Voice | None = None,
    ) -> None:
        self._voice = voice or Voice()
        self._session = session
        self._window = named_kind(window, "window") if isinstance(window, str) else window
        self._profile = profile
        self._callback = replace(callback or CallbackOptions(), path=path)
        self._timeout = timeout
        self._on_notice = listener_of(on_notice)
        self._running = Running(session.provider.name)

    def run(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
        *,
        revoke: bool = True,
        logout_hint: str | None = None,
    ) -> LogoutResult:
        """
        Sign out, while the calling thread waits.

        Args:
            show_window: shows a URL, and gives a label; the native window when left out.
            close_window: closes what has that label.
            window_config: title, width, height, center, resizable, laid over the defaults.
            revoke: whether the tokens are revoked too.
            logout_hint: which account, in the provider's words, where no ID token says it.

        Raises:
            StoreError: the stored tokens could not be deleted; the provider was not asked.
        """
        LOOP.refuse_here()
        self._running = Running(self._session.provider.name)
        hint = LOOP.run(self._end_here(revoke=revoke))
        config = {"title": "Sign Out", **(window_config or {})}
        try:
            result = self._end_there(
                lambda: callers_window(self._session.provider, show_window, close_window, config),
                config,
                id_token_hint=hint,
                logout_hint=logout_hint,
            )
        except AuthFlowCancelled:
            result = LogoutResult(LogoutState.CLOSED, "the wait was given up")
        except AuthError as exc:
            result = LogoutResult(LogoutState.NOT_SHOWN, str(exc))
        finally:
            # Also where the provider could not be asked: here at least nobody is known any more.
            forget_browsing_data(self._window, profile=self._profile)
        facts = {"provider": self._session.provider.name, "state": str(result.state)}
        logger.info("logout.ended", extra=facts)
        return result

    async def arun(
        self,
        show_window: ShowWindow | None = None,
        close_window: CloseWindow | None = None,
        window_config: Mapping[str, object] | None = None,
        *,
        revoke: bool = True,
        logout_hint: str | None = None,
    ) -> LogoutResult:
        """
        Sign out without blocking the running loop; whoever cancels the wait closes the page.

        Arguments and errors are those of ``run``.
        """
        return await awaited(
            lambda: self.run(
                show_window, close_window, window_config, revoke=revoke, logout_hint=logout_hint
            ),
            self.cancel,
        )

    def cancel(self) -> None:
        """Close the provider's page and wait no longer; from any thread."""
        self._running.cancel()

    async def _end_here(self, *, revoke: bool) -> str | None:
        tokens = self._session.tokens
        if tokens is None:
            with suppress(AuthError):  # the hint is a convenience; logout says what is wrong
                tokens = await self._session.load()
        await uninterrupted(self._session.logout(revoke=revoke))
        return None if tokens is None else tokens.id_token

    def _end_there(
        self,
        callers: Callable[[], SignInWindow | None],
        config: Mapping[str, object],
        *,
        id_token_hint: str | None,
        logout_hint: str | None,
    ) -> LogoutResult:
        provider = self._session.provider
        LOOP.run(provider.prepare())
        if not provider.end_session_url:
            return LogoutResult(LogoutState.UNSUPPORTED, "the provider has no sign-out page")
        window = callers() or best_window(
            self._window, provider, config, on_notice=self._on_notice, profile=self._profile
        )
        if window.kind is WindowKind.PASTE:
            return self._by_hand()
        from pywry_auth.flow.leaving import Leaving

        leaving = Leaving(
            provider,
            window,
            callback=self._callback,
            timeout=self._timeout,
            on_notice=self._on_notice,
            voice=self._voice,
            id_token_hint=id_token_hint,
            logout_hint=logout_hint,
        )
        return self._running.host(leaving.run, window.host, flow_id=leaving.flow_id)

    def _by_hand(self) -> LogoutResult:
        # Nobody can come back to this machine, and the hint is not for a terminal to show.
        provider = self._session.provider
        request = LogoutRequest.begin(
            provider.end_session_url, client_id=provider.client_id, redirect_uri=None
        )
        self._on_notice(f"to sign out at the provider as well, open {request.url}")
        return LogoutResult(LogoutState.NOT_SHOWN, "nothing here can show the sign-out page")
