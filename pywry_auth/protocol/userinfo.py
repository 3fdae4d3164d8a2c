"""Who signed in, as userinfo tells it."""

from collections.abc import Mapping

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.wire import WireReply, WireRequest


_SUBJECT_MEMBERS = ("sub", "id", "login", "email")


def userinfo_request(userinfo_url: str, *, authorization: str) -> WireRequest:
    """Ask with the token in the header, never in the query (OIDC Core 5.3.1)."""
    return WireRequest(
        "GET", userinfo_url, {"accept": "application/json", "authorization": authorization}
    )


def read_userinfo(reply: WireReply) -> dict[str, object]:
    """
    Read the claims.

    Raises:
        TokenTransportError: the answer is no JSON object; something else than userinfo spoke.
    """
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import JSON_OBJECT

    try:
        return JSON_OBJECT.validate_json(reply.body)
    except ValidationError:
        raise TokenTransportError("userinfo is no JSON object") from None


def signed_userinfo(reply: WireReply) -> str | None:
    """Give the JWT where the provider signs userinfo (OIDC Core 5.3.2), else None."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return reply.body.decode("ascii", "replace").strip() if kind == "application/jwt" else None


def require_same_subject(userinfo: Mapping[str, object], subject: str) -> None:
    """
    Refuse somebody else's claims (OIDC Core 5.3.2).

    Raises:
        TokenError: userinfo has no ``sub``, or another one than the ID token.
    """
    if userinfo.get("sub") != subject:
        raise TokenError("userinfo belongs to somebody else than the ID token")


def subject_of(id_token_subject: str, userinfo: Mapping[str, object]) -> str:
    """
    Say who signed in: the ID token's ``sub``, else userinfo's ``sub``, ``id``, ``login`` or mail.

    Returns:
        The subject, or "" where nobody said.
    """
    if id_token_subject:
        return id_token_subject
    for name in _SUBJECT_MEMBERS:
        value = userinfo.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""
