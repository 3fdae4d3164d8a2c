"""Many callers of one TokenManager: threads, tasks, processes, some of whom leave."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from fakes.token_server import TOKEN_URL, TokenServer, refusal

from pywry_auth.errors import (
    AuthFlowCancelled,
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreUnavailableError,
    TokenExpiredError,
    TransportError,
)
from pywry_auth.grants import DeviceCodeAuth, PasswordAuth, RefreshTokenAuth, TokenManager
from pywry_auth.grants.renewal.flight import THREAD_NAME
from pywry_auth.outcome import CallOutcome
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store.slot import MemoryTokenSlot


PASSWORD = PasswordAuth("alice", "pw", client_id="app")
CROWD = 8
PATIENCE = 10.0  # seconds until a test that waits for nothing gives up


def managed(*script, grant=PASSWORD, **options):
    server = TokenServer(*script)
    clock = options.pop("clock", None) or VirtualClock()
    manager = TokenManager(grant, http=server.client, token_url=TOKEN_URL, clock=clock, **options)
    return manager, server, clock


class Gate:
    """A step of a server that waits until it is let through."""

    def __init__(self, then=None):
        self.reached = threading.Event()
        self.open = threading.Event()
        self._then = then

    def __call__(self, _request):
        self.reached.set()
        assert self.open.wait(PATIENCE)
        return self._then


def together(work, count=CROWD):
    """Run *work* on so many threads at once, and give what each got."""
    found, barrier = [], threading.Barrier(count)

    def run():
        barrier.wait(PATIENCE)
        outcome = CallOutcome()
        with outcome:
            outcome.gave(work())
        found.append(outcome.error or outcome.result())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == count
    return found


def test_4b_32_eight_threads_with_one_expired_token_make_one_request():
    manager, server, clock = managed()
    manager.authorization_header()
    clock.advance(4000)
    assert together(manager.authorization_header) == ["Bearer access-2"] * CROWD
    assert server.grants == ["password", "refresh_token"]


def test_4b_33_eight_threads_rejected_with_one_token_make_one_refresh():
    manager, server, _ = managed()
    old = manager.authorization_header()
    assert together(lambda: manager.force_refresh(rejected=old)) == ["Bearer access-2"] * CROWD
    assert server.grants == ["password", "refresh_token"]


def test_a_failure_is_everybody_s_and_a_person_is_asked_once():
    asked = []
    gate = Gate(refusal())
    manager, server, clock = managed(
        {},
        gate,
        refusal(),
        grant=RefreshTokenAuth("r", client_id="app"),
        on_reauth_required=lambda: asked.append(threading.current_thread()),
    )
    manager.authorization_header()
    clock.advance(4000)
    opener = threading.Thread(target=lambda: gate.reached.wait(PATIENCE) and gate.open.set())
    opener.start()
    found = together(manager.authorization_header)
    opener.join()
    assert all(isinstance(each, ReauthRequiredError) for each in found)
    assert len(asked) == 1
    assert len(server.requests) == 2
    assert asked[0].name != THREAD_NAME  # it may block, and may use the manager


def test_whoever_reads_a_valid_token_waits_for_no_renewal():
    gate = Gate()
    manager, _, _ = managed({}, gate)
    old = manager.authorization_header()
    renewing = threading.Thread(target=lambda: manager.force_refresh(rejected=old))
    renewing.start()
    assert gate.reached.wait(PATIENCE)
    assert manager.authorization_header() == old
    gate.open.set()
    renewing.join(PATIENCE)
    assert manager.authorization_header() == "Bearer access-2"


def test_4b_37_waiters_give_up_while_the_server_stalls():
    gate = Gate()
    manager, _, _ = managed(gate, wait_timeout=0.02)
    first = threading.Thread(target=manager.authorization_header)
    first.start()
    assert gate.reached.wait(PATIENCE)
    with pytest.raises(TransportError, match="for more than"):
        manager.authorization_header()
    gate.open.set()
    first.join(PATIENCE)
    assert manager.authorization_header() == "Bearer access-1"


def test_4b_38_the_awaited_twins_give_the_same_and_never_hold_up_the_loop():
    gate = Gate()
    manager, server, _ = managed(gate, {})

    async def main():
        waiting = [asyncio.create_task(manager.aauthorization_header()) for _ in range(CROWD)]
        turns = 0
        while not gate.reached.is_set():
            await asyncio.sleep(0)
            turns += 1
        gate.open.set()
        headers = await asyncio.gather(*waiting)
        assert set(headers) == {"Bearer access-1"} == {await manager.aauthorization_header()}
        assert await manager.aforce_refresh(rejected="access-1") == "Bearer access-2"
        assert await manager.aforce_refresh() == "Bearer access-3"
        await manager.aclear()
        assert manager.tokens is None
        return turns

    assert asyncio.run(main()) > 0
    assert len(server.requests) == 3


def test_a_thousand_tasks_take_one_thread_and_one_request():
    gate = Gate()
    manager, server, _ = managed(gate)

    async def main():
        waiting = [asyncio.create_task(manager.aauthorization_header()) for _ in range(1000)]
        await asyncio.to_thread(gate.reached.wait, PATIENCE)
        threads = threading.active_count()
        gate.open.set()
        return threads, await asyncio.gather(*waiting)

    before = threading.active_count()
    threads, headers = asyncio.run(main())
    assert threads <= before + 4
    assert set(headers) == {"Bearer access-1"}
    assert len(server.requests) == 1


def test_tasks_rejected_with_one_token_make_one_refresh():
    manager, server, _ = managed()
    old = manager.authorization_header()

    async def main():
        return await asyncio.gather(*(manager.aforce_refresh(rejected=old) for _ in range(CROWD)))

    assert asyncio.run(main()) == ["Bearer access-2"] * CROWD
    assert len(server.requests) == 2


def test_a_task_that_is_cancelled_leaves_the_renewal_to_the_others():
    gate = Gate()
    manager, server, _ = managed(gate)

    async def main():
        leaving = asyncio.create_task(manager.aauthorization_header())
        staying = asyncio.create_task(manager.aauthorization_header())
        await asyncio.to_thread(gate.reached.wait, PATIENCE)
        leaving.cancel()
        gate.open.set()
        return await staying

    assert asyncio.run(main()) == "Bearer access-1"
    assert len(server.requests) == 1


def test_clear_while_a_renewal_is_under_way_keeps_nothing_of_it():
    slot = MemoryTokenSlot()
    gate = Gate()
    manager, _, _ = managed({}, gate, {}, store=slot)
    manager.authorization_header()
    found = []

    def renew():
        try:
            manager.force_refresh()
        except TokenExpiredError as exc:
            found.append(exc)

    renewing = threading.Thread(target=renew)
    renewing.start()
    assert gate.reached.wait(PATIENCE)
    manager.clear()
    gate.open.set()
    renewing.join(PATIENCE)
    assert "cleared" in str(found[0])
    assert slot.load() is None
    assert manager.tokens is None
    assert manager.authorization_header() == "Bearer access-3"


def test_clear_ends_the_wait_for_a_person():
    device = {
        "device_code": "d",
        "user_code": "ABCD",
        "verification_uri": "https://id.example/device",
        "expires_in": 600,
        "interval": 5,
    }
    shown, found = threading.Event(), []
    grant = DeviceCodeAuth(
        "app", device_url="https://id.example/device", show=lambda _prompt: shown.set()
    )
    manager, server, _ = managed(httpx.Response(200, json=device), grant=grant)

    def wait():
        try:
            manager.authorization_header()
        except AuthFlowCancelled as exc:
            found.append(exc)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert shown.wait(PATIENCE)
    manager.clear()
    waiting.join(PATIENCE)
    assert len(found) == 1
    assert len(server.requests) == 1


def test_what_a_renewal_calls_cannot_wait_for_that_renewal():
    manager = None
    found = []

    def code():
        with pytest.raises(ConfigError, match="cannot wait for that renewal") as caught:
            manager.authorization_header()
        found.append(caught.value)
        return "123456"

    manager, _, _ = managed(grant=PasswordAuth("alice", "pw", totp=code, client_id="app"))
    assert manager.authorization_header() == "Bearer access-1"
    assert len(found) == 1


def test_a_lock_that_others_hold_costs_a_valid_token_nothing():
    slot = MemoryTokenSlot()
    manager, server, clock = managed(store=slot)
    manager.authorization_header()
    clock.advance(3590)
    manager._renewal.kept.lock = lambda _timeout: _Held()
    assert manager.authorization_header() == "Bearer access-1"
    clock.advance(20)
    with pytest.raises(RefreshTransportError, match="somebody else"):
        manager.authorization_header()
    assert len(server.requests) == 1


class _Held:
    def __enter__(self):
        raise StoreUnavailableError("somebody else holds it", operation="lock")

    def __exit__(self, *_):
        raise AssertionError


LEADER = """
import sys, threading
sys.path[:0] = sys.argv[2:]
import httpx
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth import JsonFileTokenStore, PasswordAuth, TokenManager

