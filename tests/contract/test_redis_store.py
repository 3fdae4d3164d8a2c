import pytest

from pywry_auth.token_store import RedisTokenStore
from tests import redis_server
from tests.contract.token_store import LastingTokenStoreContract


pytestmark = pytest.mark.skipif(bool(redis_server.lacks()), reason=redis_server.lacks())


@pytest.fixture(scope="module")
def server():
    with redis_server.redis_server() as server:
        yield server


class TestRedisTokenStore(LastingTokenStoreContract):
    @pytest.fixture
    def store(self, server):
        store = RedisTokenStore(server.app_url)
        yield store
        store.close()
        with server.admin() as client:
            client.flushall()

    @pytest.fixture
    def again(self, server):
        store = RedisTokenStore(server.app_url)
        yield store
        store.close()

    @pytest.fixture
    def plant(self, server):
        def put(key, text):
            with server.admin() as client:
                client.set(f"pywry:oauth:tokens:{key}", text)

        return put

    @pytest.fixture
    def planted(self, server):
        def get(key):
            with server.admin() as client:
                found = client.get(f"pywry:oauth:tokens:{key}")
            return None if found is None else found.decode()

        return get
