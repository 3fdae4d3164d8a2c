"""What time it is, as an argument."""

import time
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> float:
        """Wall-clock Unix time in seconds; comparable with what servers send."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; for waiting only."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Wall-clock Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()


SYSTEM_CLOCK: Clock = SystemClock()
