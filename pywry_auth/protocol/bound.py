"""Which tokens are good only beside a proof of possession (RFC 9449)."""

from pywry_auth.tokens import OAuthTokenSet


BEARER = "bearer"
DPOP = "dpop"
PROVED = "proved"  # a member of ``raw``: a proof was sent for tokens that are not bound themselves


def is_bound(tokens: OAuthTokenSet) -> bool:
    """Say whether *tokens* are good only beside a proof (RFC 9449 section 5)."""
    return tokens.token_type.lower() == DPOP


def needs_key(tokens: OAuthTokenSet) -> bool:
    """
    Say whether *tokens* are renewed only beside a proof; the access token may be free of one.

    A public client's refresh token is bound to the key that was proved, whatever the access token
    is (RFC 9449 section 5).
    """
    return is_bound(tokens) or tokens.raw.get(PROVED) is True
