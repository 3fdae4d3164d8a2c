"""Stored credentials stay fresh; the numbers are those of the acceptance list 4A."""

import asyncio
import json
import logging
import threading

import pytest

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoredDataError,
    StoreUnavailableError,
    TokenRefreshError,
)
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.flows.auth_flow import BaseAuthFlow
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.subjects import subject_key
from pywry_auth.integrations.working.refreshing import Account, Refreshing
from pywry_auth.integrations.working.stored_credentials import StoredCredentials
from pywry_auth.testing import VirtualClock


NOW = 1_700_000_000.0
ALICE = "alice"


class Store:
    """Keeps texts, and can be told to fail."""

    def __init__(self):
        self.texts = {}
        self.failures = []
        self.calls = []

    async def get(self, provider, subject):
        self._called("get")
        text = self.texts.get((provider, subject_key(subject)))
        return None if text is None else json.loads(text)

    async def set(self, provider, subject, data):
        self._called("set")
        await asyncio.sleep(0)
        self.texts[provider, subject_key(subject)] = json.dumps(dict(data), sort_keys=True)

    async def delete(self, provider, subject):
        self._called("delete")
        self.texts.pop((provider, subject_key(subject)), None)

    def _called(self, name):
        self.calls.append(name)
        if self.failures and self.failures[0][0] == name:
            raise self.failures.pop(0)[1]


class Flow(BaseAuthFlow):
    """Rotates refresh tokens, and plays what its script says first."""

    kind = "oauth2"

    def __init__(self):
        self.sent = []
        self.script = []
        self.gate = None
        self.told = {}

    def pause(self):
        """Let renewals wait until the gate is opened; to be called on a loop."""
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def authorize(self):
        raise NotImplementedError

    async def exchange(self, *, subject):
        raise NotImplementedError

    async def refresh(self, *, subject=None, credentials=None):
        assert subject == ALICE
        self.sent.append(credentials.refresh_token)
        if self.gate is not None:
            self.begun.set()
            await self.gate.wait()
        if self.script:
            raise self.script.pop(0)
        number = len(self.sent)
        members = {"access_token": f"new-{number}", "refresh_token": f"rotated-{number}"}
        members |= {"expires_at": NOW + 1000 * number, "issued_at": NOW} | self.told
        return UserCredentials.model_validate(members)


class Provider(AuthProvider):
    key = "acme"

    def __init__(self):
        super().__init__()
        self.one = Flow()

    def flows(self):
        return {"one": self.one}


class Desk:
    """One provider, one store, a clock that a test sets."""

    def __init__(self, **record):
        self.store = Store()
        self.clock = VirtualClock(NOW)
        self.provider = Provider()
        self.account = Account("acme", self.provider, ALICE)
        self.refreshing = self.another()
        if record:
            self.put(record)

    def another(self):
        """What another manager over the same store has."""
        return Refreshing(StoredCredentials(self.store), self.clock)

    def put(self, record):
        self.store.texts["acme", subject_key(ALICE)] = json.dumps(record)

    @property
    def record(self):
        return json.loads(self.store.texts["acme", subject_key(ALICE)])

    @property
    def sent(self):
        return self.provider.one.sent

    def fresh(self):
        return asyncio.run(self.refreshing.fresh(self.account))


def expired(**more):
    return {"access_token": "old", "refresh_token": "first", "expires_at": NOW - 1, **more}


def test_4a_49_what_has_run_out_is_renewed_once_and_kept():
    desk = Desk(**expired())
    assert desk.fresh().access_token == "new-1"
    assert desk.record["access_token"] == "new-1"
    assert desk.record["refresh_token"] == "rotated-1"
    assert desk.fresh().access_token == "new-1"
    assert desk.sent == ["first"]


def test_4a_49_two_sessions_at_once_share_one_renewal():
    desk = Desk(**expired())

    async def both():
        desk.provider.one.pause()
        first = asyncio.create_task(desk.refreshing.fresh(desk.account))
        others = [
            asyncio.create_task(each.fresh(desk.account))
            for each in [desk.refreshing] * 5 + [desk.another(), desk.another()]
        ]
        await desk.provider.one.begun.wait()
        desk.provider.one.gate.set()
        return await asyncio.gather(first, *others)

    found = asyncio.run(both())
    assert {each.access_token for each in found} == {"new-1"}
    assert desk.sent == ["first"]


def test_4a_49_threads_with_loops_of_their_own_share_one_renewal():
    desk = Desk(**expired())
    found = []

    def run():
        found.append(asyncio.run(desk.refreshing.fresh(desk.account)).access_token)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["new-1"] * 6
    assert desk.sent == ["first"]


