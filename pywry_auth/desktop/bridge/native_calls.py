"""Calls into a native window, which may never return once the window is gone."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from pywry_auth.outcome import CallOutcome


logger = logging.getLogger(__name__)

T = TypeVar("T")

LIMIT = 5.0  # seconds; an engine that is alive answers within milliseconds
MAX_HANGING = 4  # threads; beyond that the window is taken for dead, and nobody asks it any more


class NativeCalls:
    """
    Gives each call a daemon thread and a deadline.

    Args:
        limit: seconds a call may take.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._hanging: list[threading.Thread] = []

    def ask(self, work: Callable[[], T]) -> T | None:
        """Give what *work* gives; None where it fails, hangs, or others hang already."""
        self._hanging = [thread for thread in self._hanging if thread.is_alive()]
        if len(self._hanging) >= MAX_HANGING:
            return None
        outcome: CallOutcome[T] = CallOutcome()

        def run() -> None:
            with outcome:
                outcome.gave(work())

        thread = threading.Thread(target=run, name="pywry-auth-bridge-call", daemon=True)
        thread.start()
        thread.join(self._limit)
        if thread.is_alive():
            self._hanging.append(thread)
            logger.warning("bridge.window_hangs", extra={"seconds": self._limit})
            return None
        if outcome.error is not None:  # what pywebview raises depends on the engine
            logger.debug("bridge.call_failed", extra={"reason": type(outcome.error).__name__})
            return None
        return outcome.result()
