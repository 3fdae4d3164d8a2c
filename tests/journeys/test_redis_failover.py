"""A Redis master is killed while sessions are renewed: whatever was called saved is there."""

import asyncio
import threading
import time
from contextlib import suppress

import pytest

from pywry_auth import AuthFlowManager, GenericOIDCProvider
from pywry_auth.errors import StoreUnavailableError
from pywry_auth.runtime import LOOP
from pywry_auth.session import SessionEventName, SessionManager
from pywry_auth.testing import (
    CORRECT,
    Conduct,
    HeadlessAgent,
    ProgrammableProvider,
    RefreshPolicy,
)
from pywry_auth.token_store import RedisTokenStore
from pywry_auth.tokens import OAuthTokenSet
from tests import redis_many, redis_server


pytestmark = pytest.mark.skipif(bool(redis_server.lacks()), reason=redis_server.lacks())

KEYS = [f"user-{number}" for number in range(6)]
AT_REST = [f"at-rest-{number}" for number in range(30)]
#: the provider ends the whole session when a spent refresh token comes back
ROTATING = Conduct(refresh=RefreshPolicy.DETECT_REUSE)


# The same steps lead there on a Cluster; only starting it takes seconds.
watched_only = pytest.mark.parametrize(
    "company", [redis_many.watched], ids=["watched"], indirect=True
)


@pytest.fixture(params=[redis_many.watched, redis_many.cluster], ids=["watched", "cluster"])
def company(request):
    with request.param() as company:
        yield company


class Writer:
    """Counts upwards in one record, and notes what it was told is saved."""

    def __init__(self, store, key):
        self.slot = store.slot(key)
        self.tried = self.saved = self.refused = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        while not self.stop.is_set():
            self.tried += 1
            try:
                self.slot.save(OAuthTokenSet(str(self.tried), refresh_token="r"))
            except StoreUnavailableError:
                self.refused += 1
            else:
                self.saved = self.tried
            time.sleep(0.002)


class Writers:
    """One writer for each key, at work until the block ends."""

    def __init__(self, store):
        self.all = {key: Writer(store, key) for key in KEYS}

    def __enter__(self):
        for writer in self.all.values():
            writer.thread.start()
        return self

    def __exit__(self, *_):
        for writer in self.all.values():
            writer.stop.set()
        for writer in self.all.values():
            writer.thread.join()

    def wait_for_more(self, number):
        """Wait until each was told of *number* more saves."""
        goals = {key: writer.saved + number for key, writer in self.all.items()}
        redis_many.wait_until(
            lambda: all(self.all[key].saved >= goal for key, goal in goals.items()), "saving"
        )


def listings_until_whole(store):
    """List again and again until a listing has everything; a refused one counts as empty."""
    sizes = []

    def whole():
        try:
            sizes.append(len(asyncio.run(store.list_keys())))
        except StoreUnavailableError:
            sizes.append(0)
        return sizes[-1] == len(KEYS + AT_REST)

    redis_many.wait_until(whole, "listed")
    return set(sizes)


def replace_replica(company, killed):
    """In a Cluster of six the new master has no replica but the server it took over from."""
    if isinstance(company, redis_many.Sharded):
        redis_many.wait_until(lambda: len(company.masters()) == 3, "failed over")
        company.restart(killed)


def test_every_save_that_was_acknowledged_survives_the_kill_of_the_master(company):
    store = RedisTokenStore(company.app_url)
    for key in AT_REST:
        store.slot(key).save(OAuthTokenSet("at rest"))
    with Writers(store) as writers:
        writers.wait_for_more(5)
        killed = company.master_of("pywry:oauth:tokens:user-0")
        killed.kill()
        sizes = listings_until_whole(store)
        replace_replica(company, killed)
        writers.wait_for_more(5)
    assert writers.all["user-0"].refused > 0
    # A listing is whole, or refused: never what is left.
    assert sizes <= {0, len(KEYS + AT_REST)}
    fresh = RedisTokenStore(company.app_url)
    for key, writer in writers.all.items():
        assert writer.saved <= int(fresh.slot(key).load().access_token) <= writer.tried
    assert all(fresh.slot(key).load() for key in AT_REST)
    store.close()
    fresh.close()


