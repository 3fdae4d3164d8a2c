"""What hostile servers, bad networks, other programs and hurried people do to a TokenManager."""

import asyncio
import copy
import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import zlib
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from fakes.token_server import TOKEN_URL, TokenServer, refusal

from pywry_auth.errors import (
    AuthError,
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    TokenError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.grants import (
    ClientCredentialsAuth,
    DeviceCodeAuth,
    FileTokenStore,
    PasswordAuth,
    RefreshTokenAuth,
    TokenGrant,
    TokenManager,
)
from pywry_auth.grants import manager as manager_module
from pywry_auth.grants.renewal import flight as flight_module
from pywry_auth.grants.renewal import sending as sending_module
from pywry_auth.outcome import CallOutcome
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store.slot import MemoryTokenSlot
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


PASSWORD = PasswordAuth("alice", "correct horse", client_id="app")
REFRESH = RefreshTokenAuth("first-refresh", client_id="app")
OFFLINE = httpx.ConnectError("nobody there")
DAY = 86_400
PATIENCE = 10.0  # seconds until a test that waits for nothing gives up
TESTS = Path(__file__).parents[1]


def managed(*script, grant=PASSWORD, **options):
    server = TokenServer(*script)
    clock = options.pop("clock", None) or VirtualClock()
    client = options.pop("http", None) or server.client
    manager = TokenManager(grant, http=client, token_url=TOKEN_URL, clock=clock, **options)
    return manager, server, clock


def stored(clock, **fields):
    return OAuthTokenSet(
        "stored-access",
        refresh_token=fields.pop("refresh_token", "stored-refresh"),
        expires_in=fields.pop("expires_in", 3600.0),
        issued_at=clock.now(),
        **fields,
    )


def thread_of(work):
    """Run *work* on a thread; give the thread with its outcome."""
    outcome = CallOutcome()

    def run():
        with outcome:
            outcome.gave(work())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


class Gate:
    """A step that waits until it is let through."""

    def __init__(self, then=None):
        self.reached = threading.Event()
        self.open = threading.Event()
        self._then = then

    def __call__(self, *_):
        self.reached.set()
        assert self.open.wait(PATIENCE)
        return self._then


def python(code, *arguments, tmp_path, timeout=60):
    return subprocess.run(
        [sys.executable, "-c", code, str(TESTS), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": str(TESTS.parent)},
    )


# What a server says


def test_a_secret_that_the_cut_of_a_long_answer_falls_into_is_taken_out_all_the_same():
    page = "x" * 190 + "correct horse" + "y" * 300
    manager, _, _ = managed(httpx.Response(418, text=page))
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    assert "corr" not in str(caught.value)


def test_a_secret_that_the_cut_of_a_description_falls_into_is_taken_out_all_the_same():
    said = "x" * 293 + "correct horse"
    manager, _, _ = managed(refusal("invalid_client", said))
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    assert "corr" not in f"{caught.value} {caught.value.error_description}"


@pytest.mark.parametrize(
    "written",
    [
        "p&lt;ss &amp; word",
        "p%3css+%26+word",
        "p%3Css%20%26%20word",
        "P<SS & WORD",
        r"p<ss \u0026 word",
    ],
)
def test_a_secret_that_a_server_writes_another_way_is_taken_out(written):
    body = f'{{"error": "invalid_request", "error_description": "bad: {written}"}}'
    manager, _, _ = managed(
        httpx.Response(400, text=body), grant=PasswordAuth("alice", "p<ss & word")
    )
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    assert "word" not in str(caught.value).lower()


def test_a_secret_with_a_line_break_is_taken_out_too():
    manager, _, _ = managed(
        refusal("invalid_request", "bad: top\nsecret"), grant=PasswordAuth("alice", "top\nsecret")
    )
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("said", [{"message": "no"}, 7, ["no"], True])
def test_a_success_with_an_error_of_any_kind_is_no_success(said):
    body = {"access_token": "a", "error": said}
    manager, _, _ = managed(httpx.Response(200, json=body))
    with pytest.raises(TokenError):
        manager.authorization_header()
    assert manager.tokens is None


def test_a_device_code_or_secret_that_a_server_repeats_is_taken_out():
    device = {
        "device_code": "dev-code-123",
        "user_code": "ABCD",
        "verification_uri": "https://id.example/device",
        "expires_in": 600,
        "interval": 1,
    }
    grant = DeviceCodeAuth("app", device_url="https://id.example/d", show=lambda _: None)
    manager, _, _ = managed(
        httpx.Response(200, json=device),
        refusal("invalid_request", "no dev-code-123 here"),
        grant=grant,
    )
    with pytest.raises(AuthError) as caught:
        manager.authorization_header()
    assert "dev-code-123" not in f"{caught.value} {caught.value.__dict__}"


def test_answers_that_give_the_same_token_again_cost_a_crowd_one_request():
    gate = Gate({"access_token": "same"})
    manager, server, _ = managed({"access_token": "same"}, gate, {"access_token": "same"})
    old = manager.authorization_header()
    crowd = [thread_of(lambda: manager.force_refresh(rejected=old)) for _ in range(6)]
    assert gate.reached.wait(PATIENCE)
    time.sleep(0.05)
    gate.open.set()
    for thread, outcome in crowd:
        thread.join(PATIENCE)
        assert outcome.result() == "Bearer same"
    assert len(server.requests) == 2


def test_a_refresh_token_asked_for_less_goes_on_asking_for_less():
    manager, server, _ = managed(grant=RefreshTokenAuth("r", client_id="app", scope="read"))
    manager.authorization_header()
    manager.force_refresh()
    assert [form.get("scope") for form in server.forms] == ["read", "read"]


# What a client adds


def test_hooks_of_the_client_neither_see_a_password_nor_turn_a_refusal_into_an_outage():
    seen = []

    def strict(response):
        seen.append(response)
        response.raise_for_status()

    server = TokenServer({}, refusal(), {})
    server.client.event_hooks = {"request": [seen.append], "response": [strict]}
    manager, _, clock = managed(http=server.client)
    manager.authorization_header()
    clock.advance(DAY)
    assert manager.authorization_header() == "Bearer access-2"
    assert server.grants == ["password", "refresh_token", "password"]
    assert seen == []


def test_a_cookie_of_the_token_endpoint_does_not_stay_in_the_client():
    cookie = httpx.Response(
        200, json={"access_token": "a"}, headers={"set-cookie": "sid=42; Path=/"}
    )
    server = TokenServer(cookie)
    managed(http=server.client)[0].authorization_header()
    assert not list(server.client.cookies.jar)


def test_a_closed_client_is_told_in_words():
    manager, server, _ = managed()
    server.client.close()
    with pytest.raises(ConfigError, match="closed"):
        manager.authorization_header()


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "\u2603\u200d.example"])
def test_an_address_that_no_client_can_dial_is_refused_at_once(host):
    with pytest.raises(ConfigError, match="token_url"):
        TokenManager(PASSWORD, http=httpx.Client(), token_url=f"https://{host}/token")


