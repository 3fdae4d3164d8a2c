"""Takes in whoever signs in: a session for their tokens, a line in the list of accounts."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.account_store import account_of
from pywry_auth.desktop.seats import Seats
from pywry_auth.errors import AuthenticationError, StoreError, TokenError
from pywry_auth.flow.values import AuthFlowResult
from pywry_auth.off_loop import off_loop
from pywry_auth.protocol.step_up import claims_of
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore, key_entry, of_tokens
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

#: claims people may call an account by, the best first (OIDC Core 5.1)
_LABELS = ("email", "preferred_username", "login", "name")
_NAMES = ("name", "given_name", "nickname", "preferred_username", "login")


class Reception(TokenStore):
    """
    A store that gives every account's tokens to that account's session, which keeps them.

    Args:
        provider: the name the application gave the provider.
        seats: where the sessions are.
        index: where it is noted who signed in.
        store: asked whether anything can be kept, before a person is bothered.
    """

    def __init__(
        self, provider: str, *, seats: Seats, index: AccountIndex, store: TokenStore
    ) -> None:
        self._provider = provider
        self._seats = seats
        self._index = index
        self._store = store

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """
        Hand *tokens* to the session of whoever they belong to; a key of theirs it has already.

        Raises:
            StoreError: nobody could be noted.
        """
        if not of_tokens([key]):
            return
        account = account_of(self._provider, tokens)
        # Listed first: what belongs to nobody in the list is not kept. An account without tokens
        # is asked to sign in again.
        await off_loop(lambda: self._index.remember(self._known(account)))
        await self._make_room(account, tokens)
        await self._seats.of(account).save_tokens(tokens)

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give nothing: who is going to sign in is not known."""
        del key

    async def delete(self, key: str) -> None:
        """Do nothing: an account is signed out by its session."""

    async def exists(self, key: str) -> bool:
        """Say no, as ``load``."""
        del key
        return False

    async def list_keys(self) -> list[str]:
        """Give what is stored, to see whether the store works."""
        return await self._store.list_keys()

    async def _make_room(self, account: Account, tokens: OAuthTokenSet) -> None:
        # A session never replaces what another registration got. But this person has just signed
        # in with the application's present one, and could not do so ever again.
        try:
            found = await self._store.load(account.key)
            if found is None or found.origin is None or tokens.origin is None:
                return
            theirs, ours = found.origin, tokens.origin
            if (theirs.issuer, theirs.client_id) != (ours.issuer, ours.client_id):
                logger.warning("desktop.registration_changed", extra={"account": account.key})
                await self._store.delete(account.key)
                await self._store.delete(key_entry(account.key))
        except StoreError as exc:  # the session says what is wrong with the store, and tries again
            logger.warning("desktop.no_room", extra={"reason": exc.code})

    def _known(self, account: Account) -> Account:
        for known in self._index.accounts(account.provider):
            if known.key == account.key:
                return replace(known, signed_in_at=account.signed_in_at)
        return account


def account_in(name: str, provider: OAuthProvider, result: AuthFlowResult) -> Account:
    """
    Give who signed in at the provider called *name*.

    Raises:
        AuthenticationError: there are no tokens, so nobody did.
    """
    tokens = result.tokens
    if tokens is None:
        raise AuthenticationError("the provider gave no tokens", name)
    claims = _verified(provider, tokens)
    return described(account_of(name, tokens), {**claims, **(result.user_info or {})})


def _verified(provider: OAuthProvider, tokens: OAuthTokenSet) -> Mapping[str, object]:
    if tokens.id_token is None or not provider.validates_id_tokens:
        return {}
    try:
        return claims_of(tokens.id_token)
    except TokenError:
        return {}


def described(account: Account, user_info: Mapping[str, object]) -> Account:
    """Give *account* with what the provider says about the person; what it leaves out stays."""
    picture = _text(user_info, ("picture", "avatar_url"))
    return replace(
        account,
        label=_text(user_info, _LABELS) or account.label,
        name=_text(user_info, _NAMES) or account.name,
        picture=picture if picture.startswith("https://") else account.picture,
    )


def _text(claims: Mapping[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = claims.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:500]
    return ""
