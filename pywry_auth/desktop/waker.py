"""Wakes a session up shortly before its tokens end, which costs nothing until then."""

import threading
from collections.abc import Callable

from pywry_auth.clock import Clock


SLICE = 600.0  # seconds; a timer stands still while a machine sleeps, so the clock is looked at


class Waker:
    """
    Calls once, on a thread of its own, when a wall-clock instant has come.

    Args:
        clock: tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def set(self, at: float, wake: Callable[[], None]) -> None:
        """Call *wake* at *at*, Unix time in seconds, in place of whatever was set before."""
        left = at - self._clock.now()

        def ring() -> None:
            if self._clock.now() >= at:
                wake()
            else:
                self.set(at, wake)

        timer = threading.Timer(min(max(left, 0.0), SLICE), ring)
        timer.daemon = True
        timer.name = "pywry-auth-waker"
        with self._lock:
            if self._is_closed:
                return
            self._stop()
            self._timer = timer
            timer.start()

    def stop(self) -> None:
        """Call nothing any more."""
        with self._lock:
            self._stop()

    def close(self) -> None:
        """Call nothing any more, whoever still asks for it."""
        with self._lock:
            self._is_closed = True
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
