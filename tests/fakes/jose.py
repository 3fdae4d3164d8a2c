"""An issuer's signing keys, with ID tokens as right or as wrong as a test wants them."""

import base64
import hashlib
import json
from functools import cache

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry


ISSUER = "https://op.example"
CLIENT = "my-client"
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


@cache
def private_key(alg: str, number: int = 0):
    """Give key *number* for *alg*, the same each time."""
    if alg[:2] in {"RS", "PS"}:
        return _rsa(number)
    if alg in CURVES:
        return ECKey.generate_key(CURVES[alg])
    return OKPKey.generate_key("Ed25519")


@cache
def _rsa(number: int):  # noqa: ARG001  # tells keys apart
    return RSAKey.generate_key(2048)


def public_jwk(alg: str, number: int = 0, /, **members: object) -> dict[str, object]:
    """Give the public half, named ``<alg>-<number>``."""
    jwk = {k: v for k, v in private_key(alg, number).as_dict(private=False).items() if k != "kid"}
    named = {"kid": f"{alg}-{number}", "use": "sig", **members}
    return {**jwk, **{k: v for k, v in named.items() if v is not None}}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(header: object, payload: object, signature: bytes) -> str:
    """Put a JWS together from any three parts."""
    parts = (
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)
    )
    return ".".join(map(b64, (*parts, signature)))


def sign(payload: object, alg: str = "RS256", number: int = 0, **header: object) -> str:
    """Sign *payload* with key *number*; a header member of None is left out."""
    whole = {"alg": alg, "kid": f"{alg}-{number}", **header}
    whole = {name: value for name, value in whole.items() if value is not None}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{b64(json.dumps(whole).encode())}.{b64(body)}"
    model = JWSRegistry.algorithms[alg]
    return f"{text}.{b64(model.sign(text.encode(), private_key(alg, number)))}"


def claims(now: float, **changes: object) -> dict[str, object]:
    """Give correct claims; a claim of None is left out."""
    right = {
        "iss": ISSUER,
        "sub": "alice",
        "aud": CLIENT,
        "iat": int(now),
        "exp": int(now) + 300,
        **changes,
    }
    return {name: value for name, value in right.items() if value is not None}


def half_hash(token: str, alg: str) -> str:
    bits = alg[-3:] if alg[-3:].isdigit() else "512"
    digest = hashlib.new(f"sha{bits}", token.encode()).digest()
    return b64(digest[: len(digest) // 2])
