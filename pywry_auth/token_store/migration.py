"""Records that move from one store to another."""

import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from pywry_auth.errors import ConfigError, StoreError
from pywry_auth.lock import record_lock
from pywry_auth.token_store.base import TokenStore, key_entry
from pywry_auth.token_store.codec import encode
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


logger = logging.getLogger(__name__)


async def copy_tokens(source: TokenStore, target: TokenStore) -> list[str]:
    """
    Copy every readable record to *target*; *source* stays as it is.

    Returns:
        The keys whose record in *target* is now as new as in *source*, sorted. Not among them is a
        key under which *target* keeps another person's or provider's tokens, different ones of the
        same moment, or the record of a newer release: nothing of that is overwritten.

    Raises:
        StoreError: a store refused. What was copied stays copied; the same call again goes on.
        ConfigError: both are one store.
    """
    _refuse_one_store(source, target)
    copied: list[str] = []
    for key in await source.list_keys():
        async with _locked(source, target, key):
            if await _copied(source, target, key):
                copied.append(key)
    return copied


async def migrate(source: TokenStore, target: TokenStore) -> list[str]:
    """
    Move every readable record to *target*.

    Each record, with the key it is bound to, is copied, read back, then deleted from *source*,
    under the locks that a refresh takes, so that no newer one is lost on the way. Where *target*
    has a newer one of the same session already, that one stays, and the older one goes. A crash
    leaves a record in one store or in both; the same call again completes the move. What cannot be
    read, for example the record of a newer release, stays where it is.

    Returns:
        The keys that have left *source*, sorted; which ones stay, `copy_tokens` says.

    Raises:
        StoreError: a store refused. What was moved stays moved; the same call again goes on.
        ConfigError: both are one store.
    """
    _refuse_one_store(source, target)
    moved: list[str] = []
    for key in await source.list_keys():
        async with _locked(source, target, key):
            if await _copied(source, target, key):
                # Last what is listed: a crash between the two leaves nothing that nobody finds.
                await source.delete(key_entry(key))
                await source.delete(key)
                moved.append(key)
    return moved


@asynccontextmanager
async def _locked(source: TokenStore, target: TokenStore, key: str) -> AsyncGenerator[None, None]:
    """Strictly private: hold the locks of one key in both stores, in the order all movers keep."""
    async with AsyncExitStack() as held:
        # A set: two stores in memory share the lock that belongs to this process.
        for identity in sorted({source.identity, target.identity}):
            await held.enter_async_context(record_lock(identity, key))
        yield


async def _copied(source: TokenStore, target: TokenStore, key: str) -> bool:
    """Strictly private: say whether *target* can stand for *source* under *key* from now on."""
    tokens = await source.load(key)
    if tokens is None:
        return False
    there = await target.load(key)
    objection = await _hidden(target, key) if there is None else _objection(tokens, there)
    if objection:
        facts = {"key": key, "reason": f"the target keeps {objection} under this key"}
        logger.warning("token_store.not_moved", extra=facts)
        return False
    if there is None or there.issued_at < tokens.issued_at:
        bound_to = await source.load(key_entry(key))
        if bound_to is not None:  # first: tokens are of no use without the key they are bound to
            await _save(target, key_entry(key), bound_to)
        await _save(target, key, tokens)
    return True


async def _hidden(target: TokenStore, key: str) -> str:
    """Strictly private: name what *target* keeps there without giving it; a damaged one is gone."""
    return "the record of a newer release" if key in await target.list_keys() else ""


def _objection(tokens: OAuthTokenSet, there: OAuthTokenSet) -> str:
    """Strictly private: name what must neither be replaced nor stand for *tokens*, or ""."""
    if encode(there) == encode(tokens):
        return ""  # copied before a crash
    if not _may_be_of_one(tokens.origin, there.origin):
        return "somebody else's tokens"
    if there.issued_at == tokens.issued_at:
        return "other tokens of the same moment"
    return ""


async def _save(target: TokenStore, key: str, tokens: OAuthTokenSet) -> None:
    await target.save(key, tokens)
    kept = await target.load(key)
    if kept is None or encode(kept) != encode(tokens):
        raise StoreError(
            "the target store did not keep a record as it was given; the source keeps it",
            operation="migrate",
        )


def _may_be_of_one(one: TokenOrigin | None, other: TokenOrigin | None) -> bool:
    """Strictly private: say whether nothing known speaks against one session having got both."""
    if one is None or other is None:
        return True
    same_client = (one.issuer, one.client_id) == (other.issuer, other.client_id)
    return same_client and ("" in {one.subject, other.subject} or one.subject == other.subject)


def _refuse_one_store(source: TokenStore, target: TokenStore) -> None:
    if source is target or source.identity == target.identity != "":
        raise ConfigError("tokens cannot be moved from a store to itself")
