"""What a session holds in memory, with the alarm that keeps it fresh."""

import logging
import math
from collections.abc import Awaitable, Callable

from pywry_auth.alarm import Alarm
from pywry_auth.clock import Clock
from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
    TokenRefreshError,
)
from pywry_auth.protocol.renewal import (
    MAX_BACKOFF,
    RenewalOutcome,
    Step,
    Terminal,
    Transient,
    alarm_delay,
    backoff_delay,
    fresh_until,
    is_due,
    next_step,
    outcome_of_failure,
    worth_until,
)
from pywry_auth.runtime import LOOP
from pywry_auth.session.events import SessionEventName, Teller
from pywry_auth.session.record import SessionRecord
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

BEHIND = 5.0  # seconds for which nobody asks how a renewal behind their backs is getting on


class TokenKeeper:
    """
    The tokens of one session, where they are stored, and who is told what becomes of them.

    Args:
        record: where they are stored.
        buffer: seconds before their end at which they are renewed.
        ring: called when that time has come.
        tell: told what happens.
        clock: tells the time.
    """

    __slots__ = (
        "_alarm",
        "_buffer",
        "_clock",
        "_drops",
        "_failures",
        "_read_ours",
        "held",
        "last",
        "record",
        "tell",
        "unsaved",
        "was_stored",
    )

    def __init__(
        self,
        record: SessionRecord,
        *,
        buffer: float,
        ring: Callable[[], None],
        tell: Teller,
        clock: Clock,
    ) -> None:
        self.record = record
        self.tell = tell
        #: tokens, with the instant until which they are handed out without a thought; one value,
        #: so that a reader on another thread never sees half of a change
        self.held: tuple[OAuthTokenSet | None, float] = (None, -math.inf)
        #: whether what is held is newer than what is stored
        self.unsaved = False
        #: whether what is held was in the store once, so that somebody must have taken it out
        self.was_stored = False
        #: what the last renewal came to, where it did not bring what is held
        self.last: RenewalOutcome | None = None
        self._buffer = buffer
        self._clock = clock
        self._failures = 0
        self._drops = 0
        self._read_ours = False
        self._alarm = Alarm(ring, clock)

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now."""
        return self.held[0]

    @property
    def lost(self) -> ReauthRequiredError | None:
        """Why a person must sign in, or None."""
        return self.last.error if isinstance(self.last, Terminal) else None

    def step(self) -> Step:
        """Say what to do with what is held."""
        return next_step(
            self.tokens,
            now=self._clock.now(),
            buffer=self._buffer,
            last=self.last,
            offset=self.record.clock_offset,
        )

    def is_due(self, tokens: OAuthTokenSet) -> bool:
        """Say whether *tokens* should be renewed by now."""
        return is_due(tokens, now=self._clock.now(), buffer=self._buffer)

    def is_usable(self, tokens: OAuthTokenSet) -> bool:
        """Say whether the access token of *tokens* has not ended."""
        return tokens.usable_at(self._clock.now())

    async def load(self) -> OAuthTokenSet | None:
        """
        Take up what is stored, if anything is.

        Raises:
            StoreError: the store cannot be read, and nothing is held either.
        """
        drops = self._drops
        tokens = await self.stored()
        if drops != self._drops:
            return self.tokens  # somebody signed out while the store was read
        if tokens is not None and tokens != self.tokens:
            self.hold(tokens)
        return tokens

    async def stored(self) -> OAuthTokenSet | None:
        """
        Read what is stored; what is held where that is newer, or the store cannot be read just now.

        Raises:
            StoreError: the store cannot be read, and nothing is held either.
        """
        self._read_ours = False
        if self.unsaved:
            return self.tokens
        try:
            found = await self.record.load()
        except StoreError:
            if self.tokens is None:
                raise
            return self.tokens  # is as good; a locked keyring signs nobody out
        if found is None and self.record.is_damaged:
            return self.tokens  # nobody signed out: the next renewal writes it again
        self._read_ours = found is not None
        self.was_stored = self.was_stored or self._read_ours
        return found

    def hold(self, tokens: OAuthTokenSet) -> None:
        """Hold *tokens* from now on, and wake up in time to renew them."""
        until = fresh_until(tokens, buffer=self._buffer)
        self.held = (tokens, math.inf if until is None else until)
        if tokens.refresh_token is not None:
            self.last = None
        self._failures = 0
        self._wake_to_renew(tokens)

    def answer_meanwhile(self, until: float | None = None) -> None:
        """Hand out what is held for a moment more, because it is renewed behind, or cannot be."""
        tokens = self.tokens
        if tokens is None:
            return
        end = worth_until(tokens)
        moment = self._clock.now() + BEHIND if until is None else until
        self.held = (tokens, moment if end is None else min(moment, end))

    @property
    def is_going_to_wake(self) -> bool:
        """Whether the alarm is set."""
        return self._alarm.is_set

    def look_again(self) -> None:
        """Wake up once more though what happens now should break in an unforeseen way."""
        self._alarm.set(MAX_BACKOFF)

    def drop(self) -> None:
        """Hold nothing any more."""
        self.held = (None, -math.inf)
        self.unsaved, self.was_stored, self.last = False, False, None
        LOOP.untidy.discard(self)
        self._drops += 1
        self._alarm.stop()

    async def save(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* to the store; when it refuses, they stay held, and it is tried again."""
        await self._write(self.record.save, tokens)

    async def save_renewed(self, tokens: OAuthTokenSet) -> None:
        """
        Write *tokens* as ``save`` does, in place of what ``stored`` gave under the same lock.

        Until they are written a crash takes the session with it, so no time is spent on another
        look at whose the record is.
        """
        await self._write(self.record.rewrite if self._read_ours else self.record.save, tokens)

    async def _write(
        self, write: Callable[[OAuthTokenSet], Awaitable[None]], tokens: OAuthTokenSet
    ) -> None:
        try:
            await write(tokens)
        except StoreError as exc:
            self.save_failed(exc)
        else:
            if self.unsaved:  # then the alarm was set for another try, not for the renewal
                self._wake_to_renew(tokens)
            self.unsaved, self.was_stored = False, True
            LOOP.untidy.discard(self)
            self.tell(SessionEventName.SAVED)

    async def save_under_lock(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* as ``save`` does, while no other process renews or rewrites the record."""
        try:
            async with self.record.lock():
                await self.save(tokens)
        except StoreUnavailableError as exc:
            self.save_failed(exc)

    async def tidy(self) -> None:
        """Try a last time to store what is not stored yet."""
        tokens = self.tokens
        if self.unsaved and tokens is not None:
            await self.save_under_lock(tokens)

    def save_failed(self, error: StoreError) -> None:
        """Note that what is held is not stored."""
        self.unsaved = True
        LOOP.untidy.add(self)  # a program that ends first would take the session with it
        self._failed(SessionEventName.SAVE_FAILED, error.code)

    def refresh_failed(self, error: TokenRefreshError) -> TokenRefreshError:
        """Note how a renewal failed; gives *error* back to be raised."""
        outcome = outcome_of_failure(error, now=self._clock.now(), last=self.last)
        self.last = outcome
        if isinstance(outcome, Transient):
            self.answer_meanwhile(outcome.not_before)
            wait = error.retry_after or 0.0
            self._failed(SessionEventName.REFRESH_FAILED, error.code, wait)
        return error

    def not_yet(self) -> TokenRefreshError | None:
        """Give the error of somebody who asks again too soon, or None."""
        if not isinstance(self.last, Transient):
            return None
        wait = max(1, round(self.last.not_before - self._clock.now()))
        late = RefreshTransportError(
            f"{self.last.error}; it is tried again in {wait} seconds",
            self.last.error.provider,
            hint=self.last.error.hint,
        )
        return late.asking_to_wait(float(wait))

    def is_asked_to_wait(self) -> bool:
        """Whether the provider said when to come again, and that time has not come."""
        return (
            isinstance(self.last, Transient)
            and self.last.error.retry_after is not None
            and self._clock.now() < self.last.not_before
        )

    def _wake_to_renew(self, tokens: OAuthTokenSet) -> None:
        self._alarm.set(alarm_delay(tokens, now=self._clock.now(), buffer=self._buffer))

    def _failed(self, name: SessionEventName, reason: str, wait: float = 0.0) -> None:
        logger.warning("session.%s", name, extra={"session": self.record.key, "reason": reason})
        self.tell(name, reason=reason)
        self._failures += 1
        if self.tokens is not None:
            self._alarm.set(backoff_delay(self._failures, retry_after=wait))
