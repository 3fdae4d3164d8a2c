"""Checks an ID token with PyJWT."""

import sys
from pathlib import Path

import jwt


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls
from sample_id_token import CLIENT, ISSUER, LEEWAY, NONCE, sample


one = sample()
key = jwt.PyJWK(one.key.as_dict(private=False))


def check() -> dict[str, object]:
    found = jwt.decode(
        one.id_token,
        key,
        algorithms=["RS256"],
        audience=CLIENT,
        issuer=ISSUER,
        leeway=LEEWAY,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    if found["nonce"] != NONCE:
        raise ValueError("another nonce")
    return found


if check() != one.claims:
    raise SystemExit("the claims are not those that were signed")
tell_calls(check, 200)
