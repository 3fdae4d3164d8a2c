"""One person on the provider's sign-out page, on the package's loop."""

import asyncio
import secrets
from collections.abc import Callable

from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.replies import SIGN_OUT
from pywry_auth.errors import WindowError
from pywry_auth.flow.from_window import offer_pasted, private_address
from pywry_auth.flow.values import CallbackOptions, LogoutResult, LogoutState, Voice
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.protocol.logout import LogoutRequest
from pywry_auth.protocol.wire import require_safe_url
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import SignInWindow, WindowKind


class Leaving:
    """
    Shows the page, waits for the person to come back, and listens to the window meanwhile.

    Args:
        provider: whose page it is; its endpoints are known.
        window: where the person sees it.
        callback: where the person comes back to.
        timeout: seconds to wait.
        on_notice: told what the person should know.
        voice: how pages of ours speak.
        id_token_hint: an ID token of who was signed in here, or None.
        logout_hint: which account, in the provider's words, or None.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        window: SignInWindow,
        *,
        callback: CallbackOptions,
        timeout: float,
        on_notice: Callable[[str], None],
        voice: Voice,
        id_token_hint: str | None,
        logout_hint: str | None,
    ) -> None:
        self.flow_id = secrets.token_hex(4)  # names the logout in logs; says nothing about it
        self._provider = provider
        self._window = window
        self._timeout = timeout
        self._on_notice = on_notice
        self._id_token_hint = id_token_hint
        self._logout_hint = logout_hint
        self._somebody_came = False
        self._request: LogoutRequest | None = None
        self._ended: asyncio.Future[LogoutResult] | None = None
        self._listener = CallbackListener(
            host=callback.host,
            ports=callback.ports,
            path=callback.path,
            accepts=self._is_ours,
            pages=SIGN_OUT,
            app_name=voice.app_name,
            texts=voice.texts,
        )

    async def run(self) -> LogoutResult:
        """
        Show the page, and say how far it came.

        Raises:
            AuthError: it cannot be shown.
        """
        require_safe_url(self._provider.end_session_url, "the end-session endpoint")
        self._ended = asyncio.get_running_loop().create_future()
        listener = self._listener
        try:
            redirect_uri = await listener.start()
            self._request = self._new_request(redirect_uri)
            self._window.show(self._request.url, self)
            receiver = asyncio.create_task(self._receive())
            try:
                return self._seen_through(await self._wait(self._ended))
            finally:
                receiver.cancel()
        finally:
            listener.settle(Outcome.success())
            self._window.close()
            if self._window.kind is not WindowKind.WEBVIEW:
                await listener.linger()
            listener.close()

    def _new_request(self, redirect_uri: str) -> LogoutRequest:
        return LogoutRequest.begin(
            self._provider.end_session_url,
            client_id=self._provider.client_id,
            redirect_uri=redirect_uri,
            id_token_hint=self._id_token_hint,
            logout_hint=self._logout_hint,
        )

    def _is_ours(self, params: CallbackParams) -> bool:
        # Whoever has not our state changes nothing: any page of the browser can come this way.
        ours = self._request is not None and self._request.is_answered_by(params)
        self._somebody_came = self._somebody_came or not ours
        return ours

    async def _receive(self) -> None:
        await self._listener.received()
        # Said while the page is still there, so that the browser gets it.
        self._listener.settle(Outcome.success())
        self._end(LogoutResult(LogoutState.CONFIRMED))

    async def _wait(self, ended: "asyncio.Future[LogoutResult]") -> LogoutResult:
        try:
            async with asyncio.timeout(self._timeout):
                return await ended
        except TimeoutError:
            return LogoutResult(LogoutState.TIMED_OUT, f"nobody came back in {self._timeout:g} s")

    def _seen_through(self, result: LogoutResult) -> LogoutResult:
        if self._somebody_came and result.state in {LogoutState.CLOSED, LogoutState.TIMED_OUT}:
            return LogoutResult(
                LogoutState.UNCONFIRMED, "what came back was not the answer to this logout"
            )
        return result

    def _end(self, result: LogoutResult) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(result)

    def closed(self, reason: WindowError | None = None) -> None:
        """End the wait, because nobody sees the page any more; called from any thread."""
        result = LogoutResult(
            LogoutState.CLOSED if reason is None else LogoutState.NOT_SHOWN, str(reason or "")
        )
        LOOP.call_soon(lambda: self._end(result))

    def pasted(self, text: str) -> bool:
        """Judge an address that a person pasted; called from any thread but the loop's."""
        return offer_pasted(self._listener, text)

    def fresh_url(self) -> str | None:
        """Give the same address again: it may be opened as often as one likes."""
        return None if self._request is None else self._request.url

    def private_url(self, url: str) -> str:
        """Let our own listener lead the browser to *url*; called from any thread but the loop's."""
        return private_address(self._listener, url)

    def told(self, notice: str) -> None:
        """Pass on what the person should know; called from any thread."""
        self._on_notice(notice)
