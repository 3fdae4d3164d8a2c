"""Stores by name, and what importing them costs."""

import subprocess
import sys

import pytest

import pywry_auth.token_store as module
from pywry_auth import AuthFlowManager, DeviceFlow, GenericOIDCProvider, SessionManager
from pywry_auth.errors import ConfigError
from pywry_auth.token_store import (
    JsonFileTokenStore,
    KeyringTokenStore,
    MemoryTokenStore,
    RedisTokenStore,
    SealedTokenStore,
    TokenStore,
    get_token_store,
    reset_token_store,
)
from pywry_auth.token_store.slot import MemoryTokenSlot
from pywry_auth.tokens import OAuthTokenSet


@pytest.fixture(autouse=True)
def _forgotten():
    reset_token_store()
    yield
    reset_token_store()


def test_each_name_gives_its_store(tmp_path):
    assert type(get_token_store()) is MemoryTokenStore
    assert type(get_token_store("memory")) is MemoryTokenStore
    assert type(get_token_store("keyring")) is KeyringTokenStore
    assert type(get_token_store("file", path=tmp_path / "t")) is JsonFileTokenStore
    assert type(get_token_store("sealed", path=tmp_path / "t")) is SealedTokenStore
    assert type(get_token_store("redis")) is RedisTokenStore


def test_the_same_arguments_give_the_same_store_and_others_another():
    first = get_token_store("keyring", service_name="a")
    assert get_token_store("keyring", service_name="a") is first
    assert get_token_store("keyring", service_name="b") is not first
    assert get_token_store("keyring") is not first
    one = get_token_store("redis", prefix="a", pool_size=3)
    assert get_token_store("redis", pool_size=3, prefix="a") is one
    assert get_token_store("memory") is get_token_store()


def test_a_reset_forgets_every_store():
    first = get_token_store()
    reset_token_store()
    assert get_token_store() is not first


@pytest.mark.parametrize("name", ["", "Sealed", "Keyring", "MemoryTokenStore"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(ValueError, match="memory, keyring, file, sealed, redis"):
        get_token_store(name)


def test_an_argument_the_store_does_not_take_is_refused():
    with pytest.raises(TypeError, match="colour"):
        get_token_store("memory", colour="red")
    with pytest.raises(TypeError):
        get_token_store("file", path=[])


def test_each_store_has_an_identity_of_its_own(tmp_path):
    assert MemoryTokenStore().identity != MemoryTokenStore().identity
    stores = [
        KeyringTokenStore("a"),
        KeyringTokenStore("b"),
        JsonFileTokenStore(tmp_path / "a"),
        JsonFileTokenStore(tmp_path / "b"),
        SealedTokenStore(tmp_path / "a"),
        SealedTokenStore(tmp_path / "b"),
        RedisTokenStore("redis://user:canary@h:1/0"),
        RedisTokenStore("redis://user:canary@h:1/0", prefix="other"),
        RedisTokenStore("redis://user:canary@h:1/1"),
        RedisTokenStore("redis://user:canary@h:2/1"),
    ]
    identities = {store.identity for store in stores}
    assert len(identities) == len(stores)
    assert "canary" not in "".join(identities)


def test_a_store_that_can_only_be_awaited_has_no_slot():
    class Own(TokenStore):
        async def save(self, key, tokens): ...
        async def load(self, key): ...
        async def delete(self, key): ...
        async def exists(self, key): ...
        async def list_keys(self): ...

    with pytest.raises(ConfigError, match="Own can only be awaited"):
        Own().slot()


def test_a_memory_slot_keeps_one_token_set_and_copies_it():
    slot = MemoryTokenSlot()
    assert slot.load() is None
    tokens = OAuthTokenSet("canary", raw={"list": [1]})
    slot.save(tokens)
    tokens.raw["list"].append(2)
    assert slot.load().raw == {"list": [1]}
    slot.load().raw["list"].append(3)
    assert slot.load().raw == {"list": [1]}
    assert "canary" not in repr(slot) + repr(vars(slot))
    slot.clear()
    slot.clear()
    assert slot.load() is None


def test_importing_the_stores_imports_no_backend():
    script = """
import sys
import pywry_auth.token_store
heavy = {"keyring", "redis", "filelock", "platformdirs", "asyncio", "pydantic", "httpx"}
heavy.add("cryptography")
print(sorted(heavy & set(sys.modules)))
pywry_auth.token_store.KeyringTokenStore("svc").slot()
pywry_auth.token_store.JsonFileTokenStore("file").slot()
pywry_auth.token_store.SealedTokenStore("file").slot()
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="PlainTokenStore"):
        _ = module.PlainTokenStore


USERS = [
    SessionManager,
    lambda provider, store: AuthFlowManager(provider, token_store=store),
    lambda provider, store: DeviceFlow(provider, token_store=store),
]


@pytest.mark.parametrize("made", USERS)
@pytest.mark.parametrize(
    ("given", "what"),
    [
        (MemoryTokenSlot(), "token_store is a slot"),
        (MemoryTokenStore().slot(), "token_store is a slot"),
        (MemoryTokenStore, "token_store is the class MemoryTokenStore"),
        ("keyring", "token_store is str"),
    ],
)
def test_what_is_no_store_is_refused_before_a_sign_in_needs_it(made, given, what):
    provider = GenericOIDCProvider("app", issuer_url="https://id.example.com")
    with pytest.raises(ConfigError, match=what) as caught:
        made(provider, given)
    assert "MemoryTokenStore()" in caught.value.hint
    made(provider, MemoryTokenStore())
