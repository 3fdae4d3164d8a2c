"""Calls of a keyring that hangs, and of one that asks a person."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import weakref
from contextlib import suppress

import pytest

from pywry_auth.errors import StoreUnavailableError
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.token_store.deadline import WITH_PROMPT, WITHOUT_PROMPT, Patience, PatientCaller


SHORT = Patience(limit=0.05)


@pytest.fixture
def hang():
    """An event that a hanging call waits for; it is let go when the test ends."""
    event = threading.Event()
    yield event
    event.set()


def test_a_call_gives_its_value():
    assert PatientCaller(SHORT).call(lambda: 5).result() == 5


def test_a_call_gives_its_error_whatever_it_is():
    class Foreign(BaseException):
        pass

    def fail():
        raise Foreign

    outcome = PatientCaller(SHORT).call(fail)
    assert isinstance(outcome.error, Foreign)
    with pytest.raises(Foreign):
        outcome.result()


def test_a_hanging_call_ends_with_a_sentence(hang):
    with pytest.raises(StoreUnavailableError, match=r"not answered within 0\.05 seconds") as caught:
        PatientCaller(SHORT).call(hang.wait)
    assert caught.value.retryable
    assert caught.value.hint


def test_what_was_given_up_before_it_began_never_begins(hang):
    caller = PatientCaller(SHORT)
    ran: list[str] = []
    for work in (hang.wait, lambda: ran.append("late")):
        with pytest.raises(StoreUnavailableError):
            caller.call(work)
    hang.set()
    while "new" not in ran:
        with suppress(StoreUnavailableError):  # on a busy machine the old call ends late
            caller.call(lambda: ran.append("new"))
    assert set(ran) == {"new"}


def test_what_is_asked_later_comes_after_a_call_that_was_given_up(hang):
    order: list[str] = []

    def slow():
        hang.wait()
        order.append("given up")

    caller = PatientCaller(SHORT)
    with pytest.raises(StoreUnavailableError):
        caller.call(slow)
    hang.set()
    caller.call(lambda: order.append("later"))
    assert order == ["given up", "later"]


def test_somebody_is_told_once_that_a_dialog_may_be_waiting(hang):
    told: list[bool] = []

    def tell():
        told.append(True)
        hang.set()

    caller = PatientCaller(Patience(limit=5.0, notice=0.01), tell)
    assert caller.call(hang.wait).result() is True
    assert told == [True]


def test_nobody_is_told_of_a_call_that_answers():
    def tell():
        raise AssertionError

    assert PatientCaller(Patience(limit=5.0, notice=4.0), tell).call(lambda: 1).result() == 1


def test_a_person_has_longer_than_a_machine():
    assert (WITHOUT_PROMPT.limit, WITHOUT_PROMPT.notice) == (10.0, None)
    assert WITH_PROMPT.limit == 120.0
    assert WITH_PROMPT.notice is not None


def test_the_thread_ends_with_its_caller():
    caller = PatientCaller(SHORT)
    thread = caller.call(threading.current_thread).result()
    gone = weakref.ref(caller)
    del caller
    gc.collect()
    assert gone() is None
    thread.join(5)
    assert not thread.is_alive()


HANGING = """
import asyncio, sys, time
from pywry_auth.errors import StoreUnavailableError
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.token_store.deadline import Patience
from pywry_auth.token_store.keyring import KeyringTokenStore

class Hanging:
    def get_password(self, service, username):
        time.sleep(3600)

store = KeyringTokenStore("svc", backend=Hanging(), patience=Patience(limit=0.05))
for work in (store.slot().load, lambda: asyncio.run(store.load("default"))):
    try:
        work()
    except StoreUnavailableError as exc:
        print(exc.code)

patient = KeyringTokenStore("svc", backend=Hanging(), patience=Patience(limit=3600.0))
try:
    asyncio.run(asyncio.wait_for(patient.load("default"), 0.01))
except TimeoutError:
    print("left")
"""


def test_a_hanging_keyring_does_not_keep_a_finished_program_alive(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", HANGING],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
    )
    assert done.stdout.split() == ["store_unavailable", "store_unavailable", "left"]
    assert done.stderr == ""


class Slow:
    """A backend that answers when it is let go, as if a person typed a password."""

    def __init__(self, answer):
        self.answer = answer

    def get_password(self, service, username):
        del service, username
        self.answer.wait()


def test_a_store_tells_that_the_keyring_may_be_asking(hang):
    told = []

    def tell():
        told.append(True)
        hang.set()

    patience = Patience(limit=5.0, notice=0.01)
    store = KeyringTokenStore("svc", on_waiting=tell, backend=Slow(hang), patience=patience)
    assert store.slot().load() is None
    assert told == [True]


def test_the_loop_goes_on_while_the_keyring_asks(hang):
    store = KeyringTokenStore("svc", backend=Slow(hang), patience=Patience(limit=5.0))

    async def scenario():
        loading = asyncio.ensure_future(store.load("default"))
        for _ in range(10):
            await asyncio.sleep(0.001)
        assert not loading.done()
        hang.set()
        return await loading

    assert asyncio.run(scenario()) is None


def test_a_caller_that_is_cancelled_does_not_wait_for_the_keyring(hang):
    store = KeyringTokenStore("svc", backend=Slow(hang), patience=Patience(limit=5.0))

    async def scenario():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(store.load("default"), 0.01)

    asyncio.run(scenario())


def test_what_the_keyring_gave_is_not_kept_until_the_next_call():
    class Secret:
        pass

    caller = PatientCaller(Patience(limit=5.0))
    secret = caller.call(Secret).result()
    forgotten = threading.Event()
    weakref.finalize(secret, forgotten.set)
    del secret
    gc.collect()
    assert forgotten.wait(5)
