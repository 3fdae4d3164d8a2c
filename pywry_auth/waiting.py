"""Waiting for a future in such a way that Ctrl-C gets through."""

from concurrent.futures import Future, wait
from typing import TypeVar

from pywry_auth.interrupts import SLICE


T = TypeVar("T")


def wait_for(outcome: Future[T]) -> T:
    """Give the result of *outcome*; whatever takes the thread away before cancels it."""
    try:
        while not outcome.done():
            wait([outcome], timeout=SLICE)
    except BaseException:
        outcome.cancel()
        raise
    return outcome.result()
