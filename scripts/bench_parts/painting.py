"""When a page was painted: it says so itself, in the second frame after it was read."""

import json
import os
import threading
import time


LIMIT = 60.0  # seconds; a window takes less than two
#: what a page asks for then
WORD = "painted"
REPORT = f"requestAnimationFrame(() => requestAnimationFrame(() => fetch('{WORD}')));"


class Painting:
    """Measures from the start of this process, and from ``begin``, to the word of the page."""

    def __init__(self) -> None:
        self._started = _started_at()
        self._began = 0.0
        self._ended = 0.0
        self._painted = threading.Event()

    def begin(self) -> None:
        self._began = time.monotonic()

    def note(self) -> None:
        if not self._painted.is_set():
            self._ended = time.monotonic()
            self._painted.set()

    def tell(self) -> None:
        """Wait for the page, and print how long it took."""
        if not self._painted.wait(LIMIT):
            print(json.dumps({"error": "the page was never painted"}), flush=True)
            os._exit(1)
        found = {
            "painted_ms": 1000 * (self._ended - self._began),
            "from_start_ms": 1000 * (self._ended - self._started),
        }
        print(json.dumps(found), flush=True)


def _started_at() -> float:
    # To the hundredth of a second, and by the clock that counts from the start of the machine.
    with open("/proc/self/stat") as line:  # noqa: PTH123
        ticks = int(line.read().rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - age
