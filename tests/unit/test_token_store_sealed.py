"""The sealed file: damaged, exchanged, put back, crashed into; its key: lost, locked, strange."""

import asyncio
import json
import logging
import os
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import StoredDataError, StoreError, StoreUnavailableError
from pywry_auth.token_store import SealedTokenStore, one_file
from pywry_auth.token_store.sealing import Label
from pywry_auth.tokens import OAuthTokenSet


SERVICE = "pywry-auth:test"
ENTRY = "~pywry~sealing-key"


class Keyring:
    """A keyring in a dictionary, which writes down what was asked of it."""

    def __init__(self):
        self.entries = {}
        self.asked = []
        self.error = None

    def _ask(self, word):
        self.asked.append(word)
        if self.error:
            raise self.error

    def get_password(self, service, username):
        self._ask("get")
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self._ask("set")
        self.entries[service, username] = password

    def delete_password(self, *anything):
        raise AssertionError(f"{anything} should be deleted; nothing ever is")


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def keyring():
    return Keyring()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "one" / "two" / "tokens.sealed"


@pytest.fixture
def fresh(path, keyring):
    """Gives stores that remember nothing, as another process has them."""
    return lambda service=SERVICE, at=path: SealedTokenStore(at, service, backend=keyring)


def tokens_of(word, size=0):
    return OAuthTokenSet(f"access-{word}" + "a" * size, refresh_token="r", issued_at=5.0)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def beside(path):
    return sorted(one for one in path.parent.iterdir() if one != path)


# --- what lies where -----------------------------------------------------------------------------


def test_looking_creates_nothing_and_asks_the_keyring_nothing(fresh, keyring, tmp_path):
    store = fresh()
    assert store.slot().load() is None
    store.slot().clear()
    assert keyring.asked == []
    assert not (tmp_path / "one").exists()


def test_the_keyring_is_written_once_and_read_once_in_each_process(fresh, keyring):
    first = fresh()
    first.slot("ada").save(tokens_of("one"))
    assert keyring.asked.count("set") == 1
    keyring.asked.clear()
    for word in ("two", "three"):
        first.slot("ada").save(tokens_of(word))
        assert first.slot("ada").load() == tokens_of(word)
    first.slot("bob").save(tokens_of("bob"))
    first.slot("bob").clear()
    assert keyring.asked == []
    second = fresh()
    for word in ("four", "five"):
        second.slot("ada").save(tokens_of(word))
        assert second.slot("ada").load() == tokens_of(word)
    assert keyring.asked == ["get"]


def test_two_files_of_one_service_share_the_key(fresh, keyring, tmp_path):
    for name in ("a.sealed", "b.sealed"):
        fresh(at=tmp_path / name).slot().save(tokens_of(name))
    assert keyring.asked.count("set") == 1
    assert fresh(at=tmp_path / "a.sealed").slot().load() == tokens_of("a.sealed")


def test_a_sealed_file_is_private_with_its_folders(fresh, path):
    before = os.umask(0)
    try:
        fresh().slot().save(tokens_of("one"))
        path.chmod(0o644)
        fresh().slot().save(tokens_of("two"))
    finally:
        os.umask(before)
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == mode_of(path.parent.parent) == 0o700
    assert beside(path) == []


def test_the_file_shows_neither_tokens_nor_accounts_nor_the_key(fresh, path, keyring):
    fresh().slot("zoe@https://op.example").save(tokens_of("canary"))
    content = path.read_bytes()
    key = keyring.entries[SERVICE, ENTRY].rpartition(":")[2]
    for secret in (b"canary", b"zoe@", b"op.example", b"refresh", key.encode(), bytes.fromhex(key)):
        assert secret not in content


def test_the_same_records_never_look_the_same_twice(fresh, path):
    seen = set()
    for _ in range(20):
        fresh().slot().save(tokens_of("one"))
        label, _, sealed = path.read_bytes().partition(b"\n")
        seen |= {label.split()[4], sealed}
    assert len(seen) == 40


