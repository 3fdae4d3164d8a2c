"""The readable file: its modes, its links, its crashes, its neighbours."""

import asyncio
import json
import logging
import os
import stat
import subprocess
import sys

import pytest

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.token_store import JsonFileTokenStore
from pywry_auth.tokens import OAuthTokenSet


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "one" / "two" / "tokens.json"


def tokens_of(word):
    return OAuthTokenSet(f"access-{word}", refresh_token="r", issued_at=5.0)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def _generous_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_generous_umask")
def test_a_file_is_private_from_its_first_byte(path, monkeypatch):
    opened = []
    real = os.open

    def spy(name, flags, mode=0o777, **more):
        descriptor = real(name, flags, mode, **more)
        if flags & os.O_CREAT:
            opened.append((os.fspath(name), stat.S_IMODE(os.fstat(descriptor).st_mode)))
            assert flags & os.O_EXCL or str(name).endswith(".lock")
        return descriptor

    monkeypatch.setattr(os, "open", spy)
    store = JsonFileTokenStore(path)
    store.slot().save(tokens_of("one"))
    store.slot().save(tokens_of("two"))
    assert {mode for _, mode in opened} == {0o600}
    assert any(str(path.parent) in name for name, _ in opened)
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == mode_of(path.parent.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_was_readable_by_all_is_private_after_a_save(path):
    path.parent.mkdir(parents=True)
    path.write_text('{"v":1,"records":{}}')
    path.chmod(0o644)
    JsonFileTokenStore(path).slot().save(tokens_of("one"))
    assert mode_of(path) == 0o600


def test_looking_creates_nothing(path, tmp_path):
    store = JsonFileTokenStore(path)
    assert store.slot().load() is None
    assert asyncio.run(store.list_keys()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_is_refused_and_its_target_untouched(path, tmp_path):
    target = tmp_path / "target.json"
    JsonFileTokenStore(target).slot().save(tokens_of("other"))
    before = target.read_bytes()
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    slot = JsonFileTokenStore(path).slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("one"))):
        with pytest.raises(StoreError, match="symbolic link"):
            work()
    assert target.read_bytes() == before
    assert path.is_symlink()


@pytest.mark.parametrize("content", [b"{not json", b"[]", b"{}", b'{"v":1}', b"\xff\xfe\x00", b""])
def test_a_damaged_file_is_set_aside_whole_and_reported_without_its_content(path, content, caplog):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    store = JsonFileTokenStore(path)
    with caplog.at_level(logging.WARNING):
        assert store.slot().load() is None
    assert len(caplog.records) == 1
    (aside,) = path.parent.iterdir()
    assert aside.read_bytes() == content
    store.slot().save(tokens_of("one"))
    assert store.slot().load() == tokens_of("one")
    assert aside.exists()


def test_a_damaged_file_is_set_aside_before_the_first_save(path):
    path.parent.mkdir(parents=True)
    path.write_text("precious")
    JsonFileTokenStore(path).slot().save(tokens_of("one"))
    assert sorted(file.read_text() == "precious" for file in path.parent.iterdir()) == [False, True]


def test_a_file_of_a_newer_release_is_left_alone(path):
    path.parent.mkdir(parents=True)
    path.write_text('{"v":2,"records":"sealed"}')
    slot = JsonFileTokenStore(path).slot()
    for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("one"))):
        with pytest.raises(StoreError, match="newer release"):
            work()
    assert path.read_text() == '{"v":2,"records":"sealed"}'


def test_a_folder_in_place_of_the_file_is_an_error_of_the_store(path):
    path.mkdir(parents=True)
    slot = JsonFileTokenStore(path).slot()
    for work in (slot.load, lambda: slot.save(tokens_of("one"))):
        with pytest.raises(StoreUnavailableError, match="cannot be used") as caught:
            work()
        assert str(path) in caught.value.hint


def test_a_failed_write_leaves_the_old_file_and_no_other(path, monkeypatch):
    slot = JsonFileTokenStore(path).slot()
    slot.save(tokens_of("old"))

    def full(descriptor):
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailableError, match="OSError"):
        slot.save(tokens_of("new"))
    assert slot.load() == tokens_of("old")
    assert list(path.parent.iterdir()) == [path]


CRASH = """
import os, sys
import pywry_auth.private_files as module
from pywry_auth.token_store.file import JsonFileTokenStore
from pywry_auth.tokens import OAuthTokenSet
if sys.argv[2] == "fsync":
    os.fsync = lambda descriptor: os._exit(9)
else:
    module._replace = lambda temporary, path: os._exit(9)
JsonFileTokenStore(sys.argv[1]).slot().save(OAuthTokenSet("new", issued_at=5.0))
"""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_crash_before_the_file_is_replaced_leaves_the_old_one(path, moment):
    slot = JsonFileTokenStore(path).slot()
    slot.save(tokens_of("old"))
    done = subprocess.run([sys.executable, "-c", CRASH, str(path), moment], check=False, timeout=60)
    assert done.returncode == 9
    assert slot.load() == tokens_of("old")
    slot.save(tokens_of("after"))  # the lock of the dead holder is free
    assert slot.load() == tokens_of("after")


SAVE_MANY = """
import sys
from pywry_auth.token_store.file import JsonFileTokenStore
from pywry_auth.tokens import OAuthTokenSet
store = JsonFileTokenStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(30):
    store.slot(f"{sys.argv[2]}-{number}").save(OAuthTokenSet("a"))
"""


def test_processes_at_the_same_moment_lose_no_record(path):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SAVE_MANY, str(path), word],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for word in "abc"
    ]
    assert [process.stdout.readline() for process in running] == ["ready\n"] * 3
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=60)
        assert process.returncode == 0
    keys = asyncio.run(JsonFileTokenStore(path).list_keys())
    assert keys == sorted(f"{word}-{number}" for word in "abc" for number in range(30))


def test_two_spellings_of_one_file_are_one_store(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    spellings = ["real/t.json", "./real/../real/t.json", tmp_path / "link" / "t.json"]
    assert len({JsonFileTokenStore(one).identity for one in spellings}) == 1


def test_one_damaged_record_leaves_its_neighbours(path):
    store = JsonFileTokenStore(path)
    store.slot("well").save(tokens_of("well"))
    data = json.loads(path.read_text())
    data["records"]["ill"] = "{not json"
    path.write_text(json.dumps(data))
    assert store.slot("ill").load() is None
    assert store.slot("well").load() == tokens_of("well")
    kept = [file.read_text() for file in path.parent.iterdir() if file != path]
    assert len(kept) == 1
    assert "{not json" in kept[0]
    assert all(mode_of(file) == 0o600 for file in path.parent.iterdir())


def test_a_private_file_is_replaced_whole(tmp_path):
    path = tmp_path / "deep" / "file"
    assert read_private(path) is None
    replace_private(path, b"one")
    replace_private(path, b"two")
    assert read_private(path) == b"two"
    assert mode_of(path) == 0o600


def test_a_private_file_is_never_written_in_place_of_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for work in (read_private, lambda path: replace_private(path, b"one")):
        with pytest.raises(StoreError, match="symbolic link"):
            work(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["link"]
