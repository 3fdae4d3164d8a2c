"""One piece of work at a time, shared by whoever wants it meanwhile."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from pywry_auth.errors import AuthError, ConfigError, RefreshTransportError
from pywry_auth.grants.renewal.guard import Guard
from pywry_auth.interrupts import wait_for_event
from pywry_auth.outcome import CallOutcome


T = TypeVar("T")

LONGEST = 366 * 86_400.0  # seconds; who started it waits as long as it takes
LEAVING = 3.0  # seconds that Ctrl-C leaves to an answer that is on its way; twice leaves none
LAST_WAIT = 1.0  # seconds; somebody pressed Ctrl-C, but what comes next should find the work done
THREAD_NAME = "pywry-auth-renewal"


class Flight(Generic[T]):
    """
    One run of the work, on a thread of its own: whoever leaves it leaves it whole.

    Args:
        work: what to do.
        outlive: whether a program that ends meanwhile waits for it.
    """

    def __init__(self, work: Callable[[], T], *, outlive: bool) -> None:
        self._work = work
        self._outlive = outlive
        self._outcome: CallOutcome[T] = CallOutcome()
        self._done = threading.Event()
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._is_begun = False
        self._claim = threading.Lock()
        self._runner: threading.Thread | None = None
        self._waiting: list[Callable[[], None]] = []

    @property
    def is_under_way(self) -> bool:
        """Whether somebody may still join; a forked child has none of its parent's threads."""
        return not self._done.is_set() and self._process == os.getpid()

    @property
    def has_landed(self) -> bool:
        """Whether the work is done."""
        return self._done.is_set()

    def begin(self) -> None:
        """Start the work, unless it was: whoever was to start it may have been interrupted."""
        try:
            with self._lock:
                if not self._is_begun:
                    daemon = not self._outlive
                    threading.Thread(target=self._run, name=THREAD_NAME, daemon=daemon).start()
                    self._is_begun = True
        except RuntimeError:  # the interpreter is ending, or there are too many threads
            self._run()

    def wait(self, seconds: float) -> None:
        """
        Wait until it has landed, or for *seconds*.

        Raises:
            ConfigError: the caller is part of the work, and would wait for itself.
            KeyboardInterrupt: Ctrl-C was pressed; the work goes on.
        """
        self._require_another()
        try:
            wait_for_event(self._done, seconds)
        except KeyboardInterrupt:
            # Whoever is interrupted closes what the work needs, its client for example, and the
            # answer that is on its way holds the only good refresh token.
            if self._outlive:
                wait_for_event(self._done, LEAVING)
            raise

    async def arrival(self, seconds: float) -> None:
        """
        Await the same on any event loop, without a thread.

        Raises:
            ConfigError: the caller is part of the work, and would wait for itself.
        """
        import asyncio

        self._require_another()
        loop = asyncio.get_running_loop()
        landed = loop.create_future()

        def land() -> None:
            if not landed.done():  # a cancelled caller does not wait any more
                landed.set_result(None)

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has been closed: nobody is left to tell
                loop.call_soon_threadsafe(land)

        self._when_landed(tell)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds if seconds < LONGEST else None):
                await landed

    def result(self, after: float) -> T:
        """
        Give what came of it.

        Raises:
            RefreshTransportError: it has not landed after so many seconds.
        """
        if not self._done.is_set():
            raise RefreshTransportError(
                f"a renewal that began before has lasted for more than {after:g} seconds",
                hint="try again; the token endpoint may be slow, or a person is asked",
            )
        error = self._outcome.error
        if isinstance(error, AuthError):
            raise _fresh(error)
        return self._outcome.result()

    def _run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return  # begun twice, as somebody was interrupted between beginning and saying so
        self._runner = threading.current_thread()
        with self._outcome:
            self._outcome.gave(self._work())
        with self._lock:
            self._done.set()
            waiting, self._waiting = self._waiting, []
        for tell in waiting:
            tell()

    def _when_landed(self, tell: Callable[[], None]) -> None:
        with self._lock:
            if not self._done.is_set():
                self._waiting.append(tell)
                return
        tell()

    def _require_another(self) -> None:
        if self._runner is threading.current_thread() and not self._done.is_set():
            raise ConfigError(
                "what a renewal calls cannot wait for that renewal",
                hint="ask for the token on another thread, or later",
            )


@dataclass(frozen=True, slots=True)
class Boarded(Generic[T]):
    """
    A place on a flight.

    Attributes:
        flight: the flight.
        is_ours: whether the caller's own work is done there.
        patience: seconds for which the caller waits.
    """

    flight: Flight[T]
    is_ours: bool
    patience: float

    def wait(self) -> None:
        """Wait until it has landed, or patience is over."""
        self.flight.wait(self.patience)

    async def arrival(self) -> None:
        """Await the same."""
        await self.flight.arrival(self.patience)

    def result(self) -> T:
        """
        Give what came of it.

        Raises:
            RefreshTransportError: patience was over before.
        """
        return self.flight.result(self.patience)


class Flights(Generic[T]):
    """
    Starts flights, one after another.

    Args:
        outlive: whether a program that ends meanwhile waits for the work: tokens that a server has
            replaced, and nobody has kept, are lost. Not where a person is waited for.
        patience: seconds for which somebody else's flight is waited for.
    """

    def __init__(self, *, outlive: bool, patience: float) -> None:
        self._outlive = outlive
        self._patience = patience
        self._guard = Guard()
        self._current: Flight[T] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is anything to join."""
        current = self._current
        return current is not None and current.is_under_way

    def board(self, work: Callable[[], T]) -> Boarded[T]:
        """Share the flight under way, or begin *work*."""
        with self._guard.lock:
            current = self._current
            is_ours = current is None or not current.is_under_way
            if current is None or is_ours:
                current = self._current = Flight(work, outlive=self._outlive)
        current.begin()
        return Boarded(current, is_ours, LONGEST if is_ours else self._patience)

    def abandon(self) -> None:
        """Let whoever comes next start anew; those who wait are told what came of theirs."""
        with self._guard.lock:
            self._current = None


def whole(work: Callable[[], T]) -> T:
    """
    Do *work* so that Ctrl-C, which may be raised at any instant, leaves it and its locks whole.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the work goes on.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()  # Python raises it on the main thread only
    flight = Flight(work, outlive=True)
    try:
        flight.begin()
        flight.wait(LONGEST)
    except KeyboardInterrupt:
        flight.begin()
        flight.wait(LAST_WAIT)
        raise
    return flight.result(LONGEST)


def _fresh(error: AuthError) -> AuthError:
    # Each raise adds its frames to an error, with whatever they hold: the work's own frames hold
    # passwords, and several callers raise what one piece of work came to.
    kind = type(error)
    fresh = kind.__new__(kind, *error.args)
    fresh.__dict__.update(error.__dict__)
    if error.__cause__ is not None:
        fresh.__cause__ = error.__cause__
    return fresh
