"""What a sign-in was asked to prove, held against its ID token."""

from collections.abc import Sequence

from pywry_auth.errors import ConfigError, StepUpError, TokenError
from pywry_auth.protocol.compact import part_of
from pywry_auth.protocol.wire import printable


MAX_WORDS = 300  # characters of a stranger's text in an error


def claims_of(id_token: str) -> dict[str, object]:
    """
    Give the claims of an ID token whose signature was checked when it arrived.

    Raises:
        TokenError: it is no ID token.
    """
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import JSON_OBJECT

    try:
        return JSON_OBJECT.validate_json(part_of(id_token, 1))
    except ValidationError:
        raise TokenError("the ID token is no signed JWT") from None


def hinted_subject(id_token_hint: str) -> str:
    """
    Say of whom an ``id_token_hint`` speaks; its signature is the provider's to judge.

    Raises:
        ConfigError: it is no ID token.
    """
    try:
        subject = claims_of(id_token_hint).get("sub")
    except TokenError:
        subject = None
    if not isinstance(subject, str) or not subject:
        raise ConfigError("id_token_hint is no ID token", hint="give one that a sign-in gave")
    return subject


def require_acr(claims: dict[str, object], acr_values: Sequence[str]) -> None:
    """
    Refuse a weaker sign-in than one of *acr_values* (OIDC Core 2, RFC 9470 section 4).

    Raises:
        StepUpError: ``acr`` is none of them, or nobody says how the person signed in.
    """
    acr = claims.get("acr")
    if isinstance(acr, str) and acr in acr_values:
        return
    came = printable(acr, MAX_WORDS) if isinstance(acr, str) else "nothing"
    asked = printable(" or ".join(acr_values), MAX_WORDS)
    raise StepUpError(
        f"the provider signed the person in with {came}, but {asked} was asked for",
        asked=tuple(acr_values),
        came=acr if isinstance(acr, str) else None,
    )


def require_same_person(subject: str, *, expected: str) -> None:
    """
    Refuse a sign-in of somebody else than the person who was asked to prove more.

    Raises:
        StepUpError: another subject, or nobody says who it was.
    """
    if subject != expected:
        raise StepUpError(
            "somebody else signed in than the person who was asked",
            hint="sign out first, or ask for prompt=select_account, to change the person",
        )
