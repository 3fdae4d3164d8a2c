"""Keys that AWS gives for a token (STS, AssumeRoleWithWebIdentity)."""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pywry_auth.errors import TokenError, TokenExpiredError, TransportError
from pywry_auth.protocol.wire import WireReply, WireRequest, printable


VERSION = "2011-06-15"
#: what STS says where the token, rather than the request, is at fault
_NOT_BELIEVED = {"ExpiredTokenException", "ExpiredToken", "InvalidIdentityToken"}
SAID = 200  # characters


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """
    Which role to take, for how long.

    Attributes:
        url: the STS endpoint.
        role_arn: the role.
        session_name: how the logs of AWS name whoever takes it.
        duration: seconds of life of the keys; None is what the role says.
    """

    url: str
    role_arn: str
    session_name: str
    duration: int | None = None

    def request(self, token: str) -> WireRequest:
        """Give the request that shows *token*; it is signed by nothing else."""
        fields = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": VERSION,
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "WebIdentityToken": token,
        }
        if self.duration is not None:
            fields["DurationSeconds"] = str(self.duration)
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "text/xml"}
        return WireRequest("POST", self.url, headers, urlencode(fields).encode())


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that end; secret, so they never print."""

    key_id: str
    secret: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: str

    def as_data(self) -> dict[str, object]:
        """Give what the tools of AWS read."""
        return {
            "Version": 1,
            "AccessKeyId": self.key_id,
            "SecretAccessKey": self.secret,
            "SessionToken": self.session_token,
            "Expiration": self.expiration,
        }


def read_keys(reply: WireReply, *, token: str, provider: str) -> Keys:
    """
    Read the answer of STS.

    Raises:
        TokenExpiredError: STS does not believe the token.
        TransportError: STS cannot answer now.
        TokenError: it refused otherwise, or answered nonsense.
    """
    text = reply.body.decode("utf-8", "replace")
    if reply.status != 200:  # noqa: PLR2004
        _refuse(reply, text.replace(token, "[removed]"), provider)
    found = [_element(text, name) for name in _NAMES]
    if not all(found):
        raise TokenError("STS answered without keys", provider, hint="check --sts-url")
    return Keys(*found)


_NAMES = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


def _element(text: str, name: str) -> str:
    # Five flat elements need no parser of XML, with what such parsers follow or expand.
    found = re.search(rf"<{name}>\s*([^<>]*?)\s*</{name}>", text)
    return html.unescape(found[1]) if found else ""


def _refuse(reply: WireReply, text: str, provider: str) -> None:
    code, said = _element(text, "Code"), _element(text, "Message")
    words = printable(f"{code}: {said}" if code else text, SAID)
    message = f"STS answered {reply.status}: {json.dumps(words)[1:-1]}"
    if code in _NOT_BELIEVED:
        raise TokenExpiredError(message, provider)
    if reply.is_transient:
        raise TransportError(message)
    raise TokenError(message, provider, hint="check the role, with whom it trusts")
