"""Work that may block, one thing after the other, heard of only while it is still wanted."""

import threading
from collections.abc import Callable
from typing import TypeVar

from pywry_auth.errors import AuthError
from pywry_auth.outcome import CallOutcome
from pywry_auth.runtime import LOOP


T = TypeVar("T")

PATIENCE = 10.0  # seconds; what hangs, such as a keyring, must not keep a panic button waiting


class Bench:
    """
    Does work on threads, and tells of it on the package's loop.

    Args:
        on_broken: told, on the loop, of a defect; the application's own excepthook sees it.
    """

    def __init__(self, on_broken: Callable[[], None]) -> None:
        self._on_broken = on_broken
        self._wanted: object | None = None
        self._thread: threading.Thread | None = None

    def begin(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        on_error: Callable[[AuthError], None],
    ) -> None:
        """
        Begin *work* as soon as what was begun before has ended, or seems to hang.

        Args:
            work: may block.
            then: told, on the loop, what it gave.
            on_error: told, on the loop, why it gave nothing.
        """
        ticket = self._wanted = object()
        before = self._thread

        def heard(outcome: CallOutcome[T]) -> None:
            if self._wanted is ticket:
                self._tell(outcome, then, on_error)

        def run() -> None:
            if before is not None:
                before.join(PATIENCE)
            outcome: CallOutcome[T] = CallOutcome()
            with outcome:
                outcome.gave(work())
            LOOP.call_soon(lambda: heard(outcome))
            if outcome.error is not None and not isinstance(outcome.error, AuthError):
                raise outcome.error

        thread = threading.Thread(target=run, name="pywry-auth-accounts", daemon=True)
        thread.start()
        self._thread = thread  # not before: whoever waits for it may come at any moment

    def _tell(
        self,
        outcome: CallOutcome[T],
        then: Callable[[T], None],
        on_error: Callable[[AuthError], None],
    ) -> None:
        match outcome.error:
            case None:
                then(outcome.result())
            case AuthError() as error:
                on_error(error)
            case _:
                self._on_broken()

    def forget(self) -> None:
        """Hear no more of what was begun."""
        self._wanted = None

    def wait(self, seconds: float) -> None:
        """Wait until what was begun has ended; not on the loop."""
        if self._thread is not None:
            self._thread.join(seconds)
