"""Working sessions; the numbers are those of the acceptance list 4A."""

import asyncio
import logging

import pytest

from pywry_auth import AuthManager
from pywry_auth.errors import (
    ConfigError,
    CredentialMissingError,
    ProviderNotFoundError,
    StoredDataError,
    StoreUnavailableError,
)
from pywry_auth.integrations import (
    AuthProvider,
    AuthProviderKey,
    FileCredentialStore,
    InMemoryCredentialStore,
    ProviderSettings,
    Target,
    UserCredentials,
    provider_override,
    target_registry,
)
from pywry_auth.integrations.class_registry import ClassRegistry


SECRET = "sekret-value"
PATIENCE = 20.0  # seconds; nothing here waits for anything
GOOGLE = {"gmail", "google_calendar", "google_docs", "google_drive", "google_sheets"}
#: every variable that could configure something in the environment of whoever runs the tests
PREFIXES = ("GITHUB_", "GH_", "GOOGLE_", "SLACK_", "NOTION_", "HUBSPOT_", "ASANA_", "MICROSOFT_")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith(PREFIXES):
            monkeypatch.delenv(name)


class Spy:
    """A store that notes who asks for what."""

    def __init__(self, store=None):
        self.store = store or InMemoryCredentialStore()
        self.read, self.written = [], []

    async def get(self, provider, subject):
        self.read.append(provider)
        return await self.store.get(provider, subject)

    async def set(self, provider, subject, data):
        self.written.append(provider)
        await self.store.set(provider, subject, data)

    async def delete(self, provider, subject):
        self.written.append(provider)
        await self.store.delete(provider, subject)

    def forget(self):
        self.read, self.written = [], []


class Binding:
    """Notes what it is given, and gives or raises what it was told to."""

    def __init__(self, outcome=None):
        self.outcome = outcome
        self.calls = []

    async def to_settings(self, **given):
        self.calls.append(given)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        if self.outcome is not None:
            return self.outcome
        credentials = given["user_credentials"]
        if credentials is None:
            raise CredentialMissingError("nothing", provider=given["provider"])
        return ProviderSettings(token=credentials.access_token)


class AcmeUser(UserCredentials):
    """What Acme knows of its users."""


class Acme(AuthProvider):
    """A third party's provider with two targets."""

    key = "acme"
    user_credentials_class = AcmeUser

    def __init__(self, *args, outcome=None, **fields):
        super().__init__(*args, **fields)
        self.made = {"acme": Binding(outcome), "acme_files": Binding(outcome)}

    def bindings(self):
        return self.made


def entered(manager, **arguments):
    """Open a session for alice, and give what is in it: target -> settings."""

    async def main():
        async with (
            asyncio.timeout(PATIENCE),
            manager.session(**{"subject": "alice", **arguments}) as integrations,
        ):
            return {name: integrations[name].settings for name in integrations}

    return asyncio.run(main())


def storing(manager, *records, subject="alice"):
    async def main():
        for provider, record in records:
            await manager.store_credentials(provider, subject, record)

    asyncio.run(main())
    return manager


def token_of(manager, target="github", **arguments):
    return entered(manager, **arguments)[target].token


def test_4a_33_stored_credentials_go_before_those_of_the_application():
    manager = AuthManager(github={"token": "app"})
    storing(manager, ("github", {"access_token": "stored", "token_type": "token"}))
    settings = entered(manager)["github"]
    assert (settings.token, settings.token_type) == ("stored", "token")


def test_4a_34_without_stored_ones_the_application_answers():
    assert token_of(AuthManager(github={"token": "app"})) == "app"
    manager = storing(AuthManager(github={"token": "app"}), ("github", {"access_token": "s"}))
    assert token_of(manager, subject="bob") == "app"


def test_4a_35_given_credentials_are_used_as_they_are():
    manager = AuthManager(github={"token": "app"})
    given = manager.github.user_credentials_class(access_token="given", token_type="token")
    settings = entered(manager, with_credentials={"github": given}, auto_load_credentials=False)
    assert (settings["github"].token, settings["github"].token_type) == ("given", "token")