@pytest.mark.parametrize("trouble", [ConnectionResetError(104, "reset"), TimeoutError("late")])
def test_a_transport_that_raises_what_the_system_raises_is_a_network_that_is_away(trouble):
    manager, _, clock = managed({}, trouble)
    manager.authorization_header()
    clock.advance(DAY)
    with pytest.raises(RefreshTransportError):
        manager.authorization_header()


def test_a_code_that_cannot_be_written_as_a_form_is_told_without_it():
    manager, _, _ = managed(grant=PasswordAuth("alice", "pw", totp=lambda: "hush\udcff"))
    with pytest.raises(ConfigError) as caught:
        manager.authorization_header()
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert "hush" not in shown
    assert caught.value.__cause__ is None


class Dripping:
    """A server that never finishes, one byte after another."""

    def __init__(self, begin):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._begin = begin
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/token"
        self.asked, self.over = threading.Event(), threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with self._socket, self._socket.accept()[0] as peer:
            peer.recv(65536)
            self.asked.set()
            peer.sendall(self._begin)
            while not self.over.wait(0.02):
                try:
                    peer.sendall(b"x")
                except OSError:
                    return


@pytest.mark.parametrize(
    "begin", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"]
)
def test_a_server_that_drips_is_left_in_time(monkeypatch, begin):
    monkeypatch.setattr(sending_module, "LIFE", 0.3)
    server = Dripping(begin)
    with httpx.Client() as client:
        manager = TokenManager(PASSWORD, http=client, token_url=server.url)
        thread, outcome = thread_of(manager.authorization_header)
        thread.join(PATIENCE)
        assert isinstance(outcome.error, RefreshTransportError)
    server.over.set()


# Other programs, other people


def test_clear_does_not_remove_what_somebody_else_keeps_there():
    slot = MemoryTokenSlot()
    alice = managed(grant=PasswordAuth("alice", "pw", client_id="app"), store=slot)[0]
    alice.authorization_header()
    bob = managed(grant=PasswordAuth("bob", "pw", client_id="app"), store=slot)[0]
    bob.clear()
    assert slot.load().origin.subject == "alice"
    bob.authorization_header()
    bob.clear()
    assert slot.load().origin.subject == "alice"
    assert bob.tokens is None


def test_clear_in_another_program_is_not_undone_by_a_renewal_under_way(monkeypatch):
    monkeypatch.setattr(manager_module, "CLEAR_GRACE", 0.05)
    slot, clock = MemoryTokenSlot(), VirtualClock()
    gate = Gate({})
    manager, _, _ = managed({}, gate, {}, store=slot, clock=clock)
    manager.authorization_header()
    other = managed(store=slot, clock=clock)[0]
    thread, outcome = thread_of(manager.force_refresh)
    assert gate.reached.wait(PATIENCE)
    other.clear()
    gate.open.set()
    thread.join(PATIENCE)
    assert isinstance(outcome.error, TokenExpiredError)
    assert slot.load() is None
    assert manager.tokens is None


