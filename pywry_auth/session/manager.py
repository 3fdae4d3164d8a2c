"""Keeps one user's tokens fresh."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
    TokenError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session.ending import revoke_all
from pywry_auth.session.events import SessionEvent, SessionEventName
from pywry_auth.session.flight import RenewalFlight
from pywry_auth.session.keeper import TokenKeeper
from pywry_auth.session.person import call_person
from pywry_auth.session.record import SessionRecord, succeeded
from pywry_auth.session.web import SessionStore, end_web_sessions
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)


class SessionManager:
    """
    Holds one user's tokens, renews them before they end, and forgets them on sign-out.

    It lives on the package's own loop; its methods may be awaited from any other.

    Args:
        provider: whom to ask for fresh tokens.
        token_store: where they are kept.
        session_key: under which key.
        session_store: whose web sessions end with this session, or None.
        refresh_buffer_seconds: renew when less than that is left, cut to half a token's life.
        on_reauth_required: called once per lost session, off the loop; may sign in again.
        on_event: told what happens; called on the loop, so it must be quick.
        clock: tells the time.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        token_store: TokenStore,
        session_key: str = "default",
        session_store: SessionStore | None = None,
        refresh_buffer_seconds: int = 60,
        on_reauth_required: Callable[[], None] | None = None,
        *,
        on_event: Callable[[SessionEvent], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.provider = provider
        self.session_key = session_key
        self._record = SessionRecord(token_store, session_key, provider)
        self._keeper = TokenKeeper(
            self._record,
            buffer=float(refresh_buffer_seconds),
            ring=self._ring,
            on_event=on_event,
            clock=clock,
        )
        self._session_store = session_store
        self._on_reauth_required = on_reauth_required
        self._now = clock.now
        self._generation = 0  # counts sign-ins and sign-outs; a late renewal sees that it is late
        self._late: list[OAuthTokenSet] = []  # what such renewals brought, to be revoked
        self._ending = False
        self._flight = RenewalFlight()
        self._ringing = None

    def __repr__(self) -> str:
        return f"SessionManager({self.provider!r}, session_key={self.session_key!r})"

    async def initialize(self) -> OAuthTokenSet | None:
        """
        Take up what is stored; an ended access token is renewed once.

        Returns:
            The tokens, also when nobody could be reached to renew them; None when nothing is
            stored, or the provider ended the session: then a person must sign in.

        Raises:
            StoreError: the store cannot be read.
        """
        return await LOOP.visit(self._initialize())

    async def save_tokens(self, tokens: OAuthTokenSet) -> None:
        """
        Take over the tokens of a new sign-in.

        A store that refuses loses nothing: the tokens are held, ``on_event`` is told, and saving is
        tried again.
        """
        await LOOP.visit(self._take_over(tokens))

    async def check_store(self) -> None:
        """
        Make sure that a sign-in can be kept, before a person is bothered.

        Raises:
            StoreError: the store cannot be read, or the key holds another provider's record.
        """
        await LOOP.visit(self._record.require_ours())

    async def get_access_token(self) -> str:
        """
        Give an access token with some life left, renewed first if need be.

        Raises:
            TokenExpiredError: nothing usable is held, and nothing can renew it.
            ReauthRequiredError: the provider ended the session.
            RefreshTransportError: nobody could be reached, and the old token has ended.
            TokenRefreshError: the renewal failed in another way, and the old token has ended.
            StoreError: the store cannot be read.
        """
        tokens, until = self._keeper.held
        if tokens is not None and self._now() < until:
            return tokens.access_token
        return (await LOOP.visit(self._usable())).access_token

    async def refresh(self) -> OAuthTokenSet:
        """
        Renew now, however much life is left.

        Raises:
            TokenRefreshError: it failed; see its subclasses for why. The old tokens are kept.
            TokenExpiredError: nothing is held that could be renewed.
        """
        return await LOOP.visit(self._refresh())

    async def logout(self, *, revoke: bool = True) -> None:
        """
        End the session here, and (with *revoke*) at the provider.

        What is held here goes whatever the provider says; ``on_event`` learns what it said.

        Raises:
            StoreError: the stored tokens could not be deleted.
        """
        await LOOP.visit(self._logout(revoke=revoke))

    async def _initialize(self) -> OAuthTokenSet | None:
        tokens = await self._keeper.load()
        if tokens is None or self._keeper.is_usable(tokens):
            return tokens
        if tokens.refresh_token is None:
            return None
        try:
            return await self._flight.join(self._renew)
        except ReauthRequiredError:
            return None
        except TokenRefreshError:
            return tokens  # an event told of it, and the alarm tries again

    async def _usable(self) -> OAuthTokenSet:
        tokens = self._keeper.tokens
        if tokens is None or (tokens.refresh_token is None and not self._flight.is_under_way):
            # Nothing here can be renewed; perhaps another process has signed in meanwhile.
            tokens = await self._keeper.load() or tokens
        if tokens is None:
            raise self._keeper.lost or TokenExpiredError("nobody is signed in", self.provider.name)
        if not self._keeper.is_due(tokens):
            return tokens
        try:
            return await self._refresh()
        except (TokenRefreshError, TokenExpiredError):
            if self._keeper.is_usable(tokens):
                return tokens
            raise

    async def _refresh(self) -> OAuthTokenSet:
        if not self._flight.is_under_way:
            tokens = self._keeper.tokens or await self._keeper.load()
            if self._keeper.lost is not None:
                raise self._keeper.lost
            if tokens is None or tokens.refresh_token is None:
                raise TokenExpiredError(
                    "nothing is held that could be renewed; sign in again", self.provider.name
                )
        return await self._flight.join(self._renew)

    async def _renew(self) -> OAuthTokenSet:
        generation = self._generation
        try:
            async with self._record.lock():
                return await self._renew_locked(generation)
        except StoreUnavailableError as exc:  # the lock: another process is at it, for too long
            late = RefreshTransportError(str(exc), self.provider.name)
            raise self._keeper.refresh_failed(late) from None
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
        if stored is not None and stored != held and not self._keeper.is_due(stored):
            self._keeper.hold(stored)  # another process renewed it while this one waited
            return stored
        old = stored or held
        if old is None or old.refresh_token is None:
            raise TokenRefreshError("there is no refresh token any more", self.provider.name)
        new = await self.provider.refresh_tokens(old.refresh_token)
        if generation != self._generation:
            self._late.append(new)
            return self._replacement()
        new = succeeded(old, new, compare=self.provider.validates_id_tokens)
        self._keeper.hold(new)
        self._keeper.tell(SessionEventName.REFRESHED)
        await self._keeper.save(new)
        return new

    def _replacement(self) -> OAuthTokenSet:
        # A renewal that is late answers with what took the place of its session, if anything did.
        tokens = self._keeper.tokens
        if tokens is None or self._ending:
            raise TokenExpiredError("the session ended meanwhile", self.provider.name)
        return tokens

    async def _ask_person(self, error: ReauthRequiredError, generation: int) -> OAuthTokenSet:
        self._keeper.lost = error
        held = self._keeper.tokens
        if held is not None:
            # The refused token is not sent again, not by the next start either.
            dead = replace(held, refresh_token=None)
            self._keeper.hold(dead)
            await self._keeper.save(dead)
        logger.info("session.lost", extra={"session": self.session_key, "reason": error.code})
        self._keeper.tell(SessionEventName.REAUTH_REQUIRED, reason=error.error or error.code)
        if self._on_reauth_required is not None:
            await call_person(self._on_reauth_required, self.session_key)
        tokens = self._keeper.tokens
        if generation != self._generation and tokens is not None:
            return tokens
        raise error

    async def _take_over(self, tokens: OAuthTokenSet) -> None:
        self._generation += 1
        mine = self._record.claimed(tokens)
        self._keeper.lost = None
        self._keeper.hold(mine)
        await self._save_locked(mine)

    async def _save_locked(self, tokens: OAuthTokenSet) -> None:
        try:
            async with self._record.lock():
                await self._keeper.save(tokens)
        except StoreUnavailableError as exc:
            self._keeper.save_failed(exc)

    def _ring(self) -> None:
        import asyncio

        self._ringing = asyncio.create_task(self._on_alarm())  # loops hold tasks only weakly

    async def _on_alarm(self) -> None:
        tokens = self._keeper.tokens
        if tokens is None:
            return
        self._keeper.look_again()
        with suppress(TokenError, StoreError):  # told by events already; the alarm is set again
            if self._keeper.unsaved:
                await self._save_locked(tokens)
                if not self._keeper.is_due(tokens):
                    return
            if tokens.refresh_token is not None:
                await self._refresh()

    async def _logout(self, *, revoke: bool) -> None:
        self._generation += 1
        self._ending = True
        revoked: bool | None = None
        try:
            await self._flight.end()
            tokens = await self._keeper.stored() or self._keeper.tokens
            ended = [*self._late, tokens] if tokens is not None else self._late
            if revoke and ended:
                revoked = await revoke_all(self.provider, ended)
        finally:
            self._late, self._ending = [], False
            self._keeper.drop()
            await self._record.delete()
        await end_web_sessions(self._session_store, tokens)
        self._keeper.tell(SessionEventName.LOGGED_OUT, revoked=revoked)
