"""Tokens for a program in its own name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pywry_auth.errors import ConfigError
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import (
    given,
    naming,
    required,
    required_client,
    scope_text,
    text,
)
from pywry_auth.protocol.client_auth import ClientAuth, SecretBasic, SecretPost
from pywry_auth.protocol.resources import checked_resources


_BY_SECRET: dict[str, type[SecretPost] | type[SecretBasic]] = {
    "client_secret_post": SecretPost,
    "client_secret_basic": SecretBasic,
}


@dataclass(frozen=True, slots=True, init=False)
class ClientCredentialsAuth(TokenGrant):
    """
    A confidential client in its own name (RFC 6749 section 4.4).

    No refresh token is expected: the same request gives the next access token.

    Args:
        client_id: the client.
        client_secret: its secret; "" where *client_auth* proves it.
        auth_method: where the secret goes: ``"client_secret_post"`` is among the form fields,
            ``"client_secret_basic"`` is in a header (RFC 6749 section 2.3.1).
        scope: what is asked for, as one text or as words; "" leaves it to the server.
        audience: for whom the tokens are, for servers that take this parameter.
        resources: where the tokens will be used, for servers that want it named (RFC 8707).
        client_auth: another proof than the secret, for example a ``PrivateKeyJwt``.

    Raises:
        ConfigError: an argument is empty, or there is not exactly one proof.
    """

    client_id: str
    client_secret: str = field(repr=False)
    auth_method: str
    scope: str
    audience: str
    resources: Sequence[str]
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(
        self,
        client_id: str,
        client_secret: str = "",
        *,
        auth_method: str = "client_secret_post",
        scope: str | Iterable[str] = "",
        audience: str = "",
        resources: Sequence[str] = (),
        client_auth: ClientAuth | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "client_id", required_client(client_id, client_auth))
        put(self, "client_secret", client_secret)
        put(self, "auth_method", auth_method)
        put(self, "scope", scope_text(scope))
        put(self, "audience", text(audience, "audience"))
        put(self, "resources", checked_resources(resources))
        put(
            self,
            "_client_auth",
            proof_of(client_id, client_secret, client_auth, method=auth_method),
        )

    @property
    def can_reauthenticate(self) -> bool:
        """Always: the program needs nobody."""
        return True

    @property
    def subject(self) -> str:
        """The client itself (RFC 9068 section 2.2)."""
        return self.client_id

    def grant_data(self) -> dict[str, str]:
        """Give the form fields (RFC 6749 section 4.4.2); the secret only where it belongs there."""
        by_post = isinstance(self._client_auth, SecretPost)
        return {
            "grant_type": "client_credentials",
            **naming(self._client_auth),
            **given(
                client_secret=self.client_secret if by_post else "",
                scope=self.scope,
                audience=self.audience,
            ),
        }

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth


def proof_of(
    client_id: str, client_secret: str, client_auth: ClientAuth | None, *, method: str
) -> ClientAuth:
    """
    Give the one proof that a confidential client has.

    Raises:
        ConfigError: there is none, there are two, or the secret has no place.
    """
    if client_auth is not None:
        if client_secret:
            raise ConfigError(
                "the client has two proofs", hint="give client_secret or client_auth, not both"
            )
        return client_auth
    required(
        client_secret,
        "the client secret",
        hint="give client_secret, or client_auth for a client that has none",
    )
    if method not in _BY_SECRET:
        raise ConfigError(
            "auth_method is no place for a secret",
            hint="client_secret_post or client_secret_basic; give client_auth for other proofs",
        )
    return _BY_SECRET[method](client_id, client_secret)
