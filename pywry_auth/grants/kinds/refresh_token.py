"""Tokens for a refresh token that came from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pywry_auth.grants.grant import DEFAULT_CLIENT_ID, TokenGrant
from pywry_auth.grants.kinds.arguments import (
    default_auth,
    given,
    naming,
    required,
    required_client,
    scope_text,
)
from pywry_auth.protocol.client_auth import ClientAuth
from pywry_auth.protocol.resources import checked_resources


@dataclass(frozen=True, slots=True, init=False)
class RefreshTokenAuth(TokenGrant):
    """
    A refresh token to begin with (RFC 6749 section 6); the session ends when it is refused.

    Once something is stored, this token is not used again: a server that gives a new one with
    each answer takes the old one for a stolen one.

    Args:
        refresh_token: what was got elsewhere, for the same client.
        client_id: the client.
        scope: to ask for less than was granted, as one text or as words; "" is all of it.
        client_auth: how a confidential client proves itself, for example a ``SecretBasic``.
        resources: where the tokens will be used, for servers that want it named (RFC 8707).

    Raises:
        ConfigError: an argument is empty.
    """

    refresh_token: str = field(repr=False)
    client_id: str
    scope: str
    resources: Sequence[str]
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(
        self,
        refresh_token: str,
        *,
        client_id: str = DEFAULT_CLIENT_ID,
        scope: str | Iterable[str] = "",
        client_auth: ClientAuth | None = None,
        resources: Sequence[str] = (),
    ) -> None:
        put = object.__setattr__
        hint = "sign in once where the token comes from"
        put(self, "refresh_token", required(refresh_token, "the refresh token", hint=hint))
        put(self, "client_id", required_client(client_id, client_auth))
        put(self, "scope", scope_text(scope))
        put(self, "resources", checked_resources(resources))
        put(self, "_client_auth", default_auth(client_id, client_auth))

    @property
    def can_reauthenticate(self) -> bool:
        """Never: when the token ends, the session ends."""
        return False

    def grant_data(self) -> dict[str, str]:
        """Give the form fields (RFC 6749 section 6)."""
        return {
            "grant_type": "refresh_token",
            **naming(self._client_auth),
            "refresh_token": self.refresh_token,
            **given(scope=self.scope),
        }

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth
