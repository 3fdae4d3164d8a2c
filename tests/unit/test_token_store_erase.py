"""Erasing a store leaves nothing, wherever pieces of it lie."""

import asyncio
import time

import pytest

from pywry_auth.errors import StoreError
from pywry_auth.lock import record_lock
from pywry_auth.testing.keyrings import LockedKeyring, MemoryKeyring
from pywry_auth.token_store import JsonFileTokenStore, KeyringTokenStore, SealedTokenStore
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet


SERVICE = "pywry-auth:test"


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "tokens"
    made.mkdir()
    return made


def tokens_of(word):
    return OAuthTokenSet(f"access-{word}", refresh_token="r", issued_at=5.0)


def erase(store, *known):
    asyncio.run(store.erase(known))


def test_a_file_goes_with_its_damaged_copies_and_half_written_ones(folder):
    store = JsonFileTokenStore(folder / "tokens.json")
    store.slot().save(tokens_of("one"))
    for name in (
        "tokens.json.damaged-file-17",
        "tokens.json.damaged-record-17",
        "tokens.json.kept-file-17",
        ".tokens.json.0123456789ab.tmp",
        ".tokens.json.damaged-record-17.0123456789ab.tmp",
        "tokens.json.txt",
        "other.json",
    ):
        (folder / name).write_text("x")
    erase(store)
    assert sorted(one.name for one in folder.iterdir()) == ["other.json", "tokens.json.txt"]


def test_a_link_in_the_place_of_the_file_goes_and_what_it_names_stays(folder):
    (folder / "diary").write_text("mine")
    (folder / "tokens.json").symlink_to(folder / "diary")
    erase(JsonFileTokenStore(folder / "tokens.json"))
    assert [one.name for one in folder.iterdir()] == ["diary"]
    assert (folder / "diary").read_text() == "mine"


def test_nothing_there_is_nothing_to_erase(tmp_path):
    erase(JsonFileTokenStore(tmp_path / "never" / "tokens.json"))
    assert not (tmp_path / "never").exists()


def test_a_copy_of_a_sealed_file_cannot_be_opened_after_erasing(folder):
    keyring = MemoryKeyring()
    store = SealedTokenStore(folder / "tokens.sealed", SERVICE, backend=keyring)
    store.slot().save(tokens_of("one"))
    copy = (folder / "tokens.sealed").read_bytes()
    erase(store)
    assert keyring.entries(SERVICE) == []
    assert list(folder.iterdir()) == []
    (folder / "tokens.sealed").write_bytes(copy)
    for each in (store, SealedTokenStore(folder / "tokens.sealed", SERVICE, backend=keyring)):
        with pytest.raises(StoreError, match="does not have the key"):
            each.slot().load()


def test_a_sealed_store_can_be_used_again_after_erasing(folder):
    store = SealedTokenStore(folder / "tokens.sealed", SERVICE, backend=MemoryKeyring())
    store.slot().save(tokens_of("one"))
    erase(store)
    store.slot().save(tokens_of("two"))
    assert store.slot().load() == tokens_of("two")


def test_a_sealed_file_that_nothing_opens_is_erased_too(folder):
    store = SealedTokenStore(folder / "tokens.sealed", SERVICE, backend=MemoryKeyring())
    store.slot().save(tokens_of("one"))
    (folder / "tokens.sealed").write_bytes(b"anything")
    erase(store)
    assert list(folder.iterdir()) == []


def test_the_key_goes_though_the_file_cannot(folder, monkeypatch):
    keyring = MemoryKeyring()
    store = SealedTokenStore(folder / "tokens.sealed", SERVICE, backend=keyring)
    store.slot().save(tokens_of("one"))

    def stuck(*_arguments, **_options):
        raise PermissionError(13, "in use")

    monkeypatch.setattr("pathlib.Path.unlink", stuck)
    with pytest.raises(StoreError):
        erase(store)
    assert keyring.entries(SERVICE) == []


def test_a_keyring_keeps_neither_damaged_nor_unlisted_records():
    keyring = MemoryKeyring()
    store = KeyringTokenStore(SERVICE, backend=keyring)
    for word in ("a", "b"):
        store.slot(word).save(tokens_of(word))
    keyring.set_password(SERVICE, "b", "{broken")
    assert store.slot("b").load() is None
    keyring.set_password(SERVICE, "unlisted", "{at: secret")
    erase(store, "unlisted")
    assert keyring.entries(SERVICE) == []


def test_a_keyring_keeps_no_part_of_a_record_that_lacks_one():
    keyring = MemoryKeyring()
    store = KeyringTokenStore(SERVICE, backend=keyring, part_size=40)
    for word in ("a", "b"):
        store.slot(word).save(tokens_of(word))
    parts = [entry for entry in keyring.entries(SERVICE) if "~part:" in entry]
    assert len(parts) == 4
    keyring.delete_password(SERVICE, parts[0])
    erase(store)
    assert keyring.entries(SERVICE) == []


def test_a_locked_keyring_is_no_success():
    with pytest.raises(StoreError):
        erase(KeyringTokenStore(SERVICE, backend=LockedKeyring()), "a")


def test_whoever_hangs_in_the_middle_of_writing_keeps_nothing_here(folder, monkeypatch):
    monkeypatch.setattr("pywry_auth.token_store.one_file.HURRY", 0.05)
    store = JsonFileTokenStore(folder / "tokens.json")
    store.slot().save(tokens_of("one"))
    began = time.monotonic()
    with record_lock(store.identity, "\0file"):
        erase(store)
    assert time.monotonic() - began < 20
    assert list(folder.iterdir()) == []


class Stubborn(MemoryTokenStore):
    """Refuses to delete one key, and to say what it holds."""

    async def delete(self, key):
        if key == "b":
            raise StoreError("no")
        await super().delete(key)

    async def list_keys(self):
        raise StoreError("no")


def test_one_record_that_stays_does_not_save_the_others():
    store = Stubborn()
    for word in ("a", "b", "c"):
        store.put(word, tokens_of(word))
    with pytest.raises(StoreError):
        erase(store, "a", "b", "c")
    assert (store.get("a"), store.get("c")) == (None, None)
