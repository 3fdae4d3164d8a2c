"""A provider of an application's own, as a type checker sees it."""

from collections.abc import Mapping
from typing import ClassVar, assert_type

from pywry_auth import AppCredentials, UserCredentials
from pywry_auth.integrations import (
    AuthBinding,
    AuthProvider,
    CredentialStore,
    FileCredentialStore,
    InMemoryCredentialStore,
    OAuth2AppCredentials,
    OAuth2Flow,
    ProviderSettings,
    TokenBinding,
    TokenCredentialStore,
    flow,
    get_auth_provider,
    register_auth_provider,
)
from pywry_auth.integrations.subjects import Subject
from pywry_auth.token_store import MemoryTokenStore


class AcmeAppCredentials(OAuth2AppCredentials):
    environment: ClassVar[Mapping[str, tuple[str, ...]]] = {"api_key": ("ACME_API_KEY",)}

    api_key: str = ""


class AcmeUserCredentials(UserCredentials):
    region: str = "eu"


class AcmeBinding:
    async def to_settings(
        self,
        *,
        manager: object,
        provider: str,
        subject: Subject,
        app_credentials: AppCredentials,
        user_credentials: UserCredentials | None,
    ) -> ProviderSettings:
        del manager, subject, app_credentials
        return ProviderSettings(token="t" if user_credentials is None else provider)


class PlainProvider(AuthProvider):
    key = "plain"

    @classmethod
    def default_bindings(cls) -> dict[str, TokenBinding]:
        return {"plain": TokenBinding()}


class AcmeProvider(AuthProvider):
    key = "acme"
    app_credentials_class = AcmeAppCredentials
    user_credentials_class = AcmeUserCredentials

    @classmethod
    def default_bindings(cls) -> dict[str, AuthBinding]:
        return {"acme": AcmeBinding()}

    @flow
    def oauth2(self) -> OAuth2Flow:
        return OAuth2Flow(self.app_credentials, default_scope=["read"])


async def main() -> None:
    register_auth_provider("acme", AcmeProvider)
    assert_type(get_auth_provider("acme"), type[AuthProvider])
    acme = AcmeProvider(api_key="k")
    assert_type(acme.oauth2, OAuth2Flow)
    begun = await acme.oauth2.authorize(scope={"read", "write"}, extra_params={"prompt": "none"})
    assert_type(begun, dict[str, str])
    found = await acme.oauth2.exchange(subject={"user": 7}, code="c", state=begun["state"])
    assert_type(found, UserCredentials)
    assert_type(found.scopes, tuple[str, ...])
    stores: list[CredentialStore] = [
        InMemoryCredentialStore(),
        FileCredentialStore("credentials.json"),
        TokenCredentialStore(MemoryTokenStore()),
    ]
    for store in stores:
        await store.set("acme", "ada", found.to_record())
        assert_type(await store.get("acme", "ada"), dict[str, object] | None)
