import pytest

from pywry_auth.token_store import MemoryTokenStore
from tests.contract.token_store import TokenStoreContract


class TestMemoryTokenStore(TokenStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryTokenStore()
