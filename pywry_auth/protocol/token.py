"""The token endpoint: what is asked of it, how its answers are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
)
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import (
    WireReply,
    WireRequest,
    form_request,
    instant_of,
    printable,
    retry_after,
)
from pywry_auth.tokens import OAuthTokenSet


BEARER_ONLY = frozenset({"bearer"})
_BUSY = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_HINTS = {
    "invalid_target": "compare resources with what the provider knows",
    "invalid_dpop_proof": "compare this machine's clock with the real time, and the setting dpop "
    "with what the provider wants",
    "use_dpop_nonce": "the provider wanted another nonce twice in a row; try again",
}

# Only for programs: where a person signs in, what is said of these words is the provider's own.
_PROGRAM_HINTS = {
    "": "is token_url the token endpoint? its answers are JSON, and redirects are not followed",
    "invalid_client": "check the client id and its secret, and how the server wants them sent",
    "invalid_grant": "sign in again, or make a new grant",
    "invalid_scope": "compare scope with what the provider knows",
    "unauthorized_client": "let the provider allow this grant to this client",
    "unsupported_grant_type": "use another grant; the provider does not offer this one",
}


def program_hint(word: str) -> str:
    """Say what to do about *word* of a token endpoint, or ""; no word is no token answer at all."""
    return _PROGRAM_HINTS.get(word, "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server said when it refused (RFC 6749 section 5.2); made safe to print."""

    error: str
    error_description: str | None

    def __str__(self) -> str:
        return f"the token endpoint refused: {self.error_description or self.error}"

    @property
    def hint(self) -> str:
        """What to do about it, or ""."""
        return _HINTS.get(self.error, "")


def code_exchange(
    token_url: str,
    *,
    proof: ClientProof,
    code: str,
    redirect_uri: str,
    code_verifier: str | None,
    resources: Sequence[str] = (),
) -> WireRequest:
    """
    Ask for tokens in exchange for a code (RFC 6749 section 4.1.3, RFC 7636, RFC 8707).

    Without a *redirect_uri*, "", none was in the authorization request either.
    """
    fields: dict[str, str | Sequence[str]] = {"grant_type": "authorization_code", "code": code}
    if redirect_uri:
        fields["redirect_uri"] = redirect_uri
    if code_verifier is not None:
        fields["code_verifier"] = code_verifier
    return form_request(token_url, {**fields, "resource": resources, **proof.fields}, proof.headers)


def refresh_request(
    token_url: str,
    *,
    proof: ClientProof,
    refresh_token: str,
    scope: str = "",
    resources: Sequence[str] = (),
) -> WireRequest:
    """
    Ask for fresh tokens (RFC 6749 section 6, RFC 8707 section 2.2).

    Without a *scope*, "", the tokens are good for all that was granted.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    if scope:
        fields["scope"] = scope
    return form_request(token_url, {**fields, "resource": resources, **proof.fields}, proof.headers)


def read_tokens(
    reply: WireReply,
    *,
    now: float,
    requested_scope: str = "",
    token_types: frozenset[str] = BEARER_ONLY,
) -> OAuthTokenSet:
    """
    Read the answer to a code exchange.

    Args:
        reply: the answer.
        now: Unix time in seconds at which it arrived.
        requested_scope: what the scope is when the answer does not say (RFC 6749 section 5.1).
        token_types: the kinds of token that can be used; in lower case.

    Raises:
        TokenTransportError: the server says "not now".
        TokenError: it refuses, or its answer cannot be used.
    """
    if reply.is_transient:
        raise TokenTransportError(_status_text(reply))
    refusal = _refusal(reply)
    if refusal is not None:
        raise TokenError(
            str(refusal),
            error=refusal.error,
            error_description=refusal.error_description,
            hint=refusal.hint,
        )
    return _tokens(reply, now, requested_scope, token_types)


def read_refreshed(
    reply: WireReply, *, now: float, refresh_token: str, token_types: frozenset[str] = BEARER_ONLY
) -> OAuthTokenSet:
    """
    Read the answer to a refresh; without a new refresh token the one used is kept.

    Raises:
        ReauthRequiredError: the server refused the refresh token for good (``invalid_grant``).
        RefreshTransportError: the server says "not now".
        TokenRefreshError: anything else that is no token answer.
    """
    refusal = _refusal(reply)
    if reply.is_transient or (refusal is not None and refusal.error in _BUSY):
        raise RefreshTransportError(_status_text(reply)).asking_to_wait(retry_after(reply, now=now))
    if refusal is not None:
        kind = ReauthRequiredError if refusal.error == "invalid_grant" else TokenRefreshError
        raise kind(
            str(refusal),
            error=refusal.error,
            error_description=refusal.error_description,
            hint=refusal.hint,
        )
    try:
        tokens = _tokens(reply, now, "", token_types)
    except TokenError as exc:
        raise TokenRefreshError(str(exc), error=exc.error) from None
    return tokens if tokens.refresh_token else replace(tokens, refresh_token=refresh_token)


def _tokens(
    reply: WireReply, now: float, requested_scope: str, token_types: frozenset[str]
) -> OAuthTokenSet:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import TokenReply

    try:
        found = TokenReply.model_validate_json(reply.body)
    except ValidationError:
        raise TokenError(
            f"the token endpoint answered {reply.status} with something that is no token answer"
        ) from None
    if not 200 <= reply.status < 300:  # noqa: PLR2004
        raise TokenError(f"the token endpoint answered {reply.status}")
    if (found.model_extra or {}).get("error"):  # one that is no word, as RFC 6749 wants it
        raise TokenError(f"the token endpoint answered {reply.status} with an error")
    if found.token_type.lower() not in token_types:
        raise TokenError(f"tokens of type {printable(found.token_type, 40)} cannot be used")
    said = {} if found.scope is None else {"scope": found.scope}  # a silent answer granted all
    extra: Mapping[str, object] = {**(found.model_extra or {}), **said}
    there = instant_of(reply)
    return OAuthTokenSet(
        found.access_token,
        token_type=found.token_type,
        refresh_token=found.refresh_token,
        expires_in=found.expires_in,
        refresh_expires_in=found.refresh_expires_in,
        id_token=found.id_token,
        scope=requested_scope if found.scope is None else found.scope,
        raw=extra,
        issued_at=now,
        clock_offset=None if there is None else round(there - now),
    )


def _refusal(reply: WireReply) -> Refusal | None:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        found = ErrorReply.model_validate_json(reply.body)
    except ValidationError:
        return None
    description = found.error_description
    return Refusal(
        printable(found.error, 80), None if description is None else printable(description, 300)
    )


def _status_text(reply: WireReply) -> str:
    return f"the token endpoint cannot answer now (status {reply.status})"
