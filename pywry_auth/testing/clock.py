"""A clock that goes when it is told to."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


START = 1_800_000_000.0  # Unix time; any will do, as long as each run has the same
REAL_STEP = 0.001  # seconds of real time between steps of time that flows


class VirtualClock:
    """
    Wall clock with monotonic clock; both stand still until a test moves them.

    Give it to whatever takes a ``clock``. Inside ``driving(clock)`` the package's own waiting goes
    by it too: every renewal and time-out that is due meanwhile has happened when ``advance``
    returns.

        >>> clock = VirtualClock()
        >>> clock.advance(3600)
        >>> clock.now() - START, clock.monotonic()
        (3600.0, 4600.0)
        >>> clock.jump(-60)
        >>> clock.now() - START, clock.monotonic()
        (3540.0, 4600.0)

    Args:
        now: the Unix time it begins with.
    """

    def __init__(self, now: float = START) -> None:
        self._now = now
        self._monotonic = 1000.0
        self._moving = threading.Lock()
        self._drive: Callable[[float], None] | None = None

    def now(self) -> float:
        """Wall-clock Unix time in seconds."""
        with self._moving:
            return self._now

    def monotonic(self) -> float:
        """Seconds that never jump."""
        with self._moving:
            return self._monotonic

    def advance(self, seconds: float) -> None:
        """
        Let *seconds* pass.

        Inside ``driving``, whatever becomes due is done in order, each thing at its own time.
        """
        if self._drive is None:
            self.move(seconds)
        else:
            self._drive(seconds)

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back when negative, as a person or NTP does."""
        with self._moving:
            self._now += seconds

    def sleep_machine(self, seconds: float) -> None:
        """Let the machine sleep: timers stand still, the wall clock does not."""
        self.jump(seconds)

    @contextmanager
    def flowing(self, step: float = 1.0) -> Generator[None, None, None]:
        """
        Let time pass by itself inside, as fast as everything due in it can be done.

        For calls that block until time has passed: nobody is left to ``advance``.

        Args:
            step: seconds that pass at a time.
        """
        stopped = threading.Event()

        def flow() -> None:
            while not stopped.wait(REAL_STEP):
                self.advance(step)

        river = threading.Thread(target=flow, name="virtual-time", daemon=True)
        river.start()
        try:
            yield
        finally:
            stopped.set()
            river.join()

    def move(self, seconds: float) -> None:
        """Let *seconds* pass at once, without waiting for what becomes due."""
        with self._moving:
            self._now += seconds
            self._monotonic += seconds

    def driven_by(self, drive: Callable[[float], None] | None) -> None:
        """Leave ``advance`` to *drive* from now on; None takes it back."""
        self._drive = drive
