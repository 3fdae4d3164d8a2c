"""One upstream service, its flows, its bindings, its name (4A.6 to 4A.8, 4A.29)."""

import asyncio
import copy
import pickle
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import ClassVar

import pytest
from pydantic import ValidationError

from pywry_auth.errors import CredentialMissingError, ProviderNotFoundError
from pywry_auth.integrations import (
    AppCredentials,
    AuthProvider,
    AuthProviderKey,
    BaseAuthFlow,
    OAuth2AppCredentials,
    OAuth2Flow,
    ProviderSettings,
    UserCredentials,
    available_auth_providers,
    flow,
    get_auth_provider,
    register_auth_provider,
)
from pywry_auth.integrations.class_registry import ClassRegistry, Home
from pywry_auth.integrations.registry import AUTH_PROVIDERS
from pywry_auth.integrations.token_binding import TokenBinding


SECRET = "hemmelig-4711"


class AcmeAppCredentials(OAuth2AppCredentials):
    environment: ClassVar = {"token": ("ACME_TOKEN",)}

    token: str = ""


class AcmeUserCredentials(UserCredentials):
    api_key: str


class AcmeProvider(AuthProvider):
    key = "acme"
    app_credentials_class = AcmeAppCredentials
    user_credentials_class = AcmeUserCredentials

    @classmethod
    def default_bindings(cls):
        return {"Acme Files": TokenBinding(), "acme-mail": TokenBinding()}

    @flow
    def oauth2(self):
        """Connect an account."""
        return OAuth2Flow(self.app_credentials)

    second = flow(lambda provider: OAuth2Flow(provider.app_credentials, default_scope="second"))


class SmallerProvider(AcmeProvider):
    second = None


def settings(binding, app, user=None, provider="acme"):
    return asyncio.run(
        binding.to_settings(
            manager=None,
            provider=provider,
            subject="ada",
            app_credentials=app,
            user_credentials=user,
        )
    )


def test_4a_06_a_mapping_or_fields_become_app_credentials():
    for made in (
        AcmeProvider({"token": "t"}),
        AcmeProvider(token="t"),
        AcmeProvider(AcmeAppCredentials(token="t")),
    ):
        assert made.app_credentials == AcmeAppCredentials(token="t")
    assert AcmeProvider().app_credentials == AcmeAppCredentials()
    assert AcmeProvider(OAuth2AppCredentials(client_id="c")).app_credentials == (
        AcmeAppCredentials(client_id="c")
    )


def test_4a_02_credentials_that_were_made_are_kept_as_they_are():
    given = AcmeAppCredentials(token="t")
    assert AcmeProvider(given).app_credentials is given


def test_4a_07_app_credentials_with_fields_beside_them_are_refused():
    for given in (AcmeAppCredentials(), {"token": "t"}, {}):
        with pytest.raises(ValueError, match="at once"):
            AcmeProvider(given, client_id="c")


@pytest.mark.parametrize("bad", ["text", 7, [("token", "t")], object(), AcmeProvider()])
def test_4a_08_app_credentials_of_another_kind_name_the_provider(bad):
    with pytest.raises(TypeError, match="acme"):
        AcmeProvider(bad)


def test_4a_08_app_credentials_of_another_provider_are_refused():
    with pytest.raises(TypeError, match="acme"):
        AcmeProvider(get_auth_provider("github").app_credentials_class())


def test_a_field_that_cannot_be_used_is_named_without_its_value():
    with pytest.raises(ValidationError, match="token_url") as caught:
        AcmeProvider(token_url=f"http://{SECRET}")
    assert SECRET not in str(caught.value)


def test_4a_12_a_provider_shows_no_secret():
    made = AcmeProvider(token=SECRET, client_secret=SECRET, client_id="public")
    assert "public" in repr(made)
    assert SECRET not in repr(made) + str(made) + repr(made.oauth2) + str(vars(made.oauth2))