def test_a_symbolic_link_is_refused_and_its_target_untouched(fresh, path, tmp_path):
    target = tmp_path / "tokens.sealed"
    fresh(at=target).slot().save(tokens_of("other"))
    before = target.read_bytes()
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    slot = fresh().slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("one"))):
        with pytest.raises(StoreError, match="symbolic link"):
            work()
    assert target.read_bytes() == before
    assert path.is_symlink()


# --- damage --------------------------------------------------------------------------------------


def refused(records, content):
    """Whether exactly the error of damaged data says no to *content*."""
    try:
        records.unpack(content)
    except StoredDataError:
        return True
    return False


def test_no_bit_of_the_file_can_change_unnoticed(fresh, path):
    fresh().slot().save(tokens_of("one"))
    content = path.read_bytes()
    records = fresh()._records
    assert not refused(records, content)
    for place in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            assert refused(records, bytes(changed)), (place, bit)


class Damage:
    """Two genuine writings of one file, for making a third that is not."""

    def __init__(self):
        self.keyring = Keyring()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t"
            store = SealedTokenStore(path, SERVICE, backend=self.keyring)
            store.slot("ada").save(tokens_of("old", 40))
            self.old = path.read_bytes()
            store.slot("ada").save(tokens_of("new", 40))
            self.new = path.read_bytes()


@pytest.fixture(scope="module")
def damage(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        return Damage()


places = st.integers(0, 400)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), places, st.integers(1, 255)),
        st.tuples(st.just("cut"), places, st.integers(1, 400)),
        st.tuples(st.just("insert"), places, st.binary(min_size=1, max_size=40)),
        st.tuples(st.just("splice"), places, st.integers(1, 400)),
    ),
    min_size=1,
    max_size=4,
)


def edited(damage, steps):
    content = bytearray(damage.new)
    for step, place, what in steps:
        at = min(place, len(content))
        match step:
            case "flip":
                content[at : at + 1] = bytes(byte ^ what for byte in content[at : at + 1])
            case "cut":
                del content[at : at + what]
            case "insert":
                content[at:at] = what
            case _:
                content[at : at + what] = damage.old[at : at + what]
    return bytes(content)


@given(edits)
def test_whatever_becomes_of_the_file_it_is_set_aside_whole_and_the_store_goes_on(damage, steps):
    content = edited(damage, steps)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        path.write_bytes(content)
        store = SealedTokenStore(path, SERVICE, backend=damage.keyring)
        found = store.slot("ada").load()
        if content in {damage.old, damage.new}:
            assert found in (tokens_of("old", 40), tokens_of("new", 40))
            return
        assert found is None
        (aside,) = beside(path)
        assert aside.read_bytes() == content
        store.slot("ada").save(tokens_of("again"))
        assert store.slot("ada").load() == tokens_of("again")
        assert aside.exists()