class Refusing(MemoryTokenSlot):
    """Refuses to save while it is told to."""

    trouble = None

    def save(self, tokens):
        if self.trouble is not None:
            raise self.trouble
        super().save(tokens)


def test_what_could_not_be_kept_does_not_come_back_after_another_program_cleared():
    slot, clock = Refusing(), VirtualClock()
    manager, server, _ = managed(store=slot, clock=clock)
    manager.authorization_header()
    slot.trouble = StoreError("disk full")
    manager.force_refresh()
    slot.trouble = None
    managed(store=slot, clock=clock)[0].clear()
    assert manager.authorization_header() == "Bearer access-3"
    assert server.grants == ["password", "refresh_token", "password"]


def test_what_could_not_be_kept_does_not_replace_what_another_program_got_later():
    slot, clock = Refusing(), VirtualClock()
    manager, _, _ = managed(store=slot, clock=clock)
    manager.authorization_header()
    slot.trouble = StoreError("disk full")
    manager.force_refresh()
    slot.trouble = None
    clock.advance(10)
    slot.save(stored(clock))
    assert manager.authorization_header() == "Bearer stored-access"
    assert slot.load().access_token == "stored-access"


@pytest.mark.parametrize("trouble", [ValueError("mine"), KeyError("x"), OSError(28, "full")])
def test_a_slot_that_refuses_in_its_own_way_costs_no_token_and_is_tried_again(trouble):
    slot, events = Refusing(), []
    manager, _, _ = managed(store=slot, on_event=lambda event: events.append(event.name.value))
    slot.trouble = trouble
    assert manager.authorization_header() == "Bearer access-1"
    assert "save_failed" in events
    slot.trouble = None
    assert manager.authorization_header() == "Bearer access-1"
    assert slot.load().access_token == "access-1"


class Wild(MemoryTokenSlot):
    """Answers what it is told to."""

    answer = None

    def load(self):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return super().load() if self.answer is None else self.answer


@pytest.mark.parametrize("answer", [ValueError("mine"), OSError(5, "io"), "garbage", {"a": 1}, 7])
def test_a_slot_that_answers_nonsense_is_a_store_error_unless_something_is_held(answer):
    slot = Wild()
    manager, _, _ = managed(store=slot)
    manager.authorization_header()
    slot.answer = answer
    assert manager.force_refresh() == "Bearer access-2"
    with pytest.raises(StoreError):
        managed(store=slot)[0].authorization_header()


def test_clear_tells_a_slot_s_own_trouble_as_a_store_error_with_the_memory_empty():
    class Stuck(MemoryTokenSlot):
        def clear(self):
            raise PermissionError(13, "no")

    manager, _, _ = managed(store=Stuck())
    manager.authorization_header()
    with pytest.raises(StoreError):
        manager.clear()
    assert manager.tokens is None


def test_clear_while_the_slot_is_read_leaves_nothing_behind():
    gate = Gate()

    class Slow(MemoryTokenSlot):
        is_slow = False

        def load(self):
            found = super().load()
            if self.is_slow:
                self.is_slow = False
                gate()
            return found

    slot, clock = Slow(), VirtualClock()
    manager, _, _ = managed(store=slot, clock=clock)
    slot.save(stored(clock))
    slot.is_slow = True
    thread, _ = thread_of(manager.authorization_header)
    assert gate.reached.wait(PATIENCE)
    manager.clear()
    gate.open.set()
    thread.join(PATIENCE)
    assert manager.tokens is None or manager.tokens.access_token != "stored-access"
    assert manager.authorization_header() != "Bearer stored-access"


def test_a_slot_that_clears_the_manager_while_it_saves_does_not_hang_it():
    class Odd(MemoryTokenSlot):
        manager = None

        def save(self, tokens):
            super().save(tokens)
            self.manager.clear()

    slot = Odd()
    slot.manager = managed(store=slot)[0]
    thread, _ = thread_of(slot.manager.authorization_header)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert slot.load() is None
    assert slot.manager.tokens is None


# Many callers


def test_force_refresh_renews_though_somebody_just_looks():
    gate = Gate()

    class Slow(MemoryTokenSlot):
        def load(self):
            if not gate.open.is_set():
                gate()
            return super().load()

    slot, clock = Slow(), VirtualClock()
    MemoryTokenSlot.save(slot, stored(clock))
    manager, server, _ = managed(store=slot, clock=clock)
    looking, looked = thread_of(manager.authorization_header)
    assert gate.reached.wait(PATIENCE)
    forcing, forced = thread_of(manager.force_refresh)
    time.sleep(0.05)
    gate.open.set()
    looking.join(PATIENCE)
    forcing.join(PATIENCE)
    assert looked.result() == "Bearer stored-access"
    assert forced.result() == "Bearer access-1"
    assert len(server.requests) == 1


