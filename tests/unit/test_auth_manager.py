"""The front door of providers; the numbers are those of the acceptance list 4A."""

import asyncio
import copy
import json
import logging
import pickle
import subprocess
import sys

import pytest

from pywry_auth import AuthManager
from pywry_auth.errors import ConfigError, ProviderNotFoundError, StoredDataError
from pywry_auth.integrations import (
    AuthProvider,
    InMemoryCredentialStore,
    UserCredentials,
    get_auth_provider,
)
from pywry_auth.integrations.class_registry import ClassRegistry


BUILT_IN = {"asana", "github", "google", "hubspot", "microsoft", "notion", "slack"}
SECRET = "sekret-value"
APP = {"client_id": "app", "client_secret": SECRET}
TOKENS = {"access_token": SECRET, "refresh_token": SECRET, "scope": "repo,user"}


class Acme(AuthProvider):
    key = "acme"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


def run(work):
    return asyncio.run(work)


def test_4a_01_a_mapping_becomes_the_app_credentials_wherever_one_looks():
    manager = AuthManager(github=APP)
    provider = manager.github
    assert isinstance(provider, get_auth_provider("github"))
    assert type(provider.app_credentials) is type(provider).app_credentials_class
    assert provider.app_credentials.client_id == "app"
    assert manager.get_provider("GitHub") is provider
    assert "github" in manager
    assert " Git-Hub " in manager
    assert "github" in list(manager)
    assert manager.providers()["github"] is provider
    assert "github" in dir(manager)


def test_4a_01_app_credentials_are_taken_as_they_are():
    credentials = get_auth_provider("github").app_credentials_class(client_id="app")
    assert AuthManager(github=credentials).github.app_credentials is credentials


def test_4a_02_a_ready_made_provider_stays_that_very_object():
    mine, other = Acme(), Acme()
    manager = AuthManager(acme=mine)
    assert manager.acme is mine
    manager.register("ACME", other)
    assert manager.acme is other
    assert list(manager).count("acme") == 1
    github = get_auth_provider("github")(token="t")
    manager.register("github", github)
    assert manager.github is github


def test_4a_03_without_any_environment_there_is_github():
    assert "github" in AuthManager()
    assert list(AuthManager(auto_configure=False)) == []
    assert list(AuthManager(auto_configure=False, slack={})) == ["slack"]


def test_4a_04_a_fresh_interpreter_knows_every_built_in_provider():
    code = "import json; from pywry_auth import AuthManager; print(json.dumps(list(AuthManager())))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) >= BUILT_IN


def test_what_the_environment_says_reaches_a_provider_nobody_named(monkeypatch):
    monkeypatch.setenv("GITHUB_CLIENT_ID", "from-outside")
    assert AuthManager().github.app_credentials.client_id == "from-outside"
    assert AuthManager(github={"client_id": "mine"}).github.app_credentials.client_id == "mine"


def test_a_provider_whose_environment_does_not_fit_is_left_out(monkeypatch, caplog):
    monkeypatch.setenv("GITHUB_API_URL", f"http://{SECRET}.example")
    with caplog.at_level(logging.WARNING):
        manager = AuthManager()
    assert "github" not in manager
    assert "slack" in manager
    assert "auth_provider.left_out" in caplog.text
    assert SECRET not in str([record.__dict__ for record in caplog.records])


@pytest.mark.parametrize("config", [7, "token", None, ["token"], Acme])
def test_4a_08_another_type_is_refused_by_name(config):
    with pytest.raises(TypeError, match="github"):
        AuthManager(github=config)
    with pytest.raises(TypeError, match="github"):
        AuthManager().register("github", config)


def test_4a_08_a_name_that_is_not_there_fails_by_the_way_it_is_asked_for():
    manager = AuthManager()
    with pytest.raises(AttributeError, match="githb"):
        _ = manager.githb
    with pytest.raises(ProviderNotFoundError, match="githb") as caught:
        manager.get_provider("githb")
    assert isinstance(caught.value, KeyError)
    assert caught.value.hint == "did you mean github?"
    with pytest.raises(ProviderNotFoundError):
        manager.get_provider("")
    with pytest.raises(TypeError):
        manager.get_provider(7)
    assert 7 not in manager
    assert "" not in manager


