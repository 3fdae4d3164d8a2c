"""What a session holds in memory, with the alarm that keeps it fresh."""

import logging
import math
from collections.abc import Callable

from pywry_auth.alarm import Alarm
from pywry_auth.clock import Clock
from pywry_auth.errors import (
    ReauthRequiredError,
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
from pywry_auth.session.sight import Sight
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

ELSEWHERE = "elsewhere"  # why a session ended, where another process signed out
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
        "_drops",
        "_failures",
        "clock",
        "held",
        "last",
        "record",
        "sight",
        "tell",
        "unsaved",
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
        #: what the last renewal came to, where it did not bring what is held
        self.last: RenewalOutcome | None = None
        self._buffer = buffer
        self.clock = clock
        self._failures = self._drops = 0
        #: what was seen of what is stored
        self.sight = Sight(clock)
        self._alarm = Alarm(ring, clock)

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now."""
        return self.held[0]

    @property
    def lost(self) -> ReauthRequiredError | None:
        """Why a person must sign in, or None."""
        # Each raise adds its frames to an error, with whatever they hold.
        return self.last.error.with_traceback(None) if isinstance(self.last, Terminal) else None

    def step(self) -> Step:
        """Say what to do with what is held."""
        return next_step(
            self.tokens,
            now=self.clock.now(),
            buffer=self._buffer,
            last=self.last,
            offset=self.record.clock_offset,
        )

    def is_due(self, tokens: OAuthTokenSet) -> bool:
        """Say whether *tokens* should be renewed by now."""
        return is_due(tokens, now=self.clock.now(), buffer=self._buffer)

    def is_usable(self, tokens: OAuthTokenSet) -> bool:
        """Say whether the access token of *tokens* has not ended."""
        return tokens.usable_at(self.clock.now())

    async def load(self) -> OAuthTokenSet | None:
        """
        Take up what is stored, if anything is.

        Raises:
            StoreError: the store cannot be read, and nothing is held either.
        """
        if not self.record.is_wanted:
            return self.drop(ELSEWHERE)
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
        self.sight.look_away()
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
        if found is not None:
            self.sight.see(found)
        return found

    def begin(self, tokens: OAuthTokenSet) -> None:
        """Hold the *tokens* of a new sign-in, which replace whatever was stored before."""
        self.last = None
        self.sight.see(None)
        self.hold(tokens)

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
        moment = self.clock.now() + BEHIND if until is None else until
        self.held = (tokens, moment if end is None else min(moment, end))

    @property
    def is_going_to_wake(self) -> bool:
        """Whether the alarm is set."""
        return self._alarm.is_set

    def look_again(self) -> None:
        """Wake up once more though what happens now should break in an unforeseen way."""
        self._alarm.set(MAX_BACKOFF)

    def drop(self, why: str = "") -> None:
        """Hold nothing any more; *why* is ``ELSEWHERE`` where another process signed out."""
        if why and self.tokens is not None:
            self.tell(SessionEventName.LOGGED_OUT, reason=why)
        self.held = (None, -math.inf)
        self.unsaved, self.last = False, None
        self.sight.see(None)
        LOOP.untidy.discard(self)
        self._drops += 1
        self._alarm.stop()

    async def save(self, tokens: OAuthTokenSet) -> None:
        """
        Write *tokens* to the store; when it refuses, they stay held, and it is tried again.

        Who signed out or in meanwhile, in another process, has the last word.
        """
        try:
            found = await self.record.require_ours()
        except StoreError as exc:
            return self.save_failed(exc)
        is_gone = found is None and not self.record.is_damaged
        if (found or is_gone) and self.sight.is_overtaken(found, tokens):
            return self._give_way(found)
        self.sight.see(found)
        return await self._write(tokens)

    async def save_renewed(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* in place of what ``stored`` gave under the same lock."""
        # Until they are written a crash takes the session with it, so no time is spent on another
        # look at the record while nobody can have touched it without the lock.
        if self.sight.is_fresh():
            await self._write(tokens)
        else:
            await self.save(tokens)

    def _give_way(self, found: OAuthTokenSet | None) -> None:
        logger.info("session.overtaken", extra={"session": self.record.key})
        if found is None:
            self.drop(ELSEWHERE)
            return
        self.unsaved = False
        self.sight.see(found)
        LOOP.untidy.discard(self)
        self.hold(found)

    async def _write(self, tokens: OAuthTokenSet) -> None:
        if not self.record.is_wanted:
            self.drop(ELSEWHERE)
            return
        drops = self._drops
        try:
            await self.record.rewrite(tokens)
            if drops != self._drops:  # somebody signed out here, and waited for nobody
                await self.record.delete()
                return
        except StoreError as exc:
            self.save_failed(exc)
        else:
            if self.unsaved:  # then the alarm was set for another try, not for the renewal
                self._wake_to_renew(tokens)
            self.unsaved = False
            self.sight.see(tokens)
            LOOP.untidy.discard(self)
            self.tell(SessionEventName.SAVED)

    async def save_under_lock(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* as ``save`` does, once no other process is at it, if still held then."""
        try:
            async with self.record.lock():
                if self.tokens is tokens:
                    await self.save(tokens)
        except StoreUnavailableError as exc:
            if self.tokens is tokens:
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
        outcome = self.last = outcome_of_failure(error, now=self.clock.now(), last=self.last)
        if isinstance(outcome, Transient):
            self.answer_meanwhile(outcome.not_before)
            wait = error.retry_after or 0.0
            self._failed(SessionEventName.REFRESH_FAILED, error.code, wait)
        return error

    def _wake_to_renew(self, tokens: OAuthTokenSet) -> None:
        self._alarm.set(alarm_delay(tokens, now=self.clock.now(), buffer=self._buffer))

    def _failed(self, name: SessionEventName, reason: str, wait: float = 0.0) -> None:
        logger.warning("session.%s", name, extra={"session": self.record.key, "reason": reason})
        self.tell(name, reason=reason)
        self._failures += 1
        if self.tokens is not None:
            self._alarm.set(backoff_delay(self._failures, retry_after=wait))