def test_whoever_waits_too_long_is_served_what_is_still_valid():
    gate = Gate({})
    manager, _, clock = managed({}, gate, wait_timeout=0.01)
    manager.authorization_header()
    clock.advance(3590)
    renewing, _ = thread_of(manager.authorization_header)
    assert gate.reached.wait(PATIENCE)
    try:
        assert manager.authorization_header() == "Bearer access-1"
        with pytest.raises(RefreshTransportError):
            manager.force_refresh(rejected="access-1")
    finally:
        gate.open.set()
        renewing.join(PATIENCE)


def test_a_forced_renewal_that_fails_costs_others_no_valid_token():
    gate = Gate(503)
    manager, _, clock = managed({}, gate)
    manager.authorization_header()
    clock.advance(3590)
    forcing, forced = thread_of(manager.force_refresh)
    assert gate.reached.wait(PATIENCE)
    waiting, waited = thread_of(manager.authorization_header)
    time.sleep(0.05)
    gate.open.set()
    forcing.join(PATIENCE)
    waiting.join(PATIENCE)
    assert isinstance(forced.error, RefreshTransportError)
    assert waited.result() == "Bearer access-1"


def test_a_rejected_header_is_recognised_however_it_is_spaced():
    manager, _, _ = managed()
    old = manager.authorization_header()
    assert manager.force_refresh(rejected=f"{old} ") == "Bearer access-2"


def test_a_person_is_asked_by_event_and_call_once_also_when_no_server_was_asked():
    events = []
    slot, clock = MemoryTokenSlot(), VirtualClock()
    slot.save(stored(clock, refresh_expires_in=60.0))
    manager, _, _ = managed(
        grant=REFRESH,
        store=slot,
        clock=clock,
        on_event=lambda event: events.append(event.name.value),
    )
    clock.advance(DAY)
    for _ in range(3):
        with pytest.raises(ReauthRequiredError):
            manager.authorization_header()
    assert events == ["reauth_required"]


def test_a_thousand_tasks_wait_on_a_handful_of_threads():
    gate = Gate({})
    manager, server, _ = managed(gate)
    most = 0

    async def main():
        nonlocal most
        tasks = [asyncio.create_task(manager.aauthorization_header()) for _ in range(1000)]
        await asyncio.to_thread(gate.reached.wait, PATIENCE)
        most = threading.active_count()
        gate.open.set()
        return set(await asyncio.gather(*tasks))

    before = threading.active_count()
    assert asyncio.run(main()) == {"Bearer access-1"}
    assert most - before < 20
    assert len(server.requests) == 1


# What is seen of secrets


def locals_of(error):
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    return " ".join(
        repr(frame.f_locals) for frame in frames if "pywry_auth" in frame.f_code.co_filename
    )


@pytest.mark.parametrize(
    "trouble", [OFFLINE, refusal("invalid_client"), httpx.Response(200, text="x")]
)
def test_a_traceback_that_shows_variables_shows_no_secret(trouble):
    manager, _, _ = managed(trouble)
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    shown = locals_of(caught.value)
    assert "manager" in shown.lower()
    assert "correct horse" not in shown


def test_two_who_wait_for_one_failure_do_not_share_a_traceback():
    gate = Gate(503)
    manager, _, _ = managed(gate)
    threads = [thread_of(manager.authorization_header) for _ in range(2)]
    assert gate.reached.wait(PATIENCE)
    time.sleep(0.05)
    gate.open.set()
    for thread, _ in threads:
        thread.join(PATIENCE)
    first, second = (outcome.error for _, outcome in threads)
    assert str(first) == str(second)
    assert first is not second


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_manager_is_neither_copied_nor_pickled(take):
    manager, _, _ = managed()
    manager.authorization_header()
    with pytest.raises(TypeError, match="one manager"):
        take(manager)


def test_what_goes_over_the_wire_is_not_logged_at_any_level(caplog):
    with caplog.at_level(logging.DEBUG):
        manager, _, clock = managed({}, refusal("invalid_grant", "correct horse"), {})
        manager.authorization_header()
        clock.advance(DAY)
        manager.authorization_header()
    shown = caplog.text + json.dumps([str(record.__dict__) for record in caplog.records])
    for secret in ("correct horse", "access-1", "access-2", "refresh-1"):
        assert secret not in shown


# What newcomers do


