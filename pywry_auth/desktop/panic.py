"""Ends whatever an application signed in: here at once, there as far as providers listen."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.picture import Pictures
from pywry_auth.errors import (
    AuthError,
    DiscoveryTransportError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.lock import record_lock
from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import CallOutcome
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.session.ending import revoke_all
from pywry_auth.session.manager import SessionManager
from pywry_auth.token_store.base import TokenStore, key_entry
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.profiles import forget_profile, is_empty


logger = logging.getLogger(__name__)

REVOKING = 10.0  # seconds a provider gets; a person who presses this button does not wait longer
GRACE = 5.0  # seconds for whoever else is just at a record


class Revocation(StrEnum):
    """What became of an account's tokens at its provider."""

    REVOKED = "revoked"  #: the provider confirmed that they are of no use any more
    UNCONFIRMED = "unconfirmed"  #: it was told, or could not be, and confirmed nothing
    UNREACHABLE = "unreachable"  #: it did not answer in time
    UNSUPPORTED = "unsupported"  #: it has no way to be told
    UNKNOWN = "unknown"  #: they could not be read here, so nobody could be told which they are
    NOTHING = "nothing"  #: there were none


class Remainder(StrEnum):
    """What could not be removed from this computer."""

    TOKENS = "tokens"
    ACCOUNTS = "accounts"
    BROWSING = "browsing"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class AccountEnd:
    """
    What became of one account; holds no token.

    Attributes:
        account: whose.
        revocation: what the provider said.
        valid_until: Unix time in seconds until which an access token that was not revoked may go
            on working; None where there is none, or nobody knows.
    """

    account: Account
    revocation: Revocation
    valid_until: float | None = None


