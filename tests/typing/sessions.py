"""
Working sessions as the documented API allows them; never run, only type-checked.

    mypy --strict tests/typing/sessions.py
"""

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import httpx

from pywry_auth import AuthManager, AuthProviderKey, Integrations, UserCredentials
from pywry_auth.integrations import (
    AuthProvider,
    CredentialStore,
    FileCredentialStore,
    OAuth2Flow,
    ProviderSettings,
    provider_override,
)


async def sessions(http: httpx.AsyncClient, whole: ProviderSettings) -> None:
    manager = AuthManager(
        auto_configure=False,
        credential_store=FileCredentialStore(Path("credentials.json")),
        http=http,
        github={"client_id": "app"},
    )
    manager.register("acme", AuthProvider())
    async with manager.session(
        subject={"tenant": "acme", "user": "alice"},
        providers=[AuthProviderKey.GITHUB, "gmail"],
        with_credentials={"github": {"access_token": "t"}, "gmail": UserCredentials()},
        auto_load_credentials=False,
        overrides={
            "github": {"timeout": 30},
            "gmail": provider_override({"timeout": 3}, merge=False),
            "google_drive": whole,
        },
        on_error="skip",
    ) as integrations:
        assert_type(integrations, Integrations)
        assert_type((await integrations.github.health_check()).ok, bool)
    async with manager.session(subject="alice", providers="github"):
        pass


async def credentials(manager: AuthManager) -> None:
    assert_type(manager.credential_store, CredentialStore)
    assert_type(manager.get_provider("github"), AuthProvider)
    assert_type(manager.providers(), dict[str, AuthProvider])
    assert_type(manager.acme, AuthProvider)
    assert_type(manager.github.oauth2, OAuth2Flow)
    step: Mapping[str, str] = await manager.github.oauth2.authorize()
    token = await manager.github.oauth2.exchange(subject="alice", code="c", state=step["state"])
    await manager.store_credentials("github", "alice", token)
    await manager.store_credentials("github", {"user": 1}, {"access_token": "t"})
    assert_type(await manager.load_credentials("github", "alice"), UserCredentials | None)
    await manager.delete_credentials("github", "alice")
    assert_type("github" in manager, bool)
    assert_type(list(manager), list[str])


async def accounts(manager: AuthManager) -> None:
    await manager.sign_in(username="alice", password="p", scopes=["read"])
    await manager.authenticate_password("alice", "p")
    await manager.authenticate_api_key("ak_1")
    await manager.refresh_access_token("r")
    await manager.revoke_token("t")
    await manager.verify_token("t")
    await manager.resume_identity()
    await manager.sign_out(scope="all")
