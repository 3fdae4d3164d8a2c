"""Working sessions over real connections; the numbers are those of the acceptance list 4A."""

import asyncio
import gc
import json
import logging
import subprocess
import sys
import threading
import time
from urllib.parse import parse_qs

import httpx
import pytest

from pywry_auth import AuthManager
from pywry_auth.errors import (
    ConfigError,
    CredentialMissingError,
    ReauthRequiredError,
    RefreshTransportError,
    TransportError,
)
from pywry_auth.integrations import AuthProvider, FileCredentialStore, Integrations
from tests.resource_kit import Given, Resource


class Service(Resource):
    """A token endpoint that rotates refresh tokens, and an API that knows the newest token."""

    def __init__(self):
        super().__init__(self._answer)
        self.refreshes = []
        self.newest = "first"
        self.answer_to_refresh = None
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def _answer(self, asked):
        if asked.path != "/token":
            return told({"login": "alice", "id": 1}, 200 if self._knows(asked) else 401)
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        self.refreshes.append(form)
        self.begun.set()
        assert self.gate.wait(20)
        if self.answer_to_refresh is not None:
            return self.answer_to_refresh
        if form["refresh_token"] != f"refresh-{self.newest}":
            return told({"error": "invalid_grant"}, 400)
        self.newest = f"access-{len(self.refreshes)}"
        return told(
            {
                "access_token": self.newest,
                "refresh_token": f"refresh-{self.newest}",
                "token_type": "bearer",
                "expires_in": 3600,
            }
        )

    def _knows(self, asked):
        return asked.authorization == f"Bearer {self.newest}"

    def app(self):
        return {"client_id": "app", "token_url": f"{self.url}/token", "base_url": self.url}


def told(value, status=200):
    return Given(status, {"Content-Type": "application/json"}, json.dumps(value).encode())


def expired(**more):
    return {
        "access_token": "first",
        "refresh_token": "refresh-first",
        "expires_at": time.time() - 60,
        "scope": "repo",
        **more,
    }


