"""A clock that goes when it is told to."""

START = 1_800_000_000.0


class FakeClock:
    """Wall clock and monotonic clock, in step unless the machine is said to have slept."""

    def __init__(self, now: float = START) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
        self._monotonic += seconds

    def sleep_machine(self, seconds: float) -> None:
        """Let the machine sleep: timers stand still, the wall clock does not."""
        self._now += seconds
