"""How often we ask others, as a bucket of tokens that fills at a steady rate."""

import math
import threading
import time
from collections.abc import Callable

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError


_BURST = 0.1  # of a minute's requests at once; a server that counts by the minute bears that


class RateLimiter:
    """
    Lets requests pass at a steady rate, for all threads together, in the order they came.

        limiter = RateLimiter(60)
        limiter.acquire()  # once before each request

    Args:
        requests_per_minute: how many pass in a minute, in the long run.
        burst: how many may pass at once after a pause; a tenth of a minute's when left out.
        clock: tells the time.
        sleep: waits for that many seconds.

    Raises:
        ConfigError: a number is not above 0.
    """

    def __init__(
        self,
        requests_per_minute: float,
        *,
        burst: int | None = None,
        clock: Clock = SYSTEM_CLOCK,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not (0 < requests_per_minute < math.inf and (burst is None or burst > 0)):
            raise ConfigError("requests_per_minute, with burst, is above 0")
        size = max(1, int(requests_per_minute * _BURST)) if burst is None else burst
        self._per_second = requests_per_minute / 60.0
        self._size = size
        self._now = clock.monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._left = float(size)  # below 0: that many are waiting for their turn
        self._at = self._now()

    def __repr__(self) -> str:
        return f"RateLimiter({self._per_second * 60:g}, burst={self._size})"

    def acquire(self) -> float:
        """
        Wait for one's turn.

        Returns:
            The seconds that it took.
        """
        wait = self._reserve()
        if wait > 0:
            try:
                self._sleep(wait)
            except BaseException:  # Ctrl-C: who comes later need not wait for a request not made
                with self._lock:
                    self._left += 1.0
                raise
        return wait

    def _reserve(self) -> float:
        with self._lock:
            now = self._now()
            self._left = min(self._size, self._left + (now - self._at) * self._per_second) - 1.0
            self._at = now
            return max(0.0, -self._left / self._per_second)
