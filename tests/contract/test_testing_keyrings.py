"""Keyrings for tests keep what real ones keep."""

import asyncio

import pytest

from pywry_auth.testing.keyrings import MemoryKeyring, SlowKeyring, TinyKeyring, installed
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.token_store.keyring_rules import entry_name
from tests.contract.token_store import LastingTokenStoreContract, tokens_of


SERVICE = "pywry-auth:kit"


class TestMemoryKeyring(LastingTokenStoreContract):
    def made(self):
        return MemoryKeyring()

    @pytest.fixture(autouse=True)
    def keyring(self):
        with installed(self.made()) as keyring:
            yield keyring

    @pytest.fixture
    def store(self):
        return KeyringTokenStore(SERVICE)

    @pytest.fixture
    def again(self):
        return KeyringTokenStore(SERVICE)

    @pytest.fixture
    def plant(self, keyring):
        return lambda key, text: keyring.set_password(SERVICE, key, text)

    @pytest.fixture
    def planted(self, keyring):
        return lambda key: keyring.get_password(SERVICE, key)

    def test_nothing_is_left_behind(self, store, keyring):
        for word, size in (("one", 5000), ("two", 10), ("three", 9000)):
            store.slot("a").save(tokens_of(word, size=size))
        store.slot("a").clear()
        assert keyring.entries(SERVICE) == []


class TestTinyKeyring(TestMemoryKeyring):
    def made(self):
        return TinyKeyring()

    def test_long_tokens_lie_in_parts(self, store, keyring):
        store.slot("a").save(tokens_of("one", size=5000))
        assert len(keyring.entries(SERVICE)) > 4

    def test_keys_that_differ_in_case_are_two_records(self, store):
        assert entry_name("Ada", fold=True) != entry_name("ada", fold=True)
        asyncio.run(store.save("Ada", tokens_of("one")))
        asyncio.run(store.save("ada", tokens_of("two")))
        assert store.slot("Ada").load() == tokens_of("one")


class TestSlowKeyring(TestMemoryKeyring):
    def made(self):
        return SlowKeyring(0.001)
