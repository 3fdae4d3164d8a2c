"""One thing at a time: what a person does to their sign-in."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from pywry_auth.errors import AuthenticationError, AuthError
from pywry_auth.outcome import CallOutcome


class Turn:
    """
    Lets one sign-in, or sign-out, happen at a time.

    Args:
        on_error: told about an error of something that nobody waits for.
    """

    def __init__(self, on_error: Callable[[AuthError], None]) -> None:
        self._lock = threading.Lock()
        self._on_error = on_error
        self._is_closed = False
        self._ends: dict[object, Callable[[], object]] = {}
        self._holder: int | None = None
        #: grows with each turn; who began before, and asked for none, sees that one was taken
        self.number = 0

    @contextmanager
    def taken(self, within: float = 0.0) -> Generator[None]:
        """
        Take the turn.

        Args:
            within: seconds to wait for whoever has it.

        Raises:
            AuthenticationError: somebody else has it, or the application is closing.
        """
        if not self._acquire(within):
            if self._is_closed:
                raise AuthenticationError(
                    "this DesktopAuth was closed", hint="make a new one; each start needs one"
                )
            raise AuthenticationError("a sign-in is under way already", hint="cancel it first")
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def taken_if_possible(self, within: float) -> Generator[None]:
        """
        Take the turn, or go on without it where somebody does not give it back in time.

        Args:
            within: seconds to wait for whoever has it.

        Raises:
            AuthenticationError: the application is closing.
        """
        is_mine = self._acquire(within)
        if self._is_closed and not is_mine:
            raise AuthenticationError("the application is closing")
        self.number += 1
        try:
            yield
        finally:
            if is_mine:
                self._release()

    @property
    def is_closed(self) -> bool:
        """Whether nothing begins any more."""
        return self._is_closed

    @property
    def is_taken(self) -> bool:
        """Whether something is under way."""
        return self._lock.locked()

    @contextmanager
    def taken_if_free(self) -> Generator[bool]:
        """Take the turn if nobody has it; gives whether it was taken."""
        is_mine = self._acquire(0.0)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._release()

    def begin(
        self,
        work: Callable[[], object],
        *,
        announce: Callable[[], None],
        retract: Callable[[], None],
    ) -> None:
        """
        Do *work* on a thread of its own, unless something is under way already.

        Args:
            work: done with the turn taken; what became of it is seen in the status.
            announce: called at once, on this thread, if it begins.
            retract: called if it was announced and cannot begin: there is no thread to be had.
        """
        if not self._acquire(0.0):
            return  # a second press of the same button is no error

        def run() -> None:
            self._holder = threading.get_ident()
            try:
                work()
            finally:
                self._release()

        try:
            announce()
            self._holder = None  # until that thread is there: this one may wait for it
            self.beside(run)
        except BaseException:
            retract()
            self._release()
            raise

    def _release(self) -> None:
        self._holder = None
        self._lock.release()

    def _acquire(self, within: float) -> bool:
        # Whoever is told of a sign-in on its very thread would wait for themselves.
        patience = 0.0 if self._holder == threading.get_ident() else within
        if self._is_closed or not self._lock.acquire(timeout=patience):
            return False
        if self._is_closed:  # while this one waited
            self._lock.release()
            return False
        self.number += 1
        self._holder = threading.get_ident()
        return True

    def beside(self, work: Callable[[], object]) -> None:
        """Do *work*, which takes the turn itself if it needs to, on a thread of its own."""

        def run() -> None:
            outcome: CallOutcome[object] = CallOutcome()
            with outcome:
                outcome.gave(work())
            if isinstance(outcome.error, AuthError):
                self._on_error(outcome.error)
            elif outcome.error is not None:
                raise outcome.error  # a defect, for the application's own excepthook

        threading.Thread(target=run, name="pywry-auth-sign-in", daemon=True).start()

    def before_close(self, end: Callable[[], object]) -> Callable[[], None]:
        """Call *end* when this is closed; gives what undoes that."""
        ticket = object()
        self._ends[ticket] = end

        def forget() -> None:
            self._ends.pop(ticket, None)

        return forget

    def close(self, within: float) -> bool:
        """Let nothing begin any more, and wait for what is under way; says whether it ended."""
        self._is_closed = True
        for end in list(self._ends.values()):
            end()
        patience = 0.0 if self._holder == threading.get_ident() else within
        if self._lock.acquire(timeout=patience):
            self._lock.release()
            return True
        return False
