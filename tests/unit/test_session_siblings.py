"""A session whose account was signed out in another process learns it, whatever it holds."""

import asyncio
import functools

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.account_store import NamedStore, WatchedStore
from pywry_auth.errors import StoreError, StoreUnavailableError, TokenExpiredError
from pywry_auth.session import SessionEventName, SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import MemoryTokenStore


def on_the_loop(scenario):
    @functools.wraps(scenario)
    def run(scene, **values):
        on_package_loop(lambda: scenario(scene, **values), scene.clock)

    return run


ALICE = Account("scripted", "alice")


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


class Keyring(MemoryTokenStore):
    """A store that can be locked, or have its records damaged."""

    def __init__(self):
        super().__init__()
        self.is_locked = False
        self.damaged = set()
        self.on_load = list

    async def save(self, key, tokens):
        self._refuse()
        await super().save(key, tokens)

    async def load(self, key):
        self.on_load()
        self._refuse()
        return None if key in self.damaged else await super().load(key)

    def is_damaged(self, key):
        return key in self.damaged

    def _refuse(self):
        if self.is_locked:
            raise StoreUnavailableError("locked")


class Scene:
    """Two programs that share a keyring, as far as one process can show it."""

    def __init__(self, folder, *, life=3600.0):
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock, life=life)
        self.keyring = Keyring()
        self.elsewhere = AccountIndex(folder / "accounts.json")
        self.events = []
        self.tokens = self.provider.tokens()
        asyncio.run(self.sign_in())
        self.store = WatchedStore(self.keyring, AccountIndex(folder / "accounts.json"))
        self.session = SessionManager(
            self.provider,
            self.store,
            session_key=ALICE.key,
            on_event=self.events.append,
            clock=self.clock,
        )

    async def sign_in(self):
        await NamedStore(self.keyring, self.elsewhere, "scripted").save("any", self.tokens)

    def leave_elsewhere(self):
        """Empty the list alone: the worst case, in which nothing could be deleted."""
        self.elsewhere.leave()

    @property
    def endings(self):
        return [e.reason for e in self.events if e.name is SessionEventName.LOGGED_OUT]


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


@on_the_loop
async def test_a_renewal_after_a_sign_out_elsewhere_asks_nobody(scene):
    await scene.session.initialize()
    scene.leave_elsewhere()
    with pytest.raises(TokenExpiredError):
        await scene.session.refresh()
    await settle()
    assert scene.provider.refreshed_with == []
    assert scene.session.tokens is None
    assert scene.endings == ["elsewhere"]


@on_the_loop
async def test_who_asks_for_a_token_that_is_due_is_told_as_well(scene):
    await scene.session.initialize()
    scene.leave_elsewhere()
    scene.clock.move(3590)
    with pytest.raises(TokenExpiredError):
        await scene.session.get_access_token()
    assert scene.provider.refreshed_with == []
    assert scene.session.tokens is None


@on_the_loop
async def test_a_rejected_token_is_not_replaced(scene):
    await scene.session.initialize()
    scene.leave_elsewhere()
    with pytest.raises(TokenExpiredError):
        await scene.session.renew_rejected("another-token")
    assert scene.session.tokens is None


@on_the_loop
async def test_the_alarm_ends_it_too(scene):
    await scene.session.initialize()
    scene.leave_elsewhere()
    await pass_time(scene.clock, 3600)
    assert scene.provider.refreshed_with == []
    assert scene.session.tokens is None
    assert scene.endings == ["elsewhere"]


@pytest.mark.parametrize("trouble", ["locked", "damaged"])
@on_the_loop
async def test_neither_a_locked_keyring_nor_a_damaged_record_keeps_it_alive(scene, trouble):
    await scene.session.initialize()
    if trouble == "locked":
        scene.keyring.is_locked = True
    else:
        scene.keyring.damaged.add(ALICE.key)
    await scene.session.refresh()  # nobody signed out: this goes on as ever
    assert len(scene.provider.refreshed_with) == 1
    scene.leave_elsewhere()
    with pytest.raises(TokenExpiredError):
        await scene.session.refresh()
    assert len(scene.provider.refreshed_with) == 1
    assert scene.session.tokens is None


