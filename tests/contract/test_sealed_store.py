import os

import pytest

from pywry_auth.token_store import SealedTokenStore
from tests import keyring_env
from tests.contract.token_store import LastingTokenStoreContract, tokens_of


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as env:
        yield env


class TestSealedTokenStore(LastingTokenStoreContract):
    @pytest.fixture(autouse=True)
    def _session(self, session):
        with keyring_env.in_environment(session):
            yield

    @pytest.fixture
    def service(self, request):
        return f"pywry-auth:{request.node.name}"

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "deep" / "down" / "tokens.sealed"

    @pytest.fixture
    def store(self, path, service, _session):
        yield SealedTokenStore(path, service)
        keyring_env.wipe(service)

    @pytest.fixture
    def again(self, path, service):
        return SealedTokenStore(os.fspath(path), service)

    @pytest.fixture
    def records(self, path, service):
        return SealedTokenStore(path, service)._records

    @pytest.fixture
    def plant(self, records):
        """Seals the text with the right key: what was written damaged is damage of its own."""
        return lambda key, text: records.write(key, text, None)

    @pytest.fixture
    def planted(self, records):
        return records.read

    def test_the_keyring_holds_the_key_alone(self, store, service):
        for word in ("one", "two"):
            store.slot(word).save(tokens_of(word, size=5000))
        assert keyring_env.entries_of(service) == ["~pywry~sealing-key"]