def test_what_is_given_by_mistake_is_named():
    good = {"http": httpx.Client(), "token_url": TOKEN_URL}
    with pytest.raises(ConfigError, match=r"httpx\.Client"):
        TokenManager(PASSWORD, **good | {"http": httpx.AsyncClient()})
    with pytest.raises(ConfigError, match="store"):
        TokenManager(PASSWORD, **good, store="tokens.json")
    with pytest.raises(ConfigError, match="store"):
        TokenManager(PASSWORD, **good, store=FileTokenStore)
    with pytest.raises(ConfigError, match="grant"):
        TokenManager(PasswordAuth, **good)
    with pytest.raises(ConfigError, match="seconds"):
        TokenManager(PASSWORD, **good, expiry_skew=float("nan"))


@pytest.mark.parametrize(
    "error", ["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"]
)
def test_every_common_refusal_comes_with_a_hint(error):
    manager, _, _ = managed(refusal(error))
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    assert caught.value.hint


def test_a_refused_session_says_what_to_do():
    manager, _, _ = managed(refusal(), grant=REFRESH)
    with pytest.raises(ReauthRequiredError) as caught:
        manager.authorization_header()
    assert "sign in" in caught.value.hint


# Signals, forks, the end of the interpreter


def test_a_caller_that_is_interrupted_before_the_work_began_leaves_it_to_the_next(monkeypatch):
    real, raised = threading.Thread, []

    class Interrupted(threading.Thread):
        def __init__(self, *args, **kwargs):
            if kwargs.get("name") == flight_module.THREAD_NAME and not raised:
                raised.append(1)
                raise KeyboardInterrupt
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(threading, "Thread", Interrupted)
    manager, _, _ = managed()
    with pytest.raises(KeyboardInterrupt):
        manager.authorization_header()
    monkeypatch.setattr(threading, "Thread", real)
    thread, outcome = thread_of(manager.authorization_header)
    thread.join(2)
    assert outcome.result() == "Bearer access-1"


AFTER_FORK = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import PasswordAuth, TokenManager
from pywry_auth.token_store.slot import MemoryTokenSlot

reached, release = threading.Event(), threading.Event()
class Slow(MemoryTokenSlot):
    def save(self, tokens):
        if not reached.is_set():
            reached.set()
            release.wait(10)
        super().save(tokens)

grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(grant, http=TokenServer().client, token_url=TOKEN_URL, store=Slow())
thread = threading.Thread(target=manager.authorization_header)
thread.start()
reached.wait(10)
child = os.fork()
if child == 0:
    import faulthandler
    faulthandler.dump_traceback_later(5, exit=True)
    header = manager.force_refresh()
    os._exit(0 if header == "Bearer access-2" else 3)
