"""Fresh tokens for programs that have no window."""

import logging
from collections.abc import Callable

import httpx

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError, ReauthRequiredError
from pywry_auth.grants.asking import TokenEndpoint
from pywry_auth.grants.device import DeviceCodeAuth
from pywry_auth.grants.events import Teller, TokenEvent, TokenEventName
from pywry_auth.grants.flight import Flights
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.keeping import Kept
from pywry_auth.grants.ladder import Demand
from pywry_auth.grants.renewing import Renewal
from pywry_auth.grants.sending import TokenSender
from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import CallOutcome
from pywry_auth.protocol.renewal import EXPIRY_SKEW
from pywry_auth.protocol.wire import require_safe_url
from pywry_auth.runtime import SingleFlight
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
        require_safe_url(token_url, "token_url")
        if not (expiry_skew >= 0 and wait_timeout >= 0):
            raise ConfigError("expiry_skew and wait_timeout are seconds, 0 or more")
        slot = _slot_of(store, key)
        self._origin = TokenOrigin(issuer or token_url, provider.client_id, provider.subject)
        self._tell = Teller(slot.key, on_event)
        self._kept = Kept(slot, self._origin, skew=expiry_skew, tell=self._tell)
        endpoint = TokenEndpoint(provider, token_url, issuer or token_url, TokenSender(http), clock)
        self._renewal = Renewal(endpoint, self._kept, expiry_skew, self._tell, clock)
        # A person who is waited for need not keep a finished program alive.
        self._flights: Flights[OAuthTokenSet] = Flights(
            outlive=not isinstance(provider, DeviceCodeAuth)
        )
        self._wait_timeout = wait_timeout
        self._on_reauth_required = on_reauth_required
        self._was_asked = False
        self._crowd: SingleFlight[str] | None = None
        self._now = clock.now

    def __repr__(self) -> str:
        return f"TokenManager({self._origin.client_id!r} at {self._origin.issuer!r})"

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
            StoreError: the store cannot be read, and nothing is held.
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
        return self._header(self._forced(rejected))

    def clear(self) -> None:
        """
        Forget the tokens here and in the store; the server is told nothing.

        A renewal that is under way keeps nothing of what it brings.

        Raises:
            StoreError: the store could not be emptied; the memory is.
        """
        if self._flights.is_under_way:
            self._forget()
            return
        with self._kept.lock_if_free(CLEAR_GRACE):
            self._forget()

    async def aauthorization_header(self) -> str:
        """Await ``authorization_header`` on any event loop, which goes on meanwhile."""
        ready = self._kept.ready
        if ready is not None and ready.since <= self._now() < ready.until:
            return ready.header
        return await self._aheader(Demand())

    async def aforce_refresh(self, *, rejected: str | None = None) -> str:
        """Await ``force_refresh`` on any event loop, which goes on meanwhile."""
        return await self._aheader(self._forced(rejected))

    async def aclear(self) -> None:
        """Await ``clear`` on any event loop, which goes on meanwhile."""
        await off_loop(self.clear)

    def _forget(self) -> None:
        self._flights.abandon()
        self._renewal.forget()
        self._was_asked = False
        self._kept.forget()
        self._tell(TokenEventName.CLEARED)

    def _forced(self, rejected: str | None) -> Demand:
        if rejected is not None:
            return Demand(rejected=rejected.rpartition(" ")[2])
        held = self._kept.tokens
        return Demand(rejected=held.access_token if held else "", always=True)

    async def _aheader(self, demand: Demand) -> str:
        # One thread for all tasks of a loop, however many there are.
        if self._crowd is None:
            self._crowd = SingleFlight()
        while True:
            is_ours = self._crowd.task is None
            header = await self._crowd.run(lambda: off_loop(lambda: self._header(demand)))
            if is_ours or header.rpartition(" ")[2] != demand.rejected:
                return header

    def _header(self, demand: Demand) -> str:
        while True:
            try:
                tokens, is_ours = self._flights.join(
                    lambda: self._renewal.run(demand), wait_timeout=self._wait_timeout
                )
            except ReauthRequiredError:
                self._ask_once()
                raise
            self._was_asked = False
            if is_ours or tokens.access_token != demand.rejected:
                return tokens.authorization_header

    def _ask_once(self) -> None:
        was_asked, self._was_asked = self._was_asked, True
        if was_asked or self._on_reauth_required is None:
            return
        outcome: CallOutcome[object] = CallOutcome()
        with outcome:
            outcome.gave(self._on_reauth_required())
        if isinstance(outcome.error, Exception):
            # It must not hide why it was called.
            logger.error("grants.on_reauth_required_failed", exc_info=outcome.error)
        elif outcome.error is not None:
            raise outcome.error


def _slot_of(store: TokenSlot | TokenStore | None, key: str) -> TokenSlot:
    if store is None:
        return MemoryTokenSlot()
    return store.slot(key) if isinstance(store, TokenStore) else store
