"""The one process of a window that stays."""

import threading
from collections.abc import Callable

from pywry_auth.errors import WindowError
from pywry_auth.window.launching import Launcher, OnEnd, OnEvent
from pywry_auth.window.messages import WindowEvent
from pywry_auth.window.process import ChildProcess


class StayingProcess:
    """
    Keeps orders until the window can follow them, and notices when it never appears.

    Args:
        on_event: called with each event, on another thread.
        on_end: called once, with the exit status and the last words.
        on_delay: called when nothing was drawn in time.
        patience: seconds until then.
    """

    def __init__(
        self,
        *,
        on_event: OnEvent,
        on_end: OnEnd,
        on_delay: Callable[[], None],
        patience: float,
    ) -> None:
        self._on_event = on_event
        self._on_end = on_end
        self._lock = threading.Lock()
        self._early: list[bytes] = []
        self._is_closed = False
        self._process: ChildProcess | None = None
        self._watchdog = threading.Timer(patience, on_delay)
        self._watchdog.daemon = True
        #: the engine that shows the pages, "" before it is known
        self.renderer = ""

    @property
    def child(self) -> ChildProcess | None:
        """The process itself, once started."""
        return self._process

    def start(self, launcher: Launcher, url: str) -> None:
        """
        Start it with its first page.

        Raises:
            WindowError: it cannot be started.
        """
        self._watchdog.start()
        try:
            process = launcher.start(
                launcher.filled(url), on_event=self._heard, on_end=self._on_end
            )
        except OSError as exc:
            raise WindowError(
                "the window's process cannot be started", detail=exc.strerror or ""
            ) from exc
        with self._lock:
            self._process = process
        if self._is_closed:
            process.close()
        self._catch_up()

    def send(self, line: bytes) -> None:
        """Give an order, now or as soon as it can be followed; from any thread."""
        with self._lock:
            self._early.append(line)
        self._catch_up()

    def close(self) -> None:
        """Ask it to end, and see to it that it does; returns at once."""
        self._watchdog.cancel()
        self._is_closed = True
        if self._process is not None:
            self._process.close()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False when it has not."""
        return self._process is None or self._process.wait(seconds)

    def _heard(self, event: WindowEvent) -> None:
        if event.name == "ready":
            self.renderer = event.fact
            self._catch_up()
        elif event.name == "painted":
            self._watchdog.cancel()
        self._on_event(event)

    def _catch_up(self) -> None:
        # Under the lock, so that no later order overtakes an earlier one.
        with self._lock:
            if self._process is None or not self.renderer:
                return
            for line in self._early:
                self._process.send(line)
            self._early.clear()
