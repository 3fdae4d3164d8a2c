"""How one session is renewed, whoever else signs in or out meanwhile."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.protocol.clock_offset import is_notable, sentence
from pywry_auth.protocol.renewal import issued_before
from pywry_auth.protocol.scopes import ScopeDifference
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP, uninterrupted
from pywry_auth.session.binding import renewed
from pywry_auth.session.ending import revoke_all
from pywry_auth.session.events import SessionEventName
from pywry_auth.session.keeper import ELSEWHERE, TokenKeeper
from pywry_auth.session.person import call_person, is_asked_for
from pywry_auth.session.record import SessionRecord, succeeded
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

LOCK_PAUSE = 10.0  # seconds; a process that held the lock for half a minute is not quick now


class _Flight(Protocol):
    """What is needed of ``RenewalFlight``, which is imported with the first renewal."""

    @property
    def is_under_way(self) -> bool: ...

    async def join(
        self, renew: Callable[[], Coroutine[object, object, OAuthTokenSet]]
    ) -> OAuthTokenSet: ...

    async def end(self) -> None: ...


class Renewals:
    """
    One renewal at a time, which sees when it is late.

    Args:
        provider: whom to ask for fresh tokens.
        record: where they are stored, for its lock.
        keeper: who holds them.
        on_reauth_required: called once per lost session, off the loop; may sign in again.
    """

    __slots__ = (
        "_ending",
        "_flight",
        "_generation",
        "_keeper",
        "_on_reauth_required",
        "_provider",
        "_record",
        "late",
    )

    def __init__(
        self,
        provider: OAuthProvider,
        record: SessionRecord,
        keeper: TokenKeeper,
        on_reauth_required: Callable[[], None] | None,
    ) -> None:
        #: what late renewals brought, to be revoked
        self.late: tuple[OAuthTokenSet, ...] = ()
        self._provider = provider
        self._record = record
        self._keeper = keeper
        self._on_reauth_required = on_reauth_required
        self._generation = 0  # counts sign-ins and sign-outs; a late renewal sees that it is late
        self._ending = 0  # sign-outs under way
        self._flight: _Flight | None = None  # most sessions never renew anything

    @property
    def is_under_way(self) -> bool:
        """Whether a renewal is being made just now."""
        return self._flight is not None and self._flight.is_under_way

    @property
    def is_asked_for(self) -> bool:
        """Whether this is the very person's sign-in that the renewal under way waits for."""
        return is_asked_for(self)

    async def join(self) -> OAuthTokenSet:
        """
        Share the renewal under way, or begin one.

        Raises:
            TokenRefreshError: it failed; see its subclasses for why.
            TokenExpiredError: the session ended, here or in another process.
        """
        if self._ending:
            raise self._ended()
        if self.is_asked_for:
            # The renewal under way waits for this very caller, who must not wait for it in turn.
            raise self._keeper.lost or self._ended()
        if self._flight is None:
            from pywry_auth.session.flight import RenewalFlight

            self._flight = RenewalFlight()
        return await self._flight.join(self._renew)

    def supersede(self) -> None:
        """Let the renewal under way be late, because somebody signed in."""
        self._generation += 1

    async def __aenter__(self) -> None:
        """Begin to sign out: renew nothing, and wait a little for the renewal under way."""
        self._generation += 1
        self._ending += 1
        if self._flight is not None:
            await self._flight.end()

    async def __aexit__(self, *_failure: object) -> None:
        """End signing out."""
        self._ending -= 1
        self.late = ()

    async def _renew(self) -> OAuthTokenSet:
        generation = self._generation
        try:
            async with self._record.lock():
                return await self._renew_locked(generation)
        except StoreUnavailableError as exc:  # the lock: another process is at it, for too long
            late = RefreshTransportError(str(exc), self._provider.name, hint=exc.hint)
            # Whoever asks next should not wait as long for the same holder.
            raise self._keeper.refresh_failed(late.asking_to_wait(LOCK_PAUSE)) from None
        except TokenRefreshError as exc:
            if generation != self._generation:
                return self._replacement()  # this failure is old news
            if isinstance(exc, ReauthRequiredError):
                return await self._ask_person(exc, generation)
            raise self._keeper.refresh_failed(exc) from None

    async def _renew_locked(self, generation: int) -> OAuthTokenSet:
        held = self._keeper.tokens
        stored = await self._keeper.stored()
        if generation != self._generation:
            return self._replacement()
        if not self._record.is_wanted or (stored is None and self._keeper.sight.was_stored):
            self._keeper.drop(ELSEWHERE)  # somebody signed out in another process
            raise self._ended()
        if stored is not None and held is not None and issued_before(stored, held):
            stored = held  # the store went back in time; what is held is what the provider knows
        if stored is not None and stored != held and not self._keeper.is_due(stored):
            self._keeper.hold(stored)  # another process renewed it while this one waited
            return stored
        old = stored or held
        if old is None or old.refresh_token is None:
            raise TokenRefreshError("there is no refresh token any more", self._provider.name)
        # From here on a program that ends has to wait: what the provider gives replaces what is
        # stored, and nobody else will ever get it.
        with LOOP.unbroken():
            if LOOP.is_ending:
                raise RefreshTransportError("the program is about to end", self._provider.name)
            return await self._replace(old, old.refresh_token, generation)

    async def _replace(
        self, old: OAuthTokenSet, refresh_token: str, generation: int
    ) -> OAuthTokenSet:
        try:
            keys = self._record.keys_of(old)
            new = await renewed(self._provider, keys, old, refresh_token)
        except ReauthRequiredError as exc:
            return await self._refused(old, exc, generation)
        finally:
            self._mention_clock()
        if generation != self._generation:
            self.late = (*self.late, new)
            return self._replacement()
        new = succeeded(old, new, compare=self._provider.validates_id_tokens)
        self._keeper.hold(new)
        lost = ScopeDifference.between(old.scopes, new.scopes).denied
        self._keeper.tell(SessionEventName.REFRESHED, lost_scopes=lost)
        # Whoever signs out meanwhile must find it written, not about to be.
        await uninterrupted(self._keeper.save_renewed(new))
        return await self._kept(new)

    async def _kept(self, new: OAuthTokenSet) -> OAuthTokenSet:
        tokens = self._keeper.tokens
        if tokens is None:  # signed out in another process, which could not know of these
            await revoke_all(self._provider, [new])
            raise self._ended()
        return tokens

    async def _refused(
        self, old: OAuthTokenSet, error: ReauthRequiredError, generation: int
    ) -> OAuthTokenSet:
        # Processes of another machine, at the same Redis, do not see the lock.
        stored = await self._keeper.stored()
        if generation != self._generation:
            raise error
        if stored is None and self._keeper.sight.was_stored:
            # Somebody signed out in another process, and revoked it first.
            self._keeper.drop(ELSEWHERE)
            raise self._ended()
        if stored is not None and stored.refresh_token not in {None, old.refresh_token}:
            self._keeper.hold(stored)
            if self._keeper.is_usable(stored):
                return stored
            raise TokenRefreshError(
                "the tokens were renewed on another machine meanwhile", self._provider.name
            )
        self._keeper.refresh_failed(error)
        # The refused token is not sent again, not by the next start either.
        dead = replace(self._keeper.tokens or old, refresh_token=None)
        self._keeper.hold(dead)
        await self._keeper.save(dead)
        raise error

    def _mention_clock(self) -> None:
        offset = self._provider.clock_offset
        if offset is not None and is_notable(offset):
            key = self._record.key
            logger.warning("session.clock_is_off: %s", sentence(offset), extra={"session": key})
            self._keeper.tell(SessionEventName.CLOCK_IS_OFF, clock_offset=offset)

    def _replacement(self) -> OAuthTokenSet:
        # A renewal that is late answers with what took the place of its session, if anything did.
        tokens = self._keeper.tokens
        if tokens is None or self._ending:
            raise self._ended()
        return tokens

    def _ended(self) -> TokenExpiredError:
        return TokenExpiredError("the session ended meanwhile", self._provider.name)

    async def _ask_person(self, error: ReauthRequiredError, generation: int) -> OAuthTokenSet:
        key = self._record.key
        logger.info("session.lost", extra={"session": key, "reason": error.code})
        self._keeper.tell(SessionEventName.REAUTH_REQUIRED, reason=error.error or error.code)
        before = self._keeper.tokens
        if self._on_reauth_required is not None:
            await call_person(self._on_reauth_required, self, key)
        if generation != self._generation:
            return self._replacement_or(error)
        with suppress(StoreError):  # somebody may have signed in, in another process
            await self._keeper.load()
        tokens = self._keeper.tokens
        if tokens is not None and tokens != before and self._keeper.is_usable(tokens):
            return tokens
        raise error

    def _replacement_or(self, error: ReauthRequiredError) -> OAuthTokenSet:
        tokens = self._keeper.tokens
        if tokens is None:
            raise error
        return tokens
