"""Calls that end, even when what they call does not."""

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from pywry_auth.errors import StoreUnavailableError
from pywry_auth.interrupts import wait_for_event
from pywry_auth.outcome import CallOutcome


T = TypeVar("T")

_Calls = SimpleQueue[Callable[[], None] | None]


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How long one call may take.

    Attributes:
        limit: seconds after which the caller is told that the backend does not answer.
        notice: seconds after which somebody is told that a dialog may be waiting; None is never.
    """

    limit: float
    notice: float | None = None


#: nobody is asked anything: a healthy keyring answers within 50 ms, so this one is broken
WITHOUT_PROMPT = Patience(limit=10.0)
#: a person may have to find and type a password
WITH_PROMPT = Patience(limit=120.0, notice=1.5)


class PatientCaller:
    """
    Makes calls one after the other on a daemon thread, and waits for each only so long.

    One thread, because a call that was given up may still end later: what is asked afterwards
    must come after it, and a locked keyring must show one dialog, not one per caller.

    Args:
        patience: how long each call may take.
        on_waiting: called on the waiting thread once per call that takes longer than the notice;
            must not raise.
    """

    def __init__(self, patience: Patience, on_waiting: Callable[[], None] | None = None) -> None:
        self._patience = patience
        self._on_waiting = on_waiting
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._calls: _Calls = SimpleQueue()

    def call(self, work: Callable[[], T]) -> CallOutcome[T]:
        """
        Run *work*, and give what became of it.

        Raises:
            StoreUnavailableError: it has not ended in time. It may still end later, unless it had
                not begun.
        """
        outcome: CallOutcome[T] = CallOutcome()
        done = threading.Event()
        given_up = threading.Event()

        def run() -> None:
            if not given_up.is_set():
                with outcome:
                    outcome.gave(work())
            done.set()

        self._hand_over(run)
        try:
            answered = self._wait(done)
        finally:
            given_up.set()  # the caller has left, also by Ctrl-C: what has not begun never begins
        if not answered:
            raise StoreUnavailableError(
                f"the keyring has not answered within {self._patience.limit:g} seconds",
                hint="look for a dialog that asks for its password, or restart the keyring service",
            )
        return outcome

    def _wait(self, done: threading.Event) -> bool:
        limit, notice = self._patience.limit, self._patience.notice
        if notice is None or self._on_waiting is None:
            return wait_for_event(done, limit)
        if wait_for_event(done, notice):
            return True
        self._on_waiting()
        return wait_for_event(done, limit - notice)

    def _hand_over(self, run: Callable[[], None]) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._calls = calls = SimpleQueue[Callable[[], None] | None]()
                # The thread holds the queue, not this object, so it ends with this object.
                weakref.finalize(self, calls.put, None).atexit = False
                self._thread = threading.Thread(
                    target=_serve, args=(calls,), name="pywry-auth-keyring", daemon=True
                )
                self._thread.start()
            self._calls.put(run)


def _serve(calls: _Calls) -> None:
    while (call := calls.get()) is not None:
        call()
        del call  # it holds what the keyring gave
