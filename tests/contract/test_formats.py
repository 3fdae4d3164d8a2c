"""
What was written by each release that ever was is read by this one.

A sample is never edited. A release that changes a form gives it the next number, adds its samples,
and keeps reading the earlier ones.
"""

import asyncio
import re
from pathlib import Path

import pytest

from pywry_auth.errors import StoreError
from pywry_auth.token_store import (
    JsonFileTokenStore,
    MemoryTokenStore,
    SealedTokenStore,
    codec,
    file,
    sealing,
)
from pywry_auth.token_store.codec import NewerFormatError, decode, encode
from pywry_auth.token_store.migration import copy_tokens, migrate
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


SAMPLES = Path(__file__).parent / "samples"
SERVICE = "pywry-auth:samples"

WHOSE = TokenOrigin("https://op.example", "client", "sub")


def full(origin=None):
    return OAuthTokenSet(
        "eyJ.access.token",
        "bearer",
        "refresh-1",
        3600,
        "h.id.s",
        "openid email",
        {"tenant": {"name": "Zoë"}, "list": [1, 2.5, None, True]},
        1_700_000_000.25,
        86400,
        origin=origin,
    )


#: sample -> what it says; a record without its time counts as issued long ago
RECORDS = {
    "record-0-full": full(),
    "record-0-least": OAuthTokenSet("only-this", issued_at=0.0),
    "record-1-full": full(WHOSE),
    "record-1-least": OAuthTokenSet("only-this", issued_at=5.0),
}


class Keyring:
    """A keyring that has the key of the samples."""

    def get_password(self, service, username):
        assert (service, username) == (SERVICE, "~pywry~sealing-key")
        return f"pywry-sealing-key:1:{bytes(range(32)).hex()}"


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def sample(name):
    return (SAMPLES / f"{name}.json").read_text("utf-8").rstrip("\n")


def sealed_sample(name):
    return bytes.fromhex((SAMPLES / f"{name}.sealed.hex").read_text("ascii"))


@pytest.fixture(params=["json", "sealed"])
def planted(request, tmp_path):
    """Gives the store over a file with these bytes in its form, and that file."""

    def plant(name):
        path = tmp_path / f"tokens.{request.param}"
        if request.param == "json":
            path.write_text(sample(name))
            return JsonFileTokenStore(path), path
        path.write_bytes(sealed_sample(name))
        return SealedTokenStore(path, SERVICE, backend=Keyring()), path

    return plant


@pytest.mark.parametrize("name", RECORDS)
def test_each_form_of_a_record_is_read(name):
    found = decode(sample(name))
    assert found == RECORDS[name]
    assert found.raw == RECORDS[name].raw
    assert found.origin == RECORDS[name].origin


@pytest.mark.parametrize("name", RECORDS)
def test_the_next_release_that_only_adds_a_form_reads_them_too(name, monkeypatch):
    monkeypatch.setattr(codec, "SCHEMA", codec.SCHEMA + 1)
    assert decode(sample(name)) == RECORDS[name]


@pytest.mark.parametrize("name", [name for name in RECORDS if f"-{codec.SCHEMA}-" in name])
def test_the_present_form_is_written_as_it_always_was(name):
    assert encode(RECORDS[name]) == sample(name)


@pytest.mark.parametrize("name", RECORDS)
def test_what_an_older_release_wrote_is_rewritten_in_the_present_form(name):
    rewritten = encode(decode(sample(name)))
    assert f'{{"v":{codec.SCHEMA},' in rewritten
    assert decode(rewritten) == RECORDS[name]


def test_every_form_that_ever_was_has_samples():
    numbers = {int(found[1]) for name in RECORDS if (found := re.match(r"record-(\d+)-", name))}
    assert numbers == set(range(codec.SCHEMA + 1))
    assert {f"{name}.json" for name in RECORDS} < {one.name for one in SAMPLES.iterdir()}
    for kind, last in (("json", file.SCHEMA), ("sealed.hex", sealing.VERSION)):
        for number in range(1, last + 1):
            assert (SAMPLES / f"file-{number}.{kind}").exists()


def test_each_form_of_a_file_is_read(planted):
    store, path = planted("file-1")
    before = path.read_bytes()
    assert asyncio.run(store.list_keys()) == ["ada", "bob"]
    assert store.slot("ada").load() == full(WHOSE)
    assert store.slot("bob").load() == OAuthTokenSet("only-this", issued_at=5.0)
    assert path.read_bytes() == before


@pytest.fixture
def sealed_file(tmp_path):
    path = tmp_path / "tokens.sealed"

    def plant(number):
        path.write_bytes(sealed_sample(f"file-{number}"))
        return SealedTokenStore(path, SERVICE, backend=Keyring()), path

    return plant


@pytest.mark.parametrize("number", range(1, sealing.VERSION + 1))
def test_each_form_of_a_sealed_file_is_read_and_rewritten_in_the_present_one(sealed_file, number):
    store, path = sealed_file(number)
    before = sealing.Label.of(path.read_bytes())
    assert asyncio.run(store.list_keys()) == ["ada", "bob"]
    store.slot("bob").save(full())
    after = sealing.Label.of(path.read_bytes())
    assert bytes(after).startswith(b"pywry-sealed %d " % sealing.VERSION)
    assert (after.file, after.writing) == (before.file, before.writing + 1)
    assert store.slot("ada").load() == full(WHOSE)
    assert store.slot("bob").load() == full()


def test_a_file_of_an_older_release_goes_on_to_be_written(planted):
    store, _ = planted("file-1")
    store.slot("bob").save(full())
    assert store.slot("ada").load() == full(WHOSE)
    assert store.slot("bob").load() == full()


def test_a_newer_file_is_left_alone_by_every_call(planted):
    store, path = planted("file-newer")
    before = path.read_bytes()
    slot = store.slot("ada")
    for work in (
        slot.load,
        slot.clear,
        lambda: slot.save(full()),
        lambda: asyncio.run(migrate(store, MemoryTokenStore())),
        lambda: asyncio.run(migrate(_holding(full()), store)),
    ):
        with pytest.raises(StoreError, match="newer release"):
            work()
    assert [one for one in path.parent.iterdir() if one.is_file()] == [path]
    assert path.read_bytes() == before


def test_a_newer_record_is_left_alone_by_readers_with_movers(planted):
    store, path = planted("file-1")
    with pytest.raises(NewerFormatError):
        decode(sample("record-newer"))
    store._records.write("newer", sample("record-newer"), None)
    target = MemoryTokenStore()
    assert asyncio.run(store.load("newer")) is None
    assert asyncio.run(copy_tokens(store, target)) == ["ada", "bob"]
    assert asyncio.run(migrate(store, target)) == ["ada", "bob"]
    assert asyncio.run(store.list_keys()) == ["newer"]
    assert store._records.read("newer") == sample("record-newer")
    assert [one for one in path.parent.iterdir() if one.is_file()] == [path]


def _holding(tokens):
    store = MemoryTokenStore()
    store.put("ada", tokens)
    return store