def test_credentials_for_a_name_that_stands_for_nothing_are_refused():
    with pytest.raises(ProviderNotFoundError, match="githb") as caught:
        AuthManager(githb=APP)
    assert "github" in caught.value.hint


def test_a_target_is_told_apart_from_its_provider():
    manager = AuthManager()
    with pytest.raises(ProviderNotFoundError) as caught:
        run(manager.load_credentials("Google Drive", "alice"))
    assert caught.value.hint == "its provider is google"


def test_names_come_from_the_registry_that_was_given():
    own = ClassRegistry(AuthProvider, "auth provider", {})
    own.register("acme", Acme)
    manager = AuthManager(registry=own)
    assert list(manager) == ["acme"]
    with pytest.raises(ProviderNotFoundError):
        AuthManager(registry=own, github=APP)


def test_4a_09_what_was_stored_comes_back_as_the_providers_own_model():
    async def main():
        manager = AuthManager()
        await manager.store_credentials("GitHub", "alice", TOKENS)
        found = await manager.load_credentials("github", "alice")
        assert type(found) is manager.github.user_credentials_class
        assert (found.access_token, found.refresh_token) == (SECRET, SECRET)
        assert found.scopes == ("repo", "user")
        await manager.store_credentials("github", "alice", found)
        assert await manager.load_credentials("git_hub", "alice") == found
        assert await manager.load_credentials("github", {"alice": 1}) is None
        await manager.delete_credentials("GITHUB", "alice")
        assert await manager.load_credentials("github", "alice") is None

    run(main())


def test_4a_10_what_was_never_stored_is_removed_in_silence():
    run(AuthManager().delete_credentials("github", "nobody"))


def test_4a_11_nothing_is_stored_for_a_provider_that_is_not_there():
    manager = AuthManager()
    for work in (
        manager.store_credentials("githb", "alice", TOKENS),
        manager.load_credentials("githb", "alice"),
        manager.delete_credentials("githb", "alice"),
    ):
        with pytest.raises(ProviderNotFoundError):
            run(work)


@pytest.mark.parametrize("credentials", [None, "token", 7, [("access_token", "t")]])
def test_what_is_no_credentials_is_not_stored(credentials):
    manager = AuthManager()
    with pytest.raises(TypeError, match="github"):
        run(manager.store_credentials("github", "alice", credentials))
    assert run(manager.load_credentials("github", "alice")) is None


def test_4a_19_a_subject_that_json_cannot_say_is_refused_before_the_store_is_asked():
    manager = AuthManager(credential_store=Untouchable())
    for work in (
        manager.store_credentials("github", object(), TOKENS),
        manager.load_credentials("github", {"a": object()}),
        manager.delete_credentials("github", 7),
    ):
        with pytest.raises(TypeError):
            run(work)


class Untouchable:
    """Fails when it is asked for anything."""

    async def asked(self, *_):
        raise AssertionError("the store was asked")

    get = set = delete = asked


def test_a_record_that_cannot_be_read_is_named():
    store = InMemoryCredentialStore()
    manager = AuthManager(credential_store=store)

    async def main():
        await store.set("github", "alice", {"expires_at": [SECRET]})
        await manager.load_credentials("github", "alice")

    with pytest.raises(StoredDataError, match="alice at github") as caught:
        run(main())
    assert SECRET not in str(caught.value)


def test_the_store_is_the_one_that_was_given_or_memory():
    store = InMemoryCredentialStore()
    assert AuthManager(credential_store=store).credential_store is store
    assert isinstance(AuthManager().credential_store, InMemoryCredentialStore)


