"""The sealed file beside the real keyring service: locked, absent, emptied, shared."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import textwrap

import pytest

from pywry_auth.errors import (
    EncryptionUnavailableError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.token_store import KeyringTokenStore, SealedTokenStore
from pywry_auth.token_store.migration import migrate
from pywry_auth.tokens import OAuthTokenSet
from tests import keyring_env


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

SERVICE = "pywry-auth:sealed-test"
ENTRY = "~pywry~sealing-key"

# keyring closes its D-Bus connection only where it succeeds
leaves_a_socket = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(scope="module")
def shared_session():
    with keyring_env.private_keyring() as env:
        yield env


@pytest.fixture
def session(shared_session):
    with keyring_env.in_environment(shared_session):
        yield shared_session
        keyring_env.wipe(SERVICE)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "app" / "tokens.sealed"


def tokens_of(word, size=0):
    return OAuthTokenSet(f"access-{word}" + "a" * size, refresh_token="r", issued_at=5.0)


def names_in(path):
    return sorted(one.name for one in path.parent.iterdir())


def said_by(script, env, *args):
    """Run *script* in a process of its own, and give what it printed."""
    merged = {**os.environ, **env}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *args],
        env={name: value for name, value in merged.items() if value},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


@leaves_a_socket
def test_a_locked_keyring_is_an_error_for_newcomers_and_nothing_to_who_has_the_key(path):
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store = SealedTokenStore(path, SERVICE)
        store.slot().save(tokens_of("one"))
        keyring_env.lock()
        store.slot().save(tokens_of("two"))
        assert store.slot().load() == tokens_of("two")
        content = path.read_bytes()
        slot = SealedTokenStore(path, SERVICE).slot()
        for work in (slot.load, slot.clear, lambda: slot.save(tokens_of("three"))):
            with pytest.raises(StoreUnavailableError, match="the keyring is locked") as caught:
                work()
            del caught
            gc.collect()
    assert path.read_bytes() == content
    assert names_in(path) == ["tokens.sealed"]


@leaves_a_socket
def test_a_keyring_service_that_goes_away_changes_nothing(path):
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        SealedTokenStore(path, SERVICE).slot().save(tokens_of("one"))
    with keyring_env.in_environment(env):
        # Which of the two depends on whether this process had found the service before.
        with pytest.raises((StoreUnavailableError, EncryptionUnavailableError)) as caught:
            SealedTokenStore(path, SERVICE).slot().load()
        del caught
        gc.collect()
    assert names_in(path) == ["tokens.sealed"]


@pytest.mark.usefixtures("session")
def test_a_key_removed_by_hand_is_an_error_until_somebody_begins_anew(path):
    SealedTokenStore(path, SERVICE).slot().save(tokens_of("one"))
    content = path.read_bytes()
    keyring_env.secret_service().delete_password(SERVICE, ENTRY)
    store = SealedTokenStore(path, SERVICE)
    with pytest.raises(StoreError, match="does not have the key"):
        store.slot().load()
    assert names_in(path) == ["tokens.sealed"]
    kept = asyncio.run(store.begin_anew())
    assert kept.read_bytes() == content
    store.slot().save(tokens_of("two"))
    assert SealedTokenStore(path, SERVICE).slot().load() == tokens_of("two")


SAVE = """
import sys
from pywry_auth.errors import StoreError
from pywry_auth.token_store.sealed import SealedTokenStore
from pywry_auth.tokens import OAuthTokenSet
try:
    SealedTokenStore(sys.argv[1]).slot().save(OAuthTokenSet("canary"))
    print("saved")
except StoreError as exc:
    print(exc.code, "|", exc.message)
"""


@pytest.mark.parametrize("backend", ["", "keyring.backends.null.Keyring"])
def test_without_a_keyring_that_protects_secrets_nothing_is_written(path, tmp_path, backend):
    nowhere = {
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DISPLAY": "",
        "PYTHON_KEYRING_BACKEND": backend,
    }
    assert said_by(SAVE, nowhere, str(path)).startswith("encryption_unavailable | ")
    assert not path.exists()


SAVE_MANY = """
import sys
from pywry_auth.token_store.sealed import SealedTokenStore
from pywry_auth.tokens import OAuthTokenSet
store = SealedTokenStore(sys.argv[1], "pywry-auth:sealed-test")
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    store.slot(f"{sys.argv[2]}-{number}").save(OAuthTokenSet("a" * 500))
    store.slot("shared").save(OAuthTokenSet(sys.argv[2] * 500, issued_at=5.0))
"""


@pytest.mark.usefixtures("session")
def test_processes_that_begin_at_the_same_moment_make_one_key_and_lose_no_record(path):
    words = "abc"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SAVE_MANY, str(path), word],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for word in words
    ]
    assert [process.stdout.readline() for process in running] == ["ready\n"] * 3
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = SealedTokenStore(path, SERVICE)
    expected = {f"{word}-{number}" for word in words for number in range(20)} | {"shared"}
    assert set(asyncio.run(store.list_keys())) == expected
    assert store.slot("shared").load().access_token in {word * 500 for word in words}
    assert names_in(path) == ["tokens.sealed"]
    assert keyring_env.entries_of(SERVICE) == [ENTRY]


@pytest.mark.usefixtures("session")
def test_a_move_from_the_keyring_leaves_nothing_there_but_the_key(path):
    keyring, sealed = KeyringTokenStore(SERVICE, part_size=300), SealedTokenStore(path, SERVICE)
    for word in ("ada", "bob"):
        keyring.slot(word).save(tokens_of(word, 2000))
    assert asyncio.run(migrate(keyring, sealed)) == ["ada", "bob"]
    assert keyring_env.entries_of(SERVICE) == [ENTRY]
    for word in ("ada", "bob"):
        assert sealed.slot(word).load() == tokens_of(word, 2000)
    assert asyncio.run(migrate(sealed, keyring)) == ["ada", "bob"]
    assert keyring.slot("ada").load() == tokens_of("ada", 2000)
    assert asyncio.run(sealed.list_keys()) == []


def test_reading_one_token_loads_no_network_or_event_loop(session, path):
    SealedTokenStore(path, SERVICE).slot().save(tokens_of("one"))
    script = """
    import json, sys
    from pywry_auth.token_store.sealed import SealedTokenStore
    assert SealedTokenStore(sys.argv[1], "pywry-auth:sealed-test").slot().load()
    heavy = {"asyncio", "pydantic", "httpx", "filelock", "redis", "joserfc"}
    print(json.dumps(sorted(heavy & set(sys.modules))))
    """
    assert json.loads(said_by(script, session, str(path))) == []
