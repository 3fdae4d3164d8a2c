"""Which accounts there are; a convenience that never gets in the way."""

import json
import os
import stat
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.errors import StoreError


ALICE = Account("work", "alice", "alice@example.org", 5.0)
BOB = Account("work", "bob")
CAROL = Account("home", "carol/1")


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def index(tmp_path):
    return AccountIndex(tmp_path / "folder" / "accounts.json")


def test_nothing_remembered_is_nothing(index):
    assert index.accounts() == []
    assert index.current("work") is None
    assert index.generation == 0


def test_the_last_one_is_first_and_nobody_comes_twice(index):
    for account in (ALICE, BOB, CAROL, ALICE):
        index.remember(account)
    assert index.accounts() == [ALICE, CAROL, BOB]
    assert index.accounts("work") == [ALICE, BOB]
    assert index.current("home") == CAROL


def test_a_forgotten_one_is_gone_and_another_forgetting_is_no_error(index):
    index.remember(ALICE)
    index.remember(BOB)
    index.forget(ALICE)
    index.forget(ALICE)
    assert index.accounts() == [BOB]


def test_every_change_is_counted(index):
    index.remember(ALICE)
    index.remember(BOB)
    index.forget(ALICE)
    assert index.generation == 3


def test_keys_and_names_for_people():
    assert ALICE.key == "work/alice"
    assert ALICE.display_name == "alice@example.org"
    assert BOB.display_name == "bob"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a POSIX thing")
def test_the_file_is_its_owner_s_alone(index, tmp_path):
    index.remember(ALICE)
    path = tmp_path / "folder" / "accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "v",
                        "generation",
                        "accounts",
                        "leaving",
                        "provider",
                        "subject",
                        "label",
                        "signed_in_at",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=8,
    ).map(lambda v: json.dumps(v).encode())
)
def test_any_content_is_read_without_an_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("index") / "accounts.json"
    path.write_bytes(content)
    path.chmod(0o600)
    index = AccountIndex(path)
    assert all(isinstance(found, Account) for found in index.accounts())
    assert all(isinstance(found, Account) for found in index.leaving())
    assert isinstance(index.generation, int)
    assert index.holds("work/alice") in {True, False}


def test_a_corrupt_file_is_begun_anew(index, tmp_path):
    index.remember(ALICE)
    (tmp_path / "folder" / "accounts.json").write_text("{")
    index.remember(BOB)
    assert index.accounts() == [BOB]


def test_many_threads_lose_nothing(index):
    threads = [
        threading.Thread(target=index.remember, args=(Account("work", f"user-{n}"),))
        for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(index.accounts()) == index.generation == 16


def test_a_folder_in_the_place_of_the_file_is_a_store_error(tmp_path):
    path = tmp_path / "accounts.json"
    path.mkdir()
    with pytest.raises(StoreError):
        AccountIndex(path).accounts()


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        AccountIndex(tmp_path / "file" / "accounts.json").remember(ALICE)


def settled(path):
    """Make the file look as if it was written some time ago, so that what was seen is trusted."""
    then = path.stat().st_mtime - 60
    os.utime(path, (then, then))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "accounts.json"


def test_an_account_is_held_from_sign_in_to_sign_out(index):
    assert not index.holds(ALICE.key)
    index.remember(ALICE)
    index.remember(BOB)
    assert index.holds(ALICE.key)
    index.forget(ALICE)
    assert not index.holds(ALICE.key)
    assert index.holds(BOB.key)


def test_what_a_sibling_changed_is_seen_at_the_next_look(index, path):
    sibling = AccountIndex(path)
    index.remember(ALICE)
    settled(path)
    assert sibling.holds(ALICE.key)
    index.forget(ALICE)
    assert not sibling.holds(ALICE.key)
    index.remember(ALICE)
    assert sibling.holds(ALICE.key)


def test_the_file_is_not_read_again_while_it_is_the_same(index, path, monkeypatch):
    index.remember(ALICE)
    settled(path)
    assert index.holds(ALICE.key)
    monkeypatch.setattr("pywry_auth.account_index.read_private", None)  # a read would fail now
    assert index.holds(ALICE.key)
    assert not index.holds(BOB.key)


def test_two_writings_within_one_tick_of_the_clock_are_told_apart(index, path):
    index.remember(ALICE)
    assert index.holds(ALICE.key)
    before, content = path.stat(), path.read_text()
    # The same file with the same length at the same time, as coarse clocks have it.
    path.write_text(content.replace('"alice"', '"other"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_size == before.st_size
    assert not index.holds(ALICE.key)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"accounts": 5}', '{"v": 99, "accounts": []}'])
def test_a_file_that_tells_nothing_signs_nobody_out(index, path, content):
    index.remember(ALICE)
    path.write_text(content)
    assert index.holds(ALICE.key)
    settled(path)
    assert index.holds(ALICE.key)
    assert index.holds(ALICE.key)


def test_a_file_that_was_removed_holds_nobody(index, path):
    index.remember(ALICE)
    assert index.holds(ALICE.key)
    path.unlink()
    assert not index.holds(ALICE.key)


def test_who_leaves_is_remembered_until_everything_is_removed(index, path):
    for account in (ALICE, BOB, CAROL):
        index.remember(account)
    index.leave()
    assert index.accounts() == []
    assert index.generation == 4
    assert {account.key for account in index.leaving()} == {ALICE.key, BOB.key, CAROL.key}
    index.left(ALICE)
    index.remember(BOB)
    assert AccountIndex(path).leaving() == [CAROL]
    index.left(BOB)  # whoever removed it did not know that somebody has come back
    assert AccountIndex(path).accounts() == [BOB]
    index.leave()
    assert {account.key for account in index.leaving()} == {BOB.key, CAROL.key}


def test_who_cannot_write_the_list_removes_it(index, path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    index.remember(ALICE)
    monkeypatch.setattr("pywry_auth.account_index.replace_private", full)
    index.leave()
    assert not path.exists()
    assert not AccountIndex(path).holds(ALICE.key)


def test_a_list_that_can_neither_be_written_nor_removed_is_a_store_error(tmp_path):
    path = tmp_path / "accounts.json"
    path.mkdir()
    with pytest.raises(StoreError):
        AccountIndex(path).leave()
