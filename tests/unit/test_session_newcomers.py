"""What somebody does who opens their first working session."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from pywry_auth import AuthManager
from pywry_auth.callback_server import OAuthCallbackServer
from pywry_auth.errors import (
    CallbackError,
    ConfigError,
    CredentialMissingError,
    HTTPStatusError,
    StoredDataError,
)
from pywry_auth.integrations import (
    InMemoryCredentialStore,
    Integrations,
    OAuth2AppCredentials,
    OAuth2Flow,
    provider_override,
)
from pywry_auth.integrations.subjects import subject_key
from pywry_auth.integrations.targets.github import GitHub
from tests.resource_kit import Given, Resource


CLIENT = {
    "client_id": "app",
    "authorization_url": "https://id.example/authorize",
    "token_url": "https://id.example/token",
    "redirect_uri": "https://app.example/cb",
}
NOBODY = ["", {}]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


class Untouched(InMemoryCredentialStore):
    """A store that nobody should have asked."""

    async def get(self, provider, subject):
        raise AssertionError(provider, subject)

    async def set(self, provider, subject, data):
        raise AssertionError(provider, subject, data)

    async def delete(self, provider, subject):
        raise AssertionError(provider, subject)


class Unreachable:
    """A network that nobody should have asked."""

    async def send(self, request, **_):
        raise AssertionError(request.url)

    async def close(self):
        pass


def flow():
    return OAuth2Flow(OAuth2AppCredentials(**CLIENT), sender=Unreachable())


@pytest.mark.parametrize("nobody", NOBODY)
def test_an_empty_subject_is_nobodys(nobody):
    with pytest.raises(ConfigError, match="empty") as caught:
        subject_key(nobody)
    assert isinstance(caught.value, ValueError)
    assert "user" in caught.value.hint


@pytest.mark.parametrize("nobody", NOBODY)
def test_nobody_has_a_session_credentials_or_an_account(nobody):
    manager = AuthManager(github={"token": "app"}, credential_store=Untouched())
    connecting = flow()

    async def session():
        async with manager.session(subject=nobody):
            pass

    async def exchange():
        begun = await connecting.authorize()
        await connecting.exchange(subject=nobody, code="code", state=begun["state"])

    for work in (
        session(),
        exchange(),
        connecting.authorize(subject=nobody),
        connecting.refresh(subject=nobody, refresh_token="r"),
        manager.store_credentials("github", nobody, {"access_token": "a"}),
        manager.load_credentials("github", nobody),
        manager.delete_credentials("github", nobody),
    ):
        with pytest.raises(ConfigError, match="empty"):
            asyncio.run(work)


# Mistakes that say what to do


@pytest.mark.parametrize(
    ("way", "advice"),
    [
        ({"authorization_response": "nothing of the kind"}, "address"),
        ({"authorization_response": "?code=c&state=mine", "state": "other"}, "authorize"),
        ({"authorization_response": "?code=c&state=unknown"}, "another process or another manager"),
        ({"code": "c"}, "another process or another manager"),
        ({"code": "c", "state": "unknown"}, "another process or another manager"),
        ({}, "authorization_response"),
        ({"code": "c", "token_params": {"code": "other"}}, "arguments"),
    ],
)
def test_what_cannot_be_exchanged_says_what_to_do(way, advice):
    with pytest.raises((CallbackError, ConfigError)) as caught:
        asyncio.run(flow().exchange(subject="alice", **way))
    assert advice in caught.value.hint


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("github", Given(401)),
        ("slack", Given(401)),
        ("slack", Given(body=b'{"ok": false, "error": "token_revoked"}')),
        ("gmail", Given(401)),
    ],
)
def test_a_token_that_is_not_accepted_any_more_is_for_a_new_session(target, answer):
    manager = AuthManager(auto_configure=False, google={}, github={}, slack={})

    async def scenario(api):
        async with manager.session(
            subject="alice",
            providers=[target],
            with_credentials={target: {"access_token": "ended"}},
            overrides={target: {"base_url": api.url}},
        ) as connected:
            with pytest.raises(HTTPStatusError) as caught:
                await connected[target].request("GET", "/me")
        return caught.value.hint

    with Resource(lambda _: answer) as api:
        hint = asyncio.run(scenario(api))
    assert "open a new session" in hint
    assert "connect the account again" in hint


# What the log says of itself


def test_a_target_left_out_is_named_with_its_session(caplog):
    class HalfReadable(InMemoryCredentialStore):
        async def get(self, provider, subject):
            if provider == "github":
                raise StoredDataError("it is no record")
            return await super().get(provider, subject)

    store = HalfReadable()
    manager = AuthManager(auto_configure=False, github={}, slack={}, credential_store=store)
    assert tokens(manager, subject="alice", on_error="skip") == {}
    begin = "session.target_left_out: the session of alice goes without"
    assert {record.getMessage() for record in caplog.records} == {
        f"{begin} github, whose credentials cannot be read (StoredDataError)",
        f"{begin} slack, whose credentials are missing (CredentialMissingError)",
    }


def test_a_provider_left_out_is_named_with_its_fields_and_not_their_values(monkeypatch, caplog):
    monkeypatch.setenv("GITHUB_TOKEN", "sekret value")
    AuthManager()
    Integrations()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert all("github" in one and "token" in one and "sekret" not in one for one in said)
    assert said[0].startswith("auth_provider.left_out: ")
    assert said[1].startswith("integrations.left_out: ")


def told(caplog):
    """Give what was noted: target, field, near one."""
    noted = [one for one in caplog.records if one.name.endswith("integrations.misspelt")]
    for one in noted:
        said = one.getMessage()
        assert one.target in said
        assert f"no field {one.field}" in said
        assert f"is {one.near} meant?" in said
        assert "sekret" not in said
    return [(one.target, one.field, one.near) for one in noted]


@pytest.mark.parametrize(
    "overrides",
    [
        {"github": {"timout": 3, "x": "sekret"}},
        {"github": provider_override({"token": "sekret", "timout": 3}, merge=False)},
    ],
)
def test_a_setting_misspelt_for_a_session_is_told_once(caplog, overrides):
    manager = AuthManager(auto_configure=False, github={"token": "app"})
    tokens(manager, subject="alice", overrides=overrides)
    assert told(caplog) == [("github", "timout", "timeout")]


@pytest.mark.parametrize(
    "held", [{}, {"github": {"token": "app"}}], ids=["for a new target", "for one that is there"]
)
def test_a_setting_misspelt_for_a_block_is_told_once(caplog, held):
    connected = Integrations(auto_configure=False, **held)
    with connected.overrides(github={"timout": 3, "token": "sekret"}):
        pass
    assert told(caplog) == [("github", "timout", "timeout")]


@pytest.mark.parametrize(
    "made",
    [
        lambda **fields: Integrations(auto_configure=False, github=fields),
        GitHub,
    ],
    ids=["container", "target"],
)
def test_a_setting_misspelt_at_first_is_told_once(caplog, made):
    made(token="sekret", timout=3)
    assert told(caplog) == [("github", "timout", "timeout")]


def test_the_fields_of_the_target_itself_count_too(caplog):
    manager = AuthManager(auto_configure=False, google={"token": "app"})
    overrides = {"gmail": {"userid": "sekret"}, "google_docs": {"user_id": "sekret"}}
    tokens(manager, subject="alice", overrides=overrides)
    assert told(caplog) == [("gmail", "userid", "user_id")]


def test_fields_that_are_like_none_are_nobodys_mistake(caplog):
    manager = AuthManager(auto_configure=False, github={"token": "app"})
    record = {"access_token": "a", "timout": 3}  # what a provider said, nobody wrote
    asyncio.run(manager.store_credentials("github", "alice", record))
    fields = {"timeout": 3, "tenant": "acme", "x": 1, "retry_attempts": 0}
    assert tokens(manager, subject="alice", overrides={"github": fields}) == {"github": "a"}
    assert told(caplog) == []


# The token of the machine


def tokens(manager, **asked):
    async def scenario():
        async with manager.session(**asked) as connected:
            return {name: connected[name].settings.token for name in connected}

    return asyncio.run(scenario())


@pytest.mark.parametrize("filtered", [{}, {"providers": ["github"]}])
def test_the_token_of_the_machine_is_nobodys_where_the_program_says_so(monkeypatch, filtered):
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-machine")
    usual = AuthManager()
    assert tokens(usual, subject="bob", **filtered)["github"] == "of-the-machine"
    manager = AuthManager(github={"token": ""})
    with pytest.raises(CredentialMissingError):
        tokens(manager, subject="bob", **filtered)
    assert "github" not in tokens(manager, subject="bob", on_error="skip", **filtered)
    asyncio.run(manager.store_credentials("github", "alice", {"access_token": "of-alice"}))
    assert tokens(manager, subject="alice", **filtered)["github"] == "of-alice"
    with pytest.raises(CredentialMissingError):
        tokens(manager, subject="bob", **filtered)


# A desktop program


def follows(url, **answer):
    """Be the browser of somebody who was asked there."""
    query = parse_qs(urlsplit(url).query)
    [home], [state] = query["redirect_uri"], query["state"]
    with urlopen(f"{home}?{urlencode({**answer, 'state': state})}") as page:  # noqa: S310
        return page.status


def connected(api, **answer):
    connecting = OAuth2Flow(
        OAuth2AppCredentials(**{**CLIENT, "redirect_uri": "", "token_url": f"{api.url}/token"})
    )
    with OAuthCallbackServer() as listening, ThreadPoolExecutor() as elsewhere:
        step = asyncio.run(
            connecting.authorize(subject="alice", redirect_uri=listening.redirect_uri)
        )
        browser = elsewhere.submit(follows, step["authorization_url"], **answer)
        heard = urlencode(listening.wait_for_callback(20))
        assert browser.result(20) == 200
    return asyncio.run(connecting.exchange(subject="alice", authorization_response=heard))


def test_what_a_callback_server_heard_is_an_answer(monkeypatch):
    monkeypatch.setattr("pywry_auth.callback_server.server.GRACE", 0.05)  # nobody looks at the page
    with Resource(lambda _: Given(body=b'{"access_token": "of-alice"}')) as api:
        assert connected(api, code="good").access_token == "of-alice"
        with pytest.raises(CallbackError) as refused:
            connected(api, error="access_denied")
    assert refused.value.error == "access_denied"