status = os.waitpid(child, 0)[1]
release.set()
thread.join()
print(status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_forked_while_tokens_are_saved_can_use_the_manager(tmp_path):
    done = python(AFTER_FORK, tmp_path=tmp_path)
    assert (done.stdout.strip(), done.returncode) == ("0", 0), done.stderr


AT_EXIT = """
import atexit, sys, threading
sys.path.insert(0, sys.argv[1])
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import FileTokenStore, PasswordAuth, TokenManager

grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(
    grant, http=TokenServer().client, token_url=TOKEN_URL, store=FileTokenStore(sys.argv[2])
)
atexit.register(lambda: print(manager.authorization_header()))
"""

ENDING = """
import sys, threading, time
sys.path.insert(0, sys.argv[1])
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import FileTokenStore, PasswordAuth, TokenManager

reached = threading.Event()
def slow(request):
    reached.set()
    time.sleep(0.5)
grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(
    grant, http=TokenServer(slow).client, token_url=TOKEN_URL, store=FileTokenStore(sys.argv[2])
)
threading.Thread(target=manager.authorization_header, daemon=True).start()
reached.wait(10)
"""


@pytest.mark.parametrize(("code", "said"), [(AT_EXIT, "Bearer access-1"), (ENDING, "")])
def test_a_program_that_ends_meanwhile_keeps_what_it_gets(tmp_path, code, said):
    path = tmp_path / "tokens.json"
    done = python(code, path, tmp_path=tmp_path)
    assert (done.stdout.strip(), done.returncode, done.stderr) == (said, 0, "")
    assert "access-1" in path.read_text()


def test_ctrl_c_in_a_listener_is_not_swallowed():
    def impatient(_event):
        raise KeyboardInterrupt

    manager, _, _ = managed(on_event=impatient)
    with pytest.raises(KeyboardInterrupt):
        manager.clear()


def test_a_password_that_is_a_word_of_our_own_is_not_told_by_its_absence():
    manager, _, _ = managed(refusal("invalid_client"), grant=PasswordAuth("alice", "token"))
    with pytest.raises(TokenRefreshError, match="the token endpoint answered 400"):
        manager.authorization_header()


def test_two_loops_at_once_and_a_loop_that_is_closed_meanwhile_share_one_renewal():
    gate = Gate({})
    manager, server, _ = managed(gate)

    async def leave():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await manager.aauthorization_header()

    asyncio.run(leave())
    loops = [
        thread_of(lambda: asyncio.run(manager.aauthorization_header())),
        thread_of(lambda: asyncio.run(manager.aauthorization_header())),
        thread_of(manager.authorization_header),
    ]
    time.sleep(0.05)
    gate.open.set()
    for thread, outcome in loops:
        thread.join(PATIENCE)
        assert outcome.result() == "Bearer access-1"
    assert len(server.requests) == 1


def test_a_task_waits_no_longer_than_a_thread():
    gate = Gate({})
    manager, _, _ = managed(gate, wait_timeout=0.01)
    thread, _ = thread_of(manager.authorization_header)
    assert gate.reached.wait(PATIENCE)
    with pytest.raises(RefreshTransportError, match="lasted for more than"):
        asyncio.run(manager.aauthorization_header())
    gate.open.set()
    thread.join(PATIENCE)


def test_what_a_renewal_calls_cannot_await_that_renewal():
    found = []

    def code():
        outcome = CallOutcome()
        with outcome:
            asyncio.run(manager.aauthorization_header())
        found.append(outcome.error)
        return "123456"

    manager, _, _ = managed(grant=PasswordAuth("alice", "pw", totp=code))
    assert manager.authorization_header() == "Bearer access-1"
    assert isinstance(found[0], ConfigError)


@pytest.mark.parametrize("skew", [0, 1e9, float("inf")])
@pytest.mark.parametrize("life", [0, 1, 3600, 1e9, None])
def test_no_skew_and_no_life_makes_a_call_hang_or_fail(skew, life):
    manager, server, clock = managed(
        {"expires_in": life}, expiry_skew=skew, wait_timeout=float("inf")
    )
    headers = [manager.authorization_header() for _ in range(3)]
    assert len(server.requests) == (3 if life == 0 else 1)
    assert headers[0] == "Bearer access-1"
    clock.advance(life or 0)
    manager.authorization_header()


def test_a_store_that_gives_another_refused_token_each_time_ends_all_the_same():
    clock = VirtualClock()
    numbers = iter(range(10_000))

    class Endless(MemoryTokenSlot):
        def load(self):
            return stored(clock, refresh_token=f"r{next(numbers)}", expires_in=1.0)

    slot = Endless()
    manager, server, _ = managed(refusal(), store=slot, clock=clock, grant=REFRESH)
    clock.advance(DAY)
    with pytest.raises(ReauthRequiredError):
        manager.force_refresh()
    assert len(server.requests) <= 3


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import FileTokenStore, PasswordAuth, TokenManager

class Fatal(FileTokenStore):
    def save(self, tokens):
        os.kill(os.getpid(), signal.SIGKILL)

grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(
    grant, http=TokenServer().client, token_url=TOKEN_URL, store=Fatal(sys.argv[2])
)
manager.authorization_header()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_program_that_is_killed_while_it_saves_leaves_no_lock_behind(tmp_path, monkeypatch):
    path = tmp_path / "tokens.json"
    done = python(KILLED, path, tmp_path=tmp_path)
    assert done.returncode == -signal.SIGKILL
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    began = time.monotonic()
    assert managed(store=FileTokenStore(path))[0].authorization_header() == "Bearer access-1"
    assert time.monotonic() - began < PATIENCE


def test_a_grant_of_the_application_s_own_that_fails_fails_in_its_own_words():
    class Mine(TokenGrant):
        client_id = "app"
        can_reauthenticate = True

        def grant_data(self):
            raise LookupError("no vault")

    manager, server, _ = managed(grant=Mine())
    for _ in range(2):
        with pytest.raises(LookupError, match="no vault"):
            manager.authorization_header()
    assert server.requests == []


@pytest.mark.parametrize(
    "body",
    [
        '{"access_token": "a\\r\\nX-Evil: 1"}',
        '{"access_token": "a b"}',
        '{"access_token": "a\\u0000"}',
        '{"access_token": "a\\n"}',
        '{"access_token": ""}',
        '{"access_token": "\\u00e9"}',
        '{"access_token": "a", "token_type": "Bearer\\r\\nX: 1"}',
        '{"access_token": "a", "token_type": "Bearer x"}',
        '{"access_token": "a", "token_type": 1}',
        '{"access_token": "a", "token_type": null}',
        '{"access_token": "a", "expires_in": NaN}',
        '{"access_token": "a", "expires_in": 1e308}',
        '{"access_token": "a", "expires_in": "nan"}',
        '{"access_token": "a", "expires_in": {}}',
        '{"access_token": "a", "refresh_token": ["r"]}',
        '{"access_token": "a", "refresh_token": "\\ud800"}',
        '{"access_token": "a", "x": ' + "[" * 5000 + "]" * 5000 + "}",
        "[" * 100_000,
        '{"access_token": "a", "access_token": 7}',
        '{"access_token": "a"} trailing',
        '\ufeff{"access_token": "a"}x',
    ],
)
def test_an_answer_that_would_do_harm_later_is_refused_now(body):
    manager, _, _ = managed(httpx.Response(200, content=body.encode()))
    with pytest.raises(TokenError):
        manager.authorization_header()
    assert manager.tokens is None


@pytest.mark.parametrize(
    "words", ["a\x00b", "a\nFAKE LINE", "\x1b[31mred", "\u202eover", "x" * 9999]
)
def test_what_a_server_says_cannot_break_a_line_or_a_terminal(words):
    manager, _, _ = managed(refusal(words, words))
    with pytest.raises(TokenRefreshError) as caught:
        manager.authorization_header()
    shown = f"{caught.value}{caught.value.error}{caught.value.error_description}"
    assert shown.isprintable()
    assert len(shown) < 800


def test_extra_members_however_odd_are_kept_or_left_out_but_break_no_store(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    body = (
        '{"access_token": "a", "n": 1e999, "big": '
        + "9" * 4000
        + ', "d": '
        + "[" * 150
        + "]" * 150
        + "}"
    )
    store = FileTokenStore(tmp_path / "t.json")
    manager, _, _ = managed(httpx.Response(200, content=body.encode()), store=store)
    assert manager.authorization_header() == "Bearer a"
    assert store.load().access_token == "a"


class OddProof:
    """A proof that an application wrote itself."""

    client_id = "app"

    def __init__(self, header):
        self._header = header

    def proof(self, *, audience, now):
        del audience, now
        return ClientProof(headers={"Authorization": self._header})


@pytest.mark.parametrize("header", ["Basic !!!hidden", "basic /////w==", "Private hidden-key", "x"])
def test_a_proof_of_the_application_s_own_breaks_nothing_and_is_taken_out(header):
    grant = ClientCredentialsAuth("app", client_auth=OddProof(header))
    manager, _, _ = managed({}, refusal("invalid_client", f"not {header}"), grant=grant)
    manager.authorization_header()
    with pytest.raises(TokenRefreshError) as caught:
        manager.force_refresh()
    assert "hidden" not in f"{caught.value} {caught.value.error_description}"


def test_a_proof_that_no_header_can_hold_is_told_without_it():
    grant = ClientCredentialsAuth("app", client_auth=OddProof("Basic hush\u2603"))
    with pytest.raises(ConfigError) as caught:
        managed(grant=grant)[0].authorization_header()
    assert "hush" not in "".join(traceback.format_exception(caught.value))


def test_the_mounts_of_the_client_are_used():
    server = TokenServer()
    mounted = httpx.MockTransport(server.client._transport.handler)
    client = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(500)),
        mounts={"https://id.example": mounted},
    )
    assert managed(http=client)[0].authorization_header() == "Bearer access-1"
    assert not client.is_closed


