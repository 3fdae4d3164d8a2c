"""The store as a sign-in sees it, which knows nothing of the names people give providers."""

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.errors import StoreError
from pywry_auth.lock import record_lock
from pywry_auth.token_store.base import TokenStore, key_entry, of_tokens
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


def account_of(
    provider: str, tokens: OAuthTokenSet, *, label: str = "", at: float | None = None
) -> Account:
    """Give the account that *tokens* belong to."""
    subject = (tokens.origin.subject if tokens.origin else "") or "default"
    return Account(provider, subject, label, tokens.issued_at if at is None else at)
