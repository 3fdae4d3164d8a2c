"""Records on the move: nothing is lost, whatever ends the move, whoever writes meanwhile."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError, StoreError, StoreUnavailableError
from pywry_auth.lock import record_lock
from pywry_auth.token_store import JsonFileTokenStore, MemoryTokenStore
from pywry_auth.token_store.base import key_entry
from pywry_auth.token_store.migration import copy_tokens, migrate
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


ADA = TokenOrigin("https://op.example", "client", "ada")
BOB = TokenOrigin("https://op.example", "client", "bob")
ELSEWHERE = TokenOrigin("https://other.example", "client", "ada")


def tokens_of(word, at=5.0, origin=ADA):
    return OAuthTokenSet(f"access-{word}", refresh_token="r", issued_at=at, origin=origin)


def key_record(word="one"):
    return OAuthTokenSet(f"key-{word}", token_type="dpop-key", issued_at=5.0, origin=ADA)


@pytest.mark.parametrize("move", [copy_tokens, migrate])
def test_the_key_that_tokens_are_bound_to_goes_with_them_and_first(move, monkeypatch):
    source, target = holding(a=tokens_of("one"), b=tokens_of("two")), MemoryTokenStore()
    source.put(key_entry("a"), key_record())
    written, save = [], target.save

    async def noting(key, tokens):
        written.append(key)
        await save(key, tokens)

    monkeypatch.setattr(target, "save", noting)
    assert asyncio.run(move(source, target)) == ["a", "b"]
    assert written == [key_entry("a"), "a", "b"]
    assert target.get(key_entry("a")) == key_record()
    assert (source.get(key_entry("a")) is None) == (move is migrate)


def test_a_key_stays_with_tokens_that_stay():
    source, target = holding(a=tokens_of("old", 5.0)), holding(a=tokens_of("other", 5.0))
    source.put(key_entry("a"), key_record("old"))
    target.put(key_entry("a"), key_record("other"))
    assert asyncio.run(migrate(source, target)) == []
    assert source.get(key_entry("a")) == key_record("old")
    assert target.get(key_entry("a")) == key_record("other")


def holding(**records):
    store = MemoryTokenStore()
    for key, tokens in records.items():
        store.put(key, tokens)
    return store


def held(store):
    return {key: store.slot(key).load() for key in asyncio.run(store.list_keys())}


def test_every_record_moves_and_is_named(tmp_path):
    source, target = JsonFileTokenStore(tmp_path / "a"), JsonFileTokenStore(tmp_path / "b")
    for key in ("b/ob", "ada", ""):
        source.slot(key).save(tokens_of(key))
    assert asyncio.run(migrate(source, target)) == ["", "ada", "b/ob"]
    assert held(source) == {}
    assert held(target) == {key: tokens_of(key) for key in ("", "ada", "b/ob")}
    assert asyncio.run(migrate(source, target)) == []


def test_a_copy_leaves_the_source_as_it_was():
    source, target = holding(a=tokens_of("a"), b=tokens_of("b")), MemoryTokenStore()
    assert asyncio.run(copy_tokens(source, target)) == ["a", "b"]
    assert held(source) == held(target)
    assert asyncio.run(copy_tokens(source, target)) == ["a", "b"]


@pytest.mark.parametrize("move", [copy_tokens, migrate])
def test_a_store_is_never_emptied_into_itself(tmp_path, move):
    memory = holding(a=tokens_of("a"))
    one, same = JsonFileTokenStore(tmp_path / "a"), JsonFileTokenStore(tmp_path / "x/../a")
    for source, target in ((memory, memory), (one, one), (one, same)):
        with pytest.raises(ConfigError, match="itself"):
            asyncio.run(move(source, target))
    assert held(memory) == {"a": tokens_of("a")}


def test_an_older_record_of_the_target_is_replaced():
    source, target = holding(a=tokens_of("new", 9.0)), holding(a=tokens_of("old", 5.0))
    assert asyncio.run(migrate(source, target)) == ["a"]
    assert held(target) == {"a": tokens_of("new", 9.0)}


@pytest.mark.parametrize("origin", [ADA, None, TokenOrigin("https://op.example", "client")])
def test_a_newer_record_of_the_target_stays_and_the_older_one_goes(origin):
    source, target = holding(a=tokens_of("old", 5.0, origin)), holding(a=tokens_of("new", 9.0))
    assert asyncio.run(migrate(source, target)) == ["a"]
    assert held(target) == {"a": tokens_of("new", 9.0)}
    assert held(source) == {}


@pytest.mark.parametrize("other", [BOB, ELSEWHERE, TokenOrigin("https://op.example", "other", "x")])
@pytest.mark.parametrize("at", [1.0, 5.0, 9.0])
def test_somebody_elses_record_is_never_touched(other, at, caplog):
    source, target = holding(a=tokens_of("a")), holding(a=tokens_of("theirs", at, other))
    for move in (copy_tokens, migrate):
        assert asyncio.run(move(source, target)) == []
    assert held(source) == {"a": tokens_of("a")}
    assert held(target) == {"a": tokens_of("theirs", at, other)}
    assert [(one.message, one.key) for one in caplog.records] == [
        ("token_store.not_moved", "a")
    ] * 2
    assert "access-" not in "".join(str(vars(one)) for one in caplog.records)


def test_two_records_of_the_same_moment_both_stay():
    source, target = holding(a=tokens_of("one")), holding(a=tokens_of("other"))
    assert asyncio.run(migrate(source, target)) == []
    assert (held(source), held(target)) == ({"a": tokens_of("one")}, {"a": tokens_of("other")})


def test_a_record_of_a_newer_release_in_the_target_is_not_overwritten(tmp_path):
    text = '{"v":99,"sealed":"by tomorrow"}'
    path = tmp_path / "t"
    path.write_text(json.dumps({"v": 1, "records": {"a": text}}))
    source, target = holding(a=tokens_of("a"), b=tokens_of("b")), JsonFileTokenStore(path)
    assert asyncio.run(migrate(source, target)) == ["b"]
    assert target._records.read("a") == text
    assert held(source) == {"a": tokens_of("a")}


class Forgetful(MemoryTokenStore):
    """Accepts everything and keeps half of it."""

    async def save(self, key, tokens):
        self.put(key, OAuthTokenSet(tokens.access_token, issued_at=tokens.issued_at))


def test_what_the_target_did_not_keep_whole_stays_in_the_source():
    source = holding(a=tokens_of("a"))
    with pytest.raises(StoreError, match="did not keep"):
        asyncio.run(migrate(source, Forgetful()))
    assert held(source) == {"a": tokens_of("a")}


class Refusing(MemoryTokenStore):
    """Gives, but removes nothing."""

    refuses = True

    async def delete(self, key):
        if self.refuses:
            raise StoreUnavailableError("no")
        await super().delete(key)


def test_a_source_that_refuses_to_delete_is_told_and_the_next_move_completes():
    source, target = Refusing(), MemoryTokenStore()
    source.put("a", tokens_of("a"))
    with pytest.raises(StoreUnavailableError):
        asyncio.run(migrate(source, target))
    assert held(source) == held(target)
    source.refuses = False
    assert asyncio.run(migrate(source, target)) == ["a"]
    assert held(source) == {}


@pytest.mark.parametrize("deletes", [0, 1, 2])
def test_a_move_that_stops_anywhere_leaves_no_key_that_nobody_finds(deletes):
    class Stopping(MemoryTokenStore):
        left = deletes

        async def delete(self, key):
            if self.left == 0:
                raise StoreUnavailableError("no")
            self.left -= 1
            await super().delete(key)

    source, target = Stopping(), MemoryTokenStore()
    source.put("a", tokens_of("a"))
    source.put(key_entry("a"), tokens_of("private key"))
    with suppress(StoreUnavailableError):
        asyncio.run(migrate(source, target))
    assert target.get("a") == tokens_of("a")
    assert target.get(key_entry("a")) == tokens_of("private key")
    source.left = 9
    asyncio.run(migrate(source, target))
    assert source.get("a") is None
    assert source.get(key_entry("a")) is None
    assert target.get(key_entry("a")) == tokens_of("private key")


def test_a_refresh_under_way_is_waited_for_and_its_tokens_move(tmp_path):
    source, target = JsonFileTokenStore(tmp_path / "a"), JsonFileTokenStore(tmp_path / "b")
    source.slot("ada").save(tokens_of("old", 5.0))
    moved = []
    mover = threading.Thread(target=lambda: moved.append(asyncio.run(migrate(source, target))))
    with record_lock(source.identity, "ada"):
        mover.start()
        mover.join(0.05)
        assert mover.is_alive()
        source.slot("ada").save(tokens_of("rotated", 9.0))
    mover.join()
    assert moved == [["ada"]]
    assert held(target) == {"ada": tokens_of("rotated", 9.0)}
    assert held(source) == {}


def test_moves_in_both_directions_end_and_lose_nothing(tmp_path):
    one, other = JsonFileTokenStore(tmp_path / "a"), JsonFileTokenStore(tmp_path / "b")
    for number in range(6):
        (one if number % 2 else other).slot(str(number)).save(tokens_of(str(number)))

    async def both():
        await asyncio.gather(migrate(one, other), migrate(other, one))

    asyncio.run(both())
    assert held(one) | held(other) == {str(number): tokens_of(str(number)) for number in range(6)}
    assert not held(one).keys() & held(other).keys()


def test_a_cancelled_move_leaves_no_lock_behind(tmp_path):
    source, target = JsonFileTokenStore(tmp_path / "a"), JsonFileTokenStore(tmp_path / "b")
    source.slot("ada").save(tokens_of("a"))

    async def cancelled():
        with record_lock(max(source.identity, target.identity), "ada"):
            task = asyncio.create_task(migrate(source, target))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return await migrate(source, target)

    assert asyncio.run(cancelled()) == ["ada"]


CRASH = """
import asyncio, json, os, sys
from pathlib import Path
from pywry_auth.token_store import JsonFileTokenStore
from pywry_auth.token_store.migration import migrate
from pywry_auth.tokens import OAuthTokenSet
import filelock, platformdirs