def test_a_token_that_is_refused_at_once_is_renewed_though_its_renewal_has_not_landed():
    gate = Gate()
    manager, server, _ = managed(
        {},
        on_event=lambda event: (
            gate() if event.name == "refreshed" and not gate.reached.is_set() else 0
        ),
    )
    old = manager.authorization_header()
    first, _ = thread_of(lambda: manager.force_refresh(rejected=old))
    assert gate.reached.wait(PATIENCE)
    assert manager.authorization_header() == "Bearer access-2"
    second, outcome = thread_of(lambda: manager.force_refresh(rejected="Bearer access-2"))
    time.sleep(0.05)
    gate.open.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert outcome.result() == "Bearer access-3"
    assert len(server.requests) == 3


def test_on_reauth_required_may_use_the_manager_and_sign_in_again():
    slot, clock = MemoryTokenSlot(), VirtualClock()
    found = []

    def sign_in():
        manager.clear()
        slot.save(stored(clock))
        found.append(manager.authorization_header())

    manager, _, _ = managed(
        refusal(), grant=REFRESH, store=slot, clock=clock, on_reauth_required=sign_in
    )
    with pytest.raises(ReauthRequiredError):
        manager.authorization_header()
    assert found == ["Bearer stored-access"] == [manager.authorization_header()]


def test_a_task_that_needs_a_person_does_not_hold_up_its_loop():
    asked = []
    manager, _, _ = managed(
        refusal(),
        grant=REFRESH,
        on_reauth_required=lambda: asked.append(threading.current_thread()),
    )
    with pytest.raises(ReauthRequiredError):
        asyncio.run(manager.aauthorization_header())
    assert len(asked) == 1
    assert asked[0] is not threading.main_thread()


LEAVING = """
import sys, threading
sys.path.insert(0, sys.argv[1])
import httpx
from pywry_auth.grants import PasswordAuth, TokenManager
from pywry_auth.grants.renewal import sending

sending.LIFE = 0.5
from unit.test_attack_grants import Dripping
server = Dripping(b"HTTP/1.1 200 OK\\r\\nX-Slow: ")
manager = TokenManager(PasswordAuth("a", "b"), http=httpx.Client(), token_url=server.url)
threading.Thread(target=manager.authorization_header, daemon=True).start()
server.asked.wait(10)
"""


