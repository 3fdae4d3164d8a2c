"""Fresh tokens for programs that have no window."""

import logging
from collections.abc import Callable
from functools import partial
from typing import NoReturn

import httpx

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import (
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenExpiredError,
)
from pywry_auth.grants.device import DeviceCodeAuth
from pywry_auth.grants.events import Teller, TokenEvent, TokenEventName
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import require_kind
from pywry_auth.grants.renewal.asking import TokenEndpoint
from pywry_auth.grants.renewal.flight import Boarded, Flights, whole
from pywry_auth.grants.renewal.keeping import Kept
from pywry_auth.grants.renewal.ladder import Demand
from pywry_auth.grants.renewal.renewing import Landed, Renewal
from pywry_auth.grants.renewal.sending import TokenSender, require_dialable
from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import CallOutcome
from pywry_auth.protocol.renewal import EXPIRY_SKEW
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.slot import MemoryTokenSlot, TokenSlot
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


logger = logging.getLogger(__name__)

WAIT_TIMEOUT = 60.0  # seconds
CLEAR_GRACE = 5.0  # seconds for which clearing waits for another process's renewal


class TokenManager:
    """
    Gets tokens with a grant, and keeps them fresh; for any number of threads, loops, processes.

        manager = TokenManager(grant, http=client, token_url="https://id.example.com/token")
        client.get(url, headers={"Authorization": manager.authorization_header()})

    A valid token is answered without a lock or a request. Otherwise the first caller renews it and
    the others wait: refresh token, else the whole grant where it can be made again, else
    ``ReauthRequiredError``. For want of a network nothing is lost and no password is sent.

    Args:
        provider: what to ask with.
        http: the client that token requests go through, for its proxies and certificates; nothing
            it adds to other requests goes along, and it is not closed.
        token_url: the token endpoint; https, or on this machine.
        store: a slot, or a store in which *key* is used; memory only when left out.
        expiry_skew: seconds before its end from which an access token is not used any more; cut to
            half its life.
        key: the record, where *store* keeps several.
        on_reauth_required: called once when a person must sign in, by whoever asked for the token,
            on that thread; may block.
        on_event: told what happens, on any thread; it must not block.
        wait_timeout: seconds for which a renewal that another thread began is waited for.
        issuer: names the provider in the stored record and in client assertions; *token_url* when
            left out.
        clock: tells the time.

    Raises:
        ConfigError: the address is not encrypted, a number is negative, or the store can only be
            awaited.
    """

    def __init__(  # noqa: PLR0913  # the documented signature
        self,
        provider: TokenGrant,
        *,
        http: httpx.Client,
        token_url: str,
        store: TokenSlot | TokenStore | None = None,
        expiry_skew: float = EXPIRY_SKEW,
        key: str = "default",
        on_reauth_required: Callable[[], object] | None = None,
        on_event: Callable[[TokenEvent], object] | None = None,
        wait_timeout: float = WAIT_TIMEOUT,
        issuer: str = "",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        require_kind(
            provider, TokenGrant, "provider", "a grant, for example ClientCredentialsAuth(...)"
        )
        require_kind(http, httpx.Client, "http", "an httpx.Client, also for the awaited face")
        require_dialable(token_url, "token_url")
        if not (expiry_skew >= 0 and wait_timeout >= 0):
            raise ConfigError("expiry_skew and wait_timeout are seconds, 0 or more")
        slot = _slot_of(store, key)
        self._origin = TokenOrigin(issuer or token_url, provider.client_id, provider.subject)
        self._tell = Teller(slot.key, on_event)
        self._kept = Kept(slot, self._origin, skew=expiry_skew, tell=self._tell)
        endpoint = TokenEndpoint(provider, token_url, issuer or token_url, TokenSender(http), clock)
        self._renewal = Renewal(endpoint, self._kept, expiry_skew, self._tell, clock)
        # A person who is waited for need not keep a finished program alive.
        self._flights: Flights[Landed] = Flights(
            outlive=not isinstance(provider, DeviceCodeAuth), patience=wait_timeout
        )
        self._on_reauth_required = on_reauth_required
        self._unasked = [True]  # emptied in one step, by the one who asks
        self._now = clock.now

    def __repr__(self) -> str:
        return f"TokenManager({self._origin.client_id!r} at {self._origin.issuer!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a TokenManager holds secrets, and is neither copied nor pickled; share one manager "
            "between threads, and make one in each process over the same store"
        )

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now; asks neither store nor server."""
        return self._kept.tokens

    def authorization_header(self) -> str:
        """
        Give the value of an ``Authorization`` header, valid for a while (RFC 6750 section 2.1).

        Raises:
            ReauthRequiredError: a person must sign in.
            RefreshTransportError: no usable answer arrived, and nothing valid is held.
            TokenRefreshError: the server refused otherwise; the error says in which words.
            TokenExpiredError: everything was cleared meanwhile.
            StoreError: the store cannot be read, and nothing is held.
            ConfigError: the client was closed, or the grant cannot be sent.
            AuthenticationError: a person who was asked did not consent, or not in time.
        """
        ready = self._kept.ready
        if ready is not None and ready.since <= self._now() < ready.until:
            return ready.header
        return self._header(Demand())

    def force_refresh(self, *, rejected: str | None = None) -> str:
        """
        Renew, though the token may still be valid by its time.

        Args:
            rejected: the token, or whole header, that a resource refused; then nothing is sent
                where a newer one is held already. Without it the token is always renewed.

        Raises:
            TokenError: as for ``authorization_header``.
            StoreError: the store cannot be read, and nothing is held.
        """
        return self._header(_forced(rejected))

    def clear(self) -> None:
        """
        Forget the tokens here and in the store; the server is told nothing.

        A renewal that is under way, here or in another process, keeps nothing of what it brings.
        What somebody else put into the store stays there.

        Raises:
            StoreError: the store could not be emptied; the memory is.
        """
        whole(self._clear)

    async def aauthorization_header(self) -> str:
        """Await ``authorization_header`` on any event loop, which goes on meanwhile."""
        ready = self._kept.ready
        if ready is not None and ready.since <= self._now() < ready.until:
            return ready.header
        return await self._aheader(Demand())

    async def aforce_refresh(self, *, rejected: str | None = None) -> str:
        """Await ``force_refresh`` on any event loop, which goes on meanwhile."""
        return await self._aheader(_forced(rejected))

    async def aclear(self) -> None:
        """Await ``clear`` on any event loop, which goes on meanwhile."""
        await off_loop(self.clear)

    def fresh_tokens(self) -> OAuthTokenSet | None:
        """Give what is held, if it can be used without a thought."""
        ready = self._kept.ready
        is_fresh = ready is not None and ready.since <= self._now() < ready.until
        return self._kept.tokens if is_fresh else None

    async def get_access_token(self) -> str:
        """Await the token alone, as ``HttpxAuth`` and ``RequestsAuth`` want it of a session."""
        return (await self.aauthorization_header()).rpartition(" ")[2]

    async def renew_rejected(self, access_token: str) -> OAuthTokenSet:
        """
        Await other tokens than the one that was refused, for the same.

        Raises:
            TokenExpiredError: everything was cleared meanwhile.
        """
        await self.aforce_refresh(rejected=access_token)
        tokens = self._kept.tokens
        if tokens is None:
            raise TokenExpiredError("the tokens were cleared meanwhile")
        return tokens

    async def dpop_key(self) -> None:
        """Say that these tokens are bound to no key."""

    def _clear(self) -> None:
        if self._flights.is_under_way:
            self._forget()
            return
        with self._kept.lock_if_free(CLEAR_GRACE):
            self._forget()

    def _forget(self) -> None:
        self._flights.abandon()
        self._renewal.forget()
        self._unasked = [True]
        self._kept.forget()
        self._tell(TokenEventName.CLEARED)

    def _header(self, demand: Demand) -> str:
        while True:
            since, boarded = self._kept.takes, self._board(demand)
            boarded.wait()
            try:
                header = self._landed(boarded, demand, since)
            except ReauthRequiredError as exc:
                self._ask_once(exc)
                raise
            if header:
                return header

    async def _aheader(self, demand: Demand) -> str:
        while True:
            since, boarded = self._kept.takes, self._board(demand)
            await boarded.arrival()
            try:
                header = self._landed(boarded, demand, since)
            except ReauthRequiredError as exc:
                await off_loop(partial(self._ask_once, exc))
                raise
            if header:
                return header

    def _board(self, demand: Demand) -> Boarded[Landed]:
        return self._flights.board(lambda: self._renewal.run(demand))

    def _landed(self, boarded: Boarded[Landed], demand: Demand, since: int) -> str:
        """Strictly private: give the header; "" where another's renewal was not what we wanted."""
        try:
            landed = boarded.result()
        except RefreshTransportError as exc:
            if boarded.is_ours:
                raise
            # The other one may have wanted more than we do.
            return self._renewal.served(demand, exc).authorization_header
        is_new = landed.take > since  # then a server that gives the same token again means it
        if not (boarded.is_ours or is_new or demand.accepts(landed.tokens)):
            return ""
        self._unasked = [True]
        return landed.tokens.authorization_header

    def _ask_once(self, error: ReauthRequiredError) -> None:
        try:
            self._unasked.pop()
        except IndexError:
            return
        self._tell(TokenEventName.REAUTH_REQUIRED, error.code)
        if self._on_reauth_required is None:
            return
        outcome: CallOutcome[object] = CallOutcome()
        with outcome:
            outcome.gave(self._on_reauth_required())
        if isinstance(outcome.error, Exception):
            # It must not hide why it was called.
            logger.error("grants.on_reauth_required_failed", exc_info=outcome.error)
        elif outcome.error is not None:
            raise outcome.error


def _forced(rejected: str | None) -> Demand:
    if rejected is None:
        return Demand(always=True)
    return Demand(rejected=rejected.split()[-1] if rejected.strip() else "")


def _slot_of(store: TokenSlot | TokenStore | None, key: str) -> TokenSlot:
    if store is None:
        return MemoryTokenSlot()
    if isinstance(store, TokenStore):
        return store.slot(key)
    require_kind(store, TokenSlot, "store", "a slot or a store, for example FileTokenStore(path)")
    return store
