"""The one contract, where Sentinels watch a master, and on a Cluster of six servers."""

import asyncio

import pytest

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.token_store import RedisTokenStore
from tests import redis_many, redis_server
from tests.contract.token_store import LastingTokenStoreContract, tokens_of


pytestmark = pytest.mark.skipif(bool(redis_server.lacks()), reason=redis_server.lacks())


@pytest.fixture(scope="module")
def watched():
    with redis_many.watched() as company:
        yield company


@pytest.fixture(scope="module")
def cluster():
    with redis_many.cluster() as company:
        yield company


class ManyServersContract(LastingTokenStoreContract):
    """Subclasses give the fixture ``company``."""

    @pytest.fixture
    def store(self, company):
        store = RedisTokenStore(company.app_url)
        yield store
        store.close()
        company.flush()

    @pytest.fixture
    def again(self, company):
        store = RedisTokenStore(company.app_url)
        yield store
        store.close()

    @pytest.fixture
    def admin_of(self, company):
        return lambda key: company.master_of(f"pywry:oauth:tokens:{key}").admin()

    @pytest.fixture
    def plant(self, admin_of):
        def put(key, text):
            with admin_of(key) as client:
                client.set(f"pywry:oauth:tokens:{key}", text)

        return put

    @pytest.fixture
    def planted(self, admin_of):
        def get(key):
            with admin_of(key) as client:
                found = client.get(f"pywry:oauth:tokens:{key}")
            return None if found is None else found.decode()

        return get

    def test_a_damaged_record_is_kept_apart_for_as_long_as_it_would_have_lived(
        self, store, company, admin_of, plant
    ):
        plant("broken", "{not json")
        with admin_of("broken") as client:
            client.expire("pywry:oauth:tokens:broken", 5000)
        assert store.slot("broken").load() is None
        with company.master_of("pywry:oauth:damaged:broken").admin() as client:
            assert client.get("pywry:oauth:damaged:broken") == b"{not json"
            assert 4900 < client.ttl("pywry:oauth:damaged:broken") <= 5000

    def test_a_record_that_became_good_meanwhile_is_not_set_aside(self, store, plant):
        plant("default", "{not json")
        store.slot().save(tokens_of("good"))
        store._records.set_aside("default", "{not json")
        asyncio.run(store._awaited.set_aside("default", "{not json"))
        assert store.slot().load() == tokens_of("good")

    def test_a_listing_has_the_records_of_all_servers(self, store):
        keys = [f"user-{number}" for number in range(1200)]

        async def scenario():
            await asyncio.gather(*(store.save(key, tokens_of()) for key in keys))
            return await store.list_keys()

        assert asyncio.run(scenario()) == sorted(keys)
        assert asyncio.run(store.list_keys()) == sorted(keys)

    def test_more_replicas_than_there_are_is_never_confirmed(self, company):
        store = RedisTokenStore(company.app_url, min_replicas=5)
        for work in (
            lambda: store.slot().save(tokens_of()),
            lambda: asyncio.run(store.delete("default")),
        ):
            with pytest.raises(StoreUnavailableError, match="not on 5 replicas"):
                work()
        store.close()

    @pytest.mark.parametrize("wrong", ["records", "watchers"])
    def test_a_wrong_password_is_not_repeated(self, company, wrong):
        word = {"records": "apppw", "watchers": redis_many.WATCH_PASSWORD}[wrong]
        if word not in company.app_url:
            pytest.skip("a cluster has no watchers")
        store = RedisTokenStore(company.app_url.replace(word, "canary-pw"))
        for work in (store.slot().load, lambda: asyncio.run(store.load("default"))):
            with pytest.raises(StoreUnavailableError, match="does not accept") as caught:
                work()
            assert "canary-pw" not in str(caught.value) + repr(vars(caught.value))
        assert "canary-pw" not in repr(store) + store.identity
        store.close()


class TestWatchedRedis(ManyServersContract):
    @pytest.fixture
    def company(self, watched):
        return watched

    def test_a_service_nobody_knows_is_an_error(self, company):
        store = RedisTokenStore(company.app_url.replace(redis_many.SERVICE, "other"))
        with pytest.raises(StoreError, match="no Sentinel knows") as caught:
            store.slot().load()
        assert not caught.value.retryable
        store.close()

    def test_one_sentinel_that_answers_is_enough(self, company, store):
        store.slot().save(tokens_of())
        dead = redis_many.free_port()
        url = company.app_url.replace("@127", f"@127.0.0.1:{dead},127")
        other = RedisTokenStore(url)
        assert other.slot().load() == tokens_of()
        assert asyncio.run(other.list_keys()) == ["default"]
        other.close()


class TestClusteredRedis(ManyServersContract):
    @pytest.fixture
    def company(self, cluster):
        return cluster

    @pytest.mark.parametrize("face", ["awaited", "blocking"])
    def test_a_slot_on_its_way_to_another_server_is_followed(self, company, store, face):
        name = "pywry:oauth:tokens:on-its-way"
        source = company.master_of(name)
        target = next(one for one in company.masters() if one is not source)
        store.slot("on-its-way").load()  # by now it knows the servers
        with source.admin() as old, target.admin() as new:
            slot = old.execute_command("CLUSTER", "KEYSLOT", name)
            there, here = (one.execute_command("CLUSTER", "MYID") for one in (new, old))
            new.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", here)
            old.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", there)
            try:
                self.use(store, face)
                assert old.execute_command("CLUSTER", "COUNTKEYSINSLOT", slot) == 0
            finally:
                for one in (new, old):
                    one.execute_command("CLUSTER", "SETSLOT", slot, "NODE", there)
            self.use(store, face)  # another server has it for good
            assert new.exists(name) == 1
        assert asyncio.run(store.list_keys()) == ["on-its-way"]

    @staticmethod
    def use(store, face):
        if face == "blocking":
            slot = store.slot("on-its-way")
            slot.save(tokens_of("old"))
            slot.clear()
            slot.save(tokens_of("new"))
            assert slot.load() == tokens_of("new")
            return

        async def scenario():
            await store.save("on-its-way", tokens_of("old"))
            await store.delete("on-its-way")
            await store.save("on-its-way", tokens_of("new"))
            assert await store.load("on-its-way") == tokens_of("new")

        asyncio.run(scenario())