def test_what_ends_within_half_a_minute_is_renewed_and_a_short_life_is_used():
    desk = Desk(**expired(expires_at=NOW + 29))
    assert desk.fresh().access_token == "new-1"
    short = Desk(**expired(expires_at=NOW + 15, issued_at=NOW - 5))
    assert short.fresh().access_token == "old"
    unknown = Desk(access_token="old", refresh_token="first")
    assert unknown.fresh().access_token == "old"
    assert (short.sent, unknown.sent) == ([], [])


def test_what_the_answer_leaves_out_stays_and_ends_never_do():
    desk = Desk(**expired(scope="read", team="T1", refresh_expires_at=NOW + 9))
    desk.provider.one.told = {"expires_at": None, "refresh_token": None, "user_id": "u"}
    found = desk.fresh()
    assert desk.record == found.to_record()
    assert (found.scope, found.refresh_token, found.expires_at) == ("read", "first", None)
    assert (found.model_extra["team"], found.model_extra["user_id"]) == ("T1", "u")
    assert found.refresh_expires_at == NOW + 9
    desk = Desk(**expired(refresh_expires_at=NOW + 9))
    assert desk.fresh().refresh_expires_at is None  # the new refresh token has a life of its own


def test_without_the_network_a_token_that_still_counts_is_served():
    desk = Desk(**expired(expires_at=NOW + 10))
    before = dict(desk.store.texts)
    desk.provider.one.script = [RefreshTransportError("offline")]
    assert desk.fresh().access_token == "old"
    assert desk.store.texts == before


def test_without_the_network_and_without_a_token_the_caller_hears_of_it():
    desk = Desk(**expired())
    before = dict(desk.store.texts)
    desk.provider.one.script = [RefreshTransportError("offline")]
    with pytest.raises(RefreshTransportError):
        desk.fresh()
    assert desk.store.texts == before
    assert desk.fresh().access_token == "new-2"


def test_a_refusal_asks_for_the_person_and_leaves_the_store_alone():
    desk = Desk(**expired(team="T-secret"))
    before = dict(desk.store.texts)
    desk.provider.one.script = [ReauthRequiredError("no", error="invalid_grant")]
    with pytest.raises(ReauthRequiredError, match=r"acme.*alice") as caught:
        desk.fresh()
    assert (caught.value.provider, caught.value.error) == ("acme", "invalid_grant")
    assert "set" not in desk.store.calls
    assert desk.store.texts == before
    assert not any(secret in str(caught.value) for secret in ("first", "old", "T-secret"))


def test_after_a_refusal_what_another_machine_stored_is_used():
    desk = Desk(**expired())
    newer = {"access_token": "theirs", "refresh_token": "second", "expires_at": NOW + 500}

    async def refused(**_):
        desk.put(newer)
        raise ReauthRequiredError("no", error="invalid_grant")

    desk.provider.one.refresh = refused
    assert desk.fresh().access_token == "theirs"
    assert desk.record == newer


def test_another_refusal_is_told_as_it_is():
    desk = Desk(**expired())
    desk.provider.one.script = [TokenRefreshError("who are you", error="invalid_client")]
    with pytest.raises(TokenRefreshError, match="who are you"):
        desk.fresh()


@pytest.mark.parametrize(
    "record", [{"refresh_token": None}, {"refresh_expires_at": NOW - 1}, {"refresh_token": ""}]
)
def test_what_nothing_renews_is_used_to_its_end_and_not_longer(record):
    desk = Desk(**{**expired(expires_at=NOW + 10), **record})
    assert desk.fresh().access_token == "old"
    desk.put({**expired(), **record})
    with pytest.raises(ReauthRequiredError, match="acme"):
        desk.fresh()
    assert desk.sent == []


def test_a_provider_without_flows_renews_nothing():
    desk = Desk(**expired())
    desk.provider.flows = dict
    with pytest.raises(ReauthRequiredError):
        desk.fresh()


@pytest.fixture
def _impatient(monkeypatch):
    lock = StoredCredentials.lock
    monkeypatch.setattr(
        StoredCredentials, "lock", lambda self, name, whose, *_: lock(self, name, whose, 0.01)
    )


@pytest.mark.usefixtures("_impatient")
def test_who_waits_too_long_for_another_process_takes_what_still_counts():
    desk = Desk(**expired(expires_at=NOW + 10))
    with StoredCredentials(desk.store).lock("acme", ALICE):
        assert desk.fresh().access_token == "old"
        desk.put(expired())
        with pytest.raises(RefreshTransportError, match="somebody else") as caught:
            desk.fresh()
        assert caught.value.provider == "acme"
        desk.put(expired(access_token="theirs", expires_at=NOW + 10))
        assert desk.fresh().access_token == "theirs"
    assert desk.sent == []


