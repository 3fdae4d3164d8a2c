"""Credentials in a store of tokens, so that they lie wherever tokens can lie."""

from collections.abc import Mapping

from pywry_auth.errors import StoreError
from pywry_auth.integrations.stores.credential_records import (
    record_in,
    record_key,
    record_text,
    unreadable,
)
from pywry_auth.integrations.subjects import Subject
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet


TYPE = "credentials"  # in the record, where tokens have "Bearer" or "DPoP"


class TokenCredentialStore:
    """
    Keeps records in any keyed store of tokens: keyring, sealed file, Redis.

    Each record is kept as safely as a token is, by being stored as one, under
    ``<provider>/<subject>``. It is listed among the keys of the store, so that erasing everything
    there finds it. Best give it a store of its own; in one that also holds tokens it neither reads
    nor replaces nor removes those, and the sessions of those never see it.

        store = TokenCredentialStore(KeyringTokenStore("acme-notes:credentials"))

    Args:
        token_store: where the records lie; whoever made it closes it.

    Raises:
        TypeError: it is no such store.
    """

    def __init__(self, token_store: TokenStore) -> None:
        _require_store(token_store)
        self._store = token_store
        self.identity = token_store.identity

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self._store).__name__})"

    async def get(self, provider: str, subject: Subject) -> dict[str, object] | None:
        """
        Give the record, or None.

        Raises:
            StoredDataError: there is one, or was, but it cannot be read.
            StoreError: the backend refuses.
        """
        key = record_key(provider, subject)
        found = await self._store.load(key)
        if found is None:
            if self._store.is_damaged(key):
                raise unreadable(provider, subject)
            return None
        if found.token_type != TYPE:
            return None  # somebody's tokens
        record = record_in(found.access_token)
        if record is None:
            raise unreadable(provider, subject)
        return record

    async def set(self, provider: str, subject: Subject, data: Mapping[str, object]) -> None:
        """
        Keep *data* in place of what was there.

        Raises:
            StoreError: the backend refuses, or somebody's tokens lie under that key.
        """
        key, text = record_key(provider, subject), record_text(data)
        found = await self._store.load(key)
        if found is not None and found.token_type != TYPE:
            raise StoreError(
                f"somebody's tokens lie under {key!r} in this store",
                hint="give credentials a store of their own",
            )
        await self._store.save(key, OAuthTokenSet(text, token_type=TYPE))

    async def delete(self, provider: str, subject: Subject) -> None:
        """
        Remove the record; nothing there is no error.

        Raises:
            StoreError: the backend refuses.
        """
        key = record_key(provider, subject)
        found = await self._store.load(key)
        if found is None or found.token_type == TYPE:
            await self._store.delete(key)


def _require_store(given: object) -> None:
    if not isinstance(given, TokenStore):
        made = "the class itself" if isinstance(given, type) else type(given).__name__
        raise TypeError(f"a TokenStore is needed, not {made}: KeyringTokenStore(...), for example")
