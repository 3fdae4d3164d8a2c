"""How a sign-in without a session keeps its tokens."""

import logging
from collections.abc import Callable

from pywry_auth.errors import StoreError
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)


def store_key(tokens: OAuthTokenSet) -> str:
    """Give the key under which a flow without a session keeps *tokens*."""
    origin = tokens.origin
    subject = (origin.subject if origin else "") or "default"
    return f"{subject}@{origin.issuer}" if origin else subject


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
    try:
        await store.save(store_key(tokens), tokens)
    except StoreError as exc:
        logger.warning("flow.save_failed", extra={"reason": exc.code})
        on_notice(f"the sign-in was not stored: {exc}")