@given(st.binary(max_size=300))
def test_a_file_of_any_other_kind_is_set_aside(damage, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        path.write_bytes(content)
        SealedTokenStore(path, SERVICE, backend=damage.keyring).slot().save(tokens_of("one"))
        assert [one.read_bytes() for one in beside(path)] == [content]


def test_a_damaged_file_is_reported_by_its_name_alone(fresh, path, caplog):
    fresh().slot("zoe").save(tokens_of("canary"))
    path.write_bytes(path.read_bytes()[:-1])
    with caplog.at_level(logging.DEBUG):
        assert fresh().slot("zoe").load() is None
    (record,) = [one for one in caplog.records if one.name.startswith("pywry_auth")]
    (aside,) = beside(path)
    assert record.set_aside == aside.name
    assert "zoe" not in f"{record.getMessage()} {record.reason} {record.set_aside}"
    assert "canary" not in caplog.text + str(vars(record))


def test_a_damaged_record_is_set_aside_sealed_too(fresh, path):
    store = fresh()
    store.slot("well").save(tokens_of("well"))
    store._records.write("ill", "{canary", None)
    assert store.slot("ill").load() is None
    assert store.slot("well").load() == tokens_of("well")
    (aside,) = beside(path)
    assert b"canary" not in aside.read_bytes()
    assert mode_of(aside) == 0o600
    aside.replace(path)
    assert fresh()._records.read("ill") == "{canary"


def test_a_file_of_a_newer_release_is_left_alone(fresh, path, keyring):
    from hashlib import sha256

    words = b"pywry-sealed 3 something else"
    content = words + b" " + sha256(words).hexdigest()[:16].encode() + b"\nsealed by tomorrow"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    slot = fresh().slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("one"))):
        with pytest.raises(StoreError, match="newer release"):
            work()
    assert path.read_bytes() == content
    assert beside(path) == []
    assert keyring.asked == []


def test_a_failed_write_leaves_the_old_file_which_is_no_older_copy(fresh, path, monkeypatch):
    slot = fresh().slot()
    slot.save(tokens_of("old"))

    def full(descriptor):
        del descriptor
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreUnavailableError, match="OSError"):
            slot.save(tokens_of("new"))
    assert slot.load() == tokens_of("old")
    assert beside(path) == []


# --- exchanged, put back -------------------------------------------------------------------------


def test_records_cannot_be_swapped_between_names(fresh, path):
    """AES-GCM alone is malleable: whoever knows the text can exchange the names by XOR."""
    store = fresh()
    store.slot("ada").save(tokens_of("ada"))
    store.slot("bob").save(tokens_of("bob"))
    label, _, sealed = path.read_bytes().partition(b"\n")
    text = json.dumps(
        {"v": 1, "records": {key: store._records.read(key) for key in ("ada", "bob")}},
        indent=1,
        sort_keys=True,
    ).encode()
    swapped = bytearray(sealed)
    for name, other in ((b'"ada"', b'"bob"'), (b'"bob"', b'"ada"')):
        at = text.index(name)
        for offset, (one, two) in enumerate(zip(name, other, strict=True)):
            swapped[at + offset] ^= one ^ two
    assert len(text) + 16 == len(sealed)
    path.write_bytes(label + b"\n" + bytes(swapped))
    assert fresh().slot("ada").load() is None
    assert fresh().slot("bob").load() is None


def test_a_label_with_a_right_check_word_cannot_be_forged(fresh, path):
    store = fresh()
    store.slot().save(tokens_of("one"))
    content = path.read_bytes()
    label, sealed = Label.of(content), content.partition(b"\n")[2]
    records = fresh()._records
    assert bytes(label) + b"\n" + sealed == content
    for forged in (
        Label(label.file, label.writing + 5, label.nonce, label.key),
        Label("0" * 16, label.writing, label.nonce, label.key),
        Label(label.file, label.writing, bytes(12), label.key),
        Label(label.file, label.writing, label.nonce),
    ):
        assert refused(records, bytes(forged) + b"\n" + sealed)


def test_a_file_under_another_name_is_refused_and_back_under_its_own_it_is_read(fresh, path):
    other = path.with_name("other.sealed")
    fresh().slot().save(tokens_of("one"))
    fresh(at=other).slot().save(tokens_of("two"))
    kept = path.read_bytes()
    path.replace(other)
    assert fresh(at=other).slot().load() is None
    (aside,) = beside(other)
    assert aside.read_bytes() == kept
    aside.replace(path)
    assert fresh().slot().load() == tokens_of("one")


