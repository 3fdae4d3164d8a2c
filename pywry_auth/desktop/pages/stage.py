"""Where our own pages are shown: a window of ours, or the browser."""

import threading
import webbrowser
from typing import Protocol

from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.errors import WindowError
from pywry_auth.window.base import SignInWindow
from pywry_auth.window.browser import BrowserWindow, open_in_browser
from pywry_auth.window.staying import StayingListener


FAREWELL = 2.0  # seconds in which a browser can fetch the page that says it is over


class Stays(Protocol):
    """What is needed of a window that stays; ``StayingWindow`` is one."""

    def open(self, url: str, listener: StayingListener) -> None:
        """Open it at *url*."""
        ...

    def raise_(self) -> None:
        """Put it before all others."""
        ...

    def close(self) -> None:
        """Take it away; the listener is told nothing."""
        ...

    def sign_in_window(self) -> SignInWindow:
        """Give the same window, for one sign-in."""
        ...


class Follower(Protocol):
    """Who hears what becomes of the pages, on any thread."""

    def gone(self, reason: WindowError | None) -> None:
        """Nobody sees them any more: the person closed them (None), or nothing can be shown."""
        ...

    def handed_over(self) -> None:
        """A sign-in goes on in the browser."""
        ...


class Stage:
    """
    Shows the pages of a server, in the window or, where that cannot be, in the browser.

    Args:
        server: of the pages.
        window: None where only the browser can be.
        language: of what is said when the browser shows a sign-in.
    """

    def __init__(
        self, server: PageServer, window: Stays | None, *, language: str | None = None
    ) -> None:
        self._language = language
        self._server = server
        self._window = window
        self._lock = threading.Lock()
        self._follower: Follower | None = None
        self._early: list[WindowError | None] = []

    @property
    def is_native(self) -> bool:
        """Whether it is a window of ours."""
        return self._window is not None

    def open(self) -> None:
        """Show the first page; returns at once."""
        window = self._window
        if window is None:
            self._to_browser(None)
            return
        try:
            window.open(self._server.address(), self)
        except WindowError as exc:
            self.closed(exc)

    def follow(self, follower: Follower) -> None:
        """Tell *follower* from now on, what it has missed first."""
        with self._lock:
            self._follower = follower
            early, self._early = self._early, []
        for reason in early:
            follower.gone(reason)

    def _gone(self, reason: WindowError | None) -> None:
        with self._lock:
            follower = self._follower
            if follower is None:
                self._early.append(reason)
                return
        follower.gone(reason)

    def window(self, *, by_browser: bool) -> SignInWindow:
        """Give the window for a sign-in."""
        window = self._window
        if by_browser or window is None:
            return BrowserWindow(language=self._language)
        return window.sign_in_window()

    def forward(self) -> None:
        """Put our page before whatever the person has gone through meanwhile."""
        if self._window is not None:
            self._window.raise_()

    def farewell(self, was_shown: threading.Event) -> None:
        """Leave a browser the time to fetch the page that says it is over; a window just goes."""
        if self._window is None:
            was_shown.wait(FAREWELL)

    def close(self) -> None:
        """Take the window away; a page in the browser says itself that it is over."""
        if self._window is not None:
            self._window.close()

    # what the window tells

    def closed(self, reason: WindowError | None = None) -> None:
        """Go on in the browser where the window failed, rather than the person closed it."""
        if reason is None:
            self._gone(None)
            return
        self._window = None
        self._to_browser(reason)

    def back(self) -> None:
        """Do nothing: the sign-in has heard of it."""

    def cancelled(self) -> None:
        """Do nothing: the sign-in has heard of it."""

    def handed_over(self) -> None:
        """Pass it on."""
        if self._follower is not None:
            self._follower.handed_over()

    def painted(self) -> None:
        """Do nothing: our pages need no help."""

    def _to_browser(self, reason: WindowError | None) -> None:
        threading.Thread(
            target=self._open_browser, args=(reason,), name="pywry-auth-browser", daemon=True
        ).start()

    def _open_browser(self, reason: WindowError | None) -> None:
        try:
            opened = open_in_browser(self._server.address())
        except (OSError, webbrowser.Error):
            opened = False
        if not opened:
            self._gone(reason or WindowError("no page can be shown"))
