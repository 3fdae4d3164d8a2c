"""
Serves our own pages to our own windows, on this computer alone.

The address is known before anything heavy is loaded, so that a window can start meanwhile; the
system keeps its first request until the server listens.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Protocol

from pywry_auth.callback_server.sockets import bind_first
from pywry_auth.desktop.pages.doors import Doors
from pywry_auth.desktop.pages.site import JsonValue, Site
from pywry_auth.runtime import LOOP


HOST = "127.0.0.1"


class PageServer:
    """
    Serves one site; every method may be called from any thread.

    Every address it gives lets in one window, once, and none of another user of this computer.

    Args:
        app_name: what the pages for lost visitors call the application.
        on_presence: told, on the package's loop, whether any page is open, each time that changes.

    Raises:
        AuthenticationError: no port could be opened.
    """

    def __init__(
        self, *, app_name: str = "", on_presence: Callable[[bool], None] | None = None
    ) -> None:
        #: may be set until the server has been started
        self.on_presence = on_presence
        self._app_name = app_name
        self._sockets = bind_first(HOST, (0,))
        self._doors = Doors()
        self.authority = f"{HOST}:{self._sockets[0].getsockname()[1]}"
        self._lock = threading.Lock()
        self._closed = False
        self._running: Future[_Serving] | None = None

    def address(self) -> str:
        """Give an address that lets one window in, once; a secret, never log it."""
        return f"http://{self.authority}{self._doors.make()}"

    def start(self, site: Site) -> None:
        """Begin to serve *site*, without waiting for it; the first time counts."""
        with self._lock:
            if self._running is None and not self._closed:
                self._running = LOOP.submit(self._listen(site))

    def tell(self, event: str, **data: JsonValue) -> None:
        """Tell the pages that are there, and those that come; nothing secret may be in it."""
        running = self._running
        if running is not None and not self._closed:
            running.add_done_callback(lambda done: _tell(done, event, data))

    def close(self) -> None:
        """Stop serving, and let nobody in any more; may be repeated."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._doors.shut()
        if self._running is None:
            for sock in self._sockets:
                sock.close()
        else:
            self._running.add_done_callback(_close)

    async def _listen(self, site: Site) -> "_Serving":
        from pywry_auth.desktop.pages.answers import Answers

        answers = Answers(
            site,
            self._doors,
            authority=self.authority,
            app_name=self._app_name,
            on_presence=self.on_presence,
        )
        await answers.listen(self._sockets)
        return answers


class _Serving(Protocol):
    def tell(self, event: str, data: Mapping[str, JsonValue]) -> None: ...

    def close(self) -> None: ...


def _tell(running: "Future[_Serving]", event: str, data: Mapping[str, JsonValue]) -> None:
    if not running.cancelled() and running.exception() is None:
        serving = running.result()
        LOOP.call_soon(lambda: serving.tell(event, data))


def _close(running: "Future[_Serving]") -> None:
    if not running.cancelled() and running.exception() is None:
        LOOP.call_soon(running.result().close)
