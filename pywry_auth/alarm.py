"""An alarm that goes by the wall clock, so that a machine's sleep cannot delay it."""

import weakref
from collections.abc import Callable

from pywry_auth.clock import Clock


SLICE = 30.0  # seconds; timers stand still while a machine sleeps, so the clock is looked at again


class Alarm:
    """
    Rings once at a wall-clock instant; belongs to the loop it is set on.

    Args:
        ring: a bound method; held weakly, so that an alarm keeps nobody alive.
        clock: tells the time.
    """

    def __init__(self, ring: Callable[[], None], clock: Clock) -> None:
        self._ring = weakref.WeakMethod(ring)
        self._clock = clock
        self._at = 0.0
        self._handle = None

    @property
    def is_set(self) -> bool:
        """Whether it is going to ring."""
        return self._handle is not None

    def set(self, delay: float | None) -> None:
        """Ring *delay* seconds from now, and not at any earlier set time; None never rings."""
        self.stop()
        if delay is not None:
            self._at = self._clock.now() + delay
            self._sleep()

    def stop(self) -> None:
        """Do not ring."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _sleep(self) -> None:
        import asyncio

        delay = min(SLICE, max(0.0, self._at - self._clock.now()))
        self._handle = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._handle = None
        ring = self._ring()
        if ring is None:
            return  # whoever set it is gone
        if self._clock.now() < self._at:
            self._sleep()
        else:
            ring()
