"""A provider's page in a native window, with another window behind it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from pywry_auth.interrupts import SLICE
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import SignInWindow, WindowKind, WindowListener
from pywry_auth.window.launching import Engine, OnEnd, OnEvent
from pywry_auth.window.showing import Showing


T = TypeVar("T")

#: puts a URL on the screen: told each event, then once the end
Start = Callable[[str, OnEvent, OnEnd], Engine]

PATIENCE = 20.0  # seconds; a cold start on a slow disk takes five, a broken engine forever


class NativePage:
    """
    One sign-in after another, each in whatever *start* puts on the screen.

    Args:
        start: puts a URL on the screen.
        gui: the toolkit that was asked for.
        fallback: the window that takes over; None for none.
        patience: seconds until a window that shows nothing is given up.
        texts: the language of what the person is told.
        on_hand_over: called when another window takes over.
    """

    def __init__(
        self,
        start: Start,
        *,
        gui: str | None,
        fallback: SignInWindow | None,
        patience: float = PATIENCE,
        texts: Texts = ENGLISH,
        on_hand_over: Callable[[], None] | None = None,
    ) -> None:
        self._start = start
        self._gui = gui
        self._fallback = fallback
        self._patience = patience
        self._texts = texts
        self._on_hand_over = on_hand_over
        self._lock = threading.Lock()
        self._showing: Showing | None = None
        self._taken_over = False
        self._stir = threading.Event()

    @property
    def kind(self) -> WindowKind:
        """The webview, or whatever took over from it."""
        showing = self._showing
        if showing is not None and showing.was_handed_over and self._fallback is not None:
            return self._fallback.kind
        return WindowKind.WEBVIEW

    @property
    def renderer(self) -> str:
        """The engine that shows the page, for example ``qtwebengine``; "" before it is known."""
        showing = self._showing
        return "" if showing is None else showing.renderer

    def show(self, url: str, listener: WindowListener) -> None:
        """
        Put *url* on the screen; what happens is told to *listener* on another thread.

        Raises:
            WindowError: it cannot be.
        """
        self.close()
        showing = Showing(
            listener,
            fallback=self._fallback,
            patience=self._patience,
            gui=self._gui,
            on_hand_over=self._hand_over,
            texts=self._texts,
        )
        with self._lock:
            self._showing = showing
            self._taken_over = False
        showing.start(lambda: self._start(url, showing.heard, showing.engine_ended))

    def raise_(self) -> None:
        """Put the window in front of all others; nothing happens where there is none."""
        showing = self._showing
        if showing is not None:
            showing.come_forward()

    def close(self) -> None:
        """Take the window away; the listener is told nothing."""
        with self._lock:
            showing = self._showing
        if showing is not None:
            showing.end()

    def host(self, outcome: Future[T]) -> T:
        """Wait for *outcome*; only a window that took over may need this thread."""
        with self._lock:
            stir = self._stir = threading.Event()
        outcome.add_done_callback(lambda _outcome: stir.set())
        try:
            while not (outcome.done() or self._taken_over):
                stir.wait(SLICE)
        except KeyboardInterrupt:
            outcome.cancel()
            raise
        if self._fallback is None or outcome.done():
            return wait_for(outcome)
        return self._fallback.host(outcome)

    def _hand_over(self) -> None:
        with self._lock:
            self._taken_over = True
            self._stir.set()
        if self._on_hand_over is not None:
            self._on_hand_over()
