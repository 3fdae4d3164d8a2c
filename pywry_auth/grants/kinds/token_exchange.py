"""Tokens for another token."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pywry_auth.errors import ConfigError
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import (
    given,
    naming,
    presented,
    proven_client,
    scope_text,
    text,
    told,
)
from pywry_auth.grants.kinds.client_credentials import proof_of
from pywry_auth.protocol.client_auth import ClientAuth, NoClientAuth
from pywry_auth.protocol.resources import checked_resources


TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"

_TYPE = "urn:ietf:params:oauth:token-type:"
_KINDS = frozenset({"access_token", "id_token", "jwt", "refresh_token", "saml1", "saml2"})


@dataclass(frozen=True, slots=True, init=False)
class TokenExchangeAuth(TokenGrant):
    """
    A token that is held already, in exchange for one that another service takes (RFC 8693).

    Args:
        subject_token: on whose behalf; a function is called for each grant, so that it can give a
            fresh one. With a fixed one the grant is not made again after its tokens end.
        subject_token_type: what it is: ``"access_token"``, ``"id_token"``, ``"jwt"``,
            ``"refresh_token"``, ``"saml1"``, ``"saml2"``, or another URI (RFC 8693 section 3).
        actor_token: who acts, where that is somebody else; fixed or a function.
        actor_token_type: what that is.
        requested_token_type: what is wanted; "" leaves it to the server.
        audience: by name, who will be shown the tokens; "" is not said.
        resources: by address, where they will be used (RFC 8707).
        scope: what is asked for, as one text or as words; "" leaves it to the server.
        client_id: the client; "" where the server wants none.
        client_secret: its secret, sent among the form fields.
        client_auth: another proof than the secret.

    Raises:
        ConfigError: a token is empty, a type is unknown, or there are two proofs.
    """

    subject_token: str | Callable[[], str] = field(repr=False)
    subject_token_type: str
    actor_token: str | Callable[[], str] | None = field(repr=False)
    actor_token_type: str
    requested_token_type: str
    audience: str
    resources: Sequence[str]
    scope: str
    client_id: str
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(  # noqa: PLR0913  # the parameters of RFC 8693 section 2.1, one by one
        self,
        subject_token: str | Callable[[], str],
        *,
        subject_token_type: str = "access_token",
        actor_token: str | Callable[[], str] | None = None,
        actor_token_type: str = "access_token",
        requested_token_type: str = "",
        audience: str = "",
        resources: Sequence[str] = (),
        scope: str | Iterable[str] = "",
        client_id: str = "",
        client_secret: str = "",
        client_auth: ClientAuth | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "subject_token", presented(subject_token, "the subject token"))
        put(self, "subject_token_type", token_type(subject_token_type))
        actor = None if actor_token is None else presented(actor_token, "the actor token")
        put(self, "actor_token", actor)
        put(self, "actor_token_type", token_type(actor_token_type))
        put(self, "requested_token_type", requested_token_type and token_type(requested_token_type))
        put(self, "audience", text(audience, "audience"))
        put(self, "resources", checked_resources(resources))
        put(self, "scope", scope_text(scope))
        put(self, "client_id", proven_client(client_id, client_auth))
        put(self, "_client_auth", _proof(client_id, client_secret, client_auth))

    @property
    def can_reauthenticate(self) -> bool:
        """Whether there will be another token to exchange."""
        return not isinstance(self.subject_token, str) and not isinstance(self.actor_token, str)

    def grant_data(self) -> dict[str, str]:
        """
        Give the form fields (RFC 8693 section 2.1).

        Raises:
            ConfigError: a function gave no token.
        """
        return {
            "grant_type": TOKEN_EXCHANGE,
            **naming(self._client_auth),
            "subject_token": told(self.subject_token, "the subject token"),
            "subject_token_type": self.subject_token_type,
            **self._actor(),
            **given(
                requested_token_type=self.requested_token_type,
                audience=self.audience,
                scope=self.scope,
            ),
        }

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth

    def _actor(self) -> dict[str, str]:
        if self.actor_token is None:
            return {}
        return {
            "actor_token": told(self.actor_token, "the actor token"),
            "actor_token_type": self.actor_token_type,
        }


def _proof(client_id: str, client_secret: str, client_auth: ClientAuth | None) -> ClientAuth:
    if not client_secret and client_auth is None:
        return NoClientAuth(client_id)
    if not client_id and client_auth is None:
        raise ConfigError("a secret proves nobody without a client id", hint="give client_id")
    return proof_of(client_id, client_secret, client_auth, method="client_secret_post")


def token_type(name: str) -> str:
    """
    Give the URI of a kind of token (RFC 8693 section 3), also for its last word.

    Raises:
        ConfigError: it is neither such a word nor a URI.
    """
    if name in _KINDS:
        return _TYPE + name
    if ":" not in name:
        raise ConfigError(
            "that is no kind of token", hint=f"one of {', '.join(sorted(_KINDS))}, or a URI"
        )
    return name
