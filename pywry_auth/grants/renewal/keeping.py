"""What one manager holds, with the slot where it is kept."""

import logging
import math
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace

from pywry_auth.errors import StoreError, StoreUnavailableError, TokenExpiredError
from pywry_auth.grants.events import Teller, TokenEventName
from pywry_auth.grants.renewal.guard import Guard
from pywry_auth.grants.renewal.strict_slot import StrictSlot
from pywry_auth.lock import RecordLock, record_lock
from pywry_auth.protocol.bound import needs_key
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
        origin: whose they are; what others put there is neither used nor replaced nor removed.
        skew: seconds before the end from which an access token is not used.
        tell: hears what happens.
    """

    def __init__(self, slot: TokenSlot, origin: TokenOrigin, *, skew: float, tell: Teller) -> None:
        self._slot = StrictSlot(slot)
        self._place = f"{self._slot.identity} {self._slot.key!r}"
        self._origin = origin
        self._skew = skew
        self._tell = tell
        # Held while the slot is written: nothing that was cleared comes back.
        self._guard = Guard()
        self._is_foreign = False
        #: what of ours the slot had when it was looked at, or written, last
        self._seen: OAuthTokenSet | None = None
        #: set when everything is forgotten, and replaced; what began in another era is not kept
        self.era = threading.Event()
        #: how often a server gave tokens
        self.takes = 0
        #: whether the slot does not have yet what is held
        self.is_unsaved = False
        #: what is held now
        self.tokens: OAuthTokenSet | None = None
        #: their header, where it may be handed out as it is
        self.ready: Ready | None = None

    def lock(self, timeout: float) -> RecordLock:
        """Give the lock that every process takes before it renews this record."""
        return record_lock(self._slot.identity, self._slot.key, timeout)

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
            StoreError: it cannot be read or used, and nothing is held.
        """
        era = self.era
        try:
            stored = self._usable()
        except StoreError:
            if self.tokens is None:
                raise
            return self.tokens
        with self._guard.lock:
            was_foreign = self._is_foreign
            if era is self.era:  # else what was read may be cleared by now
                self._see(stored)
            held, is_foreign = self.tokens, self._is_foreign
        if is_foreign and not was_foreign:
            logger.warning(
                "grants.foreign_record: %s holds tokens of another client, provider or person, "
                "which are left alone; new ones are held in memory only",
                self._place,
                extra={"key": self._slot.key},
            )
            self._tell(TokenEventName.FOREIGN_RECORD)
        return held

    def take(self, tokens: OAuthTokenSet, era: threading.Event) -> OAuthTokenSet:
        """
        Hold and keep *tokens*, which a server gave just now; a store that refuses loses nothing.

        Raises:
            TokenExpiredError: everything was cleared since *era* began, here or elsewhere.
        """
        claimed = replace(tokens, origin=tokens.origin or self._origin)
        failure = None
        with self._guard.lock:
            if era is self.era and self._is_gone():
                self._end_era()
            if era is self.era:
                self.takes += 1
                self._hold(claimed)
                failure = self._save(claimed)
            if era is not self.era:  # also where the slot itself had everything cleared
                raise TokenExpiredError(
                    "the tokens were cleared meanwhile",
                    hint="ask once more, if there shall be new ones",
                )
        self._report(failure)
        return claimed

    def save_again(self) -> None:
        """Try once more to keep what the slot refused."""
        with self._guard.lock:
            tokens = self.tokens if self.is_unsaved else None
            failure = None if tokens is None else self._save(tokens)
        self._report(failure)

    def forget(self) -> None:
        """
        Empty memory and slot; what somebody else put there stays.

        Raises:
            StoreError: the slot could not be emptied; the memory is.
        """
        with self._guard.lock:
            self._end_era()
            stored = None
            with suppress(StoreError):  # what cannot be read is to be gone as well
                stored = self._slot.load()
            if stored is None or _is_same(stored.origin, self._origin):
                self._slot.clear()

    def _end_era(self) -> None:
        self.era.set()
        self.era = threading.Event()
        self.is_unsaved = False
        self._seen = None
        self._hold(None)

    def _is_gone(self) -> bool:
        # Whoever clears waits for a renewal only so long: what it removed must not come back.
        with suppress(StoreError):
            return self._seen is not None and self._slot.load() is None
        return False

    def _usable(self) -> OAuthTokenSet | None:
        stored = self._slot.load()
        if stored is not None and needs_key(stored) and _is_same(stored.origin, self._origin):
            raise StoreError(
                "the stored tokens are good only beside proofs of a key, which nobody makes here",
                hint="use the session of the application that signed in, or sign in without DPoP",
            )
        return stored

    def _see(self, stored: OAuthTokenSet | None) -> None:
        self._is_foreign = stored is not None and not _is_same(stored.origin, self._origin)
        if self._is_foreign:
            return
        seen, self._seen = self._seen, stored
        if self.is_unsaved and not _is_overtaken(self.tokens, seen=seen, stored=stored):
            return
        if self.is_unsaved or stored != self.tokens:
            self.is_unsaved = False
            self._hold(stored)

    def _hold(self, tokens: OAuthTokenSet | None) -> None:
        self.tokens = tokens
        self.ready = None if tokens is None else Ready.of(tokens, self._skew)

    def _save(self, tokens: OAuthTokenSet) -> StoreError | None:
        era = self.era
        if self._is_foreign:
            self.is_unsaved = False
            return None  # what others put there is not replaced: these are kept in memory only
        try:
            self._slot.save(tokens)
        except StoreError as exc:
            self.is_unsaved = True
            self.ready = None  # so that the next call comes by here again
            return exc
        if era is self.era:
            self.is_unsaved = False
            self._seen = tokens
            self.ready = Ready.of(tokens, self._skew)
        return None

    def _report(self, failure: StoreError | None) -> None:
        # Not while the slot is held: whoever hears of it may want to clear it.
        if failure is None:
            return
        facts = {"key": self._slot.key, "error": failure.code}
        logger.warning(
            "grants.save_failed: %s (%s); the tokens are held, and saving is tried again",
            self._place,
            failure.code,
            extra=facts,
        )
        self._tell(TokenEventName.SAVE_FAILED, failure.code)


def _is_overtaken(
    unsaved: OAuthTokenSet | None, *, seen: OAuthTokenSet | None, stored: OAuthTokenSet | None
) -> bool:
    # Somebody else has cleared the record, or got newer tokens, while it could not be written.
    if stored is None or unsaved is None:
        return seen is not None
    return stored != seen and stored.issued_at > unsaved.issued_at


def _is_same(stored: TokenOrigin | None, mine: TokenOrigin) -> bool:
    if stored is None:
        return True  # written by a program that names nobody
    same_person = not (stored.subject and mine.subject) or stored.subject == mine.subject
    return same_person and (stored.issuer, stored.client_id) == (mine.issuer, mine.client_id)
