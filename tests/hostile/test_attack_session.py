"""What other processes, broken clocks, full disks do to a session that is renewed or saved."""

import asyncio

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.errors import (
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    TokenError,
    TokenExpiredError,
)
from pywry_auth.lock import record_lock
from pywry_auth.session import SessionManager
from pywry_auth.session.record import LOCK_GRACE
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.tokens import TokenOrigin


REFUSED = ReauthRequiredError("refused", error="invalid_grant")


class FullDisk(MemoryTokenStore):
    """A store that can be read, and only sometimes written."""

    refuses = False

    async def save(self, key, tokens):
        if self.refuses:
            raise StoreError("the disk is full")
        await super().save(key, tokens)


class Gate:
    """Holds whoever comes until it is opened."""

    def __init__(self, then=None):
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.then = then

    async def __call__(self):
        self.reached.set()
        await self.open.wait()
        if self.then is not None:
            raise self.then


class Scene:
    """Two processes at one record, as far as one test can be two."""

    def __init__(self):
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock)
        self.store = FullDisk()
        self.events = []
        self.asked = []
        self.here = self.session(
            on_event=self.events.append, on_reauth_required=lambda: self.asked.append(1)
        )
        self.there = self.session()

    def session(self, **options):
        return SessionManager(self.provider, self.store, clock=self.clock, **options)

    @property
    def stored(self):
        return self.store.get("default")

    def play(self, scenario):
        on_package_loop(scenario, self.clock)

    async def both_signed_in(self):
        await self.here.save_tokens(self.provider.tokens())
        await self.there.initialize()

    async def renewed_but_unsaved(self):
        await self.both_signed_in()
        self.store.refuses = True
        assert (await self.here.refresh()).access_token == "access-2"
        self.store.refuses = False

    async def somebody_else_signs_in_there(self):
        other = self.provider.origin("bob")
        await self.there.save_tokens(self.provider.tokens(origin=other))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Let signing out wait for no lock; how long it waits is told elsewhere."""
    monkeypatch.setattr("pywry_auth.session.manager.LOCK_GRACE", 0.01)


async def signed_out_without_a_turn(session, scene):
    scene.clock.move(LOCK_GRACE)
    await session.logout()
    assert scene.stored is None


async def by_the_alarm(scene):
    await pass_time(scene.clock, 30)


async def at_the_end_of_the_program(scene):
    await scene.here._keeper.tidy()


@pytest.mark.parametrize("saves", [by_the_alarm, at_the_end_of_the_program])
def test_a_late_save_brings_nobody_back_who_signed_out_in_another_process(saves):
    scene = Scene()

    async def scenario():
        await scene.renewed_but_unsaved()
        await scene.there.logout()
        await saves(scene)
        assert scene.stored is None
        assert scene.here.tokens is None
        with pytest.raises(TokenExpiredError):
            await scene.here.get_access_token()

    scene.play(scenario)
    assert scene.asked == []


@pytest.mark.parametrize("saves", [by_the_alarm, at_the_end_of_the_program])
def test_a_late_save_does_not_replace_who_signed_in_meanwhile(saves):
    scene = Scene()

    async def scenario():
        await scene.renewed_but_unsaved()
        await scene.somebody_else_signs_in_there()
        await saves(scene)
        assert scene.stored.origin.subject == "bob"
        assert await scene.here.get_access_token() == scene.stored.access_token

    scene.play(scenario)


@pytest.mark.parametrize("saves", [by_the_alarm, at_the_end_of_the_program])
def test_a_late_save_replaces_what_another_process_found_spent(saves):
    scene = Scene()

    async def scenario():
        await scene.renewed_but_unsaved()
        scene.provider.script = [REFUSED]
        with pytest.raises(ReauthRequiredError):
            await scene.there.refresh()
        assert scene.stored.refresh_token is None
        await saves(scene)
        assert scene.stored.refresh_token == "refresh-2"

    scene.play(scenario)


@pytest.mark.parametrize("saves", [by_the_alarm, at_the_end_of_the_program])
def test_a_sign_in_that_could_not_be_saved_replaces_what_was_there_before(saves):
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        scene.store.refuses = True
        await scene.here.save_tokens(scene.provider.tokens(origin=scene.provider.origin("carol")))
        scene.store.refuses = False
        await saves(scene)
        assert scene.stored.origin.subject == "carol"

    scene.play(scenario)


def test_a_renewal_under_way_brings_nobody_back_who_signed_out_in_another_process():
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        gate = Gate()
        scene.provider.script = [gate]
        renewing = asyncio.create_task(scene.here.refresh())
        await gate.reached.wait()
        await signed_out_without_a_turn(scene.there, scene)
        gate.open.set()
        with pytest.raises(TokenExpiredError):
            await renewing
        assert scene.stored is None
        assert scene.here.tokens is None

    scene.play(scenario)
    assert "refresh-2" in scene.provider.revoked


def test_a_refusal_after_a_sign_out_in_another_process_asks_nobody_and_stores_nothing():
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        gate = Gate(then=REFUSED)
        scene.provider.script = [gate]
        renewing = asyncio.create_task(scene.here.refresh())
        await gate.reached.wait()
        await signed_out_without_a_turn(scene.there, scene)
        gate.open.set()
        with pytest.raises(TokenExpiredError):
            await renewing
        await settle()
        assert scene.stored is None

    scene.play(scenario)
    assert scene.asked == []


def test_a_renewal_under_way_does_not_replace_who_signed_in_at_a_store_without_this_lock():
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        gate = Gate()
        scene.provider.script = [gate]
        renewing = asyncio.create_task(scene.here.refresh())
        await gate.reached.wait()
        bob = scene.provider.tokens(origin=scene.provider.origin("bob"))
        await scene.store.save("default", bob)  # by another machine, at the same Redis
        scene.clock.move(LOCK_GRACE)
        gate.open.set()
        assert (await renewing).access_token == bob.access_token
        assert scene.stored == bob

    scene.play(scenario)


@pytest.mark.parametrize("kind", ["sign-in", "late save"])
def test_signing_out_while_a_save_waits_for_its_turn_leaves_nothing_behind(kind):
    scene = Scene()

    async def scenario():
        if kind == "late save":
            await scene.renewed_but_unsaved()
        hanging = record_lock(scene.store.identity, "default")
        async with hanging:
            if kind == "late save":
                saving = asyncio.create_task(scene.here._keeper.tidy())
            else:
                saving = asyncio.create_task(scene.here.save_tokens(scene.provider.tokens()))
            await settle()
            await signed_out_without_a_turn(scene.here, scene)
        await saving
        assert scene.stored is None
        assert scene.here.tokens is None

    scene.play(scenario)


def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_longer_than_the_server_asked():
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        scene.clock.advance(4000)
        scene.provider.script = [RefreshTransportError("busy").asking_to_wait(600)]
        with pytest.raises(RefreshTransportError):
            await scene.here.get_access_token()
        scene.clock.jump(-10 * 86400)
        await pass_time(scene.clock, 1000)
        assert await scene.here.get_access_token() != "access-1"

    scene.play(scenario)


def test_asking_a_lost_session_ten_thousand_times_keeps_no_frames():
    scene = Scene()

    async def scenario():
        await scene.both_signed_in()
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        for _ in range(300):
            with pytest.raises(ReauthRequiredError) as caught:
                await scene.here.get_access_token()
        assert frames(caught.value.__traceback__) < 50
        with pytest.raises(ReauthRequiredError) as caught:
            await scene.here.refresh()
        assert frames(caught.value.__traceback__) < 50

    scene.play(scenario)


def frames(traceback):
    count = 0
    while traceback is not None:
        count, traceback = count + 1, traceback.tb_next
    return count


def test_two_lost_sessions_that_ask_for_each_other_wait_for_nobody():
    scene = Scene()
    answers = []

    def ask(other):
        def callback():
            try:
                answers.append(asyncio.run(other().get_access_token()))
            except TokenError as exc:
                answers.append(exc)

        return callback

    first = scene.session(session_key="a", on_reauth_required=ask(lambda: second))
    second = scene.session(session_key="b", on_reauth_required=ask(lambda: first))

    async def journey():
        await first.save_tokens(scene.provider.tokens())
        await second.save_tokens(scene.provider.tokens())
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED, REFUSED]
        with pytest.raises(ReauthRequiredError):
            await asyncio.wait_for(first.get_access_token(), 20)

    asyncio.run(journey())
    assert [type(answer) for answer in answers] == [ReauthRequiredError] * 2


def test_a_stranger_s_record_stays_though_a_save_is_late():
    scene = Scene()
    foreign = TokenOrigin("https://other.example", "me", "bob")

    async def scenario():
        await scene.renewed_but_unsaved()
        theirs = scene.provider.tokens(origin=foreign)
        scene.store.put("default", theirs)
        await by_the_alarm(scene)
        assert scene.stored == theirs

    scene.play(scenario)


def test_no_session_is_kept_where_another_one_keeps_its_private_key():
    with pytest.raises(ConfigError):
        Scene().session(session_key="default#dpop")
