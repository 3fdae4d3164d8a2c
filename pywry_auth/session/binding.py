"""How a session's tokens stay bound to their key (RFC 9449)."""

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    TokenRefreshError,
)
from pywry_auth.protocol.bound import needs_key
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.proving import speaking_with
from pywry_auth.token_store.base import TokenStore, key_entry
from pywry_auth.tokens import OAuthTokenSet


class KeyRecord:
    """
    One session's key, in memory and in the store.

    Args:
        store: where the tokens are.
        session_key: under which key.
    """

    __slots__ = ("_entry", "_known", "_store", "_written")

    def __init__(self, store: TokenStore, session_key: str) -> None:
        self._store = store
        self._entry = key_entry(session_key)
        # With the access token it belongs to: another process may have signed in with another key.
        self._known: tuple[str, DPoPKey] | None = None
        self._written = ""  # the thumbprint of what was written to the store from here

    def held(self, tokens: OAuthTokenSet) -> DPoPKey | None:
        """Give the key of *tokens* if it is in memory."""
        known = self._known
        return known[1] if known is not None and known[0] == tokens.access_token else None

    def hold(self, tokens: OAuthTokenSet, key: DPoPKey) -> None:
        """Note that *tokens* are bound to *key*; to be written when they are."""
        self._known = (tokens.access_token, key)

    def begin(self, tokens: OAuthTokenSet, key: DPoPKey) -> None:
        """Take over the *key* of a new sign-in, whatever was written before."""
        self.hold(tokens, key)
        self._written = ""

    async def of(self, tokens: OAuthTokenSet) -> DPoPKey | None:
        """
        Give the key that *tokens* are bound to; None where they are not, or it is lost.

        Raises:
            StoreError: the store cannot be read.
        """
        if not needs_key(tokens):
            return None
        key = self.held(tokens) or await self.stored()
        if key is not None:
            self.hold(tokens, key)
        return key

    async def stored(self) -> DPoPKey | None:
        """
        Give the key in the store, whatever it belongs to.

        Raises:
            StoreError: the store cannot be read.
        """
        from pywry_auth.token_store.bound_keys import key_in

        return key_in(await self._store.load(self._entry), self._entry)

    async def save(self, tokens: OAuthTokenSet) -> None:
        """
        Write the key of *tokens*, which are about to be written: never these without it.

        Raises:
            StoreError: the store refuses.
        """
        key = self.held(tokens)
        if key is None or not needs_key(tokens):
            return
        from pywry_auth.token_store.bound_keys import record_of

        record = record_of(key, tokens)
        if record.expires_in is None and self._written == key.thumbprint:
            return
        await self._store.save(self._entry, record)
        self._written = key.thumbprint

    async def delete(self) -> None:
        """
        Forget the key, here and in the store.

        Raises:
            StoreError: the store refuses.
        """
        self._known = None
        self._written = ""
        await self._store.delete(self._entry)


async def renewed(
    provider: OAuthProvider, keys: KeyRecord | None, old: OAuthTokenSet, refresh_token: str
) -> OAuthTokenSet:
    """
    Buy fresh tokens, proved with the key of the *old* ones; never with another one.

    Args:
        provider: whom to ask.
        keys: where the key is; None where the old tokens are bound to none.
        old: the tokens so far.
        refresh_token: what buys the new ones.

    Raises:
        ReauthRequiredError: the provider ended the session, or the key is lost and was needed.
        RefreshTransportError: nobody answered, or the store could not be read.
        TokenRefreshError: anything else.
    """
    if keys is None:
        with speaking_with(None):
            return await provider.refresh_tokens(refresh_token)
    try:
        key = await keys.of(old)
    except StoreError as exc:
        raise RefreshTransportError(
            f"the key of the tokens cannot be read: {exc}", provider.name, hint=exc.hint
        ) from None
    try:
        with speaking_with(key):
            new = await provider.refresh_tokens(refresh_token)
    except TokenRefreshError as exc:
        raise _judged(exc, key) from None
    if key is not None:
        keys.hold(new, key)
    return new


def _judged(error: TokenRefreshError, key: DPoPKey | None) -> TokenRefreshError:
    # A proof that is refused may be a matter of clocks. A proof that cannot be made never comes.
    if key is not None or error.error is None or isinstance(error, ReauthRequiredError):
        return error
    return ReauthRequiredError(
        "the key that the tokens are bound to is lost; sign in again",
        error.provider,
        error=error.error,
        error_description=error.error_description,
    )