@pytest.fixture
def service(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with Service() as service:
        yield service
    gc.collect()  # a connection that was left open is told of here


async def with_record(service, record, store=None):
    manager = AuthManager(auto_configure=False, github=service.app(), credential_store=store)
    await manager.store_credentials("github", "alice", record)
    return manager


def test_4a_49_two_sessions_at_once_renew_once_and_reach_the_service(service):
    async def one(manager):
        async with manager.session(subject="alice") as integrations:
            return (await integrations.github.health_check()).ok

    async def main():
        manager = await with_record(service, expired(nickname="al"))
        assert await asyncio.gather(*[one(manager) for _ in range(5)]) == [True] * 5
        kept = await manager.load_credentials("github", "alice")
        assert (kept.access_token, kept.refresh_token) == ("access-1", "refresh-access-1")
        assert kept.scopes == ("repo",)
        assert kept.model_extra == {"nickname": "al"}
        assert kept.expires_at > time.time() + 3500

    asyncio.run(main())
    assert [form["refresh_token"] for form in service.refreshes] == ["refresh-first"]


PROCESS = """
import asyncio, json, sys
from pywry_auth import AuthManager
from pywry_auth.integrations import AuthProvider, FileCredentialStore, Integrations

path, app = sys.argv[1], json.loads(sys.argv[2])
manager = AuthManager(
    auto_configure=False, github=app, credential_store=FileCredentialStore(path)
)


async def main():
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    async with manager.session(subject="alice") as integrations:
        print((await integrations.github.health_check()).status, flush=True)


asyncio.run(main())
"""


def test_4a_49_two_processes_at_once_renew_once(service, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "credentials.json"
    asyncio.run(with_record(service, expired(), FileCredentialStore(path)))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(path), json.dumps(service.app())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.communicate(timeout=60)[0] for process in processes] == ["200\n"] * 3
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert len(service.refreshes) == 1


class Missing(AuthProvider):
    """Finds out that credentials are missing while another provider renews some."""

    service = None

    def bindings(self):
        return {"missing": self}

    async def to_settings(self, **_):
        await asyncio.to_thread(self.service.begun.wait, 20)
        asyncio.get_running_loop().call_later(0.02, self.service.gate.set)
        raise CredentialMissingError("nobody connected it")


def test_a_session_that_fails_meanwhile_loses_no_rotated_token(service, tmp_path):
    store = FileCredentialStore(tmp_path / "credentials.json")
    service.gate.clear()

    async def main():
        manager = await with_record(service, expired(), store)
        missing = Missing()
        missing.service = service
        manager.register("missing", missing)
        async with manager.session(subject="alice"):
            pass

    with pytest.raises(CredentialMissingError):
        asyncio.run(main())
    kept = asyncio.run(store.get("github", "alice"))
    assert kept["refresh_token"] == "refresh-access-1"


def test_a_program_that_is_interrupted_meanwhile_loses_no_rotated_token(service, tmp_path):
    store = FileCredentialStore(tmp_path / "credentials.json")
    service.gate.clear()

    async def main():
        manager = await with_record(service, expired(), store)

        async def opening():
            async with manager.session(subject="alice"):
                pass

        task = asyncio.create_task(opening())
        await asyncio.to_thread(service.begun.wait, 20)
        task.cancel()
        asyncio.get_running_loop().call_later(0.02, service.gate.set)
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    kept = asyncio.run(store.get("github", "alice"))
    assert kept["refresh_token"] == "refresh-access-1"


def test_4a_12_nothing_that_is_told_on_the_way_holds_a_secret(service, caplog):
    secrets = ("first", "refresh-", "access-1", "client-secret")

    async def main():
        app = {**service.app(), "client_secret": "client-secret"}
        manager = AuthManager(auto_configure=False, github=app)
        await manager.store_credentials("github", "alice", expired())
        async with manager.session(subject="alice") as integrations:
            await integrations.github.user()
            told = [repr(integrations), repr(integrations.github), repr(manager)]
        service.newest = "elsewhere"
        await manager.store_credentials("github", "alice", expired())
        with pytest.raises(ReauthRequiredError) as caught:
            async with manager.session(subject="alice"):
                pass
        return [*told, str(caught.value), repr(caught.value), repr(caught.value.context)]

    with caplog.at_level(logging.DEBUG):
        told = asyncio.run(main())
    ours = [record for record in caplog.records if record.name.startswith(("pywry_auth", "httpx"))]
    assert ours
    told += [f"{record.getMessage()} {record.__dict__}" for record in ours]
    assert [text for text in told if any(secret in text for secret in secrets)] == []


def test_a_refusal_asks_for_the_person_and_touches_no_file(service, tmp_path):
    store = FileCredentialStore(tmp_path / "credentials.json")
    service.newest = "somebody-elses"

    async def main():
        manager = await with_record(service, expired(), store)
        before = store.path.read_bytes()
        with pytest.raises(ReauthRequiredError, match=r"github.*alice") as caught:
            async with manager.session(subject="alice"):
                pass
        assert caught.value.provider == "github"
        assert store.path.read_bytes() == before

    asyncio.run(main())
    assert len(service.refreshes) == 1


@pytest.mark.parametrize("answer", [Given(503), Given(429, {"Retry-After": "1"})])
def test_a_token_endpoint_that_cannot_answer_costs_no_token_that_counts(service, answer):
    service.answer_to_refresh = answer

    async def main():
        soon = {"expires_at": time.time() + 20}
        manager = await with_record(service, expired(**soon))
        async with manager.session(subject="alice") as integrations:
            assert (await integrations.github.health_check()).ok
        await manager.store_credentials("github", "alice", expired())
        with pytest.raises(RefreshTransportError) as caught:
            async with manager.session(subject="alice"):
                pass
        assert isinstance(caught.value, TransportError)

    asyncio.run(main())


def test_an_application_that_is_not_set_up_to_renew_hears_for_whom(service):
    async def main():
        manager = AuthManager(auto_configure=False, github={"base_url": service.url})
        await manager.store_credentials("github", "alice", expired(expires_at=time.time() + 20))
        async with manager.session(subject="alice") as integrations:
            assert (await integrations.github.health_check()).ok
        await manager.store_credentials("github", "alice", expired())
        with pytest.raises(ConfigError, match=r"alice at github.*client_id") as caught:
            async with manager.session(subject="alice"):
                pass
        assert caught.value.provider == "github"

    asyncio.run(main())


def test_given_credentials_that_have_ended_are_not_renewed(service):
    async def main():
        manager = AuthManager(auto_configure=False, github=service.app())
        async with manager.session(
            subject="alice", with_credentials={"github": expired()}
        ) as integrations:
            assert (await integrations.github.health_check()).ok

    asyncio.run(main())
    assert service.refreshes == []


def given(**more):
    return {"subject": "alice", "with_credentials": {"github": {"access_token": "first"}}, **more}


def test_on_leaving_connections_are_closed_and_nothing_answers_any_more(service):
    async def main():
        manager = AuthManager(auto_configure=False, github=service.app())
        async with manager.session(**given()) as integrations:
            github = integrations.github
            await github.user()
        for late in (github.user, integrations.github.health_check):
            with pytest.raises(ConfigError, match="closed"):
                await late()

    asyncio.run(main())
    assert len(service.asked) == 1


def test_an_error_inside_closes_them_too_and_is_told_as_it_is(service):
    async def main():
        manager = AuthManager(auto_configure=False, github=service.app())
        kept = []

        async def work():
            async with manager.session(**given()) as integrations:
                kept.append(integrations.github)
                await integrations.github.user()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await work()
        with pytest.raises(ConfigError, match="closed"):
            await kept[0].user()

    asyncio.run(main())


def test_a_task_that_is_cancelled_inside_closes_them_too(service):
    async def main():
        manager = AuthManager(auto_configure=False, github=service.app())
        inside, kept = asyncio.Event(), []

        async def work():
            async with manager.session(**given()) as integrations:
                kept.append(integrations.github)
                await integrations.github.user()
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ConfigError, match="closed"):
            await kept[0].user()

    asyncio.run(main())


