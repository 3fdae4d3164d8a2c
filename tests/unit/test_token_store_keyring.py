"""The real keyring service: absent, locked, refused, gone, crashed into, shared."""

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import textwrap

import pytest
from keyring.errors import PasswordDeleteError
from secretstorage.exceptions import ItemNotFoundException

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet
from tests import keyring_env


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

SERVICE = "pywry-auth:test"

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


def tokens_of(word, size=0):
    return OAuthTokenSet(f"access-{word}" + "a" * size, refresh_token="r", issued_at=5.0)


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


SAVE = """
from pywry_auth.errors import StoreError
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet
try:
    KeyringTokenStore("pywry-auth:test").slot().save(OAuthTokenSet("canary"))
    print("saved")
except StoreError as exc:
    print(exc.code, "|", exc.message, "|", exc.hint)
"""


def test_without_a_bus_there_is_advice_and_no_file(tmp_path):
    nowhere = {
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DISPLAY": "",
        "PYTHON_KEYRING_BACKEND": "",
    }
    said = said_by(SAVE, nowhere)
    assert said.startswith("encryption_unavailable | no keyring is running here | install")
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()]
    assert kept == []


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.null.Keyring", "does not protect secrets"),
        ("keyring.backends.fail.Keyring", "encryption_unavailable"),
        ("no.such.Backend", "encryption_unavailable"),
        ("keyring.backends.SecretService.NoSuchClass", "encryption_unavailable"),
    ],
)
def test_a_backend_that_keeps_no_secrets_is_refused(session, backend, words):
    if backend.endswith("fail.Keyring"):
        session = {**session, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    said = said_by(SAVE, {**session, "PYTHON_KEYRING_BACKEND": backend})
    assert said.startswith("encryption_unavailable")
    assert words in said


PLAIN = """
import keyring.backend

class PlaintextKeyring(keyring.backend.KeyringBackend):
    priority = PRIORITY
    def get_password(self, service, username):
        print("asked for a password")
    def set_password(self, service, username, password):
        print("stored", password)
"""


@pytest.mark.parametrize("priority", ["0.5", "9"])
def test_a_plain_text_backend_is_refused_alone_and_behind_a_real_one(session, priority):
    said = said_by(PLAIN.replace("PRIORITY", priority) + SAVE, session)
    assert said.startswith("encryption_unavailable")
    assert "PlaintextKeyring" in said
    assert "canary" not in said


def refusal(work):
    """Give the sentence and the hint; the connection keyring leaves open goes with the error."""
    with pytest.raises(StoreUnavailableError) as caught:
        work()
    words = caught.value.message, caught.value.hint
    del caught
    gc.collect()
    return words


@leaves_a_socket
def test_a_locked_keyring_says_so_at_once():
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store = KeyringTokenStore(SERVICE)
        store.slot().save(tokens_of("one"))
        keyring_env.lock()
        for work in (store.slot().load, lambda: store.slot().save(tokens_of("two"))):
            message, hint = refusal(work)
            assert message == "the keyring is locked"
            assert "unlock" in hint


def test_a_keyring_that_was_never_unlocked_is_unavailable():
    with keyring_env.private_keyring(unlocked=False) as env:
        said = said_by(SAVE, env)
    assert said.startswith("store_unavailable | the keyring could not be opened | unlock it")


@leaves_a_socket
def test_a_keyring_service_that_goes_away_is_unavailable_and_then_found_again():
    store = KeyringTokenStore(SERVICE)
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store.slot().save(tokens_of("one"))
    with keyring_env.in_environment(env):
        assert refusal(store.slot().load)[1]
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        assert store.slot().load() is None


def test_a_service_that_starts_late_is_found_without_a_restart(tmp_path):
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    script = """
    import os, sys
    from pywry_auth.errors import EncryptionUnavailableError
    from pywry_auth.token_store.keyring import KeyringTokenStore
    store = KeyringTokenStore("pywry-auth:test")
    try:
        store.slot().load()
    except EncryptionUnavailableError:
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = sys.argv[1]
        print(store.slot().load())
    """
    with keyring_env.private_keyring() as env:
        assert said_by(script, {**env, **nowhere}, env["DBUS_SESSION_BUS_ADDRESS"]) == "None\n"


class Vanishing:
    """A backend whose item is replaced by somebody else while it is read."""

    def __init__(self, times):
        self.times = times

    def get_password(self, service, username):
        del service, username
        if self.times:
            self.times -= 1
            raise ItemNotFoundException
        return '{"v":1,"at":"a","tt":"Bearer"}'


def test_an_item_that_vanishes_while_it_is_read_is_read_again():
    assert KeyringTokenStore(SERVICE, backend=Vanishing(2)).slot().load() is not None


def test_an_item_that_always_vanishes_is_unavailable():
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        KeyringTokenStore(SERVICE, backend=Vanishing(99)).slot().load()


class Refusing:
    """A backend that gives but does not remove, as the macOS keychain may."""

    def get_password(self, service, username):
        del service, username
        return '{"v":1,"at":"a","tt":"Bearer"}'

    def delete_password(self, service, username):
        del service, username
        raise PasswordDeleteError


def test_a_record_that_cannot_be_removed_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(StoreError, match="PasswordDeleteError"):
        KeyringTokenStore(SERVICE, backend=Refusing()).slot().clear()


CRASH = """
import os, sys
from keyring.backends.SecretService import Keyring
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet

class Crashing:
    left = int(sys.argv[1])
    real = Keyring()
    def count(self):
        if self.left == 0:
            os._exit(9)
        self.left -= 1
    def get_password(self, service, username):
        return self.real.get_password(service, username)
    def set_password(self, service, username, password):
        self.count()
        self.real.set_password(service, username, password)
    def delete_password(self, service, username):
        self.count()
        self.real.delete_password(service, username)

store = KeyringTokenStore("pywry-auth:test", backend=Crashing(), part_size=400)
store.slot().save(OAuthTokenSet("access-new" + "a" * 1000, refresh_token="r", issued_at=5.0))
print("saved")
"""


def test_a_crash_at_any_write_leaves_the_old_record_or_the_new_one(session):
    old, new = tokens_of("old", 900), tokens_of("new", 1000)
    seen = []
    for writes in range(40):
        store = KeyringTokenStore(SERVICE, part_size=400)
        store.slot().save(old)
        finished = said_by(CRASH, session, str(writes)) == "saved\n"
        found = store.slot().load()
        assert found in (old, new)
        seen.append(found == new)
        store.slot().clear()
        assert keyring_env.entries_of(SERVICE) == []
        if finished:
            break
    assert finished
    assert seen == sorted(seen)
    assert len(seen) > 6


SAVE_MANY = """
import sys
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet
store = KeyringTokenStore("pywry-auth:test", part_size=300)
for number in range(5):
    store.slot(f"{sys.argv[1]}-{number}").save(OAuthTokenSet("a" * 500))
    store.slot("shared").save(OAuthTokenSet(sys.argv[1] * 500, issued_at=5.0))
"""


def test_processes_at_the_same_moment_lose_no_key(session):
    env = {name: value for name, value in {**os.environ, **session}.items() if value}
    running = [
        subprocess.Popen([sys.executable, "-c", SAVE_MANY, word], env=env) for word in "abcd"
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    store = KeyringTokenStore(SERVICE, part_size=300)
    expected = {f"{word}-{number}" for word in "abcd" for number in range(5)} | {"shared"}
    assert set(_listed(store)) == expected
    shared = store.slot("shared").load()
    assert shared is not None
    assert shared.access_token in {word * 500 for word in "abcd"}


def _listed(store):
    return asyncio.run(store.list_keys())


@pytest.mark.usefixtures("session")
def test_a_key_whose_record_was_removed_by_hand_is_not_listed():
    store = KeyringTokenStore(SERVICE)
    for key in ("a", "b"):
        store.slot(key).save(tokens_of(key))
    keyring_env.secret_service().delete_password(SERVICE, "a")
    assert _listed(store) == ["b"]


@pytest.mark.usefixtures("session")
def test_a_damaged_list_of_keys_is_made_again_by_the_next_saves():
    store = KeyringTokenStore(SERVICE)
    store.slot("a").save(tokens_of("a"))
    keyring_env.secret_service().set_password(SERVICE, "~pywry~index", '{"keys":5')
    assert _listed(store) == []
    store.slot("b").save(tokens_of("b"))
    store.slot("a").save(tokens_of("a"))
    assert _listed(store) == ["a", "b"]


@pytest.mark.usefixtures("session")
def test_a_record_with_a_part_missing_counts_as_nothing_and_can_be_saved_again(caplog):
    store = KeyringTokenStore(SERVICE, part_size=300)
    store.slot("torn").save(tokens_of("torn", 900))
    part = next(name for name in keyring_env.entries_of(SERVICE) if "part" in name)
    keyring_env.secret_service().delete_password(SERVICE, part)
    with caplog.at_level(logging.WARNING):
        assert store.slot("torn").load() is None
    assert [record.key for record in caplog.records] == ["torn"]
    assert _listed(store) == []
    store.slot("torn").save(tokens_of("again", 900))
    assert store.slot("torn").load() == tokens_of("again", 900)


@pytest.mark.usefixtures("session")
def test_a_damaged_record_is_kept_apart_for_those_who_look():
    keyring_env.secret_service().set_password(SERVICE, "broken", "{not json")
    KeyringTokenStore(SERVICE).slot("broken").load()
    (entry,) = keyring_env.entries_of(SERVICE)
    assert "damaged" in entry
    assert keyring_env.secret_service().get_password(SERVICE, entry) == "{not json"


def test_reading_one_token_loads_no_network_or_event_loop(session):
    KeyringTokenStore(SERVICE).slot().save(tokens_of("one"))
    script = """
    import json, sys
    import pywry_auth.token_store.keyring as module
    assert module.KeyringTokenStore("pywry-auth:test").slot().load()
    heavy = {"asyncio", "concurrent.futures", "pydantic", "httpx", "filelock", "redis", "joserfc"}
    print(json.dumps(sorted(heavy & set(sys.modules))))
    """
    assert json.loads(said_by(script, session)) == []
