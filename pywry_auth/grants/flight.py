"""One piece of work at a time, shared by all threads that want it meanwhile."""

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from pywry_auth.errors import ConfigError, RefreshTransportError
from pywry_auth.interrupts import wait_for_event
from pywry_auth.outcome import CallOutcome


T = TypeVar("T")

LONGEST = 366 * 86_400.0  # seconds; who started it waits as long as it takes
THREAD_NAME = "pywry-auth-renewal"


class Flight(Generic[T]):
    """One run of the work, on a thread of its own: whoever leaves it leaves it whole."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._outcome: CallOutcome[T] = CallOutcome()
        self._done = threading.Event()
        self._process = os.getpid()
        self._thread: threading.Thread | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether somebody may still join; a forked child has none of its parent's threads."""
        return not self._done.is_set() and self._process == os.getpid()

    def run(self) -> None:
        """Do the work."""
        self._thread = threading.current_thread()
        with self._outcome:
            self._outcome.gave(self._work())
        self._done.set()

    def wait(self, seconds: float) -> T:
        """
        Give what came of it.

        Raises:
            RefreshTransportError: it took longer than *seconds*.
            ConfigError: the caller is part of the work, and would wait for itself.
            KeyboardInterrupt: Ctrl-C was pressed; the work goes on.
        """
        if self._thread is threading.current_thread() and not self._done.is_set():
            raise ConfigError(
                "what a renewal calls cannot wait for that renewal",
                hint="ask for the token on another thread, or later",
            )
        if not wait_for_event(self._done, seconds):
            raise RefreshTransportError(
                f"the tokens have been renewed for more than {seconds:g} seconds",
                hint="try again; the token endpoint may be slow, or a person is asked",
            )
        return self._outcome.result()


class Flights(Generic[T]):
    """
    Starts flights, one after another.

    Args:
        outlive: whether a program that ends meanwhile waits for the work: tokens that a server has
            replaced, and nobody has kept, are lost. Not where a person is waited for.
    """

    def __init__(self, *, outlive: bool) -> None:
        self._outlive = outlive
        self._mutex = threading.Lock()
        self._current: Flight[T] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is anything to join."""
        current = self._current
        return current is not None and current.is_under_way

    def join(self, work: Callable[[], T], *, wait_timeout: float) -> tuple[T, bool]:
        """
        Share the flight under way, or start *work*.

        Args:
            work: what to do, where nobody does it already.
            wait_timeout: seconds for which somebody else's flight is waited for.

        Returns:
            What came of it, with whether it was our own.
        """
        with self._mutex:
            current = self._current
            if current is not None and current.is_under_way:
                flight, is_ours = current, False
            else:
                flight = self._current = Flight(work)
                is_ours = True
        if is_ours:
            _start(flight.run, outlive=self._outlive)
        return flight.wait(LONGEST if is_ours else wait_timeout), is_ours

    def abandon(self) -> None:
        """Let whoever comes next start anew; those who wait are told what came of theirs."""
        with self._mutex:
            self._current = None


def _start(run: Callable[[], None], *, outlive: bool) -> None:
    try:
        threading.Thread(target=run, name=THREAD_NAME, daemon=not outlive).start()
    except RuntimeError:  # the interpreter is ending, or there are too many threads
        run()