class Mortal(JsonFileTokenStore):
    left = 10 ** 9
    async def _counted(self, call):
        for before in (True, False):
            if Mortal.left == 0:
                os._exit(9)
            Mortal.left -= 1
            if before:
                given = await call
        return given
    async def save(self, key, tokens):
        await self._counted(super().save(key, tokens))
    async def load(self, key):
        return await self._counted(super().load(key))
    async def delete(self, key):
        await self._counted(super().delete(key))

def stores(number):
    folder = Path(sys.argv[1]) / str(number)
    return Mortal(folder / "a"), Mortal(folder / "b")

def held(store):
    keys = asyncio.run(store.list_keys())
    return {key: store.slot(key).load().access_token for key in keys}

for number in range(200):
    child = os.fork()
    if child == 0:
        source, target = stores(number)
        for word in ("ada", "bob"):
            source.slot(word).save(OAuthTokenSet(word))
        Mortal.left = number
        asyncio.run(migrate(source, target))
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    child = os.fork()
    if child == 0:
        source, target = stores(number)
        between = held(source), held(target)
        moved = asyncio.run(migrate(source, target))
        print(json.dumps([ended, *between, moved, held(source), held(target)]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    if ended == 0:
        break
"""


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_a_crash_at_any_step_loses_nothing_and_the_next_move_completes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path / "crash")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one[0] for one in seen] == [9] * (len(seen) - 1) + [0]
    both = {"ada": "ada", "bob": "bob"}
    for _, source, target, moved, source_after, target_after in seen:
        assert source | target == both
        assert moved == sorted(source)
        assert (source_after, target_after) == ({}, both)
    assert len(seen) > 10


origins = st.sampled_from([ADA, BOB, ELSEWHERE])
sets = st.builds(tokens_of, st.sampled_from("abc"), st.sampled_from([1.0, 2.0, 3.0]), origins)
stores = st.dictionaries(st.sampled_from(["x", "y", "z"]), sets)


@given(stores, stores)
def test_whatever_was_in_either_store_is_in_one_of_them_or_was_renewed(in_source, in_target):
    source, target = holding(**in_source), holding(**in_target)
    moved = asyncio.run(migrate(source, target))
    after_source, after_target = held(source), held(target)
    assert moved == sorted(in_source.keys() - after_source.keys())
    assert in_source.keys() | in_target.keys() == after_source.keys() | after_target.keys()
    for before in (in_source, in_target):
        for key, tokens in before.items():
            kept = [after[key] for after in (after_source, after_target) if key in after]
            assert any(
                tokens == one or (tokens.origin == one.origin and tokens.issued_at < one.issued_at)
                for one in kept
            )
    assert asyncio.run(migrate(source, target)) == []
    assert (held(source), held(target)) == (after_source, after_target)
