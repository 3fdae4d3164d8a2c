"""One session used from two sides: whoever signs out or in last has the last word."""

import asyncio

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.errors import ReauthRequiredError, TokenExpiredError, TokenRefreshError
from pywry_auth.session import SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import MemoryTokenStore


REFUSED = ReauthRequiredError("refused", error="invalid_grant")


class Gate:
    """Holds whoever comes until it is opened."""

    def __init__(self):
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self):
        self.reached.set()
        await self.open.wait()


class SlowlyRevoking(ScriptedProvider):
    """Revokes when it is let."""

    gate = None

    async def revoke_token(self, token):
        if self.gate is not None:
            await self.gate()
        return await super().revoke_token(token)


class SlowStore(MemoryTokenStore):
    """A store in which a record without a refresh token takes a while to arrive."""

    gate = None

    async def save(self, key, tokens):
        if self.gate is not None and tokens.refresh_token is None:
            await self.gate()
        await super().save(key, tokens)

    async def load(self, key):
        found = await super().load(key)
        await asyncio.sleep(0)
        return found


class Scene:
    """Two processes, as far as one test can be two, at one record."""

    def __init__(self):
        self.clock = VirtualClock()
        self.provider = SlowlyRevoking(self.clock)
        self.store = SlowStore()
        self.asked = []
        self.session = self.another()

    def another(self):
        return SessionManager(
            self.provider,
            self.store,
            clock=self.clock,
            on_reauth_required=lambda: self.asked.append("person"),
        )

    @property
    def stored(self):
        return self.store.get("default")

    def play(self, scenario):
        on_package_loop(scenario, self.clock)

    async def sign_in(self):
        await self.session.save_tokens(self.provider.tokens())


@pytest.mark.parametrize("asks", ["refresh", "get_access_token", "initialize"])
def test_nothing_is_renewed_while_somebody_signs_out(asks):
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.gate = Gate()
        leaving = asyncio.create_task(scene.session.logout())
        await scene.provider.gate.reached.wait()
        asking = asyncio.create_task(getattr(scene.session, asks)())
        await settle()
        scene.provider.gate.open.set()
        await leaving
        if asks == "initialize":
            assert await asking is None
        else:
            with pytest.raises(TokenExpiredError):
                await asking
        await pass_time(scene.clock, 8000)

    scene.play(scenario)
    assert scene.stored is None
    assert scene.session._keeper.tokens is None
    assert scene.provider.refreshed_with == []


def test_what_was_read_before_somebody_signed_out_is_not_taken_up_afterwards():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        starting = asyncio.create_task(scene.session.initialize())
        await asyncio.sleep(0)
        await scene.session.logout()
        await starting
        with pytest.raises(TokenExpiredError):
            await scene.session.get_access_token()

    scene.play(scenario)
    assert scene.stored is None


def test_a_renewal_of_another_process_is_awaited_and_what_it_brought_is_revoked():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        other = scene.another()
        await other.initialize()
        gate = Gate()
        scene.provider.script = [gate]
        renewal = asyncio.create_task(other.refresh())
        await gate.reached.wait()
        leaving = asyncio.create_task(scene.session.logout())
        await settle()
        gate.open.set()
        await renewal
        await leaving

    scene.play(scenario)
    assert scene.stored is None
    assert scene.provider.revoked == ["refresh-2", "access-2"]


def test_another_process_that_hangs_holds_up_signing_out_for_seconds_only():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        lock = scene.session._record.lock()
        async with lock:
            await asyncio.wait_for(scene.session.logout(), 20)
        assert scene.stored is None

    asyncio.run(scenario())


def test_signed_out_in_one_process_is_signed_out_in_the_other():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        other = scene.another()
        await other.initialize()
        await scene.session.logout()
        scene.clock.advance(4000)
        with pytest.raises(TokenExpiredError):
            await other.get_access_token()
        await pass_time(scene.clock, 8000)

    scene.play(scenario)
    assert scene.stored is None
    assert scene.provider.refreshed_with == []
    assert scene.asked == []


def test_a_refused_renewal_takes_up_what_another_machine_renewed():
    scene = Scene()

    async def scenario():
        await scene.sign_in()

        async def elsewhere():
            scene.store.put("default", scene.provider.tokens())
            raise REFUSED

        scene.provider.script = [elsewhere]
        assert (await scene.session.refresh()).access_token == "access-2"

    scene.play(scenario)
    assert scene.stored.refresh_token == "refresh-2"
    assert scene.asked == []


def test_what_another_machine_renewed_is_not_handed_out_when_it_has_ended():
    scene = Scene()

    async def scenario():
        await scene.sign_in()

        async def elsewhere():
            scene.store.put("default", scene.provider.tokens())
            scene.clock.advance(4000)
            raise REFUSED

        scene.provider.script = [elsewhere]
        with pytest.raises(TokenRefreshError) as caught:
            await scene.session.refresh()
        assert not isinstance(caught.value, ReauthRequiredError)
        assert (await scene.session.refresh()).access_token == "access-3"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1", "refresh-2"]


def test_a_sign_in_while_a_refusal_is_noted_wins():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.store.gate = Gate()
        scene.provider.script = [REFUSED]
        renewal = asyncio.create_task(scene.session.refresh())
        await scene.store.gate.reached.wait()
        signing_in = asyncio.create_task(scene.sign_in())
        await settle()
        scene.store.gate.open.set()
        await signing_in
        assert (await renewal).access_token == "access-2"

    scene.play(scenario)
    assert scene.stored.refresh_token == "refresh-2"


def test_a_clock_that_is_set_back_does_not_make_tokens_live_longer():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.sleep_machine(-365 * 86400)
        assert await scene.session.get_access_token() == "access-2"
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_clock_that_is_corrected_by_seconds_renews_nothing():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.sleep_machine(-30)
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)
    assert scene.provider.refreshed_with == []
