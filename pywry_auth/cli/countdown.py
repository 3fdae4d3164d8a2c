"""The line that tells a person how long a sign-in still waits for them."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

from pywry_auth.cli.output import Output


TICK = 1.0  # seconds; as often as the number changes


class Countdown:
    """
    Counts down while a sign-in waits, where a terminal can show that.

    Args:
        output: where to say it.
        seconds: how long the sign-in waits.
        place: where the person goes on now; "" where they do so in this terminal, which is theirs.
    """

    def __init__(self, output: Output, seconds: float, place: Callable[[], str]) -> None:
        self._output = output
        self._seconds = seconds
        self._place = place
        self._over = threading.Event()
        self._ticker = threading.Thread(
            target=self._count, name="pywry-auth-countdown", daemon=True
        )

    def __enter__(self) -> None:
        if self._output.is_lively:
            self._ticker.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._ticker.is_alive():
            self._ticker.join(TICK)
        if self._place():
            self._output.stand("")

    def _count(self) -> None:
        end = time.monotonic() + self._seconds
        while not self._over.is_set():
            place = self._place()
            if place:
                self._output.stand(sentence(place, end - time.monotonic()))
            self._over.wait(TICK)


def sentence(place: str, left: float) -> str:
    """Say where to go on, and how many seconds are left."""
    return f"waiting for you {place}: {max(0, round(left))} s left, Ctrl-C cancels"
