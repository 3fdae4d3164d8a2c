"""Keeps one user's tokens fresh."""

from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import (
    StoreUnavailableError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.protocol.bound import is_bound, needs_key
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.protocol.renewal import SET_BACK
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.proving import spoken_key
from pywry_auth.runtime import LOOP, SingleFlight
from pywry_auth.session.dispenser import TokenDispenser
from pywry_auth.session.ending import revoke_all
from pywry_auth.session.events import SessionEvent, SessionEventName, Teller
from pywry_auth.session.keeper import ELSEWHERE, TokenKeeper
from pywry_auth.session.record import LOCK_GRACE, SessionRecord
from pywry_auth.session.renewals import Renewals
from pywry_auth.session.web import SessionStore, end_web_sessions
from pywry_auth.token_store.base import TokenStore, require_store
from pywry_auth.tokens import OAuthTokenSet


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

    Raises:
        ConfigError: *token_store* is no store, or the key is that of another entry.
    """

    __slots__ = (
        "__weakref__",
        "_dispenser",
        "_hop",
        "_keeper",
        "_now",
        "_record",
        "_renewals",
        "_session_store",
        "provider",
        "session_key",
    )

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
        require_store(token_store, "token_store")
        self.provider = provider
        self.session_key = session_key
        self._record = SessionRecord(token_store, session_key, provider)
        self._keeper = TokenKeeper(
            self._record,
            buffer=float(refresh_buffer_seconds),
            ring=self._ring,
            tell=Teller(session_key, on_event),
            clock=clock,
        )
        self._session_store = session_store
        self._now = clock.now
        self._renewals = Renewals(provider, self._record, self._keeper, on_reauth_required)
        self._dispenser = TokenDispenser(self._keeper, self._renewals, provider_name=provider.name)
        self._hop: SingleFlight[OAuthTokenSet] | None = None

    def __repr__(self) -> str:
        return f"SessionManager({self.provider!r}, session_key={self.session_key!r})"

    @property
    def tokens(self) -> OAuthTokenSet | None:
        """What is held now, however old; asks nobody."""
        return self._keeper.tokens

    def fresh_tokens(self) -> OAuthTokenSet | None:
        """Give what is held, where it need not be renewed yet; asks neither store nor provider."""
        tokens, until = self._keeper.held
        if tokens is not None and tokens.issued_at - SET_BACK <= self._now() < until:
            return tokens
        return None

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

    async def load(self) -> OAuthTokenSet | None:
        """
        Take up what is stored, however old, without asking anybody; None when nothing is.

        Raises:
            StoreError: the store cannot be read.
        """
        return await LOOP.visit(self._keeper.load())

    async def save_tokens(self, tokens: OAuthTokenSet) -> None:
        """
        Take over the tokens of a new sign-in, with the key that is spoken with, if they are bound.

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
        tokens = self.fresh_tokens()
        if tokens is not None:
            return tokens.access_token
        if self._renewals.is_asked_for:
            return (await LOOP.visit(self._dispenser.usable())).access_token
        # Ten thousand tasks that wait on one loop cross over to the package's loop once.
        if self._hop is None:
            self._hop = SingleFlight()
        return (await self._hop.run(lambda: LOOP.visit(self._dispenser.usable()))).access_token

    async def refresh(self) -> OAuthTokenSet:
        """
        Renew now, however much life is left.

        Raises:
            TokenRefreshError: it failed; see its subclasses for why. The old tokens are kept.
            TokenExpiredError: nothing is held that could be renewed.
        """
        return await LOOP.visit(self._dispenser.renewed())

    async def renew_rejected(self, access_token: str) -> OAuthTokenSet:
        """
        Give other tokens than the one a resource server has rejected (RFC 6750 section 3.1).

        Nobody is asked where others have been got meanwhile, here or in another process.

        Raises:
            TokenRefreshError: it failed; see its subclasses for why. The old tokens are kept.
            TokenExpiredError: nothing is held that could be renewed.
        """
        return await LOOP.visit(self._dispenser.other_than(access_token))

    async def dpop_key(self) -> DPoPKey | None:
        """
        Give the key that the tokens held now are bound to (RFC 9449); a secret.

        Returns:
            None where they are bound to none, or the key is lost.

        Raises:
            StoreError: the store cannot be read.
        """
        tokens = self._keeper.tokens
        if tokens is None or not is_bound(tokens):
            return None
        keys = self._record.keys
        return keys.held(tokens) or await LOOP.visit(keys.of(tokens))

    async def stored_dpop_key(self) -> DPoPKey | None:
        """
        Give the key in the store, so that the next sign-in can go on using it.

        Raises:
            StoreError: the store cannot be read.
        """
        return await LOOP.visit(self._record.keys.stored())

    async def logout(self, *, revoke: bool = True) -> None:
        """
        End the session here, and (with *revoke*) at the provider.

        What is held here goes whatever the provider says; ``on_event`` learns what it said.

        Raises:
            StoreError: the stored tokens could not be deleted.
        """
        await LOOP.visit(self._logout(revoke=revoke))

    async def release(self) -> tuple[OAuthTokenSet, ...]:
        """
        Hold nothing any more, and give what is still to be revoked; what is stored stays.

        A renewal under way gets a few seconds, so that what it brings can be revoked too.
        """
        return await LOOP.visit(self._release())

    async def _initialize(self) -> OAuthTokenSet | None:
        tokens = await self._keeper.load()
        if tokens is None or self._keeper.is_usable(tokens):
            return tokens
        if tokens.refresh_token is None:
            return None
        try:
            return await self._renewals.join()
        except TokenExpiredError:  # the provider refused, or somebody signed out
            return None
        except TokenRefreshError:
            return tokens  # an event told of it, and the alarm tries again

    async def _take_over(self, tokens: OAuthTokenSet) -> None:
        self._renewals.supersede()
        mine = self._record.claimed(tokens)
        key = spoken_key()
        if key is not None and needs_key(mine):
            self._record.keys.begin(mine, key)
        self._keeper.begin(mine)
        await self._keeper.save_under_lock(mine)

    def _ring(self) -> None:
        self._dispenser.begin(self._on_alarm())

    async def _on_alarm(self) -> None:
        tokens = self._keeper.tokens
        if tokens is None or self._keeper.is_going_to_wake:
            return  # somebody was quicker
        if not self._record.is_wanted:
            self._keeper.drop(ELSEWHERE)
            return
        self._keeper.look_again()
        if self._keeper.unsaved:
            await self._keeper.save_under_lock(tokens)
            if not self._keeper.is_due(tokens):
                return
        if tokens.refresh_token is not None:
            await self._dispenser.renew_quietly()

    async def _release(self) -> tuple[OAuthTokenSet, ...]:
        async with self._renewals:
            tokens = self._keeper.tokens
            self._keeper.drop()
            return (*self._renewals.late, *([tokens] if tokens is not None else []))

    async def _logout(self, *, revoke: bool) -> None:
        revoked: bool | None = None
        tokens = self._keeper.tokens
        async with self._renewals, AsyncExitStack() as alone:
            try:
                with suppress(StoreUnavailableError):  # somebody hangs; that keeps nobody here
                    await alone.enter_async_context(self._record.lock(LOCK_GRACE))
                tokens = await self._keeper.stored() or tokens
                ended = [*self._renewals.late, *([tokens] if tokens is not None else [])]
                if revoke and ended:
                    revoked = await revoke_all(self.provider, ended)
            finally:
                self._keeper.drop()
                await self._record.delete()
        await end_web_sessions(self._session_store, tokens)
        self._keeper.tell(SessionEventName.LOGGED_OUT, revoked=revoked)