@dataclass(frozen=True, slots=True)
class PanicReport:
    """
    What was ended, as far as it is known.

    Attributes:
        ends: every account there was.
        left: what could not be removed from this computer; nothing, most of the time.
    """

    ends: tuple[AccountEnd, ...] = ()
    left: tuple[Remainder, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left here, and every token there was is confirmed to be revoked."""
        done = {Revocation.REVOKED, Revocation.NOTHING}
        return not self.left and all(end.revocation in done for end in self.ends)


@dataclass(frozen=True, slots=True)
class PanicScope:
    """
    Everything there is to be ended.

    Attributes:
        index: who is signed in.
        store: where the tokens are, with the keys they are bound to.
        provider_of: whom to tell about an account's tokens; None where nobody knows.
        session_of: the session of an account that is in use in this process, or None.
        profiles: names under which windows keep browsing data.
        pictures: the pictures of accounts, or None.
    """

    index: AccountIndex
    store: TokenStore
    provider_of: Callable[[Account], OAuthProvider | None]
    session_of: Callable[[Account], SessionManager | None] = lambda _account: None
    profiles: Sequence[str] = ()
    pictures: Pictures | None = None


async def panic(
    scope: PanicScope,
    *,
    on_end: Callable[[AccountEnd], None] | None = None,
    within: float = REVOKING,
) -> PanicReport:
    """
    End everything; whatever happens on the network, nothing is left on this computer.

    First the list of accounts is emptied, so that other processes of the application use no token
    any more; those at work revoke what they get from then on. Then all providers are told at once,
    while tokens, keys, browsing data, pictures are removed here.

    Args:
        scope: what there is.
        on_end: told on the package's loop about each account as soon as its end is known.
        within: seconds each provider gets.
    """
    accounts = await _known(scope)
    left: list[Remainder] = []
    try:
        await off_loop(scope.index.leave)
    except StoreError:
        left.append(Remainder.ACCOUNTS)
    held = await asyncio.gather(*(_released(scope.session_of(one)) for one in accounts))
    async with AsyncExitStack() as alone:
        await asyncio.gather(*(_waited(scope.store, one, alone) for one in accounts))
        found = [
            await _found(scope, account, tokens)
            for account, tokens in zip(accounts, held, strict=True)
        ]
        ending = [
            asyncio.create_task(_ended(scope, one, within=within, on_end=on_end)) for one in found
        ]
        left += await _removed(scope, accounts)
    return PanicReport(tuple(await asyncio.gather(*ending)), tuple(left))


async def finish_leaving(index: AccountIndex, store: TokenStore) -> bool:
    """
    Remove what ``panic`` had to leave, because it was cut off or the store refused then.

    Nobody uses it any more; it only lies there. To be called when the store is known to work.

    Returns:
        Whether nothing of it is left.
    """
    try:
        for account in await off_loop(index.leaving):
            await _finished(index, store, account)
    except StoreError:
        return False
    return True


async def _finished(index: AccountIndex, store: TokenStore, account: Account) -> None:
    async with record_lock(store.identity, account.key, GRACE):
        if not index.holds(account.key):  # nobody signed in again meanwhile
            await store.delete(account.key)
            await store.delete(key_entry(account.key))
    await off_loop(lambda: index.left(account))


@dataclass(frozen=True, slots=True)
class _Found:
    account: Account
    tokens: tuple[OAuthTokenSet, ...]
    is_readable: bool


async def _known(scope: PanicScope) -> list[Account]:
    found: dict[str, Account] = {}
    with suppress(StoreError):
        for account in [*scope.index.accounts(), *scope.index.leaving()]:
            found.setdefault(account.key, account)
    with suppress(StoreError):
        for key in await scope.store.list_keys():
            provider, _, subject = key.partition("/")
            found.setdefault(key, Account(provider, subject))
    return list(found.values())


async def _released(session: SessionManager | None) -> tuple[OAuthTokenSet, ...]:
    return () if session is None else await session.release()


async def _waited(store: TokenStore, account: Account, alone: AsyncExitStack) -> None:
    # Whoever writes this record just now would write it once more after it was removed.
    with suppress(StoreUnavailableError):
        await alone.enter_async_context(record_lock(store.identity, account.key, GRACE))


async def _found(scope: PanicScope, account: Account, held: Sequence[OAuthTokenSet]) -> _Found:
    try:
        stored = await scope.store.load(account.key)
    except StoreError:
        return _Found(account, tuple(held), is_readable=False)
    if stored is None:
        is_readable = not scope.store.is_damaged(account.key)
        return _Found(account, tuple(held), is_readable=is_readable)
    return _Found(account, (*held, stored), is_readable=True)


async def _ended(
    scope: PanicScope,
    found: _Found,
    *,
    within: float,
    on_end: Callable[[AccountEnd], None] | None,
) -> AccountEnd:
    revocation = await _revocation(scope, found, within)
    live = () if revocation is Revocation.REVOKED else found.tokens
    # A refresh token lives until its provider ends it, and buys access tokens until then.
    lasts = any(tokens.refresh_token is not None for tokens in live)
    ends = [] if lasts else [one.expires_at for one in live if one.expires_at is not None]
    end = AccountEnd(found.account, revocation, max(ends, default=None))
    if on_end is not None:
        told: CallOutcome[None] = CallOutcome()
        with told:
            on_end(end)
        if told.error is not None:  # its fault must not keep anything signed in
            logger.error("panic.listener_failed", exc_info=told.error)
    return end


async def _revocation(scope: PanicScope, found: _Found, within: float) -> Revocation:
    if not found.tokens:
        return Revocation.NOTHING if found.is_readable else Revocation.UNKNOWN
    provider = scope.provider_of(found.account)
    if provider is None or not all(_is_of(provider, tokens) for tokens in found.tokens):
        return Revocation.UNCONFIRMED  # nobody else may see them
    try:
        async with asyncio.timeout(within):
            await provider.prepare()
            if not _can_be_told(provider):
                return Revocation.UNSUPPORTED
            is_revoked = await revoke_all(provider, found.tokens)
    except (TimeoutError, DiscoveryTransportError):
        return Revocation.UNREACHABLE
    except AuthError:
        return Revocation.UNCONFIRMED
    return Revocation.REVOKED if is_revoked else Revocation.UNCONFIRMED


def _is_of(provider: OAuthProvider, tokens: OAuthTokenSet) -> bool:
    if tokens.origin is None:
        return True
    mine = provider.origin()
    return (tokens.origin.issuer, tokens.origin.client_id) == (mine.issuer, mine.client_id)


def _can_be_told(provider: OAuthProvider) -> bool:
    has_way_of_its_own = type(provider).revoke_token is not OAuthProvider.revoke_token
    return bool(provider.revocation_url) or has_way_of_its_own


async def _removed(scope: PanicScope, accounts: Sequence[Account]) -> list[Remainder]:
    left: list[Remainder] = []
    try:
        await scope.store.erase([account.key for account in accounts])
    except StoreError:
        left.append(Remainder.TOKENS)  # the list goes on saying so
    else:
        with suppress(StoreError):  # nobody is in it; that was all it had to do
            await off_loop(lambda: _all_gone(scope.index))
    if not await off_loop(lambda: _without_browsing(scope.profiles)):
        left.append(Remainder.BROWSING)
    pictures = scope.pictures
    if pictures is not None and not await off_loop(pictures.clear):
        left.append(Remainder.PICTURES)
    return left


def _all_gone(index: AccountIndex) -> None:
    for account in index.leaving():
        index.left(account)


def _without_browsing(profiles: Sequence[str]) -> bool:
    for profile in profiles:
        forget_profile(profile)
    return all(is_empty(profile) for profile in profiles)
