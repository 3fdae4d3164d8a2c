"""The stored record of one session."""

import logging
from dataclasses import replace

from pywry_auth.errors import ConfigError, StoreError, TokenError, TokenRefreshError
from pywry_auth.lock import RecordLock, record_lock
from pywry_auth.protocol.bound import needs_key
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.session.binding import KeyRecord
from pywry_auth.token_store.base import KEY_ENTRY, TokenStore
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

LOCK_GRACE = 5.0  # seconds that signing out waits for another process's renewal


class SessionRecord:
    """
    One key of a store, as far as it belongs to this provider.

    Raises:
        ConfigError: the key names no session.
    """

    __slots__ = ("_keys", "_provider", "_store", "key")

    def __init__(self, store: TokenStore, key: str, provider: OAuthProvider) -> None:
        if key.endswith(KEY_ENTRY):
            raise ConfigError(
                f"a session key must not end with {KEY_ENTRY}",
                hint="that is where the key of another session's tokens is kept",
            )
        self.key = key
        self._store = store
        self._provider = provider
        self._keys: KeyRecord | None = None  # most tokens are bound to none

    @property
    def keys(self) -> KeyRecord:
        """Where the key is that the tokens are bound to."""
        if self._keys is None:
            self._keys = KeyRecord(self._store, self.key)
        return self._keys

    def keys_of(self, tokens: OAuthTokenSet) -> KeyRecord | None:
        """Give where the key of *tokens* is; None where they are bound to none."""
        return self.keys if needs_key(tokens) else None

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the provider's clock is ahead of this machine's, as far as is known."""
        return self._provider.clock_offset

    @property
    def is_damaged(self) -> bool:
        """Whether what was stored could not be read, which is not the same as removed."""
        return self._store.is_damaged(self.key)

    @property
    def is_wanted(self) -> bool:
        """Whether nobody has taken the whole session off this computer; asks no backend."""
        return self._store.is_wanted(self.key)

    def lock(self, timeout: float = 30.0) -> RecordLock:
        """Give the lock that every process takes before it renews, rewrites or ends this record."""
        return record_lock(self._store.identity, self.key, timeout)

    async def load(self) -> OAuthTokenSet | None:
        """
        Read the record; another provider's counts as nothing stored.

        Raises:
            StoreError: the store cannot be read.
        """
        tokens = await self._store.load(self.key)
        if tokens is None or self._is_ours(tokens):
            return tokens
        logger.warning("session.record_of_another_provider", extra={"session": self.key})
        return None

    async def require_ours(self) -> OAuthTokenSet | None:
        """
        Make sure that a sign-in may be kept here, before a person is bothered; give what is there.

        Raises:
            StoreError: the store cannot be read, or holds another provider's record.
        """
        tokens = await self._store.load(self.key)
        if tokens is not None and not self._is_ours(tokens):
            raise StoreError(
                f"the record {self.key!r} holds another provider's sign-in",
                hint="sign out there first, or use another session key",
            )
        return tokens

    async def rewrite(self, tokens: OAuthTokenSet) -> None:
        """
        Write the record, which was just read as ours under the same lock.

        Raises:
            StoreError: the store refuses.
        """
        keys = self.keys_of(tokens)
        if keys is not None:
            await keys.save(tokens)
        await self._store.save(self.key, tokens)

    async def delete(self) -> None:
        """
        Remove the record, if it is ours.

        Raises:
            StoreError: the store refuses.
        """
        tokens = await self._store.load(self.key)
        if tokens is None or self._is_ours(tokens):
            await self._store.delete(self.key)
            await self.keys.delete()

    def claimed(self, tokens: OAuthTokenSet) -> OAuthTokenSet:
        """Write into *tokens* whose they are, where the provider did not."""
        return tokens if tokens.origin else replace(tokens, origin=self._provider.origin())

    def _is_ours(self, tokens: OAuthTokenSet) -> bool:
        if tokens.origin is None:
            return True  # written by an older version, or by a provider that names nobody
        mine = self._provider.origin()
        return (tokens.origin.issuer, tokens.origin.client_id) == (mine.issuer, mine.client_id)


def succeeded(old: OAuthTokenSet, new: OAuthTokenSet, *, compare: bool) -> OAuthTokenSet:
    """
    Let *new* take the place of *old*: what a refresh does not repeat stays (RFC 6749 section 6).

    Args:
        old: what was held.
        new: what the refresh brought.
        compare: whether ID tokens were verified, so that they must speak of the same sign-in.

    Raises:
        TokenRefreshError: the new ID token belongs to somebody or something else.
    """
    if compare and old.id_token and new.id_token:
        _require_same_identity(old.id_token, new.id_token)
    subject = old.origin.subject if old.origin else ""
    origin = new.origin or old.origin
    if origin is not None and subject:
        if compare and origin.subject and origin.subject != subject:
            raise TokenRefreshError("the refreshed ID token belongs to somebody else")
        origin = replace(origin, subject=subject)
    return replace(
        new,
        refresh_token=new.refresh_token or old.refresh_token,
        id_token=new.id_token or old.id_token,
        scope=new.scope or old.scope,
        origin=origin,
    )


def _require_same_identity(original: str, refreshed: str) -> None:
    from pywry_auth.protocol.id_token import same_identity

    try:
        same = same_identity(original, refreshed)
    except TokenError as exc:  # what is stored was never checked: it cannot vouch for anybody
        raise TokenRefreshError(f"the ID tokens cannot be compared: {exc}") from None
    if not same:
        raise TokenRefreshError("the refreshed ID token belongs to another sign-in")
