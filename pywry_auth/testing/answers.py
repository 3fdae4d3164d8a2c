"""The correct content of every answer the programmable provider gives."""

import secrets

from pywry_auth.testing.conduct import Alg, Conduct
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.keys import half_hash
from pywry_auth.testing.part import Announced


SUBJECT = "248289761001"
LIFE = 300  # seconds an ID token lives

_CLAIMS_OF_SCOPE: dict[str, dict[str, object]] = {
    "profile": {
        "name": "Jane Doe",
        "given_name": "Jane",
        "family_name": "Doe",
        "preferred_username": "j.doe",
    },
    "email": {"email": "janedoe@example.com", "email_verified": True},
    "phone": {"phone_number": "+1 (310) 123-4567", "phone_number_verified": False},
    "address": {"address": {"formatted": "100 Universal City Plaza\nHollywood, CA 91608"}},
}


SCOPES = ["openid", *_CLAIMS_OF_SCOPE]


def announcement(issuer: str, jwks_path: str, conduct: Conduct) -> dict[str, Announced]:
    """Give what the metadata says of the issuer as a whole (OIDC Discovery 3, RFC 8414)."""
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/{jwks_path}",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [alg.value for alg in conduct.announced],
    }


def access_members(grant: Grant, life: int | None) -> dict[str, object]:
    """
    Give the members of a token answer (RFC 6749 section 5.1) without its ID token.

    Args:
        grant: what was approved.
        life: seconds the access token is said to live, or None.
    """
    members: dict[str, object] = {
        "access_token": f"at-{secrets.token_urlsafe(24)}",
        "token_type": "Bearer",
        "scope": grant.scope,
    }
    return members if life is None else members | {"expires_in": life}


def id_token_claims(
    issuer: str, client_id: str, grant: Grant, access_token: str, alg: Alg, *, now: int
) -> dict[str, object]:
    """Give the claims of an ID token made at the Unix time *now* (OIDC Core 2)."""
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": SUBJECT,
        "aud": client_id,
        "iat": now,
        "exp": now + LIFE,
        "at_hash": half_hash(access_token, alg),
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if grant.wants_auth_time:
        claims["auth_time"] = grant.auth_time
    return claims


def userinfo_claims(scopes: set[str]) -> dict[str, object]:
    """Give what userinfo knows for *scopes* (OIDC Core 5.4)."""
    claims: dict[str, object] = {"sub": SUBJECT}
    for scope, known in _CLAIMS_OF_SCOPE.items():
        if scope in scopes:
            claims |= known
    return claims
