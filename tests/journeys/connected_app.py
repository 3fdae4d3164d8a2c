"""
An application whose users connect accounts at Acme, a provider that only it knows.

    connected_app.py connect    # prints where to send the person, reads where they came back,
                                # prints when the token ends
    connected_app.py use        # waits for a line, then opens two sessions at once

It finds Acme in the environment, and keeps what users connected in the keyring.
"""

import asyncio
import json
import sys
from typing import ClassVar

from pywry_auth import AuthManager, KeyringTokenStore
from pywry_auth.errors import CredentialMissingError
from pywry_auth.integrations import (
    AuthProvider,
    OAuth2AppCredentials,
    OAuth2Flow,
    ProviderSettings,
    TokenCredentialStore,
    flow,
    register_auth_provider,
)


ALICE = {"tenant": "acme-notes", "user": "alice"}


class AcmeAppCredentials(OAuth2AppCredentials):
    environment: ClassVar = {
        "authorization_url": ("ACME_AUTHORIZATION_URL",),
        "token_url": ("ACME_TOKEN_URL",),
        "issuer": ("ACME_ISSUER",),
        "client_id": ("ACME_CLIENT_ID",),
        "redirect_uri": ("ACME_REDIRECT_URI",),
        "api_url": ("ACME_API_URL",),
    }

    api_url: str = ""


class NotesBinding:
    """A token of Acme's unlocks the notes."""

    async def to_settings(
        self, *, manager, provider, subject, app_credentials, user_credentials
    ) -> ProviderSettings:
        assert provider == "acme_notes"
        assert "acme" in manager
        assert subject == ALICE
        if user_credentials is None:
            raise CredentialMissingError("nobody connected Acme", provider=provider)
        return ProviderSettings(
            token=user_credentials.access_token, base_url=app_credentials.api_url
        )


class AcmeAuthProvider(AuthProvider):
    key = "acme"
    app_credentials_class = AcmeAppCredentials

    @classmethod
    def default_bindings(cls):
        return {"acme_notes": NotesBinding()}

    @flow
    def oauth2(self) -> OAuth2Flow:
        return OAuth2Flow(
            self.app_credentials,
            default_scope=["openid", "offline_access"],
            authorize_params={"prompt": "consent"},
        )


register_auth_provider("acme", AcmeAuthProvider)
manager = AuthManager(
    credential_store=TokenCredentialStore(KeyringTokenStore("pywry-auth:connected-app"))
)


def tell(fact) -> None:
    print(json.dumps(fact), flush=True)  # noqa: T201


async def heard() -> str:
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


async def connect() -> None:
    step = await manager.acme.oauth2.authorize()
    tell(step["authorization_url"])
    back = await heard()
    token = await manager.acme.oauth2.exchange(subject=ALICE, authorization_response=back)
    await manager.store_credentials("acme", ALICE, token)
    tell(token.expires_at)


async def use() -> None:
    async def one() -> int:
        async with manager.session(subject=ALICE, providers=["acme"]) as integrations:
            answer = await integrations.acme_notes.request("GET", "/notes")
            return answer.status_code

    tell("ready")
    await heard()
    tell(await asyncio.gather(one(), one()))


asyncio.run({"connect": connect, "use": use}[sys.argv[1]]())