def test_4a_13_a_copy_has_the_same_credentials_and_its_own_bindings_and_flows():
    made = AcmeProvider(token=SECRET)
    made.register_binding("more", TokenBinding())
    first = made.oauth2
    for copied in (copy.copy(made), copy.deepcopy(made)):
        assert type(copied) is AcmeProvider
        assert copied.app_credentials == made.app_credentials
        assert "more" in copied.bindings()
        assert copied.oauth2 is not first
        copied.register_binding("still_more", TokenBinding())
        assert "still_more" not in made.bindings()
    with pytest.raises(TypeError, match="pickled") as caught:
        pickle.dumps(made)
    assert SECRET not in str(caught.value)


def test_4a_13_a_provider_with_a_constructor_of_its_own_is_copied():
    class Own(AcmeProvider):
        def __init__(self, region):
            super().__init__(token=SECRET)
            self.region = region

    copied = copy.deepcopy(Own("eu"))
    assert (type(copied), copied.region, copied.app_credentials.token) == (Own, "eu", SECRET)


def test_4a_29_a_flow_is_one_for_each_provider_object():
    one, other = AcmeProvider(), AcmeProvider()
    assert one.oauth2 is one.oauth2
    assert one.oauth2 is not other.oauth2
    assert one.flows() == {"oauth2": one.oauth2, "second": one.second}
    assert isinstance(AcmeProvider.oauth2, flow)
    assert AcmeProvider.oauth2 is AcmeProvider.oauth2
    assert AcmeProvider.oauth2.__doc__ == "Connect an account."


def test_4a_29_a_flow_that_a_subclass_gave_up_is_not_listed():
    assert list(SmallerProvider().flows()) == ["oauth2"]


def test_a_flow_is_made_when_it_is_asked_for():
    made = []

    class Lazy(AcmeProvider):
        @flow
        def late(self):
            made.append(self)
            return OAuth2Flow(self.app_credentials)

    provider = Lazy()
    asyncio.run(provider.close())
    assert made == []
    _ = provider.late, provider.late
    assert made == [provider]


def test_threads_that_ask_at_once_get_the_same_flow():
    made, found = [], []
    gate = threading.Barrier(8)

    class Busy(AcmeProvider):
        @flow
        def slow(self):
            made.append(None)
            threading.Event().wait(0.02)
            return OAuth2Flow(self.app_credentials)

    provider = Busy()

    def ask():
        gate.wait()
        found.append(provider.slow)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(map(id, found))) == 1


def test_closing_a_provider_closes_the_flows_that_were_made():
    closed = []

    class Noting(BaseAuthFlow):
        kind = "noting"

        async def authorize(self):
            return {}

        async def exchange(self, *, subject):
            raise NotImplementedError

        async def refresh(self, *, subject=None, credentials=None):
            raise NotImplementedError

        async def close(self):
            closed.append(self)

    class Closing(AuthProvider):
        noting = flow(lambda _: Noting())

    provider = Closing()
    made = provider.noting
    asyncio.run(provider.close())
    assert closed == [made]


def test_bindings_are_the_usual_ones_with_those_of_this_object():
    one, other, mine = AcmeProvider(), AcmeProvider(), TokenBinding(("client_id",))
    one.register_binding("Acme Calendar", mine)
    one.register_binding("acme_mail", mine)
    assert set(one.bindings()) == {"acme_files", "acme_mail", "acme_calendar"}
    assert one.bindings()["acme_mail"] is mine
    assert set(other.bindings()) == {"acme_files", "acme_mail"}
    one.bindings().clear()
    assert one.bindings()


def test_4a_36_user_credentials_become_the_providers_own_model():
    provider, own = AcmeProvider(), AcmeUserCredentials(api_key="k")
    assert provider.parse_user_credentials(None) is None
    assert provider.parse_user_credentials(own) is own
    assert provider.parse_user_credentials({"api_key": "k"}) == own
    github = get_auth_provider("github")()
    plain = UserCredentials(access_token="t", odd=1, expires_at=5.0)
    found = github.parse_user_credentials(plain)
    assert type(found) is github.user_credentials_class
    assert found.to_record() == plain.to_record()


@pytest.mark.parametrize("bad", ["text", 7, ["a"], object()])
def test_user_credentials_of_another_kind_are_a_type_error(bad):
    with pytest.raises(TypeError, match="acme"):
        AcmeProvider().parse_user_credentials(bad)


