"""Slots: the file of one token set with its modes, links, crashes, and what is in memory only."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pywry_auth import grants
from pywry_auth.errors import (
    ConfigError,
    EncryptionUnavailableError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.grants import FileTokenStore, MemoryTokenSlot, store
from pywry_auth.lock import IN_PROCESS, record_lock
from pywry_auth.testing.keyrings import MissingKeyring, installed
from pywry_auth.token_store import KeyringTokenStore, slot
from pywry_auth.token_store import TokenStore as KeyedTokenStore
from pywry_auth.token_store.codec import encode
from pywry_auth.tokens import OAuthTokenSet


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "one" / "two" / "tokens.json"


@pytest.fixture
def planted(path):
    def plant(content):
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_bytes(content)
        return FileTokenStore(path)

    return plant


@pytest.fixture
def _generous_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def tokens_of(word):
    return OAuthTokenSet(f"access-{word}", refresh_token="r", issued_at=5.0)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def beside(path):
    return [one for one in path.parent.iterdir() if one != path]


def test_each_name_is_one_class():
    assert grants.TokenStore is store.TokenStore is grants.TokenSlot is slot.TokenSlot
    assert grants.MemoryTokenStore is store.MemoryTokenStore is grants.MemoryTokenSlot
    assert grants.FileTokenStore is store.FileTokenStore
    assert issubclass(FileTokenStore, grants.TokenSlot)


@pytest.mark.usefixtures("_generous_umask")
def test_4b_41_a_file_is_private_from_its_first_byte(path, monkeypatch):
    made = []
    real = os.open

    def spy(name, flags, mode=0o777, **more):
        descriptor = real(name, flags, mode, **more)
        if flags & os.O_CREAT and str(path.parent) in os.fspath(name):
            made.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
            assert flags & os.O_EXCL
        return descriptor

    monkeypatch.setattr(os, "open", spy)
    kept = FileTokenStore(path)
    kept.save(tokens_of("one"))
    kept.save(tokens_of("two"))
    assert made == [0o600, 0o600]
    assert mode_of(path) == 0o600
    assert beside(path) == []


def test_4b_41_a_file_that_all_could_read_is_private_after_a_save(planted, path):
    kept = planted(encode(tokens_of("one")).encode())
    path.chmod(0o644)
    kept.save(tokens_of("two"))
    assert mode_of(path) == 0o600


def test_the_file_is_one_record_and_nothing_else(path):
    FileTokenStore(str(path)).save(tokens_of("one"))
    assert path.read_text() == encode(tokens_of("one"))
    assert FileTokenStore(path).path == path
    assert FileTokenStore(path).load() == tokens_of("one")


@pytest.mark.parametrize("content", [b"{not json", b"[]", b"{}", b'{"v":1}', b"\xff\xfe\x00", b""])
def test_4b_42_damaged_content_counts_as_nothing_and_is_set_aside(planted, path, content, caplog):
    kept = planted(content)
    with caplog.at_level(logging.DEBUG):
        assert kept.load() is None
    kept.save(tokens_of("one"))
    assert kept.load() == tokens_of("one")
    (aside,) = beside(path)
    assert aside.read_bytes() == content
    said = "".join(str(vars(record)) for record in caplog.records)
    assert f"{path} counts as empty" in caplog.text  # also without a formatter for the facts
    assert f"it is kept as {aside.name}" in caplog.text
    assert not content or str(content) not in said


def test_4b_42_damaged_content_is_set_aside_by_a_save_without_a_look(planted, path):
    kept = planted(b"precious")
    kept.save(tokens_of("one"))
    (aside,) = beside(path)
    assert aside.read_bytes() == b"precious"


def test_clearing_keeps_what_was_never_tokens(planted, path):
    planted(b"precious").clear()
    (aside,) = beside(path)
    assert aside.read_bytes() == b"precious"
    assert not path.exists()


def refuse_to_read(monkeypatch, refusal):
    def read(path):
        del path
        raise refusal

    monkeypatch.setattr("pywry_auth.token_store.one_file.read_private", read)


def test_a_file_that_may_not_be_read_counts_as_nothing_and_is_never_replaced(
    planted, path, monkeypatch, caplog
):
    kept = planted(b"somebody else's")
    with monkeypatch.context() as locked_away:  # not chmod: root reads everything
        refuse_to_read(locked_away, PermissionError(13, "Permission denied"))
        with caplog.at_level(logging.WARNING):
            assert kept.load() is None
        assert [record.path for record in caplog.records] == [str(path)]
        assert f"{path} counts as empty" in caplog.text
        kept.save(tokens_of("one"))
    assert kept.load() == tokens_of("one")
    (aside,) = beside(path)
    assert aside.read_bytes() == b"somebody else's"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_with_no_permissions_counts_as_nothing(planted, path):
    kept = planted(b"somebody else's")
    path.chmod(0)
    assert kept.load() is None
    kept.save(tokens_of("one"))
    assert kept.load() == tokens_of("one")
    assert len(beside(path)) == 1


def test_a_file_that_cannot_be_read_for_another_reason_stays(planted, path, monkeypatch):
    kept = planted(encode(tokens_of("whole")).encode())
    with monkeypatch.context() as too_many:
        refuse_to_read(too_many, OSError(24, "Too many open files"))
        assert kept.load() is None
        with pytest.raises(StoreUnavailableError):
            kept.save(tokens_of("one"))
    assert kept.load() == tokens_of("whole")
    assert beside(path) == []


def open_files():
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.is_dir() else 0


def test_a_folder_that_may_not_be_opened_is_left_alone(path, monkeypatch):
    (path / "inside").mkdir(parents=True)
    refuse_to_read(monkeypatch, PermissionError(13, "Permission denied"))  # as on Windows
    with pytest.raises(StoreUnavailableError):
        FileTokenStore(path).save(tokens_of("one"))
    assert (path / "inside").is_dir()


def test_a_folder_in_place_of_the_file_is_left_alone(path):
    (path / "inside").mkdir(parents=True)
    kept = FileTokenStore(path)
    before = open_files()
    for _ in range(5):
        assert kept.load() is None
    assert open_files() == before
    for work in (kept.clear, lambda: kept.save(tokens_of("one"))):
        with pytest.raises(StoreUnavailableError, match="cannot be used"):
            work()
    assert (path / "inside").is_dir()
    assert beside(path) == []


def test_a_record_of_a_newer_release_is_neither_moved_nor_replaced(planted, path):
    content = b'{"v":99,"sealed":"by tomorrow"}'
    kept = planted(content)
    assert kept.load() is None
    with pytest.raises(StoreError, match="format 99"):
        kept.save(tokens_of("one"))
    assert path.read_bytes() == content
    assert beside(path) == []
    kept.clear()  # somebody wants it gone
    assert not path.exists()


NOTHING = """
import os, sys
import pywry_auth, pywry_auth.grants.store
from pywry_auth.grants import ClientCredentialsAuth, FileTokenStore, MemoryTokenStore, TokenManager
import httpx
grant = {"access_token": "a", "expires_in": 600}
answer = httpx.MockTransport(lambda request: httpx.Response(200, json=grant))
manager = TokenManager(
    ClientCredentialsAuth("id", "secret"),
    http=httpx.Client(transport=answer),
    token_url="https://id.example.com/token",
)
assert manager.authorization_header() == "Bearer a"
manager.force_refresh()
manager.clear()
FileTokenStore("tokens.json").load()
"""


def test_4b_43_importing_and_using_the_defaults_creates_no_file(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", NOTHING], check=False, cwd=home, env=env, timeout=60
    )
    assert done.returncode == 0
    assert list(home.rglob("*")) == []


@pytest.mark.usefixtures("_generous_umask")
def test_4b_44_missing_folders_are_made_for_their_owner_alone(path):
    FileTokenStore(path).save(tokens_of("one"))
    assert mode_of(path.parent) == mode_of(path.parent.parent) == 0o700


CRASH = """
import os, sys
import pywry_auth.private_files as module
from pywry_auth.grants.store import FileTokenStore
from pywry_auth.tokens import OAuthTokenSet
if sys.argv[2] == "fsync":
    os.fsync = lambda descriptor: os._exit(9)
