"""The private keys that stored tokens are bound to, each in an entry beside its tokens."""

import logging

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.token_store.records import GRACE, useful_life
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

TYPE = "dpop-key"  # in the record, where tokens have "Bearer" or "DPoP"


def record_of(key: DPoPKey, tokens: OAuthTokenSet) -> OAuthTokenSet:
    """
    Write *key* in the form every store can keep.

    Args:
        key: the key, which is stored as safely as a token is, by being stored as one.
        tokens: what is bound to it; the key is kept as long as they are, or longer.
    """
    life = useful_life(tokens)
    return OAuthTokenSet(
        key.to_text(),
        token_type=TYPE,
        expires_in=None if life is None else life + GRACE,
        origin=tokens.origin,
    )


def key_in(record: OAuthTokenSet | None, entry: str) -> DPoPKey | None:
    """Read the key in *record*; None where there is none, or it is damaged, which the log says."""
    if record is None:
        return None
    try:
        return DPoPKey.from_text(record.access_token if record.token_type == TYPE else "")
    except ConfigError as exc:
        logger.warning("token_store.key_unreadable: %s", exc, extra={"key": entry})
        return None