def test_4a_36_given_credentials_may_be_a_plain_mapping():
    acme = Acme()
    manager = AuthManager(auto_configure=False, acme=acme)
    entered(manager, with_credentials={"acme": {"access_token": "given", "scope": ["a", "b"]}})
    [call] = acme.made["acme"].calls
    assert type(call["user_credentials"]) is AcmeUser
    assert call["user_credentials"].scopes == ("a", "b")


def test_4a_37_given_credentials_beat_stored_ones_which_are_not_read():
    spy = Spy()
    manager = AuthManager(auto_configure=False, github={}, acme=Acme(), credential_store=spy)
    storing(manager, ("github", {"access_token": "stored"}), ("acme", {"access_token": "stored"}))
    spy.forget()
    found = entered(manager, with_credentials={"github": {"access_token": "given"}})
    assert (found["github"].token, found["acme"].token) == ("given", "stored")
    assert spy.read == ["acme"]


def test_credentials_for_one_target_leave_the_others_to_the_store_which_is_read_once():
    spy = Spy()
    manager = AuthManager(auto_configure=False, google={}, credential_store=spy)
    storing(manager, ("google", {"access_token": "stored"}))
    spy.forget()
    found = entered(
        manager,
        with_credentials={"google": {"access_token": "all"}, "gmail": {"access_token": "one"}},
    )
    assert {name: each.token for name, each in found.items()} == dict.fromkeys(GOOGLE, "all") | {
        "gmail": "one"
    }
    assert spy.read == []
    found = entered(manager, with_credentials={"gmail": {"access_token": "one"}})
    assert {each.token for each in found.values()} == {"stored", "one"}
    assert spy.read == ["google"]


def test_4a_38_without_loading_the_store_is_never_read():
    spy = Spy()
    manager = AuthManager(github={"token": "app"}, credential_store=spy)
    storing(manager, ("github", {"access_token": "stored"}))
    spy.forget()
    assert token_of(manager, auto_load_credentials=False) == "app"
    assert (spy.read, spy.written) == ([], [])


def test_4a_39_a_filter_binds_what_it_names():
    manager = AuthManager(github={"token": "app"}, slack={"bot_token": "s"})
    assert set(entered(manager, providers=["github"])) == {"github"}
    assert set(entered(manager, providers="github")) == {"github"}


def test_4a_40_whatever_the_environment_holds(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "s")
    monkeypatch.setenv("NOTION_TOKEN", "n")
    monkeypatch.setenv("GITHUB_TOKEN", "g")

    async def main():
        async with AuthManager().session(subject="alice", providers=["github"]) as integrations:
            assert list(integrations) == ["github"]
            assert "slack" not in integrations
            assert integrations.get("notion") is None
            with pytest.raises(AttributeError):
                _ = integrations.slack

    asyncio.run(main())


def test_4a_41_an_auth_provider_binds_all_its_targets_and_a_target_itself():
    manager = storing(AuthManager(), ("google", {"access_token": "t"}))
    assert set(entered(manager, providers=["google"])) == GOOGLE
    assert set(entered(manager, providers=["google_drive"])) == {"google_drive"}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("GitHub", "github"),
        (AuthProviderKey.GITHUB, "github"),
        ("google-drive", "google_drive"),
        ("Google Drive", "google_drive"),
        (AuthProviderKey.GOOGLE_DRIVE, "google_drive"),
        ("gdrive", "google_drive"),
    ],
)
def test_4a_42_every_spelling_binds_the_same(name, target):
    manager = storing(AuthManager(), ("google", {"access_token": "t"}))
    found = entered(
        manager,
        providers=[name],
        with_credentials={name: {"access_token": "given"}},
        overrides={name: {"timeout": 3}},
    )
    assert [(key, each.token, each.timeout) for key, each in found.items()] == [
        (target, "given", 3)
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"providers": ["githb"]},
        {"providers": ["github", "githb"]},
        {"with_credentials": {"githb": {"access_token": "t"}}},
        {"overrides": {"githb": {"timeout": 1}}},
    ],
)
def test_4a_43_an_unknown_name_is_refused_before_anything_is_read(arguments):
    spy = Spy()
    with pytest.raises(ProviderNotFoundError, match="githb") as caught:
        entered(AuthManager(credential_store=spy), **arguments)
    assert "github" in caught.value.hint
    assert spy.read == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"subject": object()}, TypeError),
        ({"subject": {"a": {1}}}, TypeError),
        ({"on_error": "ignore"}, ConfigError),
        ({"providers": ["slack"], "with_credentials": {"github": {}}}, ConfigError),
        ({"providers": ["slack"], "overrides": {"github": {}}}, ConfigError),
        ({"with_credentials": {"github": "token"}}, TypeError),
        ({"with_credentials": {"github": {"expires_at": SECRET}}}, ValueError),
        ({"overrides": {"github": 7}}, TypeError),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(arguments, error):
    spy = Spy()
    with pytest.raises(error) as caught:
        entered(AuthManager(credential_store=spy), **arguments)
    assert spy.read == []
    assert SECRET not in str(caught.value)


