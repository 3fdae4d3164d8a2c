"""How a sign-in keeps its tokens: in its session, or else in a store of its own."""

import logging
from collections.abc import Callable

from pywry_auth.errors import StoreError
from pywry_auth.protocol.bound import needs_key
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.proving import spoken_key
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore, key_entry, require_store
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


logger = logging.getLogger(__name__)


class Keeping:
    """
    Where the tokens of a sign-in go.

    Args:
        session: keeps them under its own key; comes before the store.
        store: keeps them under ``<subject>@<issuer>``.
        on_notice: told what the person should know.
    """

    def __init__(
        self,
        session: SessionManager | None,
        store: TokenStore | None,
        *,
        on_notice: Callable[[str], None],
    ) -> None:
        if store is not None:
            require_store(store, "token_store")
        self._session = session
        self._store = store
        self._on_notice = on_notice

    async def keep(self, tokens: OAuthTokenSet) -> None:
        """Keep *tokens*, where there is anything to keep them in."""
        if self._session is not None:
            await self._session.save_tokens(tokens)
        elif self._store is not None:
            await keep_alone(self._store, tokens, on_notice=self._on_notice)

    async def check(self) -> None:
        """
        Ask whether tokens could be kept.

        Raises:
            StoreError: they could not.
        """
        if self._session is not None:
            await self._session.check_store()
        elif self._store is not None:
            await self._store.list_keys()

    async def key_for(self, provider: OAuthProvider) -> DPoPKey | None:
        """
        Give the key that new tokens are to be bound to; None where they are bound to none.

        The session's own key is used again: a crash between writing a new key and the tokens that
        belong to it would take the tokens before them along.

        Raises:
            DiscoveryError: whether one is to be used, or how, cannot be found out.
            StoreError: the store cannot be read.
        """
        fresh = await provider.new_dpop_key()
        if fresh is None or self._session is None:
            return fresh
        kept = await self._session.stored_dpop_key()
        return fresh if kept is None or kept.alg != fresh.alg else kept

    async def held(self, person: TokenOrigin) -> OAuthTokenSet | None:
        """
        Give what is kept already: of whoever is signed in, or in a store of its own of *person*.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._session is not None:
            return self._session.tokens or await self._session.load()
        if self._store is not None and person.subject:
            return await self._store.load(_key_of(person))
        return None

    @property
    def account(self) -> str | None:
        """What names the account among those of this client; None without a session."""
        return None if self._session is None else self._session.session_key

    @property
    def now(self) -> OAuthTokenSet | None:
        """What is held now, however old; asks nobody."""
        return None if self._session is None else self._session.tokens

    async def taken_up(self) -> OAuthTokenSet | None:
        """
        Give what is stored by now, perhaps by another program.

        Raises:
            StoreError: the store cannot be read.
        """
        return None if self._session is None else await self._session.initialize()

    async def last(self) -> OAuthTokenSet | None:
        """
        Give the tokens of who was signed in last, though they may have ended.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._session is None:
            return None
        return self._session.tokens or await self._session.load()


def store_key(tokens: OAuthTokenSet) -> str:
    """Give the key under which a flow without a session keeps *tokens*."""
    return "default" if tokens.origin is None else _key_of(tokens.origin)


def _key_of(origin: TokenOrigin) -> str:
    return f"{origin.subject or 'default'}@{origin.issuer}"


async def keep_alone(
    store: TokenStore, tokens: OAuthTokenSet, *, on_notice: Callable[[str], None]
) -> None:
    """
    Write *tokens*; a store that refuses undoes no sign-in, but the person is told.

    Args:
        store: where to.
        tokens: whose caller has them in any case.
        on_notice: told what the person should know.
    """
    where, key = store_key(tokens), spoken_key()
    try:
        if key is not None and needs_key(tokens):
            from pywry_auth.token_store.bound_keys import record_of

            await store.save(key_entry(where), record_of(key, tokens))
        await store.save(where, tokens)
    except StoreError as exc:
        logger.warning("flow.save_failed", extra={"reason": exc.code})
        on_notice(f"the sign-in was not stored: {exc}")
