"""Proofs of possession, read as a strict server reads them (RFC 9449 section 4.3)."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from pywry_auth.testing.seen import SeenRequest


_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")

    typ: str
    alg: str
    jwk: dict[str, str]


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid")

    jti: str
    htm: str
    htu: str
    iat: int
    nonce: str | None = None
    ath: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """
    One proof whose signature was right.

    Attributes:
        thumbprint: names its key (RFC 7638).
        nonce: the nonce it carries, or None.
        jti: what makes it another one than all the others.
        problems: what is wrong with it, apart from nonce and key.
    """

    thumbprint: str
    nonce: str | None
    jti: str
    problems: tuple[str, ...]


def read_proof(
    seen: SeenRequest, *, url: str, algs: tuple[str, ...], now: int, tolerance: int
) -> Proof | None:
    """
    Read the ``DPoP`` header of *seen*; None where it is no proof at all.

    Args:
        seen: the request.
        url: the address of the endpoint.
        algs: the signature algorithms that were announced.
        now: the issuer's time in seconds.
        tolerance: seconds by which the proof's date may differ.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    from pywry_auth.protocol.signature import signed_payload

    token = seen.header("dpop")
    try:
        header = _Header.model_validate_json(_decoded(token.partition(".")[0]))
        key = JWKRegistry.import_key(dict(header.jwk))
        payload = signed_payload(token, key, header.alg) if header.alg in algs else None
        claims = _Claims.model_validate_json(payload or b"")
    except (JoseError, ValueError, ValidationError):
        return None
    wanted = {
        "typ is dpop+jwt": header.typ == "dpop+jwt",
        "the jwk is public": not _SECRET & set(header.jwk),
        "htm is the method": claims.htm == seen.method,
        "htu is the address without query": claims.htu == url,
        "iat is now": abs(claims.iat - now) <= tolerance,
        "jti is hard to guess": len(claims.jti) >= 16,  # noqa: PLR2004 - at least 96 bits
        "ath is there exactly at a resource, and right": claims.ath == _hash(seen.access_token),
    }
    problems = tuple(f"not so: {law}" for law, holds in wanted.items() if not holds)
    return Proof(key.thumbprint(), claims.nonce, claims.jti, problems)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hash(access_token: str | None) -> str | None:
    if access_token is None:
        return None
    digest = hashlib.sha256(access_token.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