def test_user_credentials_of_another_provider_are_a_type_error():
    slack = get_auth_provider("slack").user_credentials_class(access_token=SECRET)
    with pytest.raises(TypeError, match="GitHubUserCredentials") as caught:
        get_auth_provider("github")().parse_user_credentials(slack)
    assert SECRET not in str(caught.value)


def test_user_credentials_that_lack_something_are_a_validation_error():
    with pytest.raises(ValidationError, match="api_key") as caught:
        AcmeProvider().parse_user_credentials({"access_token": SECRET})
    assert SECRET not in str(caught.value)


def test_4a_04_every_built_in_provider_is_known_to_a_fresh_interpreter():
    code = "from pywry_auth.integrations import available_auth_providers as a; print(*sorted(a()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    built_in = "asana github google hubspot microsoft notion slack"
    assert done.stdout.split() == built_in.split()


@pytest.mark.parametrize("key", sorted(available_auth_providers()))
def test_a_built_in_provider_is_known_by_its_own_key_and_unlocks_its_targets(key):
    cls = get_auth_provider(key)
    assert cls.key == key
    assert set(cls().bindings()) == {str(one) for one in AuthProviderKey(key).targets}
    assert set(cls().flows()) == {"oauth2"}
    assert cls().oauth2.kind == "oauth2"
    assert AUTH_PROVIDERS.get(key.upper()) is cls


@pytest.fixture
def own_registry():
    class Base:
        pass

    class BuiltIn(Base):
        pass

    module = SimpleNamespace(BuiltIn=BuiltIn, Stranger=object)
    sys.modules["acme_classes"] = module
    homes = {
        "built_in": Home("acme_classes", "BuiltIn"),
        "stranger": Home("acme_classes", "Stranger"),
    }
    yield SimpleNamespace(registry=ClassRegistry(Base, "thing", homes), base=Base, built_in=BuiltIn)
    del sys.modules["acme_classes"]


def test_a_registered_class_is_found_however_it_is_spelt(own_registry):
    registry = own_registry.registry

    class Mine(own_registry.base):
        pass

    registry.register("My Thing", Mine)
    registry.register("my-thing", Mine)
    assert registry.get("MY.THING") is Mine
    assert registry.names() == {"built_in", "stranger", "my_thing"}


def test_another_class_under_a_name_is_a_value_error_built_in_or_not(own_registry):
    registry = own_registry.registry

    class Mine(own_registry.base):
        pass

    class Other(own_registry.base):
        pass

    registry.register("mine", Mine)
    for taken in ("mine", "Built-In"):
        with pytest.raises(ValueError, match="already names another thing"):
            registry.register(taken, Other)
    registry.register("built_in", own_registry.built_in)
    assert registry.get("mine") is Mine
    assert registry.get("built_in") is own_registry.built_in


def test_only_classes_of_the_kind_are_registered(own_registry):
    for bad in (object, own_registry.base(), "text", None):
        with pytest.raises(TypeError, match="subclass of Base"):
            own_registry.registry.register("x", bad)
    with pytest.raises(TypeError, match="subclass of Base"):
        own_registry.registry.get("stranger")


def test_an_unknown_name_is_a_key_error_that_says_what_there_is():
    with pytest.raises(KeyError) as caught:
        get_auth_provider("Nonsense")
    assert isinstance(caught.value, ProviderNotFoundError)
    assert str(caught.value) == "no auth provider is called nonsense"
    assert "github" in caught.value.hint


def test_what_is_available_is_a_dictionary_of_the_callers_own():
    available_auth_providers().clear()
    assert "github" in available_auth_providers()


def test_a_class_of_ones_own_is_available_to_everybody(monkeypatch):
    monkeypatch.setattr(AUTH_PROVIDERS, "_classes", {})
    register_auth_provider("Acme Provider", AcmeProvider)
    register_auth_provider("acme_provider", AcmeProvider)
    assert available_auth_providers()["acme_provider"] is AcmeProvider
    with pytest.raises(ValueError, match="another auth provider"):
        register_auth_provider("github", AcmeProvider)
    assert get_auth_provider("github") is not AcmeProvider