def test_a_program_ends_though_a_server_never_does(tmp_path):
    began = time.monotonic()
    done = python(LEAVING, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 2 * PATIENCE


@pytest.mark.parametrize("bound", [{"token_type": "DPoP"}, {"raw": {"proved": True}}])
def test_tokens_bound_to_a_key_are_neither_sent_nor_replaced_nor_left_unexplained(bound):
    slot, clock = MemoryTokenSlot(), VirtualClock()
    slot.save(stored(clock, **bound))
    manager, server, _ = managed(store=slot, clock=clock)
    for ask in (manager.authorization_header, manager.force_refresh):
        with pytest.raises(StoreError, match="proofs of a key"):
            ask()
    assert server.requests == []
    assert slot.load().access_token == "stored-access"
    manager.clear()
    assert slot.load() is None


def test_a_bound_record_of_somebody_else_is_left_alone():
    slot, clock = MemoryTokenSlot(), VirtualClock()
    other = TokenOrigin("https://other.example", "app")
    slot.save(stored(clock, token_type="DPoP", origin=other))
    manager, _, _ = managed(store=slot, clock=clock)
    assert manager.authorization_header() == "Bearer access-1"
    manager.clear()
    assert slot.load().origin == other


class Once:
    """A token endpoint on this machine that brings *reply* over a real connection, once."""

    def __init__(self, reply):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/token"
        threading.Thread(target=self._serve, args=(reply,), daemon=True).start()

    def _serve(self, reply):
        # Whoever has seen enough of a wrong reply leaves while it is sent.
        with self._socket, self._socket.accept()[0] as peer, suppress(ConnectionError):
            asked = b""
            while not asked.endswith(b"end=1"):
                piece = peer.recv(65536)
                if not piece:
                    return
                asked += piece
            peer.sendall(reply)


def answer(body, *headers):
    head = "\r\n".join(["HTTP/1.1 200 OK", "Connection: close", *headers])
    return f"{head}\r\n\r\n".encode() + body


class Ended(TokenGrant):
    """A grant whose form says where it ends."""

    client_id = "app"
    can_reauthenticate = True

    def grant_data(self):
        return {"grant_type": "x", "password": "correct-horse", "z": "1", "end": "1"}

    def client_auth(self):
        return OddProof("Basic YXBwOmhpZGRlbi1rZXk=")


GOOD = b'{"access_token": "secret-access", "refresh_token": "secret-refresh"}'


def test_a_real_connection_logs_no_secret_at_any_level(caplog):
    server = Once(answer(GOOD))
    with caplog.at_level(logging.DEBUG), httpx.Client() as client:
        manager = TokenManager(Ended(), http=client, token_url=server.url)
        assert manager.authorization_header() == "Bearer secret-access"
    shown = caplog.text + json.dumps([str(record.__dict__) for record in caplog.records])
    assert "httpcore" in shown
    for secret in ("correct-horse", "hidden-key", "YXBwOmhp", "secret-access", "secret-refresh"):
        assert secret not in shown


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer(GOOD, "Content-Length: 999"),
        answer(b'5\r\n{"acc', "Transfer-Encoding: chunked"),
        answer(b"x" * 3_000_000),
        answer(zlib.compress(b"0" * 9_000_000, wbits=31), "Content-Encoding: gzip"),
        answer(GOOD, "Content-Encoding: br"),
        answer(GOOD, "X-Big: " + "y" * 2_000_000),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5,
    ],
)
def test_whatever_a_connection_brings_is_no_answer_and_loses_nothing(reply):
    server = Once(reply)
    slot = MemoryTokenSlot()
    with httpx.Client(timeout=5) as client:
        manager = TokenManager(Ended(), http=client, token_url=server.url, store=slot)
        with pytest.raises(RefreshTransportError):
            manager.authorization_header()
    assert slot.load() is None


INTERRUPTED = """
import os, signal, sys, threading
sys.path.insert(0, sys.argv[1])
from fakes.token_server import TOKEN_URL, TokenServer
from pywry_auth.grants import FileTokenStore, PasswordAuth, TokenManager

class Slow(FileTokenStore):
    def clear(self):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.8)
        super().clear()

grant = PasswordAuth("a", "b", client_id="app")
manager = TokenManager(
    grant, http=TokenServer().client, token_url=TOKEN_URL, store=Slow(sys.argv[2])
)
manager.authorization_header()
try:
    manager.clear()
except KeyboardInterrupt:
    print("interrupted", manager.tokens, os.path.exists(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a program cannot press its own Ctrl-C there")
def test_ctrl_c_while_clearing_leaves_nothing_half_cleared(tmp_path):
    done = python(INTERRUPTED, tmp_path / "tokens.json", tmp_path=tmp_path)
    assert done.stdout == "interrupted None False\n", done.stderr