@pytest.mark.usefixtures("_impatient")
def test_storing_and_deleting_do_not_wait_for_ever():
    desk = Desk(**expired())
    stored = StoredCredentials(desk.store)
    with stored.lock("acme", ALICE):
        asyncio.run(stored.save("acme", ALICE, UserCredentials(access_token="newer")))
        assert desk.record["access_token"] == "newer"
        asyncio.run(stored.delete("acme", ALICE))
    assert desk.store.texts == {}


def test_records_of_two_stores_have_locks_of_their_own():
    one, other = Desk(), Desk()
    with StoredCredentials(one.store).lock("acme", ALICE):
        with StoredCredentials(other.store).lock("acme", ALICE, 0.01):
            pass
        with StoredCredentials(one.store).lock("acme", "bob", 0.01):
            pass
        with (
            pytest.raises(StoreUnavailableError),
            StoredCredentials(one.store).lock("acme", ALICE, 0.01),
        ):
            pass


def test_what_was_removed_while_somebody_renewed_stays_removed():
    desk = Desk(**expired())
    stored = StoredCredentials(desk.store)

    async def at_once():
        desk.provider.one.pause()
        renewing = asyncio.create_task(desk.refreshing.fresh(desk.account))
        await desk.provider.one.begun.wait()
        removing = asyncio.create_task(stored.delete("acme", ALICE))
        await asyncio.sleep(0)
        desk.provider.one.gate.set()
        await asyncio.gather(renewing, removing)

    asyncio.run(at_once())
    assert desk.store.texts == {}


def test_a_caller_that_is_cancelled_waits_until_what_was_replaced_is_kept():
    desk = Desk(**expired())

    async def cancelled():
        desk.provider.one.pause()
        caller = asyncio.create_task(desk.refreshing.fresh(desk.account))
        await desk.provider.one.begun.wait()
        caller.cancel()
        await asyncio.sleep(0)
        desk.provider.one.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await caller

    asyncio.run(cancelled())
    assert desk.record["refresh_token"] == "rotated-1"


def test_a_store_that_fails_loses_nothing(caplog):
    desk = Desk(**expired())
    desk.store.failures = [("set", StoreUnavailableError("locked"))]
    with caplog.at_level(logging.WARNING):
        assert desk.fresh().access_token == "new-1"
    assert "credentials.save_failed" in caplog.text
    assert desk.record["access_token"] == "old"
    assert asyncio.run(desk.refreshing.load(desk.account)).access_token == "new-1"
    assert desk.fresh().access_token == "new-1"
    assert desk.record["access_token"] == "new-1"
    assert desk.sent == ["first"]


def test_a_store_that_fails_for_long_is_renewed_past():
    desk = Desk(**expired())
    desk.store.failures = [("set", StoreUnavailableError("locked"))] * 3
    assert desk.fresh().access_token == "new-1"
    desk.clock.advance(990)
    assert desk.fresh().access_token == "new-2"
    desk.store.failures = [("get", StoreUnavailableError("locked"))]
    assert asyncio.run(desk.refreshing.load(desk.account)).access_token == "new-2"
    assert desk.fresh().access_token == "new-2"
    assert desk.record["access_token"] == "new-2"
    assert desk.sent == ["first", "rotated-1"]


def test_a_store_that_breaks_loses_nothing_either():
    desk = Desk(**expired())
    desk.store.failures = [("set", OSError("disk full"))]
    with pytest.raises(OSError, match="disk full"):
        desk.fresh()
    assert desk.fresh().access_token == "new-1"
    assert desk.sent == ["first"]


def test_what_somebody_stored_since_beats_what_could_not_be_saved():
    desk = Desk(**expired())
    desk.store.failures = [("set", StoreUnavailableError("locked"))]
    desk.fresh()
    desk.put({"access_token": "other", "refresh_token": "other", "expires_at": NOW + 500})
    assert desk.fresh().access_token == "other"


@pytest.mark.parametrize(
    "record", ['"top"', "[1]", '{"expires_at": "top"}', '{"scope": {"top": 1}}']
)
def test_4a_48_a_record_that_cannot_be_read_is_named_and_not_shown(record):
    desk = Desk()
    desk.put(json.loads(record))
    with pytest.raises(StoredDataError, match="alice at acme") as caught:
        desk.fresh()
    told = caught.value
    assert told.provider == "acme"
    assert "top" not in f"{told!s}{told!r}{told.hint}"
    assert (told.__cause__, told.__context__) == (None, None)


def test_4a_48_also_where_the_store_says_so():
    desk = Desk()
    desk.store.failures = [("get", StoredDataError("top"))]
    with pytest.raises(StoredDataError, match="alice at acme") as caught:
        desk.fresh()
    assert caught.value.__context__ is None


def test_nothing_stored_is_nothing():
    assert Desk().fresh() is None
