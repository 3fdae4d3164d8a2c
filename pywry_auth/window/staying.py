"""A native window of ours that outlasts the pages in it."""

import logging
import threading
from collections.abc import Sequence

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.ui.texts import Texts, texts_for
from pywry_auth.window.base import SignInWindow
from pywry_auth.window.browser import SYSTEM_BROWSER, open_in_browser
from pywry_auth.window.launching import Launcher, OnEnd, OnEvent, as_command, toolkit
from pywry_auth.window.messages import OrderName, WindowConfig, WindowEvent, WindowOrder
from pywry_auth.window.native import PATIENCE, NativePage
from pywry_auth.window.process import ChildProcess
from pywry_auth.window.staying_process import StayingProcess
from pywry_auth.window.staying_roles import StayingListener, Visit


logger = logging.getLogger(__name__)

#: what ends a sign-in, whatever becomes of the window
GIVEN_UP = WindowEvent("closed", "user")


class StayingWindow:
    """
    A native window whose first page is our own, from a server of ours on this computer.

    One process lives as long as the window. Our own page has no bar, because nobody else can be
    behind it; the pages of others are shown in its place under the bar, and when they go, ours is
    there as it was left. Nothing in any page can call the application.

    Args:
        title: text of the title bar.
        width: of the window, in pixels.
        height: of the window, in pixels.
        profile: keep the browsing data under this name; forgotten at the end when left out.
        gui: the toolkit, as for ``WebviewWindow``.
        child_command: as for ``WebviewWindow``.
        language: of the bar, as BCP 47 names it; the person's own when left out.
        fallback: where a sign-in goes on that is handed over; None for nowhere.
        patience: seconds until a window that shows nothing is given up.
    """

    def __init__(  # noqa: PLR0913  # each is a setting of its own, all by keyword
        self,
        *,
        title: str = "Sign In",
        width: int = 500,
        height: int = 700,
        profile: str | None = None,
        gui: str | None = None,
        child_command: Sequence[str] | None = None,
        language: str | None = None,
        fallback: SignInWindow | None = SYSTEM_BROWSER,
        patience: float = PATIENCE,
    ) -> None:
        config = WindowConfig(
            url="",
            title=title,
            width=width,
            height=height,
            gui=toolkit(gui),
            can_hand_over=fallback is not None,
            stays=True,
            language=language,
        )
        self._launcher = Launcher(config, profile, as_command(child_command))
        self._texts: Texts = texts_for(language)
        self._fallback = fallback
        self._patience = patience
        self._lock = threading.Lock()
        self._listener: StayingListener | None = None
        self._process: StayingProcess | None = None
        self._visit: Visit | None = None
        self._foreign_url = ""

    @property
    def is_open(self) -> bool:
        """Whether the window is there, or on its way."""
        return self._listener is not None

    @property
    def process(self) -> ChildProcess | None:
        """The window's process, once started."""
        return None if self._process is None else self._process.child

    def open(self, url: str, listener: StayingListener) -> None:
        """
        Open the window at *url*, which is our own page; returns at once.

        Raises:
            ConfigError: it is open already.
            WindowError: no process can be started.
        """
        process = StayingProcess(
            on_event=self._heard,
            on_end=self._ended,
            on_delay=self._too_late,
            patience=self._patience,
        )
        with self._lock:
            if self._listener is not None:
                raise ConfigError("the window is open already", hint="use go, or close it first")
            self._listener, self._process = listener, process
            self._visit, self._foreign_url = None, ""
        try:
            process.start(self._launcher, url)
        except WindowError:
            self._take()
            process.close()
            raise

    def go(self, url: str, *, bar: bool) -> None:
        """
        Show *url* in place of what is seen; nobody can go back to that.

        Args:
            url: where to go.
            bar: whether it is somebody else's page. Our own lies on the host that the window was
                opened at; on any other the bar is shown anyway.

        Raises:
            WindowError: the window is not open.
        """
        self._end_visit()
        self._order(OrderName.GO if bar else OrderName.HOME, url, foreign_url=url if bar else "")

    def come_home(self) -> None:
        """
        Show our own page as it was left, which ends what is seen in its place.

        Raises:
            WindowError: the window is not open.
        """
        self._end_visit()
        self._order(OrderName.HOME)

    def raise_(self) -> None:
        """Put the window in front of all others; nothing happens where there is none."""
        self._send(OrderName.FORWARD)

    def close(self) -> None:
        """Take the window away, with the sign-in in it; the listener is told nothing."""
        self._take()
        self._end_visit()
        self._end_process()

    def wait(self, seconds: float) -> bool:
        """Wait until the window's process has ended, if there is one; False when it has not."""
        return self._process is None or self._process.wait(seconds)

    def sign_in_window(self) -> SignInWindow:
        """
        Give a window for one sign-in, or for one after the other, which is this very window.

        Its ``close`` lets our own page be seen again. Going back, "Cancel" or closing this window
        end the sign-in; "Open in my browser" lets it go on there.
        """
        return NativePage(
            self._receive,
            gui=None,
            fallback=self._fallback,
            patience=self._patience,
            texts=self._texts,
            on_hand_over=self._handed_over,
        )

    def tell(self, visit: Visit, line: bytes) -> None:
        """Pass on an order about the page of *visit*, if that is what is seen."""
        process = self._process
        if self._visit is visit and process is not None:
            process.send(line)

    def leave(self, visit: Visit) -> None:
        """Show our own page, if that of *visit* is what is seen."""
        with self._lock:
            if self._visit is not visit:
                return
            self._visit, self._foreign_url = None, ""
        self._send(OrderName.HOME)

    def _receive(self, url: str, on_event: OnEvent, on_end: OnEnd) -> Visit:
        self._end_visit()
        visit = Visit(self, on_event, on_end)
        with self._lock:
            self._visit = visit
        self._order(OrderName.GO, url, foreign_url=url)
        visit.heard(WindowEvent("painted"))  # the window is; what the page does, it says itself
        return visit

    def _order(self, name: OrderName, url: str = "", *, foreign_url: str = "") -> None:
        if not self.is_open:
            raise WindowError("the window is not open", hint="open it first")
        self._foreign_url = foreign_url
        self._send(name, url)

    def _send(self, name: OrderName, url: str = "") -> None:
        process = self._process
        if process is not None:
            process.send(WindowOrder(name, url).line())

    def _heard(self, event: WindowEvent) -> None:
        match event.name:
            case "painted":
                if self._listener is not None:
                    self._listener.painted()
            case "closed" if event.fact == "user":
                self._gone(None)
            case "back" | "cancelled" | "browser":
                self._left(event)
            case "failed":
                self._gone(WindowError("the window could not be shown", detail=event.fact))
            case _:
                self._told_visit(event)

    def _left(self, event: WindowEvent) -> None:
        visit, listener, foreign_url = self._visit, self._listener, self._foreign_url
        if visit is not None:
            visit.heard(event if event.name == "browser" else GIVEN_UP)
        elif foreign_url:
            self.come_home()
            if event.name == "browser":
                threading.Thread(target=open_in_browser, args=(foreign_url,), daemon=True).start()
                self._handed_over()
        if listener is None:
            return
        if event.name == "back":
            listener.back()
        elif event.name == "cancelled":
            listener.cancelled()

    def _told_visit(self, event: WindowEvent) -> None:
        visit = self._visit
        if visit is not None:
            visit.heard(event)
        else:
            logger.debug("window.event", extra={"event": event.name})

    def _handed_over(self) -> None:
        listener = self._listener
        if listener is not None:
            listener.handed_over()

    def _end_visit(self) -> None:
        with self._lock:
            visit, self._visit = self._visit, None
        if visit is not None:
            visit.heard(GIVEN_UP)

    def _too_late(self) -> None:
        self._gone(WindowError("the window did not appear in time"))

    def _ended(self, exit_code: int, last_words: str) -> None:
        visit = self._visit
        if visit is not None and self.is_open:
            visit.ended(exit_code, last_words)
        self._gone(
            WindowError(
                "the window ended without anybody closing it",
                exit_code=exit_code,
                detail=last_words,
            )
        )

    def _gone(self, reason: WindowError | None) -> None:
        listener = self._take()
        if listener is None:
            return
        self._end_visit()
        self._end_process()
        listener.closed(reason)

    def _end_process(self) -> None:
        process = self._process
        if process is not None:
            process.close()

    def _take(self) -> StayingListener | None:
        """Give the listener to the first who asks: it is told one end."""
        with self._lock:
            listener, self._listener = self._listener, None
        return listener
