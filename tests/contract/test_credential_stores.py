"""Every store of credentials, over everything that tokens can be kept in."""

import asyncio
import json
import logging
import os
import stat
import subprocess
import sys

import pytest

from pywry_auth.errors import StoredDataError, StoreError, StoreUnavailableError
from pywry_auth.integrations import (
    FileCredentialStore,
    InMemoryCredentialStore,
    TokenCredentialStore,
)
from pywry_auth.integrations.stores.credential_records import record_key
from pywry_auth.integrations.stores.token_credentials import TYPE
from pywry_auth.token_store import (
    JsonFileTokenStore,
    KeyringTokenStore,
    MemoryTokenStore,
    RedisTokenStore,
    SealedTokenStore,
)
from pywry_auth.tokens import OAuthTokenSet
from tests import keyring_env, redis_server
from tests.contract.credential_store import (
    RECORD,
    CredentialStoreContract,
    LastingCredentialStoreContract,
)
from tests.contract.token_store import tokens_of


DAMAGED = "{hemmelig"

needs_keyring = pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
needs_redis = pytest.mark.skipif(bool(redis_server.lacks()), reason=redis_server.lacks())


# keyring closes its D-Bus connection only where it succeeds
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def refuse(*_args, **_kwargs):
    raise AssertionError("something was read or written")


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


class TestInMemoryCredentialStore(CredentialStoreContract):
    @pytest.fixture
    def store(self):
        return InMemoryCredentialStore()

    def forbid_io(self, store, monkeypatch):
        monkeypatch.setattr(store, "_lock", None)

    def test_two_stores_have_nothing_to_do_with_each_other(self, store):
        other = InMemoryCredentialStore()
        assert other.identity != store.identity
        asyncio.run(store.set("github", "ada", RECORD))
        assert asyncio.run(other.get("github", "ada")) is None


class TestFileCredentialStore(LastingCredentialStoreContract):
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "deep" / "down" / "credentials.json"

    @pytest.fixture
    def store(self, path):
        return FileCredentialStore(path)

    @pytest.fixture
    def again(self, path):
        return FileCredentialStore(os.fspath(path))

    @pytest.fixture
    def plant(self, path):
        def put(provider, subject):
            path.parent.mkdir(parents=True, exist_ok=True)
            records = json.loads(path.read_text())["records"] if path.exists() else {}
            records[record_key(provider, subject)] = DAMAGED
            path.write_text(json.dumps({"v": 1, "records": records}))

        return put

    def forbid_io(self, store, monkeypatch):
        for name in ("read", "write", "remove"):
            monkeypatch.setattr(store._records, name, refuse)

    def test_the_file_is_its_owners_alone_and_made_at_the_first_set(self, store, path):
        assert asyncio.run(store.get("github", "ada")) is None
        asyncio.run(store.delete("github", "ada"))
        assert not path.parent.exists()
        asyncio.run(store.set("github", "ada", RECORD))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_a_crash_while_writing_leaves_the_old_content(self, store, path, monkeypatch):
        asyncio.run(store.set("github", "ada", RECORD))
        before = path.read_bytes()

        def crash(*_args):
            raise OSError("the disk is gone")

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", crash)
            with pytest.raises(StoreUnavailableError) as caught:
                asyncio.run(store.set("github", "ada", {"access_token": "hemmelig"}))
        assert "hemmelig" not in str(caught.value)
        assert path.read_bytes() == before
        assert asyncio.run(store.get("github", "ada")) == RECORD

    def test_a_damaged_file_is_set_aside_and_told_to_whoever_had_something_in_it(
        self, store, path, caplog
    ):
        asyncio.run(store.set("github", "ada", RECORD))
        path.write_text('{"v":1,"records":{"github/s:ada":"hemmelig')
        with caplog.at_level(logging.DEBUG), pytest.raises(StoredDataError):
            asyncio.run(store.get("github", "ada"))
        assert "hemmelig" not in "".join(str(vars(record)) for record in caplog.records)
        aside = [one for one in path.parent.iterdir() if "damaged" in one.name]
        assert ["hemmelig" in one.read_text() for one in aside] == [True]
        asyncio.run(store.set("github", "bob", RECORD))
        assert asyncio.run(store.get("github", "bob")) == RECORD
        with pytest.raises(StoredDataError):
            asyncio.run(store.get("github", "ada"))
        assert asyncio.run(FileCredentialStore(path).get("github", "ada")) is None

    def test_processes_that_write_at_once_lose_nothing_of_each_other(self, store, path):
        code = (
            "import asyncio, sys\n"
            "from pywry_auth.integrations import FileCredentialStore\n"
            "store = FileCredentialStore(sys.argv[1])\n"
            "async def work():\n"
            "    for number in range(5):\n"
            "        subject = {'process': sys.argv[2], 'number': number}\n"
            "        await store.set('github', subject, {'access_token': sys.argv[2]})\n"
            "asyncio.run(work())\n"
        )
        words = ("one", "two", "three")
        running = [subprocess.Popen([sys.executable, "-c", code, path, word]) for word in words]
        assert [each.wait(30) for each in running] == [0, 0, 0]
        for word in words:
            for number in range(5):
                found = asyncio.run(store.get("github", {"number": number, "process": word}))
                assert found == {"access_token": word}


