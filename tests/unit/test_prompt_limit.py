"""One prompt at a time for one account on this machine, with pauses after those that failed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.flow.prompt_limit import FIRST_PAUSE, LONGEST_PAUSE, Pause, PromptLimit
from pywry_auth.lock import lock_folder
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.tokens import TokenOrigin


ROOT = Path(__file__).parents[2]
ORIGIN = TokenOrigin("https://op.example", "me", "")


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture
def clock():
    return VirtualClock(1_000_000.0)


def never():
    return False


HOLD = """
import sys
from pywry_auth.flow.prompt_limit import PromptLimit
from pywry_auth.tokens import TokenOrigin
limit = PromptLimit(TokenOrigin("https://op.example", "me", ""), "alice")
with limit.turn(20, lambda: False) as came:
    print(came, flush=True)
    sys.stdin.read()
"""


def holder():
    """Another program that is asking just now."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "True\n"
    return process


def end(process):
    process.communicate()


def test_nobody_has_a_turn_beside_another():
    limit = PromptLimit(ORIGIN, "alice")
    with limit.turn(5, never) as mine:
        assert mine
        with PromptLimit(ORIGIN, "alice").turn(0, never) as theirs:
            assert not theirs
        with PromptLimit(ORIGIN, "bob").turn(0, never) as of_another_account:
            assert of_another_account
        elsewhere = TokenOrigin("https://other.example", "me", "")
        with PromptLimit(elsewhere, "alice").turn(0, never) as of_another_provider:
            assert of_another_provider
    with PromptLimit(ORIGIN, "alice").turn(0, never) as afterwards:
        assert afterwards


def test_another_program_is_waited_for_until_it_has_had_its_turn():
    process = holder()
    threading.Timer(0.05, end, (process,)).start()
    with PromptLimit(ORIGIN, "alice").turn(20, never) as came:
        assert came
        assert process.wait(10) == 0


def test_a_program_that_is_killed_frees_its_turn():
    process = holder()
    process.kill()
    with PromptLimit(ORIGIN, "alice").turn(20, never) as came:
        assert came
    end(process)


def test_a_program_that_is_stopped_is_not_waited_for_for_ever():
    process = holder()
    process.send_signal(signal.SIGSTOP)
    try:
        with PromptLimit(ORIGIN, "alice").turn(0.3, never) as came:
            assert not came
    finally:
        process.send_signal(signal.SIGCONT)
        end(process)


def test_whoever_waits_may_stop_waiting():
    cancelled = threading.Event()
    threading.Timer(0.05, cancelled.set).start()
    with (
        PromptLimit(ORIGIN, "alice").turn(5, never),
        PromptLimit(ORIGIN, "alice").turn(600, cancelled.is_set) as came,
    ):
        assert not came


def test_after_a_failure_nobody_is_asked_for_a_while_and_longer_each_time(clock):
    limit = PromptLimit(ORIGIN, "alice", clock)
    assert limit.may_ask()
    for expected in (FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE):
        limit.failed()
        clock.advance(expected - 1)
        assert not PromptLimit(ORIGIN, "alice", clock).may_ask()
        assert PromptLimit(ORIGIN, "bob", clock).may_ask()
        clock.advance(1)
        assert PromptLimit(ORIGIN, "alice", clock).may_ask()


def test_a_person_who_signs_in_ends_the_pause(clock):
    limit = PromptLimit(ORIGIN, "alice", clock)
    limit.failed()
    with limit.pressed():
        pass
    assert limit.may_ask()


def test_a_person_who_does_not_finish_leaves_the_pause(clock):
    limit = PromptLimit(ORIGIN, "alice", clock)
    limit.failed()
    with pytest.raises(KeyError), limit.pressed():
        raise KeyError
    assert not limit.may_ask()


def test_programs_wait_while_a_person_signs_in_who_waits_for_nobody():
    limit = PromptLimit(ORIGIN, "alice")
    with limit.turn(5, never), limit.pressed():
        pass  # though a program is asking
    with limit.pressed(), PromptLimit(ORIGIN, "alice").turn(0, never) as came:
        assert not came


def test_where_no_program_asks_by_itself_nothing_is_written():
    with PromptLimit(ORIGIN, "alice").pressed():
        pass
    assert not lock_folder().exists()


def test_what_is_written_is_for_its_owner_and_names_nobody():
    limit = PromptLimit(TokenOrigin("https://op.example", "me", ""), "alice@work.example")
    with limit.turn(5, never):
        limit.failed()
    files = list(lock_folder().iterdir())
    assert len(files) == 2
    for file in files:
        assert "alice" not in file.name + file.read_text()
        if os.name == "posix":
            assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    ["", "nonsense", "[]", "1", '{"failures": "1", "ended_at": 1}', '{"failures": -3}', "\xff"],
)
def test_a_note_that_cannot_be_read_limits_nobody(clock, content):
    limit = PromptLimit(ORIGIN, "alice", clock)
    limit.failed()
    (file,) = lock_folder().iterdir()
    file.write_text(content)
    assert limit.may_ask()
    limit.failed()
    assert not limit.may_ask()


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_where_nothing_can_be_written_nobody_is_limited(monkeypatch, tmp_path):
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a-file"))
    limit = PromptLimit(ORIGIN, "alice")
    began = time.monotonic()
    with limit.turn(600, never) as came:
        assert came
        limit.failed()
    assert limit.may_ask()
    with limit.pressed():
        pass
    assert time.monotonic() - began < 60


@given(st.integers(0, 10_000), st.floats(0, 4e9), st.floats(0, 4e9))
def test_a_pause_is_bounded_whatever_was_noted(failures, ended_at, now):
    pause = Pause(failures, ended_at)
    assert pause.seconds <= LONGEST_PAUSE
    assert pause.is_over(ended_at + LONGEST_PAUSE)
    assert pause.is_over(now) or ended_at <= now <= ended_at + LONGEST_PAUSE
    assert pause.longer(now).failures == failures + 1
    assert json.dumps(pause.seconds)


def test_a_clock_that_was_set_back_forgets_the_pause():
    assert Pause(3, 2_000_000.0).is_over(1_000_000.0)
