"""Proofs that whoever shows a token also holds the key it was made out to (RFC 9449)."""

import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError
from pywry_auth.json_value import is_object
from pywry_auth.protocol.challenge import challenges
from pywry_auth.protocol.origin import Origin
from pywry_auth.protocol.wire import WireReply


#: what is taken of what a server announces, best first: short keys that are quick to draw
ALGORITHMS = (
    "ES256",
    "EdDSA",
    "Ed25519",
    "ES384",
    "ES512",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
)
SCHEME = "DPoP"
MAX_ORIGINS = 100  # whose nonces are remembered; an application speaks to a handful
USE_NONCE = "use_dpop_nonce"

_NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,1024}")  # RFC 9449 section 8.1
_ASKED_AGAIN = frozenset({400, 401})


class _Signer(Protocol):
    """What is needed of ``PrivateKey``, which is imported with the first key."""

    def sign(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str: ...


@dataclass(frozen=True, slots=True)
class DPoPKey:
    """
    The key that tokens are bound to; to be kept as long as they are, and as safely.

    Attributes:
        alg: how it signs.
        thumbprint: names the key, as ``dpop_jkt`` and ``cnf.jkt`` do (RFC 9449 sections 6, 10).
        public_jwk: what a proof shows of it.
    """

    alg: str
    thumbprint: str
    public_jwk: Mapping[str, str] = field(repr=False, compare=False)
    _secret: Mapping[str, str] = field(repr=False, compare=False)
    _signer: _Signer = field(repr=False, compare=False)

    @classmethod
    def draw(cls, alg: str = "ES256") -> "DPoPKey":
        """
        Draw a new key.

        Raises:
            ConfigError: nobody here can sign with *alg*.
        """
        from pywry_auth.protocol.private_key import PrivateKey

        key = PrivateKey.drawn(alg)
        return cls(alg, key.thumbprint, key.public, key.secret, key)

    @classmethod
    def from_text(cls, text: str) -> "DPoPKey":
        """
        Take up a key that ``to_text`` wrote.

        Raises:
            ConfigError: the text is damaged, or no private key.
        """
        from pywry_auth.protocol.private_key import PrivateKey

        members = _members(text)
        alg = members.pop("alg", "")
        key = PrivateKey.imported(alg, members)
        return cls(alg, key.thumbprint, key.public, key.secret, key)

    def to_text(self) -> str:
        """Write the private key as a JWK (RFC 7517); a secret."""
        return json.dumps({**self._secret, "alg": self.alg}, separators=(",", ":"))

    def sign(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """Give *claims* as a compact JWS (RFC 7515 section 3.1)."""
        return self._signer.sign(header, claims)


def proof(
    key: DPoPKey,
    method: str,
    url: str,
    *,
    now: float,
    nonce: str | None = None,
    access_token: str | None = None,
) -> str:
    """
    Make the value of one request's ``DPoP`` header (RFC 9449 section 4.2); good for one use.

    Args:
        key: what the tokens are, or will be, bound to.
        method: the request's HTTP method.
        url: where it goes; query and fragment are left out.
        now: Unix time in seconds, by the server's clock as far as it is known.
        nonce: what this server gave last, or None where it gave none.
        access_token: the token beside the proof; at a resource always, elsewhere never.
    """
    claims: dict[str, object] = {
        "jti": secrets.token_urlsafe(16),
        "htm": method.upper(),
        "htu": target_uri(url),
        "iat": int(now),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if access_token is not None:
        digest = sha256(access_token.encode()).digest()
        claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    return key.sign({"typ": "dpop+jwt", "jwk": dict(key.public_jwk)}, claims)


def target_uri(url: str) -> str:
    """Give what ``htu`` says of *url*: as HTTP clients send it, without query and fragment."""
    return f"{Origin.of(url)}{urlsplit(url).path or '/'}"


def algorithm_for(announced: Sequence[str] | None) -> str | None:
    """Choose how to sign among what a server announces; None where nothing fits, or was said."""
    return next((alg for alg in ALGORITHMS if alg in (announced or ())), None)


class DPoPNonces:
    """
    The newest nonce of each origin, in memory only (RFC 9449 section 8).

    Any thread may use it: each step is one operation on a dictionary, and a nonce that came too
    late costs one repeated request.
    """

    def __init__(self) -> None:
        self._newest: dict[Origin, str] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(map(str, self._newest))})"

    def nonce_for(self, url: str) -> str | None:
        """Give what the next proof for this origin must carry; None while nobody asked."""
        return self._newest.get(Origin.of(url))

    def learn(self, url: str, headers: Mapping[str, str]) -> None:
        """Note the ``DPoP-Nonce`` of any reply; *headers* have names in lower case."""
        nonce = _nonce_in(headers)
        if nonce is None:
            return
        origin = Origin.of(url)
        self._newest.pop(origin, None)  # so that the newest are the last
        self._newest[origin] = nonce
        for oldest in list(self._newest)[:-MAX_ORIGINS]:
            self._newest.pop(oldest, None)


def demanded_nonce(reply: WireReply) -> str | None:
    """
    Give the nonce with which the same request must be repeated once, else None.

    Authorization servers say so in the body (RFC 9449 section 8), resources in the challenge
    (section 9). Nothing was spent by a request that is answered like this.
    """
    if reply.status not in _ASKED_AGAIN:
        return None
    if not (_challenged(reply.headers) or _error_word(reply.body) == USE_NONCE):
        return None
    return _nonce_in(reply.headers)


def _challenged(headers: Mapping[str, str]) -> bool:
    found = challenges(headers.get("www-authenticate", ""))
    return any(c.scheme == "dpop" and c.params.get("error") == USE_NONCE for c in found)


def _nonce_in(headers: Mapping[str, str]) -> str | None:
    nonce = headers.get("dpop-nonce", "")
    return nonce if _NONCE.fullmatch(nonce) else None


def _error_word(body: bytes) -> str:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        return ErrorReply.model_validate_json(body).error
    except ValidationError:
        return ""


def _members(text: str) -> dict[str, str]:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not is_object(found):
        raise ConfigError("a private key cannot be read, or cannot sign as it should")
    return {name: value for name, value in found.items() if isinstance(value, str)}