def test_4a_12_nothing_prints_a_secret(caplog):
    manager = AuthManager(github=APP, slack={"bot_token": SECRET})
    credentials = manager.github.parse_user_credentials(TOKENS)
    with caplog.at_level(logging.DEBUG):
        for each in (manager, manager.github, manager.github.app_credentials, credentials):
            logging.getLogger("host").info("%s %r", each, each)
    assert SECRET not in caplog.text
    assert "github" in repr(manager)
    assert repr(AuthManager(auto_configure=False)) == "<AuthManager of nothing>"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_4a_13_a_copy_goes_its_own_way_over_the_same_store(copied):
    manager = AuthManager(github=APP)
    other = copied(manager)
    assert list(other) == list(manager)
    assert other.credential_store is manager.credential_store
    assert other.github.app_credentials == manager.github.app_credentials
    assert (other.github is manager.github) is (copied is copy.copy)
    other.register("acme", Acme())
    assert "acme" not in manager
    assert SECRET not in repr(other)


def test_4a_13_pickling_is_refused_and_half_made_managers_do_not_recurse():
    with pytest.raises(TypeError, match="secrets"):
        pickle.dumps(AuthManager(github=APP))
    with pytest.raises(AttributeError):
        _ = AuthManager.__new__(AuthManager).github


@pytest.mark.parametrize("name", ["session", "Get-Provider", "sign_in", "_known", "aclose"])
def test_4a_14_a_name_that_is_a_method_is_refused(name):
    with pytest.raises(ConfigError, match=r"cannot be the name of a provider"):
        AuthManager().register(name, Acme())


def test_4a_14_also_when_the_manager_is_made():
    with pytest.raises(ConfigError, match="session"):
        AuthManager(session=Acme())


class Accounts:
    """Notes what it is asked."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        async def method(*args, **options):
            self.asked.append((name, args, options))
            return f"answer to {name}"

        return method


WHO = {"username": "a", "password": "b"}
SIGN_INS = [
    ("sign_in", (), WHO, (), {**WHO, "scopes": None, "session": "auto", "client_metadata": None}),
    (
        "sign_out",
        (),
        {"scope": "all"},
        (),
        {
            "scope": "all",
            "identity_id": None,
            "session_id": None,
            "access_token": None,
            "refresh_token": None,
            "keep_current": False,
        },
    ),
    ("authenticate_password", ("a", "b"), {}, ("a", "b", None, None, None, True), {}),
    ("authenticate_api_key", ("ak_1",), {"required_scopes": ["read"]}, ("ak_1", ["read"]), {}),
    ("refresh_access_token", ("r",), {}, ("r",), {}),
    ("revoke_token", ("t",), {"token_type": "access"}, ("t", "access"), {}),
    ("verify_token", ("t",), {}, ("t",), {}),
    ("resume_identity", (), {}, (None,), {}),
]


@pytest.mark.parametrize(("name", "args", "options", "passed", "named"), SIGN_INS)
def test_sign_ins_are_passed_on_to_the_accounts(name, args, options, passed, named):
    accounts = Accounts()
    work = getattr(AuthManager(accounts=accounts), name)(*args, **options)
    assert run(work) == f"answer to {name}"
    assert accounts.asked == [(name, passed, named)]


@pytest.mark.parametrize(("name", "args", "options"), [row[:3] for row in SIGN_INS])
def test_without_accounts_nobody_signs_in(name, args, options):
    with pytest.raises(ConfigError, match="accounts"):
        run(getattr(AuthManager(), name)(*args, **options))


def test_closing_a_manager_closes_the_flows_of_its_providers():
    closed = []

    class Closing(Acme):
        async def close(self):
            closed.append(self)

    async def main():
        manager = AuthManager(auto_configure=False, one=Closing(), two=Closing())
        await manager.aclose()
        await manager.aclose()
        assert closed == [manager.one, manager.two] * 2

    run(main())


def test_further_fields_of_a_record_are_kept():
    async def main():
        manager = AuthManager()
        given = UserCredentials.model_validate({"access_token": "t", "nickname": "al"})
        await manager.store_credentials("slack", "alice", given)
        found = await manager.load_credentials("slack", "alice")
        assert found.model_extra["nickname"] == "al"

    run(main())
