"""What one manager holds, with the slot where it is kept."""

import logging
import math
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace

from pywry_auth.errors import StoreError, StoreUnavailableError, TokenExpiredError
from pywry_auth.grants.events import Teller, TokenEventName
from pywry_auth.lock import IN_PROCESS, RecordLock, record_lock
from pywry_auth.protocol.renewal import SET_BACK, fresh_until
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """
    A header that may be handed out without a thought.

    Attributes:
        header: the value; a secret.
        since: Unix time in seconds before which the clock must have been set back.
        until: Unix time in seconds at which it is to be renewed.
    """

    header: str = field(repr=False)
    since: float
    until: float

    @classmethod
    def of(cls, tokens: OAuthTokenSet, skew: float) -> "Ready":
        """Prepare the header of *tokens*."""
        until = fresh_until(tokens, buffer=skew)
        if until is None:
            return cls(tokens.authorization_header, -math.inf, math.inf)
        return cls(tokens.authorization_header, tokens.issued_at - SET_BACK, until)


class Kept:
    """
    The tokens of one manager, in memory as well as in its slot.

    Args:
        slot: where they are kept.
        origin: whose they are; what others put there is neither used nor replaced.
        skew: seconds before the end from which an access token is not used.
        tell: hears what happens.
    """

    def __init__(self, slot: TokenSlot, origin: TokenOrigin, *, skew: float, tell: Teller) -> None:
        self._slot = slot
        self._origin = origin
        self._skew = skew
        self._tell = tell
        # Held while the slot is written: nothing that was cleared comes back.
        self._mutex = threading.Lock()
        self._is_foreign = False
        self._cleared = 0
        #: set when everything is cleared, so that whoever asks a person need not go on
        self.over = threading.Event()
        #: whether the slot does not have yet what is held
        self.is_unsaved = False
        #: what is held now
        self.tokens: OAuthTokenSet | None = None
        #: their header, where it may be handed out as it is
        self.ready: Ready | None = None

    @property
    def era(self) -> int:
        """How often everything was forgotten; what began in another era must not be kept."""
        return self._cleared

    def lock(self, timeout: float) -> RecordLock:
        """Give the lock that every process takes before it renews this record."""
        # A slot that names no place is shared by nobody but those who hold this very object.
        return record_lock(
            self._slot.identity or f"{IN_PROCESS}{id(self._slot)}", self._slot.key, timeout
        )

    def lock_if_free(self, timeout: float) -> ExitStack:
        """Give the same lock, or none where somebody holds it for longer than *timeout* seconds."""
        held = ExitStack()
        with suppress(StoreUnavailableError):
            held.enter_context(self.lock(timeout))
        return held

    def look(self) -> OAuthTokenSet | None:
        """
        Read the slot again, and give what is held now.

        Raises:
            StoreError: it cannot be read, and nothing is held.
        """
        try:
            stored = self._slot.load()
        except StoreError:
            if self.tokens is None:
                raise
            return self.tokens
        is_ours = stored is None or _is_same(stored.origin, self._origin)
        with self._mutex:
            was_foreign, self._is_foreign = self._is_foreign, not is_ours
            if is_ours and not self.is_unsaved and stored != self.tokens:
                self._hold(stored)
            held = self.tokens
        if self._is_foreign and not was_foreign:
            logger.warning("grants.foreign_record", extra={"key": self._slot.key})
            self._tell(TokenEventName.FOREIGN_RECORD)
        return held

    def take(self, tokens: OAuthTokenSet, era: int) -> OAuthTokenSet:
        """
        Hold and keep *tokens*, which a server gave just now; a store that refuses loses nothing.

        Raises:
            TokenExpiredError: everything was cleared since the era *era*.
        """
        claimed = replace(tokens, origin=tokens.origin or self._origin)
        with self._mutex:
            if era != self._cleared:
                raise TokenExpiredError("the tokens were cleared meanwhile")
            self._hold(claimed)
            failure = self._save(claimed)
        self._report(failure)
        return claimed

    def save_again(self) -> None:
        """Try once more to keep what the slot refused."""
        with self._mutex:
            tokens = self.tokens if self.is_unsaved else None
            failure = None if tokens is None else self._save(tokens)
        self._report(failure)

    def forget(self) -> None:
        """
        Empty memory and slot.

        Raises:
            StoreError: the slot could not be emptied; the memory is.
        """
        with self._mutex:
            self._cleared += 1
            self.over.set()
            self.over = threading.Event()
            self.is_unsaved = False
            self._hold(None)
            self._slot.clear()

    def _hold(self, tokens: OAuthTokenSet | None) -> None:
        self.tokens = tokens
        self.ready = None if tokens is None else Ready.of(tokens, self._skew)

    def _save(self, tokens: OAuthTokenSet) -> StoreError | OSError | None:
        if self._is_foreign:
            return None  # what others put there is not replaced: these are kept in memory only
        try:
            self._slot.save(tokens)
        except (StoreError, OSError) as exc:
            self.is_unsaved = True
            self.ready = None  # so that the next call comes by here again
            return exc
        self.is_unsaved = False
        self.ready = Ready.of(tokens, self._skew)
        return None

    def _report(self, failure: StoreError | OSError | None) -> None:
        # Not while the slot is held: whoever hears of it may want to clear it.
        if failure is None:
            return
        reason = failure.code if isinstance(failure, StoreError) else type(failure).__name__
        logger.warning("grants.save_failed", extra={"key": self._slot.key, "error": reason})
        self._tell(TokenEventName.SAVE_FAILED, reason)


def _is_same(stored: TokenOrigin | None, mine: TokenOrigin) -> bool:
    if stored is None:
        return True  # written by a program that names nobody
    same_person = not (stored.subject and mine.subject) or stored.subject == mine.subject
    return same_person and (stored.issuer, stored.client_id) == (mine.issuer, mine.client_id)