def test_4a_44_an_empty_filter_binds_nothing(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "g")
    spy = Spy()
    manager = AuthManager(slack={"bot_token": "s"}, credential_store=spy)
    assert entered(manager, providers=[]) == {}
    assert spy.read == []


def test_4a_45_one_google_record_reaches_five_targets_with_what_else_it_says():
    spy = Spy()
    manager = AuthManager(auto_configure=False, google={}, credential_store=spy)
    storing(manager, ("google", {"access_token": "t", "user_id": "me@example.com"}))
    spy.forget()
    found = entered(manager)
    assert set(found) == GOOGLE
    assert {each.token for each in found.values()} == {"t"}
    assert found["gmail"].model_dump()["user_id"] == "me@example.com"
    assert spy.read == ["google"]


def test_4a_46_only_what_nobody_named_may_be_missing():
    assert entered(AuthManager()) == {}
    with pytest.raises(CredentialMissingError) as caught:
        entered(AuthManager(github={"client_id": "app"}))
    assert caught.value.provider == "github"


def test_4a_46_what_a_filter_names_was_named():
    for name in ("github", "google", "gmail"):
        with pytest.raises(CredentialMissingError):
            entered(AuthManager(), providers=[name])


def test_what_was_given_or_stored_without_a_token_is_no_reason_to_be_quiet():
    classes = ClassRegistry(AuthProvider, "auth provider", {})
    classes.register("acme", type("Strict", (Acme,), {"bindings": lambda _: {"acme": nothing()}}))
    with pytest.raises(CredentialMissingError):
        entered(AuthManager(registry=classes), with_credentials={"acme": {"scope": "repo"}})
    with pytest.raises(CredentialMissingError):
        entered(storing(AuthManager(registry=classes), ("acme", {"scope": "repo"})))
    assert entered(AuthManager(registry=classes)) == {}


def nothing():
    return Binding(CredentialMissingError("nothing"))


@pytest.mark.parametrize(
    "error", [RuntimeError("bug"), KeyError("bug"), StoreUnavailableError("x")]
)
@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_4a_47_a_bug_in_a_binding_is_never_swallowed(error, on_error):
    for explicit in (True, False):
        classes = ClassRegistry(AuthProvider, "auth provider", {})
        manager = AuthManager(registry=classes)
        if explicit:
            manager.register("acme", Acme(outcome=error))
        else:
            classes.register("acme", type("Broken", (Acme,), {"made": None, "bindings": broken}))
            Broken.outcome = error
            manager = AuthManager(registry=classes)
        with pytest.raises(type(error)) as caught:
            entered(manager, on_error=on_error)
        assert caught.value is error


class Broken:
    outcome = None


def broken(_self):
    return {"acme": Binding(Broken.outcome)}


@pytest.mark.parametrize("record", [["list"], {"expires_at": SECRET}, {"access_token": [SECRET]}])
def test_4a_48_a_record_that_cannot_be_read_is_named_and_not_shown(record):
    class Damaged(Spy):
        async def get(self, provider, _):
            return record if provider == "github" else None

    manager = AuthManager(credential_store=Damaged())
    with pytest.raises(StoredDataError, match="alice at github") as caught:
        entered(manager)
    assert caught.value.provider == "github"
    assert SECRET not in f"{caught.value!r} {caught.value.__context__!r}"


def test_what_is_missing_or_damaged_may_be_left_out_and_is_named_in_the_log(caplog):
    class Damaged(Spy):
        async def get(self, provider, subject):
            return ["damaged"] if provider == "slack" else await super().get(provider, subject)

    manager = AuthManager(
        github={"token": "app"}, slack={"bot_token": "app"}, acme=Acme(), credential_store=Damaged()
    )
    with caplog.at_level(logging.WARNING):
        assert set(entered(manager, on_error="skip")) == {"github"}
    told = {record.target: record.reason for record in caplog.records}
    assert told == {
        "slack": "StoredDataError",
        "acme": "CredentialMissingError",
        "acme_files": "CredentialMissingError",
    }