else:
    module._replace = lambda temporary, path: os._exit(9)
FileTokenStore(sys.argv[1]).save(OAuthTokenSet("new", issued_at=5.0))
"""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_4b_45_a_crash_before_the_file_is_replaced_leaves_the_old_one(path, moment):
    kept = FileTokenStore(path)
    kept.save(tokens_of("old"))
    done = subprocess.run([sys.executable, "-c", CRASH, str(path), moment], check=False, timeout=60)
    assert done.returncode == 9
    assert kept.load() == tokens_of("old")
    assert len(beside(path)) == 1  # what was half written
    kept.save(tokens_of("after"))  # the lock of the dead holder is free
    assert kept.load() == tokens_of("after")


def test_a_failed_write_leaves_the_old_content_and_no_other_file(path, monkeypatch):
    kept = FileTokenStore(path)
    kept.save(tokens_of("old"))

    def full(descriptor):
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailableError, match="OSError"):
        kept.save(tokens_of("new"))
    assert kept.load() == tokens_of("old")
    assert beside(path) == []


@pytest.mark.parametrize("there", [True, False])
def test_4b_46_a_symbolic_link_is_refused(path, tmp_path, there):
    target = tmp_path / "elsewhere"
    if there:
        target.write_text(encode(tokens_of("theirs")))
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    kept = FileTokenStore(path)
    for work in (kept.load, kept.clear, lambda: kept.save(tokens_of("one"))):
        with pytest.raises(StoreError, match="symbolic link"):
            work()
    assert path.is_symlink()
    assert target.exists() is there
    assert not there or target.read_text() == encode(tokens_of("theirs"))


def test_4b_47_without_a_keyring_nothing_is_kept_and_advice_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with installed(MissingKeyring()):
        kept = KeyringTokenStore("kit").slot()
        for work in (kept.load, lambda: kept.save(tokens_of("canary"))):
            with pytest.raises(EncryptionUnavailableError) as caught:
                work()
            assert caught.value.hint
    written = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [one for one in written if b"canary" in one.read_bytes()] == []


class OnlyAwaited(KeyedTokenStore):
    async def save(self, key, tokens): ...
    async def load(self, key): ...
    async def delete(self, key): ...
    async def exists(self, key): ...
    async def list_keys(self): ...


def test_a_slot_over_a_store_that_can_only_be_awaited_is_refused_when_it_is_made():
    with pytest.raises(ConfigError, match="OnlyAwaited can only be awaited") as caught:
        OnlyAwaited().slot()
    assert caught.value.hint


def test_two_spellings_of_one_file_share_their_lock(path, tmp_path, monkeypatch):
    FileTokenStore(path).save(tokens_of("one"))
    (tmp_path / "other").symlink_to(path.parent, target_is_directory=True)
    monkeypatch.chdir(path.parent)
    names = {
        FileTokenStore(one).identity
        for one in (path, "tokens.json", tmp_path / "other" / "tokens.json")
    }
    assert names == {f"slot:{os.path.realpath(path)}"}


def test_the_lock_of_a_file_is_one_for_all_processes(path, tmp_path):
    kept = FileTokenStore(path)
    with record_lock(kept.identity, kept.key):
        kept.save(tokens_of("one"))  # whoever holds the lock of a record saves that very record
        assert list((tmp_path / "data").rglob("*.lock"))


def test_slots_in_memory_have_nothing_to_do_with_each_other():
    one, other = MemoryTokenSlot(), MemoryTokenSlot()
    assert one.identity != other.identity
    assert one.identity.startswith(IN_PROCESS)
    with record_lock(one.identity, one.key), record_lock(other.identity, other.key, 0.0):
        pass


def test_a_file_of_the_older_form_is_read(planted):
    older = {"access_token": "a", "token_type": "bearer", "refresh_token": "r", "issued_at": 1.0}
    found = planted(json.dumps(older).encode()).load()
    assert found.authorization_header == "Bearer a"
    assert found.refresh_token == "r"
