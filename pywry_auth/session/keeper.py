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
    alarm_delay,
    backoff_delay,
    buffer_for,
    is_due,
)
from pywry_auth.session.events import SessionEvent, SessionEventName
from pywry_auth.session.record import SessionRecord
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)


class TokenKeeper:
    """
    The tokens of one session, where they are stored, and who is told what becomes of them.

    Args:
        record: where they are stored.
        buffer: seconds before their end at which they are renewed.
        ring: called when that time has come; held weakly.
        on_event: told what happens.
        clock: tells the time.
    """

    def __init__(
        self,
        record: SessionRecord,
        *,
        buffer: float,
        ring: Callable[[], None],
        on_event: Callable[[SessionEvent], None] | None,
        clock: Clock,
    ) -> None:
        self.record = record
        #: tokens, with the instant until which they are handed out without a thought; one value,
        #: so that a reader on another thread never sees half of a change
        self.held: tuple[OAuthTokenSet | None, float] = (None, -math.inf)
        #: whether what is held is newer than what is stored
        self.unsaved = False
        #: whether what is held was in the store once, so that somebody must have taken it out
        self.was_stored = False
        #: why a person must sign in, or None
        self.lost: ReauthRequiredError | None = None
        self._buffer = buffer
        self._on_event = on_event
        self._now = clock.now
        self._failures = 0
        self._drops = 0
        self._alarm = Alarm(ring, clock)

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now."""
        return self.held[0]

    def is_due(self, tokens: OAuthTokenSet) -> bool:
        """Say whether *tokens* should be renewed by now."""
        return is_due(tokens, now=self._now(), buffer=self._buffer)

    def is_usable(self, tokens: OAuthTokenSet) -> bool:
        """Say whether the access token of *tokens* has not ended."""
        return tokens.usable_at(self._now())

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
        if self.unsaved:
            return self.tokens
        try:
            found = await self.record.load()
        except StoreError:
            if self.tokens is None:
                raise
            return self.tokens  # is as good; a locked keyring signs nobody out
        self.was_stored = self.was_stored or found is not None
        return found

    def hold(self, tokens: OAuthTokenSet) -> None:
        """Hold *tokens* from now on, and wake up in time to renew them."""
        end = tokens.expires_at
        until = math.inf if end is None else end - buffer_for(tokens, self._buffer)
        self.held = (tokens, until)
        if tokens.refresh_token is not None:
            self.lost = None
        self._failures = 0
        self._wake_to_renew(tokens)

    def look_again(self) -> None:
        """Wake up once more though what happens now should break in an unforeseen way."""
        self._alarm.set(MAX_BACKOFF)

    def drop(self) -> None:
        """Hold nothing any more."""
        self.held = (None, -math.inf)
        self.unsaved, self.was_stored, self.lost = False, False, None
        self._drops += 1
        self._alarm.stop()

    async def save(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* to the store; when it refuses, they stay held, and it is tried again."""
        try:
            await self.record.save(tokens)
        except StoreError as exc:
            self.save_failed(exc)
        else:
            if self.unsaved:  # then the alarm was set for another try, not for the renewal
                self._wake_to_renew(tokens)
            self.unsaved, self.was_stored = False, True
            self.tell(SessionEventName.SAVED)

    async def save_under_lock(self, tokens: OAuthTokenSet) -> None:
        """Write *tokens* as ``save`` does, while no other process renews or rewrites the record."""
        try:
            async with self.record.lock():
                await self.save(tokens)
        except StoreUnavailableError as exc:
            self.save_failed(exc)

    def save_failed(self, error: StoreError) -> None:
        """Note that what is held is not stored."""
        self.unsaved = True
        self._note(SessionEventName.SAVE_FAILED, error.code)

    def refresh_failed(self, error: TokenRefreshError) -> TokenRefreshError:
        """Note that a renewal failed, which is tried again; gives *error* back to be raised."""
        self._note(SessionEventName.REFRESH_FAILED, error.code)
        return error

    def tell(
        self, name: SessionEventName, *, reason: str = "", revoked: bool | None = None
    ) -> None:
        """Tell the listener; later, so that one that raises cannot end a renewal."""
        if self._on_event is not None:
            import asyncio

            event = SessionEvent(name, self.record.key, reason, revoked)
            asyncio.get_running_loop().call_soon(self._on_event, event)

    def _wake_to_renew(self, tokens: OAuthTokenSet) -> None:
        self._alarm.set(alarm_delay(tokens, now=self._now(), buffer=self._buffer))

    def _note(self, name: SessionEventName, reason: str) -> None:
        logger.warning("session.%s", name, extra={"session": self.record.key, "reason": reason})
        self.tell(name, reason=reason)
        self._failures += 1
        if self.tokens is not None:
            self._alarm.set(backoff_delay(self._failures))