def test_what_was_left_out_does_not_come_back_from_the_environment(monkeypatch):
    class Damaged(Spy):
        async def get(self, *_):
            return ["damaged"]

    monkeypatch.setenv("SLACK_BOT_TOKEN", "from-outside")
    manager = AuthManager(credential_store=Damaged())
    assert entered(manager, on_error="skip", providers=["slack"]) == {}
    assert entered(manager, on_error="skip") == {}


class Jira(Target):
    """A target that no auth provider unlocks."""

    key = "jira"


def test_a_target_that_no_auth_provider_unlocks_needs_to_be_told_its_token(monkeypatch, caplog):
    monkeypatch.setattr(target_registry, "_REGISTRY", known := ClassRegistry(Target, "target", {}))
    known.register("jira", Jira)
    with pytest.raises(CredentialMissingError, match="jira"):
        entered(AuthManager(), providers=["jira"])
    with caplog.at_level(logging.WARNING):
        assert entered(AuthManager(), providers=["jira"], on_error="skip") == {}
    assert [record.target for record in caplog.records] == ["jira"]
    over = {"jira": {"token": "t", "base_url": "https://jira.example"}}
    assert token_of(AuthManager(), "jira", providers=["jira"], overrides=over) == "t"
    assert token_of(AuthManager(), "jira", overrides=over) == "t"
    assert entered(AuthManager()) == {}


def test_4a_50_given_credentials_leave_a_file_as_it_was_byte_for_byte(tmp_path):
    path = tmp_path / "credentials.json"
    manager = AuthManager(credential_store=FileCredentialStore(path), acme=Acme())
    storing(manager, ("github", {"access_token": "stored", "refresh_token": "r", "expires_at": 1}))
    before = files_in(tmp_path)
    assert before
    given = {"access_token": "given", "refresh_token": "r", "expires_at": 1}
    found = entered(manager, with_credentials={"github": given, "acme": given})
    assert {each.token for each in found.values()} == {"given"}
    assert files_in(tmp_path) == before


def files_in(folder):
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_4a_50_a_session_writes_nothing_whoever_gives_the_credentials():
    spy = Spy()
    manager = AuthManager(github={"token": "app"}, credential_store=spy)
    storing(manager, ("slack", {"access_token": "stored"}))
    spy.forget()
    entered(manager, with_credentials={"notion": {"access_token": "given"}})
    assert spy.written == []


def test_4a_51_a_binding_hears_everything_and_its_settings_are_what_is_held():
    settings = ProviderSettings(token="made", base_url="https://acme.example")
    acme = Acme(outcome=settings)
    manager = AuthManager(auto_configure=False, acme=acme)
    subject = {"tenant": 1, "user": "alice"}

    async def main():
        await manager.store_credentials("acme", subject, {"access_token": "stored"})
        async with manager.session(subject=subject) as integrations:
            assert integrations.acme_files.settings is settings

    asyncio.run(main())
    [call] = acme.made["acme_files"].calls
    assert call["manager"] is manager
    assert (call["provider"], call["subject"]) == ("acme_files", subject)
    assert call["app_credentials"] is acme.app_credentials
    assert type(call["user_credentials"]) is AcmeUser
    assert call["user_credentials"].access_token == "stored"


def test_a_binding_that_gives_something_else_is_told_so():
    with pytest.raises(TypeError, match="binding of acme gave dict"):
        entered(AuthManager(auto_configure=False, acme=Acme(outcome={"token": SECRET})))


def test_4a_52_a_third_partys_provider_is_like_a_built_in_one():
    classes = ClassRegistry(AuthProvider, "auth provider", {})
    classes.register("Acme", Acme)
    manager = AuthManager(registry=classes)
    assert entered(manager) == {}
    storing(manager, ("acme", {"access_token": "stored"}))
    assert set(entered(manager)) == {"acme", "acme_files"}
    assert set(entered(manager, providers=["ACME-Files"])) == {"acme_files"}
    assert token_of(manager, "acme", with_credentials={"acme": {"access_token": "g"}}) == "g"


