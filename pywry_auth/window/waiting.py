"""Waiting for a sign-in in such a way that Ctrl-C gets through."""

import os
from concurrent.futures import Future, wait
from typing import TypeVar


T = TypeVar("T")

#: seconds; on Windows a wait without a limit cannot be interrupted
SLICE = 0.5 if os.name == "nt" else None


def wait_for(outcome: Future[T]) -> T:
    """Give the result of *outcome*; when the waiting thread is interrupted, cancel it."""
    try:
        while not outcome.done():
            wait([outcome], timeout=SLICE)
        return outcome.result()
    except KeyboardInterrupt:
        outcome.cancel()
        raise