def test_a_file_of_another_key_is_an_error_and_opens_again_with_its_own(fresh, path, keyring):
    """Two keyrings that are chosen in turns must not throw out each other's sign-ins."""
    fresh().slot().save(tokens_of("one"))
    content, entries = path.read_bytes(), dict(keyring.entries)
    keyring.entries.clear()
    fresh(at=path.with_name("other")).slot().save(tokens_of("other"))
    assert keyring.entries != entries
    slot = fresh().slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("two"))):
        with pytest.raises(StoreError, match="does not have the key"):
            work()
    assert path.read_bytes() == content
    assert beside(path) == [path.with_name("other")]
    keyring.entries.update(entries)
    assert slot.load() == tokens_of("one")


def test_a_file_of_another_service_is_not_opened(fresh, path):
    fresh("service-one").slot().save(tokens_of("one"))
    fresh("service-two", path.with_name("x")).slot().save(tokens_of("two"))
    with pytest.raises(StoreError, match="does not have the key"):
        fresh("service-two").slot().load()
    assert fresh("service-one").slot().load() == tokens_of("one")


def test_the_name_of_the_key_cannot_be_forged(fresh, path, keyring):
    fresh().slot().save(tokens_of("one"))
    content = path.read_bytes()
    label = Label.of(content)
    forged = Label(label.file, label.writing, label.nonce, "0" * 16)
    path.write_bytes(bytes(forged) + b"\n" + content.partition(b"\n")[2])
    with pytest.raises(StoreError, match="does not have the key"):
        fresh().slot().load()
    key = keyring.entries[SERVICE, ENTRY].rpartition(":")[2]
    assert label.key not in key


def test_even_with_the_same_key_a_file_of_another_service_is_refused(fresh, path, keyring):
    fresh("service-one").slot().save(tokens_of("one"))
    keyring.entries["service-two", ENTRY] = keyring.entries["service-one", ENTRY]
    assert fresh("service-two").slot().load() is None
    assert len(beside(path)) == 1


def test_the_folder_may_move(fresh, path, tmp_path):
    fresh().slot().save(tokens_of("one"))
    path.parent.replace(tmp_path / "elsewhere")
    assert fresh(at=tmp_path / "elsewhere" / path.name).slot().load() == tokens_of("one")


def test_one_record_cannot_be_rolled_back(fresh, path):
    store = fresh()
    store.slot("ada").save(tokens_of("old"))
    old = path.read_bytes().partition(b"\n")
    store.slot("ada").save(tokens_of("new"))
    new = path.read_bytes().partition(b"\n")
    path.write_bytes(new[0] + b"\n" + old[2])
    assert fresh().slot("ada").load() is None
    assert len(beside(path)) == 1


def test_an_older_copy_of_the_file_is_refused_by_whoever_saw_the_newer(fresh, path, caplog):
    store = fresh()
    store.slot().save(tokens_of("old"))
    older = path.read_bytes()
    store.slot().save(tokens_of("new"))
    path.write_bytes(older)
    assert store.slot().load() is None
    assert "older copy" in caplog.records[0].reason
    assert [one.read_bytes() for one in beside(path)] == [older]
    store.slot().save(tokens_of("next"))
    assert store.slot().load() == fresh().slot().load() == tokens_of("next")


def test_an_older_copy_of_the_file_is_not_noticed_by_a_process_that_saw_no_newer(fresh, path):
    """The known limit: telling would take a keyring write for every save."""
    store = fresh()
    store.slot().save(tokens_of("old"))
    older = path.read_bytes()
    store.slot().save(tokens_of("new"))
    path.write_bytes(older)
    assert fresh().slot().load() == tokens_of("old")


def test_a_file_that_was_begun_anew_is_no_older_copy(fresh, path):
    store = fresh()
    for word in ("one", "two", "three"):
        store.slot().save(tokens_of(word))
    path.unlink()
    fresh().slot().save(tokens_of("anew"))
    assert store.slot().load() == tokens_of("anew")
    assert beside(path) == []


