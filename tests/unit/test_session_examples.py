"""Working sessions as a reader would write them, run against a small GitHub on this machine."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from pywry_auth import AuthManager, AuthProviderKey
from tests.resource_kit import Given, Resource


class GitHub(Resource):
    """Gives a token for the code ``good-code``, and tells the owner of a token who it is."""

    def __init__(self):
        super().__init__(self._answer)

    def _answer(self, asked):
        if asked.path == "/login/oauth/access_token":
            form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            assert form["code"] == "good-code"
            assert form["code_verifier"]
            return json_of(
                {"access_token": "gho_alice", "scope": "repo,user", "token_type": "bearer"}
            )
        if asked.authorization is None:
            return Given(401)
        if asked.authorization.endswith("broken"):
            return Given(503)
        return json_of({"login": asked.authorization.rpartition("_")[2], "id": 1})

    def settings(self):
        return {
            "client_id": "my-app",
            "client_secret": "my-secret",
            "authorization_url": f"{self.url}/login/oauth/authorize",
            "token_url": f"{self.url}/login/oauth/access_token",
            "redirect_uri": "http://127.0.0.1:8000/connected",
            "base_url": self.url,
        }


def json_of(value):
    return Given(200, {"Content-Type": "application/json"}, json.dumps(value).encode())


@pytest.fixture
def github(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with GitHub() as github:
        yield github


def test_example_1_the_parts_of_a_session(github):
    async def main():
        manager = AuthManager(github=github.settings())
        async with manager.session(
            subject={"tenant": "acme", "user": "alice"},
            providers=[AuthProviderKey.GITHUB],
            with_credentials={"github": {"access_token": "gho_manual"}},
            overrides={"github": {"timeout": 30}},
        ) as integrations:
            assert integrations.github.settings.token == "gho_manual"
            assert integrations.github.settings.timeout == 30
            answer = await integrations.github.request("GET", "/user")
            assert answer.json()["login"] == "manual"

    asyncio.run(main())
    assert github.tokens == ["Bearer gho_manual"]


def test_example_2_a_session_without_a_filter(github):
    async def main():
        manager = AuthManager(github={**github.settings(), "token": "ghp_app"})
        async with manager.session(subject="alice") as integrations:
            assert list(integrations) == ["github"]
            assert (await integrations.github.health_check()).ok

    asyncio.run(main())
    assert github.tokens == ["Bearer ghp_app"]


def test_example_3_connect_an_account_then_find_it(github):
    async def main():
        manager = AuthManager(github=github.settings())

        step = await manager.github.oauth2.authorize(scope=["repo", "user"])
        url = step["authorization_url"]
        assert url.startswith(f"{github.url}/login/oauth/authorize?")
        assert parse_qs(urlsplit(url).query)["state"] == [step["state"]]
        # ... the person signs in there, and comes back with a code:
        back = f"http://127.0.0.1:8000/connected?code=good-code&state={step['state']}"

        token = await manager.github.oauth2.exchange(subject="alice", authorization_response=back)
        await manager.store_credentials("github", "alice", token)

        async with manager.session(subject="alice", providers=["github"]) as integrations:
            assert (await integrations.github.user()).login == "alice"

    asyncio.run(main())
    assert github.tokens[-1] == "Bearer gho_alice"


def test_example_4_other_settings_for_a_while(github):
    async def main():
        manager = AuthManager(github=github.settings())
        async with manager.session(
            subject="alice",
            providers=["github"],
            with_credentials={"github": {"access_token": "gho_broken"}},
        ) as integrations:
            usual = integrations.github
            async with integrations.overrides(github={"retry_attempts": 0}):
                assert integrations.github.settings.retry_attempts == 0
                assert integrations.github.settings.token == "gho_broken"
                health = await integrations.github.health_check()
                assert (health.ok, health.status) == (False, 503)
                assert health.latency > 0
            assert integrations.github is usual
            assert integrations.github.settings.retry_attempts == 2

    asyncio.run(main())
    assert len(github.asked) == 1
