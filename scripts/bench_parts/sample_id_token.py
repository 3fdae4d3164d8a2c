"""One ID token with the key that signed it, as a large provider sends it."""

import json
import time
from typing import NamedTuple

from joserfc import jwt
from joserfc.jwk import RSAKey


class Sample(NamedTuple):
    id_token: str
    key: RSAKey
    jwks: bytes
    claims: dict[str, object]


ISSUER, CLIENT, NONCE = "https://id.example.com/tenant", "desktop-client", "n-0S6_WzA2Mj"
LEEWAY = 60


def sample() -> Sample:
    """Make the key, the set that publishes it, and a token it signed."""
    key = RSAKey.generate_key(2048, {"kid": "2026-01", "use": "sig", "alg": "RS256"})
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": CLIENT,
        "azp": CLIENT,
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "auth_time": now,
        "nonce": NONCE,
        "email": "alice@example.com",
        "email_verified": True,
        "name": "Alice Example",
        "given_name": "Alice",
        "family_name": "Example",
        "locale": "en-GB",
        "picture": "https://id.example.com/pictures/248289761001",
    }
    header = {"alg": "RS256", "kid": "2026-01", "typ": "JWT"}
    jwks = json.dumps({"keys": [key.as_dict(private=False)]}).encode()
    return Sample(jwt.encode(header, claims, key), key, jwks, claims)