def test_a_reader_that_was_overtaken_reads_again(fresh, path, monkeypatch):
    store = fresh()
    store.slot().save(tokens_of("old"))
    overtaken = [path.read_bytes()]
    store.slot().save(tokens_of("new"))
    real = one_file.read_private
    monkeypatch.setattr(
        one_file, "read_private", lambda path: overtaken.pop() if overtaken else real(path)
    )
    assert store.slot().load() == tokens_of("new")
    assert overtaken == []
    assert beside(path) == []


def test_a_damaged_file_is_set_aside_by_one_at_a_time(fresh, path):
    store = fresh()
    store.slot().save(tokens_of("one"))
    good = path.read_bytes()
    path.write_bytes(b"damaged")
    found = []
    reader = threading.Thread(target=lambda: found.append(fresh().slot().load()))
    with store._records._lock():
        reader.start()
        reader.join(0.05)
        assert reader.is_alive()
        path.write_bytes(good)  # whoever had the turn repaired it
    reader.join()
    assert found == [tokens_of("one")]
    assert beside(path) == []


# --- the key -------------------------------------------------------------------------------------


def test_a_keyring_without_the_key_is_an_error_that_says_what_to_do_and_changes_nothing(
    fresh, path, keyring
):
    """Another keyring may have been chosen: with the former one everything is there again."""
    fresh().slot().save(tokens_of("one"))
    content, entries = path.read_bytes(), dict(keyring.entries)
    keyring.entries.clear()
    store = fresh()
    slot = store.slot()
    for work in (
        slot.load,
        slot.clear,
        lambda: slot.save(tokens_of("two")),
        lambda: asyncio.run(store.list_keys()),
        lambda: asyncio.run(store.exists("default")),
    ):
        with pytest.raises(StoreError, match="does not have the key") as caught:
            work()
        assert not isinstance(caught.value, StoredDataError)
        assert not caught.value.retryable
        assert str(path) in caught.value.hint
    assert path.read_bytes() == content
    assert beside(path) == []
    assert keyring.asked.count("set") == 1
    keyring.entries.update(entries)
    assert slot.load() == tokens_of("one")


def test_who_wants_to_sign_in_afresh_begins_anew_and_the_old_file_is_kept(fresh, path, keyring):
    fresh().slot().save(tokens_of("one"))
    content, entries = path.read_bytes(), dict(keyring.entries)
    keyring.entries.clear()
    store = fresh()
    kept = asyncio.run(store.begin_anew())
    assert beside(path) == [kept]
    assert kept.read_bytes() == content
    assert mode_of(kept) == 0o600
    store.slot().save(tokens_of("two"))
    assert keyring.entries.keys() == entries.keys()
    assert keyring.entries != entries
    assert fresh().slot().load() == tokens_of("two")
    keyring.entries.update(entries)
    kept.replace(path)
    assert fresh().slot().load() == tokens_of("one")


def test_a_file_that_opens_is_never_begun_anew(fresh, path, keyring):
    assert asyncio.run(fresh().begin_anew()) is None
    assert not path.parent.exists()
    fresh().slot().save(tokens_of("one"))
    assert asyncio.run(fresh().begin_anew()) is None
    assert fresh().slot().load() == tokens_of("one")
    keyring.error = KeyringLocked()
    with pytest.raises(StoreUnavailableError):
        asyncio.run(fresh().begin_anew())
    assert beside(path) == []


def test_who_holds_a_lost_key_goes_on_until_somebody_begins_anew(fresh, path, keyring):
    store = fresh()
    store.slot().save(tokens_of("one"))
    keyring.entries.clear()
    store.slot().save(tokens_of("two"))
    assert store.slot().load() == tokens_of("two")
    with pytest.raises(StoreError, match="does not have the key"):
        fresh().slot().load()
    asyncio.run(fresh().begin_anew())
    fresh().slot().save(tokens_of("anew"))
    assert store.slot().load() == tokens_of("anew")
    store.slot().save(tokens_of("three"))
    assert fresh().slot().load() == tokens_of("three")
    assert len(beside(path)) == 1