def test_a_task_that_is_cancelled_while_it_leaves_closes_all_and_is_cancelled(monkeypatch):
    closed = []

    async def main():
        closing, gate = asyncio.Event(), asyncio.Event()

        async def slow(self):
            closing.set()
            await gate.wait()
            closed.append(self)

        monkeypatch.setattr(Integrations, "aclose", slow)

        async def work():
            async with AuthManager(auto_configure=False).session(subject="alice"):
                pass

        task = asyncio.create_task(work())
        await closing.wait()
        task.cancel()
        await asyncio.sleep(0)
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert len(closed) == 1


def test_one_session_closes_nothing_of_another(service):
    async def main():
        manager = AuthManager(auto_configure=False, github=service.app())
        async with manager.session(**given()) as outer:
            await outer.github.user()
            async with manager.session(**given()) as inner:
                await inner.github.user()
            await outer.github.user()

    asyncio.run(main())


def test_the_programs_own_client_is_used_and_left_open(service):
    async def main():
        async with httpx.AsyncClient(headers={"x-mine": "1"}) as http:
            manager = AuthManager(auto_configure=False, github=service.app(), http=http)
            async with manager.session(**given()) as integrations:
                await integrations.github.user()
            assert not http.is_closed
            async with manager.session(**given()) as integrations:
                await integrations.github.user()

    asyncio.run(main())
    assert [asked.headers["x-mine"] for asked in service.asked] == ["1", "1"]


def test_what_was_given_and_the_client_that_was_given_need_no_network():
    def answer(request):
        return httpx.Response(200, json={"login": request.headers["authorization"], "id": 1})

    async def main():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            manager = AuthManager(auto_configure=False, github={}, http=http)
            async with manager.session(**given()) as integrations:
                assert (await integrations.github.user()).login == "Bearer first"

    asyncio.run(main())
