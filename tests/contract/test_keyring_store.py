import asyncio

import pytest

from pywry_auth.token_store import KeyringTokenStore
from tests import keyring_env
from tests.contract.token_store import LastingTokenStoreContract


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as env:
        yield env


class TestKeyringTokenStore(LastingTokenStoreContract):
    part_size = None

    @pytest.fixture(autouse=True)
    def _session(self, session):
        with keyring_env.in_environment(session):
            yield

    @pytest.fixture
    def service(self, request):
        return f"pywry-auth:{request.node.name}-{self.part_size}"

    @pytest.fixture
    def store(self, service, _session):
        store = KeyringTokenStore(service, part_size=self.part_size)
        yield store
        keyring_env.wipe(service)

    @pytest.fixture
    def again(self, service):
        return KeyringTokenStore(service, part_size=self.part_size)

    @pytest.fixture
    def plant(self, service):
        return lambda key, text: keyring_env.secret_service().set_password(service, key, text)

    @pytest.fixture
    def planted(self, service):
        return lambda key: keyring_env.secret_service().get_password(service, key)

    def test_erasing_leaves_no_entry_not_of_damaged_records_either(self, store, service, plant):
        from tests.contract.token_store import tokens_of

        plant("unlisted", '{"at":"a secret of an older release"}')
        plant("broken", "{a refresh token in here")
        store.slot("a").save(tokens_of("a", size=5000))
        assert store.slot("broken").load() is None  # it is set aside now
        assert any("damaged" in name for name in keyring_env.entries_of(service))
        asyncio.run(store.erase(["unlisted", "broken"]))
        assert keyring_env.entries_of(service) == []

    def test_nothing_is_left_behind(self, store, service):
        from tests.contract.token_store import tokens_of

        for word, size in (("one", 5000), ("two", 10), ("three", 9000)):
            store.slot("a").save(tokens_of(word, size=size))
            store.slot("b").save(tokens_of(word, size=size))
        store.slot("a").clear()
        store.slot("b").clear()
        assert keyring_env.entries_of(service) == []


class TestKeyringTokenStoreWithShortEntries(TestKeyringTokenStore):
    part_size = 600