stalled = threading.Event()
def stall(request):
    print("asked", flush=True)
    stalled.wait(1.0)
    if server.client.is_closed:
        raise httpx.ReadError("closed")

server = TokenServer(stall)
grant = PasswordAuth("alice", "pw", client_id="app")
store = JsonFileTokenStore(sys.argv[1])
manager = TokenManager(grant, http=server.client, token_url=TOKEN_URL, store=store)
try:
    with server.client:
        manager.authorization_header()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_reaches_whoever_waits_and_costs_no_tokens_though_the_client_is_closed(tmp_path):
    tests = Path(__file__).parents[1]
    path = tmp_path / "tokens.json"
    child = subprocess.Popen(
        [sys.executable, "-c", LEADER, str(path), str(tests), str(tests.parent)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
    )
    try:
        assert child.stdout.readline() == "asked\n"
        child.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert child.stdout.readline() == "interrupted\n"
        assert time.monotonic() - began < PATIENCE
        assert child.wait(PATIENCE) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert "access-1" in path.read_text()


AFTER_FORK = """
import os, sys, threading
sys.path[:0] = sys.argv[1:]
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import PasswordAuth, TokenManager

reached, release = threading.Event(), threading.Event()
def gate(request):
    reached.set()
    release.wait(10)

server = TokenServer(gate, {})
grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(grant, http=server.client, token_url=TOKEN_URL)
thread = threading.Thread(target=manager.authorization_header)
thread.start()
reached.wait(10)
child = os.fork()
if child == 0:
    os._exit(0 if manager.authorization_header() == "Bearer access-1" else 1)
status = os.waitpid(child, 0)[1]
release.set()
thread.join()
print(status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_child_does_not_wait_for_its_parent_s_renewal():
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", AFTER_FORK, str(tests), str(tests.parent)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("0", 0), done.stderr
