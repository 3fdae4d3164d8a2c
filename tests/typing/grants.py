"""
The grants of programs as a program makes them; never run, only type-checked.

    mypy --strict tests/typing/grants.py
"""

import os
from pathlib import Path
from typing import assert_type

from pywry_auth import (
    ClientCredentialsAuth,
    DeviceCodeAuth,
    DevicePrompt,
    PasswordAuth,
    PrivateKeyJwt,
    RefreshTokenAuth,
)
from pywry_auth.grants import (
    DEFAULT_CLIENT_ID,
    AuthProvider,
    JwtBearerAuth,
    SecretBasic,
    SecretPost,
    SignedAssertion,
    TokenExchangeAuth,
    TokenGrant,
)
from pywry_auth.grants import providers as named_as_before


def every_grant(pem: str) -> list[TokenGrant]:
    key = PrivateKeyJwt("robot", pem)
    places = ["https://api.example.com"]
    return [
        PasswordAuth("jane", "pw"),
        PasswordAuth("jane", "pw", totp="123456", client_id=DEFAULT_CLIENT_ID),
        PasswordAuth("jane", "pw", totp=lambda: os.environ["CODE"], scope="read"),
        PasswordAuth("jane", "pw", client_id="c", client_auth=SecretBasic("c", "s")),
        RefreshTokenAuth("rt"),
        RefreshTokenAuth("rt", client_id="c", client_auth=SecretPost("c", "s"), resources=places),
        ClientCredentialsAuth("robot", "s3cret"),
        ClientCredentialsAuth("robot", "s3cret", auth_method="client_secret_basic", audience="api"),
        ClientCredentialsAuth("robot", client_auth=key, scope="read", resources=places),
        DeviceCodeAuth("tv", device_url="https://id.example.com/device", show=shown),
        DeviceCodeAuth(
            "tv", device_url="https://id.example.com/device", scope="a", show=print, client_auth=key
        ),
        TokenExchangeAuth("token"),
        TokenExchangeAuth(
            lambda: Path("token").read_text("utf-8"),
            subject_token_type="jwt",
            actor_token="actor",
            requested_token_type="access_token",
            audience="backend",
            client_id="c",
            client_secret="s",
        ),
        JwtBearerAuth("ready.made.assertion"),
        JwtBearerAuth(
            SignedAssertion(
                key=pem,
                alg="RS256",
                issuer="robot@example.com",
                audience="https://id.example.com/token",
                kid="k1",
                claims={"scope": "read"},
            ),
            client_id="c",
        ),
    ]


def shown(prompt: DevicePrompt) -> None:
    assert_type(prompt.user_code, str)


def looked_at(grant: AuthProvider) -> None:
    assert_type(grant.client_id, str)
    assert_type(grant.can_reauthenticate, bool)
    assert_type(grant.grant_data(), dict[str, str])
    assert_type(grant.client_auth().client_id, str)
    assert_type(grant.subject, str)
    named: named_as_before.AuthProvider = grant
    assert_type(named.can_begin, bool)


class Ticket(AuthProvider):
    """Somebody else's grant."""

    client_id = "mine"

    @property
    def can_reauthenticate(self) -> bool:
        return False

    def grant_data(self) -> dict[str, str]:
        return {"grant_type": "urn:example:ticket"}
