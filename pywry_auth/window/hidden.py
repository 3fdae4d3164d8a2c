"""A window that nobody sees, for asking whether the provider still knows the person."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from pywry_auth.errors import WindowError
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind, WindowListener
from pywry_auth.window.messages import WindowEvent
from pywry_auth.window.process import ChildProcess


T = TypeVar("T")

logger = logging.getLogger(__name__)

Ended = Callable[[int, str], None]
#: starts the process that loads a URL: told each event, then once the end
Start = Callable[[str, Callable[[WindowEvent], None], Ended], ChildProcess]


class HiddenWindow:
    """
    A page of the provider's that is loaded where nobody sees it (OIDC Core 3.1.2.1, prompt=none).

    Nothing is ever put on the screen, nothing takes over, nobody is asked: whatever is not the
    redirect within *within* seconds is a WindowError, and the end of the process.

    Args:
        start: starts the process.
        within: seconds.
    """

    def __init__(self, start: Start, *, within: float) -> None:
        self._start = start
        self._within = within
        self._lock = threading.Lock()
        self._listener: WindowListener | None = None
        self._process: ChildProcess | None = None
        self._bound: threading.Timer | None = None
        self._why = ""

    @property
    def kind(self) -> WindowKind:
        """The webview, whose page goes with it."""
        return WindowKind.WEBVIEW

    @property
    def process(self) -> ChildProcess | None:
        """The window's process, once started."""
        return self._process

    def show(self, url: str, listener: WindowListener) -> None:
        """
        Load *url*, and show nothing.

        Raises:
            WindowError: no process can be started.
        """
        bound = threading.Timer(self._within, self._too_late)
        bound.daemon = True
        with self._lock:
            self._listener, self._bound = listener, bound
        bound.start()
        try:
            process = self._start(url, self._heard, self._ended)
        except OSError as exc:
            self.close()
            raise WindowError(
                "the hidden window's process cannot be started", detail=exc.strerror or ""
            ) from exc
        self._process = process
        if self._is_over():  # before this object knew its process
            process.kill()

    def close(self) -> None:
        """End the page; its process may write down what the provider's cookies are by now."""
        self._take()
        if self._process is not None:
            self._process.close()

    def host(self, outcome: Future[T]) -> T:
        """Wait for *outcome*."""
        return wait_for(outcome)

    def _heard(self, event: WindowEvent) -> None:
        if event.name == "failed":
            self._give_up(event.fact)

    def _ended(self, exit_code: int, last_words: str) -> None:
        listener = self._take()
        if listener is not None:
            listener.closed(
                WindowError(
                    "the hidden window ended before the provider answered",
                    exit_code=exit_code,
                    detail=last_words,
                )
            )

    def _too_late(self) -> None:
        self._give_up("late")

    def _give_up(self, why: str) -> None:
        listener = self._take()
        if self._process is not None:
            self._process.kill()
        if listener is not None:
            logger.debug("window.hidden_gave_up", extra={"why": why})
            listener.closed(WindowError("the page leads nowhere without a person", detail=why))

    def _is_over(self) -> bool:
        with self._lock:
            return self._listener is None

    def _take(self) -> WindowListener | None:
        """Give the listener to the first who asks: it is told one thing."""
        with self._lock:
            listener, self._listener = self._listener, None
            bound, self._bound = self._bound, None
        if bound is not None:
            bound.cancel()
        return listener
