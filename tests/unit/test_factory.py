"""The provider that some settings describe."""

import asyncio
from types import MappingProxyType, SimpleNamespace

import pytest

from pywry_auth.errors import AuthenticationError
from pywry_auth.protocol.client_auth import SecretBasic
from pywry_auth.providers import (
    GenericOIDCProvider,
    GitHubProvider,
    GoogleProvider,
    MicrosoftProvider,
    create_provider_from_settings,
)
from pywry_auth.settings import OAuth2Settings


CUSTOM = {
    "provider": "custom",
    "client_id": "me",
    "authorize_url": "https://op.example/a",
    "token_url": "https://op.example/t",
}
FORMS = [dict, MappingProxyType, lambda d: SimpleNamespace(**d), OAuth2Settings.load]


@pytest.mark.parametrize("form", FORMS, ids=["dict", "mapping", "object", "settings"])
@pytest.mark.parametrize(
    ("name", "kind", "extra"),
    [
        ("google", GoogleProvider, {}),
        ("github", GitHubProvider, {}),
        ("microsoft", MicrosoftProvider, {"tenant_id": "organizations"}),
        ("oidc", GenericOIDCProvider, {"issuer_url": "https://op.example"}),
        ("custom", GenericOIDCProvider, CUSTOM),
    ],
)
def test_each_kind_is_made_from_each_form(form, name, kind, extra):
    given = {"provider": name, "client_id": "me", "client_secret": "s", **extra}
    provider = create_provider_from_settings(form(given))
    assert type(provider) is kind
    assert (provider.client_id, provider.client_secret) == ("me", "s")


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("google", ["openid", "email", "profile"]),
        ("github", ["read:user", "user:email"]),
        ("microsoft", ["openid", "email", "profile", "offline_access"]),
    ],
)
def test_scopes_nobody_set_are_the_provider_s_own(name, scopes):
    assert create_provider_from_settings({"provider": name, "client_id": "me"}).scopes == scopes
    own = {"provider": name, "client_id": "me", "scopes": "a b"}
    assert create_provider_from_settings(own).scopes == ["a", "b"]


def test_everything_else_reaches_the_provider():
    provider = create_provider_from_settings(
        {
            **CUSTOM,
            "userinfo_url": "https://op.example/u",
            "revocation_url": "https://op.example/r",
            "scopes": "x y",
        },
        authorize_params={"audience": "api"},
    )
    assert provider.userinfo_url == "https://op.example/u"
    assert provider.revocation_url == "https://op.example/r"
    assert provider.scopes == ["x", "y"]
    assert provider.authorize_params == {"audience": "api"}
    microsoft = {"provider": "microsoft", "client_id": "me", "tenant_id": "common"}
    assert create_provider_from_settings(microsoft).tenant_id == "common"


def test_custom_checks_id_tokens_where_it_has_an_issuer():
    assert not create_provider_from_settings(CUSTOM).validates_id_tokens
    issuer = {**CUSTOM, "issuer_url": "https://op.example"}
    assert create_provider_from_settings(issuer).validates_id_tokens


@pytest.mark.parametrize(
    "settings",
    [
        {"provider": "facebook", "client_id": "me"},
        {"provider": "google"},
        {"provider": "google", "client_id": ""},
        {},
        None,
        5,
        {**CUSTOM, "token_url": ""},
        {**CUSTOM, "authorize_url": ""},
        {**CUSTOM, "token_url": "http://op.example/t"},
        {"provider": "oidc", "client_id": "me"},
        {"provider": "oidc", "client_id": "me", "issuer_url": "op.example"},
        {**CUSTOM, "provider": "oidc"},
        {"provider": "microsoft", "client_id": "me", "tenant_id": "../x"},
        {"provider": "google", "client_id": 5},
        {"provider": "google", "client_id": "me", "auth_timeout_seconds": 1},
    ],
    ids=str,
)
def test_what_cannot_be_made_is_an_authentication_error(settings):
    with pytest.raises(AuthenticationError):
        create_provider_from_settings(settings)


def test_no_error_holds_the_secret():
    settings = {"provider": "nope", "client_id": ["canary"], "client_secret": {"canary": 1}}
    with pytest.raises(AuthenticationError) as caught:
        create_provider_from_settings(settings)
    assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.__cause__}"


def test_the_environment_is_not_looked_at(monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "from-the-environment")
    with pytest.raises(AuthenticationError):
        create_provider_from_settings({"provider": "google"})


def test_an_endpoint_for_codes_that_no_metadata_names_can_be_given():
    described = {"client_id": "me", "issuer_url": "https://op.example"}
    provider = create_provider_from_settings({**described, "device_url": "https://op.example/d"})
    assert provider.device_url == "https://op.example/d"
    assert create_provider_from_settings({**described, "provider": "oidc"}).device_url == ""
    github = create_provider_from_settings({"provider": "github", "client_id": "me"})
    assert github.device_url == "https://github.com/login/device/code"
    with pytest.raises(AuthenticationError, match="device_url"):
        create_provider_from_settings({**described, "device_url": "http://op.example/d"})


@pytest.mark.parametrize(
    "resources", ["https://a.example https://b.example", ["https://a.example", "https://b.example"]]
)
def test_what_tokens_are_for_reaches_the_provider(resources):
    provider = create_provider_from_settings({**CUSTOM, "resources": resources})
    assert provider.resources == ("https://a.example", "https://b.example")
    assert create_provider_from_settings(CUSTOM).resources == ()
    with pytest.raises(AuthenticationError, match="resource"):
        create_provider_from_settings({**CUSTOM, "resources": "a.example"})


def test_whether_tokens_are_bound_to_a_key_is_a_setting():
    def has_key(dpop):
        provider = create_provider_from_settings({**CUSTOM, "dpop": dpop})
        return asyncio.run(provider.new_dpop_key()) is not None

    # Nothing announces anything here, so that only the strictest setting draws a key.
    assert [has_key(each) for each in ("off", "when_announced", "required")] == [False, False, True]


@pytest.mark.parametrize("name", ["google", "github", "microsoft"])
@pytest.mark.parametrize("more", [{"dpop": "required"}, {"resources": "https://a.example"}])
def test_a_provider_that_would_ignore_a_setting_is_not_made(name, more):
    with pytest.raises(AuthenticationError, match=name) as caught:
        create_provider_from_settings({"provider": name, "client_id": "me", **more})
    assert caught.value.hint


@pytest.mark.parametrize("name", ["google", "github", "microsoft", "custom"])
def test_a_client_may_prove_itself_in_another_way(name):
    proof = SecretBasic("me", "s")
    settings = CUSTOM | {"provider": name}
    assert create_provider_from_settings(settings, client_auth=proof).client_auth is proof