@on_the_loop
async def test_the_last_look_is_taken_under_the_lock_after_the_store_was_read(scene):
    await scene.session.initialize()
    scene.keyring.is_locked = True
    scene.keyring.on_load = scene.leave_elsewhere
    with pytest.raises(TokenExpiredError):
        await scene.session.refresh()
    assert scene.provider.refreshed_with == []


@on_the_loop
async def test_what_could_not_be_saved_is_never_saved_later(scene):
    await scene.session.initialize()
    scene.keyring.is_locked = True
    await scene.session.refresh()
    scene.leave_elsewhere()
    scene.keyring.is_locked = False
    await pass_time(scene.clock, 4000)
    assert scene.keyring.get(ALICE.key) == scene.tokens
    assert scene.session.tokens is None


@on_the_loop
async def test_a_renewal_that_was_overtaken_is_revoked_and_not_stored(scene):
    await scene.session.initialize()

    async def meanwhile():
        scene.leave_elsewhere()
        scene.keyring.drop(ALICE.key)

    scene.provider.script.append(meanwhile)
    with pytest.raises(TokenExpiredError):
        await scene.session.refresh()
    assert scene.keyring.get(ALICE.key) is None
    assert scene.session.tokens is None
    assert {"access-2", "refresh-2"} <= set(scene.provider.revoked)


@on_the_loop
async def test_a_start_finds_nobody_though_the_tokens_are_still_there(scene):
    scene.leave_elsewhere()
    assert await scene.session.initialize() is None
    assert await scene.session.load() is None
    assert scene.keyring.get(ALICE.key) == scene.tokens


@on_the_loop
async def test_who_signs_in_again_is_found_again(scene):
    await scene.session.initialize()
    scene.leave_elsewhere()
    with pytest.raises(TokenExpiredError):
        await scene.session.refresh()
    scene.tokens = scene.provider.tokens()
    await scene.sign_in()
    assert await scene.session.get_access_token() == scene.tokens.access_token


@on_the_loop
async def test_an_own_sign_out_is_not_called_one_from_elsewhere(scene):
    await scene.session.initialize()
    await scene.session.logout()
    await settle()
    assert scene.endings == [""]


@on_the_loop
async def test_a_released_session_gives_what_is_to_be_revoked_and_leaves_the_store(scene):
    await scene.session.initialize()
    assert await scene.session.release() == (scene.tokens,)
    assert scene.session.tokens is None
    assert scene.provider.revoked == []
    assert scene.keyring.get(ALICE.key) == scene.tokens
    assert await scene.session.release() == ()


@on_the_loop
async def test_a_release_waits_for_a_renewal_and_gives_what_it_brought(scene):
    await scene.session.initialize()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow():
        begun.set()
        await go_on.wait()

    scene.provider.script.append(slow)
    renewal = asyncio.ensure_future(scene.session.refresh())
    await begun.wait()
    releasing = asyncio.ensure_future(scene.session.release())
    await settle()
    go_on.set()
    found = {tokens.access_token for tokens in await releasing}
    assert found == {"access-1", "access-2"}
    with pytest.raises(TokenExpiredError):
        await renewal
    assert scene.keyring.get(ALICE.key) == scene.tokens


def test_a_store_that_is_watched_keeps_nothing_of_who_is_not_there(scene):
    async def scenario():
        with pytest.raises(StoreError, match="signed out"):
            await scene.store.save("scripted/bob", scene.tokens)
        with pytest.raises(StoreError, match="signed out"):
            await scene.store.save("scripted/bob#dpop", scene.tokens)
        await scene.store.save(f"{ALICE.key}#dpop", scene.tokens)
        assert await scene.store.exists(ALICE.key)
        assert not await scene.store.exists("scripted/bob")

    asyncio.run(scenario())
    assert scene.keyring.get("scripted/bob") is None


def test_the_stores_of_this_package_want_everything():
    assert MemoryTokenStore().is_wanted("any")
