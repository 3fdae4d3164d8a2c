"""The ready-made way to show a code: a page of our own, in a window or in the browser."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future

from pywry_auth.callback_server.device_page import DevicePage
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.clock import Clock
from pywry_auth.coach.advise import advise
from pywry_auth.errors import AuthenticationError, AuthError, AuthFlowCancelled, WindowError
from pywry_auth.flow.farewell import Farewell
from pywry_auth.flow.values import AuthFlowResult
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import SignInWindow, WindowKind


Work = Callable[[], Coroutine[object, object, AuthFlowResult]]


class DeviceWindow:
    """
    Shows each code on one page, and listens to the window meanwhile.

    Args:
        window: where the page is seen.
        provider: its name, for errors.
        app_name: what the page calls the application.
        on_notice: told what the person should know.
        clock: tells the time.
    """

    def __init__(
        self,
        window: SignInWindow,
        *,
        provider: str,
        app_name: str,
        on_notice: Callable[[str], None],
        clock: Clock,
    ) -> None:
        #: what the browser is owed afterwards
        self.farewell = Farewell()
        self._window = window
        self._provider = provider
        self._app_name = app_name
        self._on_notice = on_notice
        self._clock = clock
        self._page: DevicePage | None = None
        self._closed: asyncio.Future[AuthenticationError] | None = None
        self._is_open = False

    async def run(self, work: Work) -> AuthFlowResult:
        """
        Do *work*, which calls ``show``, for as long as somebody sees the page. Runs on the loop.

        Raises:
            AuthFlowCancelled: the person closed the window.
            WindowError: it could not be opened, or ended by itself.
            AuthError: as *work*.
        """
        page = self._page = DevicePage(self._app_name, clock=self._clock)
        self._closed = asyncio.get_running_loop().create_future()
        outcome = Outcome.failure()
        try:
            await page.start()
            result = await self._while_seen(work, self._closed)
            outcome = Outcome.success()
        except AuthError as exc:
            outcome = Outcome.failure(advise(exc).sentence)
            raise
        else:
            return result
        finally:
            self._window.close()
            page.settle(outcome)
            self.farewell.bid(page, seen_in=self._window.kind)

    async def _while_seen(
        self, work: Work, closed: asyncio.Future[AuthenticationError]
    ) -> AuthFlowResult:
        task = asyncio.create_task(work())
        try:
            await asyncio.wait({task, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if task.cancelled() and closed.done():
            raise closed.result()
        return task.result()  # whoever is signed in by now is signed in, window or not

    def show(self, prompt: DevicePrompt) -> None:
        """
        Let the page show *prompt*; the first one opens the window. Called on the loop.

        Raises:
            WindowError: it cannot be opened at all.
        """
        if self._page is None:
            raise AuthenticationError("the page of the code is not there yet", self._provider)
        self._page.show(prompt)
        if not self._is_open:
            self._is_open = True
            self._window.show(self._page.url, self)

    def host(self, outcome: Future[AuthFlowResult]) -> AuthFlowResult:
        """Lend the caller's thread to the window until *outcome* is there."""
        return self._window.host(outcome)

    def closed(self, reason: WindowError | None = None) -> None:
        """End the wait, because nobody sees the code any more; called from any thread."""
        error = reason or AuthFlowCancelled("the sign-in window was closed", self._provider)
        LOOP.call_soon(lambda: self._end(error))

    def pasted(self, text: str) -> bool:
        """Refuse *text*: a sign-in with a code has no way back that could be pasted."""
        del text
        return False

    def fresh_url(self) -> str | None:
        """Give the page's address, which is good for any number of visits."""
        return None if self._page is None else self._page.url

    def told(self, notice: str) -> None:
        """Pass on what the person should know; called from any thread."""
        self._on_notice(notice)

    def _end(self, error: AuthenticationError) -> None:
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(error)


def require_page(window: SignInWindow) -> SignInWindow:
    """
    Give *window* back if it can show a page.

    Raises:
        WindowError: it is a terminal.
    """
    if window.kind is WindowKind.PASTE:
        raise WindowError(
            "no page with the code can be shown here",
            hint="show the code in the terminal: DeviceFlow(..., show=...)",
        )
    return window
