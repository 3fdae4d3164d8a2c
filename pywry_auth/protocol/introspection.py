"""What an authorization server says of a token (RFC 7662)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import WireReply, WireRequest, form_request, printable


@dataclass(frozen=True, slots=True)
class Introspection:
    """
    The answer about one token; that a token is not active is an answer, and no error.

    Attributes:
        active: whether the server takes the token for good.
        scope: what it may be used for, in the server's words.
        client_id: to whom it was given.
        username: who signed in, for people.
        token_type: how it is presented.
        exp: Unix time in seconds at which it ends, or None.
        iat: Unix time in seconds at which it was made, or None.
        nbf: Unix time in seconds before which it is not good, or None.
        sub: who signed in, for programs.
        aud: for whom it was made.
        iss: who made it.
        jti: its own name.
        extra: further members.
    """

    active: bool
    scope: str = ""
    client_id: str = ""
    username: str = ""
    token_type: str = ""
    exp: float | None = None
    iat: float | None = None
    nbf: float | None = None
    sub: str = ""
    aud: tuple[str, ...] = ()
    iss: str = ""
    jti: str = ""
    extra: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The words of *scope*."""
        return tuple(self.scope.split())


def introspection_request(
    introspection_url: str, *, proof: ClientProof, token: str, token_type_hint: str | None = None
) -> WireRequest:
    """Ask about *token* (section 2.1)."""
    hint = {} if token_type_hint is None else {"token_type_hint": token_type_hint}
    return form_request(introspection_url, {"token": token, **hint, **proof.fields}, proof.headers)


def read_introspection(reply: WireReply) -> Introspection:
    """
    Read the answer (section 2.2); of a token that is not active nothing else is believed.

    Raises:
        TokenTransportError: the server says "not now".
        TokenError: it refuses to say, or its answer is none.
    """
    if reply.is_transient:
        raise TokenTransportError(
            f"the introspection endpoint cannot answer now (status {reply.status})"
        )
    if reply.status != 200:  # noqa: PLR2004
        raise _refusal(reply)
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import IntrospectionReply

    try:
        found = IntrospectionReply.model_validate_json(reply.body)
    except ValidationError:
        raise TokenError("the introspection endpoint said nothing about the token") from None
    if not found.active:
        return Introspection(active=False)
    members = found.model_dump(exclude=set(found.model_extra or {}))
    return Introspection(**members, extra=dict(found.model_extra or {}))


def _refusal(reply: WireReply) -> TokenError:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        error = printable(ErrorReply.model_validate_json(reply.body).error, 80)
    except ValidationError:
        error = ""
    return TokenError(
        f"the introspection endpoint refused ({error or f'status {reply.status}'})",
        error=error or None,
        hint="the provider must allow this client to ask about tokens",
    )
