"""Many sessions in many processes find a token that has ended, and it is renewed once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from journeys.connected_crowd import ALICE, SESSIONS, manager

from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.testing import Conduct, HeadlessAgent, ProgrammableProvider, RefreshPolicy
from tests import keyring_env


TESTS = Path(__file__).parents[1]
CROWD = TESTS / "journeys" / "connected_crowd.py"
PROCESSES = 5
LIMIT = 60.0  # seconds

KINDS = [
    "file",
    pytest.param(
        "keyring",
        marks=[
            pytest.mark.keyring,
            pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
        ],
    ),
]

pytestmark = pytest.mark.slow


@pytest.fixture
def provider():
    with ProgrammableProvider() as made:
        made.add("strict", Conduct(refresh=RefreshPolicy.DETECT_REUSE, life=3600))
        yield made


@pytest.fixture
def place(request, tmp_path):
    """Give the kind of store, with what its processes see of the machine."""
    kind = request.param
    env = {"XDG_DATA_HOME": str(tmp_path)}
    if kind == "file":
        with keyring_env.in_environment(env):
            yield kind
    else:
        session = request.getfixturevalue("session")
        with keyring_env.in_environment(session):
            yield kind
            keyring_env.wipe("pywry-auth:crowd")


def connected(provider, issuer, folder, kind):
    """Let Alice connect her account, an hour and more ago."""
    agent = HeadlessAgent()
    flow = AuthFlowManager(GenericOIDCProvider("rp-client", issuer_url=issuer), auth_timeout=30)
    tokens = flow.run_native(agent.show_window, agent.close_window).tokens
    agent.join()
    record = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_at": time.time() - 60,
        "issued_at": time.time() - 3660,
    }
    acme = manager(issuer, folder, kind)
    asyncio.run(acme.store_credentials("acme", ALICE, record))
    return provider.calls("strict").count("token")


def crowd(issuer, folder, kind):
    """Let all processes open their sessions at once; give how each ended, with what it said."""
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    members = [
        subprocess.Popen(
            [sys.executable, CROWD, issuer, folder, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        for _ in range(PROCESSES)
    ]
    try:
        for member in members:
            assert member.stdout.readline() == '"ready"\n', member.stderr.read()
        for member in members:
            member.stdin.write("go\n")
            member.stdin.flush()
        return [(*member.communicate(timeout=LIMIT), member.returncode) for member in members]
    finally:
        for member in members:
            member.kill()
            member.communicate()


@pytest.mark.parametrize("killed", [0, 1], ids=["all live", "whoever renews is killed"])
@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_4a_49_sessions_of_all_processes_share_one_renewal(provider, place, tmp_path, killed):
    issuer = f"{provider.base_url}/strict"
    before = connected(provider, issuer, tmp_path, place)
    if killed:
        (tmp_path / "kill").touch()
    ended = crowd(issuer, tmp_path, place)
    whole = [json.loads(said) for said, _, code in ended if code == 0]
    assert len(whole) == PROCESSES - killed, [errors for _, errors, _ in ended]
    assert [code for *_, code in ended].count(-signal.SIGKILL) == killed
    assert provider.calls("strict").count("token") == before + 1
    assert provider.violations("strict") == []
    assert len({token for counted in whole for token in counted}) == 1
    assert sum(sum(counted.values()) for counted in whole) == SESSIONS * (PROCESSES - killed)
