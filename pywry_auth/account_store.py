"""The store as sign-ins, then sessions see it, which know nothing of names, lists, siblings."""

from collections.abc import Iterable

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.errors import StoreError
from pywry_auth.lock import record_lock
from pywry_auth.token_store.base import KEY_ENTRY, TokenStore, key_entry, of_tokens
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


class NamedStore(TokenStore):
    """
    Keeps what a sign-in brings under ``<provider>/<subject>``, and remembers that it did.

    The page the person sees at the end says "signed in" only if this succeeded.

    Args:
        store: where the tokens go.
        index: where it is noted that they are there.
        provider: the name the person gave the provider.
    """

    def __init__(self, store: TokenStore, index: AccountIndex, provider: str) -> None:
        self._store = store
        self._index = index
        self._provider = provider
        self.identity = store.identity

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep *tokens*; of *key* only counts whether it is that of a private key."""
        account = account_of(self._provider, tokens)
        if not of_tokens([key]):
            # The key comes before the tokens that are bound to it, and is no account of its own.
            async with record_lock(self.identity, account.key):
                await self._store.save(key_entry(account.key), tokens)
            return
        is_new = account.key not in {known.key for known in self._index.accounts()}
        async with record_lock(self.identity, account.key):
            await self._store.save(account.key, tokens)
        try:
            self._index.remember(account)
        except StoreError:
            if is_new:  # nobody would ever find it
                await self._store.delete(account.key)
                await self._store.delete(key_entry(account.key))
            raise

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*."""
        return await self._store.load(key)

    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*."""
        await self._store.delete(key)

    async def exists(self, key: str) -> bool:
        """Say whether something is kept under *key*."""
        return await self._store.exists(key)

    async def list_keys(self) -> list[str]:
        """Give the keys of all accounts."""
        return await self._store.list_keys()


class WatchedStore(TokenStore):
    """
    Ends a session as soon as its account leaves the list, in whichever process that happens.

    For the sessions of accounts that are in the list. A sign-in goes through ``NamedStore``, which
    puts its account there; what is kept of an account that is not there cannot be used or replaced.

    Args:
        store: where the tokens are.
        index: who is signed in.
    """

    def __init__(self, store: TokenStore, index: AccountIndex) -> None:
        self._store = store
        self._index = index
        self.identity = store.identity

    def is_wanted(self, key: str) -> bool:
        """Say whether the account of *key* is in the list; the price is one look at a file."""
        return self._index.holds(key.removesuffix(KEY_ENTRY))

    def is_damaged(self, key: str) -> bool:
        """Say whether what was under *key* could not be read."""
        return self._store.is_damaged(key)

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """
        Keep *tokens* under *key*.

        Raises:
            StoreError: the account was signed out meanwhile, or the store refuses.
        """
        if not self.is_wanted(key):
            raise StoreError(
                "this account was signed out meanwhile, so nothing of it is kept",
                hint="sign in again",
            )
        await self._store.save(key, tokens)

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*; None where its account was signed out."""
        return await self._store.load(key) if self.is_wanted(key) else None

    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*."""
        await self._store.delete(key)

    async def erase(self, known: Iterable[str] = ()) -> None:
        """Remove everything that was ever kept."""
        await self._store.erase(known)

    async def exists(self, key: str) -> bool:
        """Say whether something is kept under *key*, whose account is signed in."""
        return self.is_wanted(key) and await self._store.exists(key)

    async def list_keys(self) -> list[str]:
        """Give the keys of all token sets, wanted or not."""
        return await self._store.list_keys()

    def slot(self, key: str = "default") -> TokenSlot:
        """Give the record under *key* to callers that block, who look at the list themselves."""
        return self._store.slot(key)


def account_of(
    provider: str, tokens: OAuthTokenSet, *, label: str = "", at: float | None = None
) -> Account:
    """Give the account that *tokens* belong to."""
    subject = (tokens.origin.subject if tokens.origin else "") or "default"
    return Account(provider, subject, label, tokens.issued_at if at is None else at)