LADDERS = [
    ("github", "github", ["token"]),
    ("gmail", "google", ["token", "access_token"]),
    ("google_sheets", "google", ["token", "access_token"]),
    ("microsoft", "microsoft", ["token"]),
    ("notion", "notion", ["token"]),
    ("slack", "slack", ["bot_token", "user_token", "token"]),
    ("hubspot", "hubspot", ["private_app_token", "token"]),
    ("asana", "asana", ["token"]),
]


@pytest.mark.parametrize(("target", "key", "ladder"), LADDERS)
def test_a_token_is_the_users_or_the_best_of_the_application(target, key, ladder):
    cls = get_auth_provider(key)
    binding = cls.default_bindings()[target]
    given = {name: f"app-{name}" for name in ladder}
    user = cls.user_credentials_class(access_token="user-token", token_type="token")
    app = cls.app_credentials_class.load(given, env={})
    found = settings(binding, app, user, target)
    assert (found.token, found.token_type) == ("user-token", "token")
    while given:
        best = next(iter(given))
        app = cls.app_credentials_class.load(given, env={})
        found = settings(binding, app, None, target)
        assert (found.token, found.token_type) == (f"app-{best}", "Bearer")
        del given[best]
    with pytest.raises(CredentialMissingError) as caught:
        settings(binding, cls.app_credentials_class.load(env={}), None, target)
    assert caught.value.provider == target


COPIED = [
    ("github", "github", {"base_url": "https://a.example", "timeout": 7.0, "user_agent": "ua"}),
    ("gmail", "google", {"user_id": "me", "base_url": "https://a.example", "timeout": 7.0}),
    ("google_calendar", "google", {"calendar_id": "c", "user_agent": "ua"}),
    ("google_docs", "google", {"document_id": "d"}),
    ("google_drive", "google", {"folder_id": "f"}),
    ("google_sheets", "google", {"spreadsheet_id": "s"}),
    ("notion", "notion", {"version": "2022-06-28", "user_agent": "ua", "timeout": 7.0}),
    ("slack", "slack", {"timeout": 7.0}),
    ("hubspot", "hubspot", {"timeout": 7.0}),
    ("asana", "asana", {"workspace_gid": "w"}),
]


@pytest.mark.parametrize(("target", "key", "fields"), COPIED)
def test_what_is_copied_is_the_users_before_the_applications(target, key, fields):
    cls = get_auth_provider(key)
    binding = cls.default_bindings()[target]
    app = cls.app_credentials_class.load(fields, env={})
    user = cls.user_credentials_class(access_token="t")
    found = dict(settings(binding, app, user, target))
    assert {name: found[name] for name in fields} == fields
    changed = {name: 9.0 if name == "timeout" else f"{value}/u" for name, value in fields.items()}
    user = cls.user_credentials_class(access_token="t", **changed)
    found = dict(settings(binding, app, user, target))
    assert {name: found[name] for name in fields} == changed


def test_4a_45_further_fields_of_a_record_reach_the_settings_but_never_as_the_token():
    user = UserCredentials(
        access_token="t",
        refresh_token="refresh",
        scope="s",
        team={"id": 7},
        token="other",
        retry_attempts=0,
    )
    found = settings(TokenBinding(), AcmeAppCredentials(token="app"), user)
    assert (found.token, found.retry_attempts) == ("t", 0)
    assert found.model_extra == {"team": {"id": 7}}


def test_what_nobody_said_stays_a_default_of_the_settings():
    found = settings(TokenBinding(), get_auth_provider("github").app_credentials_class(token="t"))
    assert found == ProviderSettings(token="t")
    assert found.model_fields_set == {"token"}


def test_user_credentials_without_a_token_leave_it_to_the_application():
    found = settings(TokenBinding(), AcmeAppCredentials(token="app"), UserCredentials(odd=1))
    assert (found.token, found.model_extra) == ("app", {"odd": 1})


def test_a_binding_reads_any_field_of_any_app_credentials():
    class Own(AppCredentials):
        key: str = "k"

    assert settings(TokenBinding(("key",)), Own()).token == "k"