class OverTokens(LastingCredentialStoreContract):
    """Subclasses give ``tokens``, the store of tokens below, and ``tokens_again``."""

    @pytest.fixture
    def store(self, tokens):
        return TokenCredentialStore(tokens)

    @pytest.fixture
    def again(self, tokens_again):
        return TokenCredentialStore(tokens_again)

    @pytest.fixture
    def plant(self, tokens):
        def put(provider, subject):
            damaged = OAuthTokenSet(DAMAGED, token_type=TYPE)
            asyncio.run(tokens.save(record_key(provider, subject), damaged))

        return put

    def forbid_io(self, store, monkeypatch):
        for name in ("load", "save", "delete"):
            monkeypatch.setattr(store._store, name, refuse)

    def test_the_tokens_of_somebody_are_neither_read_nor_replaced_nor_removed(self, store, tokens):
        key = record_key("github", "ada")
        asyncio.run(tokens.save(key, tokens_of("real")))
        assert asyncio.run(store.get("github", "ada")) is None
        with pytest.raises(StoreError, match="store of their own") as caught:
            asyncio.run(store.set("github", "ada", RECORD))
        assert "ghp-one" not in str(caught.value)
        asyncio.run(store.delete("github", "ada"))
        assert asyncio.run(tokens.load(key)) == tokens_of("real")

    def test_records_are_found_by_whoever_erases_the_store(self, store, tokens):
        asyncio.run(tokens.save("work/ada", tokens_of("real")))
        asyncio.run(store.set("github", "ada", RECORD))
        assert asyncio.run(tokens.list_keys()) == ["github/s:ada", "work/ada"]
        assert asyncio.run(tokens.load("work/ada")) == tokens_of("real")
        asyncio.run(tokens.erase())
        assert asyncio.run(store.get("github", "ada")) is None

    def test_a_record_lies_there_for_as_long_as_nobody_removes_it(self, store, tokens):
        asyncio.run(store.set("github", "ada", {"access_token": "old", "expires_at": 1.0}))
        kept = asyncio.run(tokens.load("github/s:ada"))
        assert (kept.expires_at, kept.token_type) == (None, TYPE)


class TestOverMemory(OverTokens):
    @pytest.fixture
    def tokens(self):
        return MemoryTokenStore()

    @pytest.fixture
    def tokens_again(self, tokens):
        return tokens


class TestOverFile(OverTokens):
    @pytest.fixture
    def tokens(self, tmp_path):
        return JsonFileTokenStore(tmp_path / "tokens.json")

    @pytest.fixture
    def tokens_again(self, tmp_path):
        return JsonFileTokenStore(tmp_path / "tokens.json")

    def test_a_record_that_the_store_of_tokens_cannot_read_is_told_too(self, store, tokens):
        asyncio.run(store.set("github", "ada", RECORD))
        tokens.path.write_text(json.dumps({"v": 1, "records": {"github/s:ada": DAMAGED}}))
        for _ in range(2):
            with pytest.raises(StoredDataError, match="ada at github"):
                asyncio.run(store.get("github", "ada"))


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as env:
        yield env


class OverSecretService(OverTokens):
    """What needs a keyring, with a service of its own for each test."""

    @pytest.fixture(autouse=True)
    def _session(self, session):
        with keyring_env.in_environment(session):
            yield

    @pytest.fixture
    def service(self, request):
        return f"pywry-auth:{request.node.name[:60]}"


@needs_keyring
@pytest.mark.keyring
class TestOverKeyring(OverSecretService):
    @pytest.fixture
    def tokens(self, service, _session):
        yield KeyringTokenStore(service)
        keyring_env.wipe(service)

    @pytest.fixture
    def tokens_again(self, service, _session):
        return KeyringTokenStore(service)


@needs_keyring
@pytest.mark.keyring
class TestOverSealedFile(OverSecretService):
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "credentials.sealed"

    @pytest.fixture
    def tokens(self, path, service, _session):
        yield SealedTokenStore(path, service)
        keyring_env.wipe(service)

    @pytest.fixture
    def tokens_again(self, path, service, _session):
        return SealedTokenStore(path, service)

    def test_the_file_holds_no_record_that_can_be_read(self, store, path):
        asyncio.run(store.set("github", "ada", RECORD))
        content = path.read_bytes()
        for secret in (b"ghp-one", b"github", b"ada", b"rrr"):
            assert secret not in content


@pytest.fixture(scope="module")
def server():
    with redis_server.redis_server() as server:
        yield server


@needs_redis
class TestOverRedis(OverTokens):
    @pytest.fixture
    def tokens(self, server):
        store = RedisTokenStore(server.app_url)
        yield store
        store.close()
        with server.admin() as client:
            client.flushall()

    @pytest.fixture
    def tokens_again(self, server):
        store = RedisTokenStore(server.app_url)
        yield store
        store.close()