@watched_only
def test_a_save_that_no_replica_has_is_lost_with_its_master_so_it_is_not_acknowledged(company):
    careful = RedisTokenStore(company.app_url)
    careless = RedisTokenStore(company.app_url, min_replicas=0)
    slot = careful.slot("user-0")
    slot.save(OAuthTokenSet("first", refresh_token="r"))
    master = company.master_of("pywry:oauth:tokens:user-0")
    replicas = company.replicas_of(master)
    for replica in replicas:
        with replica.admin() as client:
            client.config_set("masterauth", "wrong")  # it cannot follow again
    with master.admin() as client:
        client.client_kill_filter(_type="replica")
    careless.slot("user-0").save(OAuthTokenSet("careless", refresh_token="r"))
    with pytest.raises(StoreUnavailableError, match="not on 1 replica") as caught:
        slot.save(OAuthTokenSet("careful", refresh_token="r"))
    assert caught.value.retryable
    assert slot.load().access_token == "careful"
    master.kill()
    for replica in replicas:
        with replica.admin() as client:
            client.config_set("masterauth", redis_server.ADMIN_PASSWORD)
    redis_many.wait_until(lambda: company.masters() != [], "failed over")
    redis_many.wait_until(lambda: company.master() in company.alive, "agreed")
    found = []

    def is_answered():
        with suppress(StoreUnavailableError):  # a sentinel that has not heard names the dead one
            found.append(careless.slot("user-0").load())
        return bool(found)

    redis_many.wait_until(is_answered, "told to every sentinel")
    assert found[0].access_token == "first"
    for one in (careful, careless):
        one.close()


class App:
    """A program on one machine, whose user signed in; its session is in Redis."""

    def __init__(self, op, mode, url):
        self.events = []
        self.provider = GenericOIDCProvider(
            CORRECT.client.client_id, issuer_url=f"{op.base_url}/{mode}"
        )
        self.store = RedisTokenStore(url)
        self.session = SessionManager(
            self.provider, self.store, session_key="ada", on_event=self.tell
        )

    def tell(self, event):
        self.events.append(event.name)

    def sign_in(self):
        agent = HeadlessAgent()
        AuthFlowManager(self.provider, session_manager=self.session).run_native(
            agent.show_window, agent.close_window
        )
        agent.join()

    def renew_until(self, name):
        count = len(self.events)

        def told():
            asyncio.run(self.session.refresh())
            return name in self.events[count:]

        redis_many.wait_until(told, f"told {name}")

    def takes_up(self):
        try:
            return asyncio.run(self.session.initialize())
        except StoreUnavailableError:
            return None

    def close(self):
        """Sign out, and leave nothing open on the package's loop."""
        asyncio.run(self.session.logout(revoke=False))
        self.forget()

    def forget(self):
        asyncio.run(self.provider.close())
        asyncio.run(LOOP.visit(self.store.aclose()))


@pytest.fixture
def op():
    with ProgrammableProvider() as op:
        op.add("mine", ROTATING)
        yield op


def test_a_session_that_is_renewed_while_the_master_dies_is_never_lost(company, op):
    app = App(op, "mine", company.app_url)
    app.sign_in()
    asyncio.run(app.session.refresh())
    assert SessionEventName.SAVE_FAILED not in app.events
    killed = company.master_of("pywry:oauth:tokens:ada")
    killed.kill()
    app.renew_until(SessionEventName.SAVE_FAILED)  # answered by the provider, held in memory
    replace_replica(company, killed)
    app.renew_until(SessionEventName.SAVED)
    other = App(op, "mine", company.app_url)
    found = asyncio.run(other.session.initialize())
    assert found == app.session.tokens
    assert asyncio.run(other.session.refresh()) != found
    assert op.violations("mine") == []
    assert asyncio.run(app.session.refresh()).access_token  # re-read, not with a spent token
    other.close()
    app.close()


@watched_only
def test_a_session_taken_up_during_a_fail_over_says_so_and_signs_nobody_out(company, op):
    app = App(op, "mine", company.app_url)
    app.sign_in()
    company.master_of("pywry:oauth:tokens:ada").kill()
    other = App(op, "mine", company.app_url)
    with pytest.raises(StoreUnavailableError) as caught:
        asyncio.run(other.session.initialize())
    assert caught.value.retryable
    redis_many.wait_until(lambda: other.takes_up() == app.session.tokens, "taken up")
    assert SessionEventName.REAUTH_REQUIRED not in other.events
    other.forget()
    app.forget()
