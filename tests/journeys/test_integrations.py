"""A third party's provider in working sessions, at a certified server, with a real keyring."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests import keyring_env
from tests.providers_kit import OidcProviderOP, running
from tests.resource_kit import Given, Resource


APP = Path(__file__).with_name("connected_app.py")
ROOT = APP.parents[2]
PATIENCE = 60.0  # seconds for a process on a busy machine

pytestmark = pytest.mark.keyring


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


class Notes(Resource):
    """Asks the provider whether a token still counts."""

    def __init__(self, op):
        super().__init__(self._answer)
        self._introspection = httpx.get(op.discovery_url, trust_env=False).json()[
            "introspection_endpoint"
        ]
        self.active = 0

    def _answer(self, asked):
        token = (asked.authorization or "").removeprefix("Bearer ")
        said = httpx.post(
            self._introspection, data={"token": token}, auth=("rs", "rs-secret"), trust_env=False
        ).json()
        self.active += said["active"]
        return Given(200 if said["active"] else 401)


@pytest.fixture
def desk(op, tmp_path):
    """A keyring, the notes, a place to come back to: what the application finds at its start."""
    if reason := keyring_env.lacks():
        pytest.skip(reason)
    with keyring_env.private_keyring() as session, Notes(op) as notes, Resource(page) as back:
        known = httpx.get(op.discovery_url, trust_env=False).json()
        env = (
            os.environ
            | session
            | {
                "PYTHONPATH": str(ROOT),
                "XDG_DATA_HOME": str(tmp_path),
                "ACME_AUTHORIZATION_URL": known["authorization_endpoint"],
                "ACME_TOKEN_URL": known["token_endpoint"],
                "ACME_ISSUER": op.issuer,
                "ACME_CLIENT_ID": op.client_id,
                "ACME_REDIRECT_URI": f"{back.url}/callback",
                "ACME_API_URL": notes.url,
            }
        )
        yield notes, back, {name: value for name, value in env.items() if value}


def page(_asked):
    return Given(200, {"Content-Type": "text/plain"}, b"You may close this page.")


class Run:
    """One start of the application."""

    def __init__(self, word, env):
        self._process = subprocess.Popen(
            [sys.executable, str(APP), word],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self):
        line = self._process.stdout.readline()
        assert line, self._process.communicate(timeout=PATIENCE)[1]
        return json.loads(line)

    def tell(self, text):
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def leave(self, text):
        """Tell it *text*, wait for its end; gives what it wrote."""
        return self._process.communicate(f"{text}\n", timeout=PATIENCE)

    def end(self):
        """Wait for its end, make sure of it; gives its exit code and what it complained of."""
        try:
            _, errors = self._process.communicate(timeout=PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
        return self._process.returncode, errors


@contextmanager
def started(word, env, count=1):
    runs = [Run(word, env) for _ in range(count)]
    try:
        yield runs
    finally:
        ends = [run.end() for run in runs]
    assert ends == [(0, "")] * count


def refreshes(op):
    return [
        event
        for event in op.events
        if event.get("event") == "grant.success" and event.get("grant_type") == "refresh_token"
    ]


def connect(op, back, env):
    """Let the person connect the account; gives when the token ends, in Unix time."""
    with started("connect", env) as [run]:
        op.walk(run.told())
        run.tell(f"{back.url}{back.asked[-1].path}")
        return run.told()


def use(env, processes):
    """Let so many processes open their sessions at once; gives what each was answered."""
    with started("use", env, processes) as runs:
        assert [run.told() for run in runs] == ["ready"] * processes
        for run in runs:
            run.tell("go")
        return [run.told() for run in runs]


def test_4a_52_a_third_partys_account_is_connected_kept_and_renewed_exactly_once(op, desk):
    notes, back, env = desk
    connect(op, back, env)
    assert use(env, processes=1) == [[200, 200]]
    assert refreshes(op) == []

    op.control(accessTtl=2)
    end = connect(op, back, env)
    op.control(accessTtl=3600)
    assert end < time.time() + 3
    while time.time() < end:
        time.sleep(0.05)
    assert use(env, processes=2) == [[200, 200]] * 2
    assert len(refreshes(op)) == 1  # a second one would have ended the whole grant

    assert use(env, processes=1) == [[200, 200]]
    assert len(refreshes(op)) == 1
    assert notes.active == len(notes.asked) == 8
    assert len(set(notes.tokens)) == 2


def test_without_an_account_the_application_hears_what_is_missing(desk):
    _, _, env = desk
    run = Run("use", env)
    assert run.told() == "ready"
    _, errors = run.leave("go")
    assert "CredentialMissingError: nobody connected Acme" in errors