def test_a_new_file_is_never_sealed_with_a_key_the_keyring_has_lost(fresh, path, keyring):
    store = fresh()
    store.slot().save(tokens_of("one"))
    keyring.entries.clear()
    path.unlink()
    store.slot().save(tokens_of("two"))
    assert fresh().slot().load() == tokens_of("two")


def test_two_files_begun_at_the_same_moment_get_one_key(fresh, keyring, tmp_path):
    meeting = threading.Barrier(2)
    ask = keyring._ask

    def ask_together(word):
        with suppress(threading.BrokenBarrierError):  # the other waits for its turn
            meeting.wait(0.05)
        ask(word)

    keyring._ask = ask_together
    paths = [tmp_path / name for name in ("a.sealed", "b.sealed")]
    savers = [
        threading.Thread(target=fresh(at=path).slot().save, args=(tokens_of(path.name),))
        for path in paths
    ]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()
    assert keyring.asked.count("set") == 1
    assert [fresh(at=path).slot().load() for path in paths] == [
        tokens_of(path.name) for path in paths
    ]


class KeyringLocked(Exception):
    """Named like the error of ``keyring``."""


def test_an_unavailable_keyring_is_an_error_and_changes_nothing(fresh, path, keyring):
    fresh().slot().save(tokens_of("one"))
    content = path.read_bytes()
    keyring.error = KeyringLocked()
    slot = fresh().slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("two"))):
        with pytest.raises(StoreUnavailableError, match="locked"):
            work()
    assert path.read_bytes() == content
    assert beside(path) == []
    keyring.error = None
    assert slot.load() == tokens_of("one")


def test_without_a_keyring_the_first_save_writes_nothing(fresh, keyring, path):
    keyring.error = KeyringLocked()
    with pytest.raises(StoreUnavailableError):
        fresh().slot().save(tokens_of("one"))
    assert not path.exists()


def test_a_keyring_that_forgets_its_entries_gets_no_file(fresh, path, keyring):
    keyring.set_password = lambda *_: None
    with pytest.raises(StoreError, match="did not keep the key"):
        fresh().slot().save(tokens_of("one"))
    assert not path.exists()


@pytest.mark.parametrize("strange", ["", "hello", "pywry-sealing-key:1:abc", "\0"])
def test_an_entry_that_is_no_key_is_kept_apart(fresh, path, keyring, strange):
    fresh().slot().save(tokens_of("one"))
    keyring.entries[SERVICE, ENTRY] = strange
    with pytest.raises(StoreError, match="does not have the key"):
        fresh().slot().load()
    asyncio.run(fresh().begin_anew())
    fresh().slot().save(tokens_of("two"))
    assert fresh().slot().load() == tokens_of("two")
    assert strange in keyring.entries.values()
    assert len(beside(path)) == 1


def test_a_key_of_a_newer_release_is_left_alone(fresh, path, keyring):
    fresh().slot().save(tokens_of("one"))
    keyring.entries[SERVICE, ENTRY] = newer = "pywry-sealing-key:2:something"
    slot = fresh().slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("two"))):
        with pytest.raises(StoreError, match="newer release"):
            work()
    path.unlink()
    with pytest.raises(StoreError, match="newer release"):
        slot.save(tokens_of("two"))
    assert keyring.entries == {(SERVICE, ENTRY): newer}


# --- what crashes leave --------------------------------------------------------------------------


