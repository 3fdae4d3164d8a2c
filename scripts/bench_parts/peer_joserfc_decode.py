"""Checks an ID token with joserfc: signature, then the same claims."""

import sys
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls
from sample_id_token import CLIENT, ISSUER, LEEWAY, NONCE, sample


one = sample()
keys = KeySet.import_key_set({"keys": [one.key.as_dict(private=False)]})


def check() -> dict[str, object]:
    found = jwt.decode(one.id_token, keys, algorithms=["RS256"])
    # Made for each token, because each sign-in has a nonce of its own.
    JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": ISSUER},
        sub={"essential": True},
        aud={"essential": True, "value": CLIENT},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": NONCE},
    ).validate(found.claims)
    return found.claims


if check() != one.claims:
    raise SystemExit("the claims are not those that were signed")
tell_calls(check, 200)
