"""Which accounts there are; a convenience that never gets in the way."""

import json
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
                    ["v", "generation", "accounts", "provider", "subject", "label", "signed_in_at"]
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
    assert isinstance(index.generation, int)


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
