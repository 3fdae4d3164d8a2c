"""The real Redis: ends of records, listings, a restricted user, a server that goes away."""

import asyncio
import socket
import subprocess
import sys
import threading
import traceback

import pytest

from pywry_auth.errors import ConfigError, StoreError, StoreUnavailableError
from pywry_auth.token_store import RedisTokenStore
from pywry_auth.tokens import OAuthTokenSet
from tests import redis_server


pytestmark = pytest.mark.skipif(bool(redis_server.lacks()), reason=redis_server.lacks())

RECORD = "pywry:oauth:tokens:default"


@pytest.fixture(scope="module")
def server():
    with redis_server.redis_server() as server:
        yield server


@pytest.fixture
def admin(server):
    with server.admin() as client:
        yield client
        client.flushall()


@pytest.fixture
def store(server, admin):
    del admin  # only to be emptied afterwards
    store = RedisTokenStore(server.app_url)
    yield store
    store.close()


@pytest.mark.parametrize("face", ["awaited", "blocking"])
@pytest.mark.parametrize(
    ("lives", "life"),
    [
        ({"expires_in": 60, "refresh_token": "r", "refresh_expires_in": 7200}, 7200 + 86400),
        ({"expires_in": 60, "refresh_token": "r"}, None),
        ({"expires_in": 3600}, 3900),
        ({}, None),
        ({"expires_in": 60, "issued_at": 5.0}, 300),
        ({"refresh_token": "r", "refresh_expires_in": 60, "issued_at": 5.0}, 300),
    ],
)
def test_redis_forgets_a_record_when_it_is_of_no_more_use(store, admin, lives, life, face):
    tokens = OAuthTokenSet("a", **lives)
    if face == "awaited":
        asyncio.run(store.save("default", tokens))
    else:
        store.slot().save(tokens)
    left = admin.ttl(RECORD)
    assert left == -1 if life is None else life - 30 < left <= life


def test_a_record_that_ended_can_last_longer_after_the_next_save(store, admin):
    store.slot().save(OAuthTokenSet("a", expires_in=60))
    assert admin.ttl(RECORD) > 0
    store.slot().save(OAuthTokenSet("a", refresh_token="r"))
    assert admin.ttl(RECORD) == -1


def test_a_listing_takes_the_prefix_literally(server, admin):
    store = RedisTokenStore(server.app_url, prefix="pywry:*?[a-z]^\\")
    other = RedisTokenStore(server.app_url, prefix="pywry:any")
    other.slot("foreign").save(OAuthTokenSet("a"))
    store.slot("own").save(OAuthTokenSet("a"))
    assert asyncio.run(store.list_keys()) == ["own"]
    assert asyncio.run(other.list_keys()) == ["foreign"]
    for one in (store, other):
        one.close()
    assert admin.dbsize() == 2


def test_a_long_listing_is_complete(store):
    keys = [f"user-{number}" for number in range(1200)]
    for key in keys:
        store.slot(key).save(OAuthTokenSet("a"))
    assert asyncio.run(store.list_keys()) == sorted(keys)


def test_a_key_the_user_may_not_use_is_an_error_of_the_store(server):
    store = RedisTokenStore(server.app_url, prefix="other")
    with pytest.raises(StoreError, match="NoPermissionError") as caught:
        asyncio.run(store.load("default"))
    assert type(caught.value) is StoreError
    with pytest.raises(StoreError, match="NoPermissionError"):
        store.slot().load()
    store.close()


def shown(error):
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


def test_a_wrong_password_is_not_repeated(server):
    store = RedisTokenStore(server.app_url.replace("apppw", "canary-pw"))
    for work in (store.slot().load, lambda: asyncio.run(store.load("default"))):
        with pytest.raises(StoreUnavailableError, match="does not accept") as caught:
            work()
        assert "canary-pw" not in shown(caught.value)
    assert "canary-pw" not in repr(store) + store.identity
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://app:canary-pw@x/0",
        "redis://app:canary-pw@[::1",
        "redis://x:canary-pw",
        "",
        "redis://h/x@canary-pw",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(ConfigError) as caught:
        RedisTokenStore(url)
    assert "canary-pw" not in shown(caught.value)


def test_a_pool_without_connections_is_refused():
    with pytest.raises(ConfigError, match="at least one"):
        RedisTokenStore(pool_size=0)


def test_one_connection_is_enough_for_many_callers(server, admin):
    store = RedisTokenStore(server.app_url, pool_size=1)
    admin.set("pywry:oauth:tokens:broken", "{not json")

    async def scenario():
        await asyncio.gather(*(store.save(str(n), OAuthTokenSet("a")) for n in range(20)))
        assert await store.load("broken") is None
        return await store.list_keys()

    assert len(asyncio.run(scenario())) == 20
    store.close()
    assert admin.get("pywry:oauth:damaged:broken") == b"{not json"


def test_a_record_that_became_good_meanwhile_is_not_set_aside(store, admin):
    good = OAuthTokenSet("good", issued_at=5.0)
    admin.set(RECORD, "{not json")
    store.slot().save(good)
    store._records.set_aside("default", "{not json")
    asyncio.run(store._awaited.set_aside("default", "{not json"))
    assert store.slot().load() == good


def test_a_server_that_goes_away_is_unavailable_and_found_again_later():
    with redis_server.redis_server() as server:
        store = RedisTokenStore(server.app_url)

        async def scenario():
            await store.save("default", OAuthTokenSet("a"))
            server.stop()
            for _ in range(2):
                with pytest.raises(StoreUnavailableError, match="cannot be reached") as caught:
                    await store.load("default")
                assert "apppw" not in shown(caught.value)

        asyncio.run(scenario())
        with pytest.raises(StoreUnavailableError):
            store.slot().load()
        store.close()


def test_a_broken_server_is_tried_twice_and_no_more():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tries = []

        def slam():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                tries.append(True)
                connection.close()

        thread = threading.Thread(target=slam)
        thread.start()
        store = RedisTokenStore(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        for work in (store.slot().load, lambda: asyncio.run(store.load("default"))):
            with pytest.raises(StoreUnavailableError):
                work()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        store.close()
    assert len(tries) == 4


def test_closing_leaves_a_store_that_can_be_used_again(store):
    async def scenario():
        await store.save("default", OAuthTokenSet("a"))
        await store.aclose()
        assert await store.exists("default")

    asyncio.run(scenario())
    assert store.slot().load() is not None


def test_without_the_package_the_error_names_the_extra():
    script = """
import sys
sys.modules["redis"] = None
from pywry_auth.token_store import RedisTokenStore
try:
    RedisTokenStore()
except ImportError as exc:
    print(exc)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == 'RedisTokenStore needs redis: pip install "pywry-auth[redis]"'
