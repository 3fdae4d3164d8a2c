"""The correct content of every answer the programmable provider gives."""

import secrets
import time

from pywry_auth.testing.checks import Grant
from pywry_auth.testing.conduct import Alg, Conduct
from pywry_auth.testing.keys import half_hash


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


def metadata(issuer: str, jwks_path: str, conduct: Conduct) -> dict[str, object]:
    """Give the metadata document (OIDC Discovery 3, RFC 8414)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "revocation_endpoint": f"{issuer}/revoke",
        "registration_endpoint": f"{issuer}/register",
        "jwks_uri": f"{issuer}/{jwks_path}",
        "scopes_supported": ["openid", *_CLAIMS_OF_SCOPE],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [alg.value for alg in conduct.announced],
        "token_endpoint_auth_methods_supported": [conduct.client.auth.value],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def access_members(grant: Grant) -> dict[str, object]:
    """Give the members of a token answer (RFC 6749 section 5.1) without its ID token."""
    return {
        "access_token": f"at-{secrets.token_urlsafe(24)}",
        "token_type": "Bearer",
        "scope": grant.scope,
    }


def id_token_claims(
    issuer: str, client_id: str, grant: Grant, access_token: str, alg: Alg
) -> dict[str, object]:
    """Give the claims of an ID token (OIDC Core 2)."""
    now = int(time.time())
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