def test_what_a_crash_left_half_written_is_removed_once_it_is_old(fresh, path):
    fresh().slot().save(tokens_of("one"))
    ours = [
        f".{path.name}.0123456789ab.tmp",
        f".{path.name}.damaged-record-17.0123456789ab.tmp",
        f".{path.name}.kept-file-17.0123456789ab.tmp",
    ]
    others = [
        f".{path.name}.0123456789ab.tmp2",
        f".{path.name}.0123456789AB.tmp",
        ".other.0123456789ab.tmp",
        f"{path.name}.0123456789ab.tmp",
        f"{path.name}.damaged-file-17",
    ]
    for name in ours + others:
        path.with_name(name).write_text("half")
        os.utime(path.with_name(name), (5, 5))
    young, link = (path.with_name(f".{path.name}.{word}.tmp") for word in ("a" * 12, "b" * 12))
    young.write_text("somebody is writing this")
    link.symlink_to(path)
    folder = path.with_name(f".{path.name}.{'c' * 12}.tmp")
    folder.mkdir()
    os.utime(folder, (5, 5))
    fresh().slot().save(tokens_of("two"))
    expected = sorted([*map(path.with_name, others), young, link, folder])
    assert beside(path) == expected
    assert fresh().slot().load() == tokens_of("two")


def test_a_reader_removes_nothing(fresh, path):
    fresh().slot().save(tokens_of("one"))
    left = path.with_name(f".{path.name}.0123456789ab.tmp")
    left.write_text("half")
    os.utime(left, (5, 5))
    assert fresh().slot().load() == tokens_of("one")
    assert left.exists()


# --- crashes, neighbours -------------------------------------------------------------------------


CRASH = """
import json, os, pathlib, sys, threading
from pywry_auth.token_store.sealed import SealedTokenStore
from pywry_auth.tokens import OAuthTokenSet
import filelock, platformdirs
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: the modules that touch the file or the key, with the keyring below
OURS = ("one_file.py", "private_files.py", "sealed.py", "sealing.py", "sealing_key.py", "<string>")

class FileKeyring:
    def __init__(self, place):
        self.place = pathlib.Path(place)
    def get_password(self, service, username):
        entry = self.place / username
        return entry.read_text() if entry.exists() else None
    def set_password(self, service, username, password):
        self.place.joinpath(username).write_text(password)

def begin(number):
    folder = pathlib.Path(sys.argv[1]) / str(number)
    (folder / "keyring").mkdir(parents=True)
    store = SealedTokenStore(folder / "t", "svc", backend=FileKeyring(folder / "keyring"))
    if sys.argv[2] == "again":
        store.slot().save(OAuthTokenSet("old", issued_at=5.0))
    return folder, store

def work(folder, store, left):
    def step(frame, event, argument):
        nonlocal left
        if not frame.f_code.co_filename.endswith(OURS):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                os._exit(9)
        return step
    threading.settrace(step)
    sys.settrace(step)
    store.slot().save(OAuthTokenSet("new", issued_at=6.0))
    os._exit(0)

def look(folder):
    store = SealedTokenStore(folder / "t", "svc", backend=FileKeyring(folder / "keyring"))
    found = store.slot().load()
    store.slot("next").save(OAuthTokenSet("next"))
    damaged = [name for name in os.listdir(folder) if "damaged" in name]
    return [found and found.access_token, damaged, store.slot("next").load() is not None]

seen = []
for number in range(5000):
    folder = pathlib.Path(sys.argv[1]) / str(number)
    child = os.fork()
    if child == 0:
        work(*begin(number), number)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    child = os.fork()
    if child == 0:
        print(json.dumps([ended, *look(folder)]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    if ended != 9:
        break
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize(("begun", "before"), [("first", None), ("again", "old")])
def test_a_crash_at_any_line_of_a_save_leaves_the_old_tokens_or_the_new(tmp_path, begun, before):
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path / "crash"), begun],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert [ended for ended, *_ in seen] == [9] * (len(seen) - 1) + [0]
    assert {found for _, found, _, _ in seen} == {before, "new"}
    found_new = [found == "new" for _, found, _, _ in seen]
    assert found_new == sorted(found_new)
    assert all(damaged == [] and goes_on for _, _, damaged, goes_on in seen)
    assert len(seen) > 50, len(seen)
