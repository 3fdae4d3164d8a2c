"""The end of token sets at their provider."""

from collections.abc import Sequence

from pywry_auth.providers.base import OAuthProvider
from pywry_auth.tokens import OAuthTokenSet


async def revoke_all(provider: OAuthProvider, ended: Sequence[OAuthTokenSet]) -> bool:
    """
    Revoke every token of *ended*, refresh tokens first (RFC 7009 section 2.1).

    Returns:
        Whether the provider said yes each time.
    """
    refresh = dict.fromkeys(tokens.refresh_token for tokens in ended)
    access = dict.fromkeys(tokens.access_token for tokens in ended)
    first = [await provider.revoke_token(token) for token in refresh if token is not None]
    then = [await provider.revoke_access_token(token) for token in access]
    return all((*first, *then))