def test_4a_53_a_given_token_and_a_timeout_are_both_kept():
    found = entered(
        AuthManager(),
        providers=["github"],
        with_credentials={"github": {"access_token": "given"}},
        overrides={"github": {"timeout": 30}},
    )
    assert (found["github"].token, found["github"].timeout) == ("given", 30)


def test_an_override_may_replace_what_was_bound():
    manager = AuthManager(github={"token": "app", "base_url": "https://ghe.example/api/v3"})
    whole = ProviderSettings(token="other")
    assert entered(manager, overrides={"github": whole})["github"].token == "other"
    plain = provider_override({"timeout": 3}, merge=False)
    settings = entered(manager, overrides={"github": plain})["github"]
    assert (settings.token, settings.timeout, settings.base_url) == ("", 3, "")


def test_an_override_that_is_invalid_opens_no_session():
    with pytest.raises(ValueError, match="timeout"):
        entered(AuthManager(github={"token": "app"}), overrides={"github": {"timeout": -1}})


def test_an_override_configures_what_nobody_gave_credentials_for():
    found = entered(AuthManager(), overrides={"github": {"token": "laid over"}})
    assert {name: each.token for name, each in found.items()} == {"github": "laid over"}
    found = entered(AuthManager(), overrides={"google": {"token": "t"}, "gmail": {"timeout": 3}})
    assert set(found) == GOOGLE
    assert (found["gmail"].token, found["gmail"].timeout) == ("t", 3)


def test_sessions_without_a_filter_hold_what_the_environment_configures(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "from-outside")
    assert token_of(AuthManager(github={"token": "app"}), "slack") == "from-outside"
    assert set(entered(AuthManager(auto_configure=False, github={"token": "app"}))) == {"github"}


def test_overlapping_sessions_do_not_see_each_other():
    manager = AuthManager(auto_configure=False, github={})

    async def one(name, gate):
        given = {"github": {"access_token": name}}
        overrides = {"github": {"timeout": float(len(name))}}
        async with manager.session(
            subject=name, with_credentials=given, overrides=overrides
        ) as integrations:
            await gate.wait()
            settings = integrations.github.settings
            return settings.token, settings.timeout

    async def main():
        gate = asyncio.Event()
        tasks = [asyncio.create_task(one("x" * n, gate)) for n in range(1, 6)]
        await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(*tasks) == [("x" * n, float(n)) for n in range(1, 6)]

    asyncio.run(main())


def test_a_session_within_a_session_leaves_it_as_it_was():
    manager = AuthManager(auto_configure=False, github={"token": "app"})

    async def main():
        async with manager.session(subject="alice") as outer:
            before = outer.github
            async with manager.session(
                subject="bob", overrides={"github": {"timeout": 3}}
            ) as inner:
                assert inner is not outer
                assert (inner.github.settings.timeout, outer.github.settings.timeout) == (3, 30)
            assert outer.github is before

    asyncio.run(main())


def test_one_that_fails_ends_the_others():
    ended = []

    class Slow(Binding):
        async def to_settings(self, **given):
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(given["provider"])

    slow, failing = Acme(), Acme(outcome=RuntimeError("bug"))
    slow.made = {"slow": Slow(), "slower": Slow()}
    with pytest.raises(RuntimeError, match="bug"):
        entered(AuthManager(auto_configure=False, slow=slow, failing=failing))
    assert sorted(ended) == ["slow", "slower"]


def test_bindings_run_side_by_side():
    meeting = []

    class Meeting(Binding):
        async def to_settings(self, **given):
            meeting.append(given["provider"])
            while len(meeting) < 4:  # noqa: ASYNC110 - all are there at once, or never
                await asyncio.sleep(0)
            return ProviderSettings(token="t")

    one, two = Acme(), Acme()
    one.made = {"a": Meeting(), "b": Meeting()}
    two.made = {"c": Meeting(), "d": Meeting()}
    assert set(entered(AuthManager(auto_configure=False, one=one, two=two))) == set("abcd")


def test_a_context_is_entered_once():
    async def main():
        context = AuthManager().session(subject="alice")
        async with context:
            pass
        with pytest.raises((RuntimeError, AttributeError)):
            await context.__aenter__()

    asyncio.run(main())
