"""One user's tokens: renewed in time, once, and never lost."""

import asyncio
import gc
import logging
import threading
import weakref
from dataclasses import replace

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.session import SessionEventName, SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


OFFLINE = RefreshTransportError("nobody answered")
REFUSED = ReauthRequiredError("refused", error="invalid_grant")


class MoodyStore(MemoryTokenStore):
    """A store that can be locked."""

    def __init__(self):
        super().__init__()
        self.refuses_saves = self.refuses_loads = self.refuses_deletes = False
        self.saves = 0

    async def save(self, key, tokens):
        if self.refuses_saves:
            raise StoreError("locked")
        self.saves += 1
        await super().save(key, tokens)

    async def load(self, key):
        if self.refuses_loads:
            raise StoreUnavailableError("locked")
        return await super().load(key)

    async def delete(self, key):
        if self.refuses_deletes:
            raise StoreError("locked")
        await super().delete(key)


class Scene:
    """A session at a scripted provider, with time turned by hand."""

    def __init__(self, *, life=3600.0, buffer=60, on_reauth=None, **options):
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock, life=life)
        self.store = MoodyStore()
        self.events = []
        self.session = self.another(
            refresh_buffer_seconds=buffer, on_reauth_required=on_reauth, **options
        )

    def another(self, **options):
        return SessionManager(
            self.provider, self.store, on_event=self.events.append, clock=self.clock, **options
        )

    @property
    def stored(self):
        return self.store.get("default")

    @property
    def names(self):
        return [str(event.name) for event in self.events]

    def play(self, scenario):
        on_package_loop(scenario, self.clock)

    async def sign_in(self, **changes):
        tokens = self.provider.tokens(**changes)
        await self.session.save_tokens(tokens)
        return tokens

    async def pass_time(self, seconds):
        await pass_time(self.clock, seconds)


class Gate:
    """Holds a refresh until it is opened."""

    def __init__(self):
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self):
        self.reached.set()
        await self.open.wait()


# -- initialize ---------------------------------------------------------------------------------


def test_nothing_stored_gives_none():
    scene = Scene()

    async def scenario():
        assert await scene.session.initialize() is None

    scene.play(scenario)
    assert scene.provider.refreshed_with == []


def test_usable_tokens_are_taken_up_without_a_request():
    scene = Scene()

    async def scenario():
        tokens = scene.provider.tokens()
        scene.store.put("default", tokens)
        assert await scene.session.initialize() == tokens
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)
    assert scene.provider.refreshed_with == []


def test_expired_tokens_are_renewed_once_at_the_start():
    scene = Scene()

    async def scenario():
        scene.store.put("default", scene.provider.tokens())
        scene.clock.advance(4000)
        renewed = await scene.session.initialize()
        assert renewed is not None
        assert renewed.access_token == "access-2"
        assert scene.stored == renewed

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_expired_tokens_without_a_refresh_token_give_none():
    scene = Scene()

    async def scenario():
        scene.store.put("default", scene.provider.tokens(refresh_token=None))
        scene.clock.advance(4000)
        assert await scene.session.initialize() is None

    scene.play(scenario)


def test_a_refused_refresh_at_the_start_gives_none():
    scene = Scene()

    async def scenario():
        scene.store.put("default", scene.provider.tokens())
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        assert await scene.session.initialize() is None

    scene.play(scenario)
    assert "reauth_required" in scene.names


def test_being_offline_at_the_start_gives_the_stored_tokens_and_tries_again_later():
    scene = Scene()

    async def scenario():
        tokens = scene.provider.tokens()
        scene.store.put("default", tokens)
        scene.clock.advance(4000)
        scene.provider.script = [OFFLINE]
        assert await scene.session.initialize() == tokens
        await settle()
        assert scene.names == ["refresh_failed"]
        await scene.pass_time(30)
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1", "refresh-1"]


def test_a_store_that_cannot_be_read_is_no_empty_store():
    scene = Scene()
    scene.store.refuses_loads = True

    async def scenario():
        with pytest.raises(StoreError):
            await scene.session.initialize()
        with pytest.raises(StoreError):
            await scene.session.get_access_token()

    scene.play(scenario)


# -- renewing in time ---------------------------------------------------------------------------


def test_nobody_signed_in_is_token_expired():
    scene = Scene()

    async def scenario():
        with pytest.raises(TokenExpiredError) as caught:
            await scene.session.get_access_token()
        assert not isinstance(caught.value, TokenRefreshError)
        with pytest.raises(TokenExpiredError):
            await scene.session.refresh()

    scene.play(scenario)


@pytest.mark.parametrize(
    ("life", "buffer", "left", "renewed"),
    [
        (3600, 60, 61, False),
        (3600, 60, 59, True),
        (3600, 60, 60, True),
        (3600, 300, 299, True),
        (40, 60, 21, False),
        (40, 60, 19, True),
    ],
    ids=["before", "within", "exactly", "own buffer", "half a life left", "less than half"],
)
def test_tokens_are_renewed_when_less_than_the_buffer_is_left(life, buffer, left, renewed):
    scene = Scene(life=float(life), buffer=buffer)

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(life - left)
        await scene.session.get_access_token()
        assert bool(scene.provider.refreshed_with) is renewed

    scene.play(scenario)


def test_unknown_expiry_is_used_until_somebody_refuses():
    scene = Scene(life=None)

    async def scenario():
        await scene.sign_in()
        await scene.pass_time(100_000)
        assert await scene.session.get_access_token() == "access-1"
        assert (await scene.session.refresh()).access_token == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_failed_renewal_answers_with_a_token_that_is_still_valid():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(3570)
        scene.provider.script = [OFFLINE]
        assert await scene.session.get_access_token() == "access-1"
        scene.clock.advance(60)
        scene.provider.script = [OFFLINE]
        with pytest.raises(RefreshTransportError):
            await scene.session.get_access_token()
        assert scene.stored.refresh_token == "refresh-1"

    scene.play(scenario)


def test_refresh_renews_however_much_life_is_left():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        assert (await scene.session.refresh()).access_token == "access-2"

    scene.play(scenario)
    assert scene.names == ["saved", "refreshed", "saved"]


def test_tokens_are_renewed_in_the_background():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        await scene.pass_time(3100)
        assert scene.provider.refreshed_with == []
        await scene.pass_time(480)
        assert scene.provider.refreshed_with == ["refresh-1"]
        await scene.pass_time(3600)
        assert scene.provider.refreshed_with == ["refresh-1", "refresh-2"]
        assert scene.stored.access_token == "access-3"

    scene.play(scenario)


def test_short_tokens_are_renewed_at_least_five_seconds_apart():
    scene = Scene(life=2.0)

    async def scenario():
        await scene.sign_in()
        for _ in range(60):
            await pass_time(scene.clock, 1.0, step=0.5)
        assert 5 <= len(scene.provider.refreshed_with) <= 12

    scene.play(scenario)


def test_after_the_machine_slept_tokens_are_renewed_within_half_a_minute():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.sleep_machine(10_000)
        await scene.pass_time(31)
        assert scene.provider.refreshed_with == ["refresh-1"]

    scene.play(scenario)


def test_offline_renewals_come_ever_more_rarely_and_go_on_for_ever():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.provider.script = [OFFLINE] * 500
        await scene.pass_time(3600)
        await pass_time(scene.clock, 5 * 3600, step=10)
        tried = len(scene.provider.refreshed_with)
        assert 15 <= tried <= 200
        scene.provider.script = []
        await pass_time(scene.clock, 1000, step=10)
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)


def test_a_provider_that_breaks_does_not_end_the_renewals():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.provider.script = [RuntimeError("a bug in somebody's provider")]
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await scene.pass_time(3600)
        await scene.pass_time(2000)
        assert scene.stored.access_token == "access-2"

    scene.play(scenario)


# -- single flight ------------------------------------------------------------------------------


def test_two_hundred_tasks_share_one_refresh():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        answers = await asyncio.gather(*(scene.session.get_access_token() for _ in range(200)))
        assert set(answers) == {"access-2"}

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_eight_threads_with_loops_of_their_own_share_one_refresh():
    scene = Scene()
    answers = []
    barrier = threading.Barrier(8)

    async def slowly():
        await asyncio.sleep(0.04)

    scene.provider.script = [slowly]
    asyncio.run(scene.session.save_tokens(scene.provider.tokens()))
    scene.clock.advance(4000)

    def ask():
        barrier.wait()
        answers.append(asyncio.run(scene.session.get_access_token()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(scene.session.logout(revoke=False))
    assert answers == ["access-2"] * 8
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_cancelled_caller_does_not_cancel_the_others():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        gate = Gate()
        scene.provider.script = [gate]
        first = asyncio.create_task(scene.session.refresh())
        second = asyncio.create_task(scene.session.refresh())
        await gate.reached.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        gate.open.set()
        assert (await second).access_token == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_work_goes_on_when_every_caller_left():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        gate = Gate()
        scene.provider.script = [gate]
        only = asyncio.create_task(scene.session.refresh())
        await gate.reached.wait()
        only.cancel()
        await settle()
        gate.open.set()
        await settle()
        assert scene.stored.access_token == "access-2"

    scene.play(scenario)


def test_what_another_process_renewed_is_taken_up_without_a_request():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.store.put("default", scene.provider.tokens())
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == []


def test_a_sign_in_of_another_process_is_found():
    scene = Scene()

    async def scenario():
        assert await scene.session.initialize() is None
        scene.store.put("default", scene.provider.tokens())
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)


# -- lost sessions ------------------------------------------------------------------------------


def test_a_refused_refresh_token_is_not_sent_again():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        for _ in range(3):
            with pytest.raises(ReauthRequiredError):
                await scene.session.get_access_token()
            with pytest.raises(ReauthRequiredError):
                await scene.session.refresh()
        await scene.pass_time(4000)
        assert scene.stored.refresh_token is None
        assert await scene.another().initialize() is None

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]
    assert scene.names.count("reauth_required") == 1


def test_a_refused_refresh_token_is_not_sent_again_though_the_store_refused_to_note_it():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.store.refuses_saves = True
        scene.provider.script = [REFUSED]
        for _ in range(3):
            with pytest.raises(ReauthRequiredError):
                await scene.session.get_access_token()

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_token_that_lives_on_is_answered_although_the_session_is_lost():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(3570)
        scene.provider.script = [REFUSED]
        assert await scene.session.get_access_token() == "access-1"
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_the_application_is_asked_once_and_off_the_loop():
    calls = []
    scene = Scene(on_reauth=lambda: calls.append(threading.current_thread()))

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        outcomes = await asyncio.gather(
            *(scene.session.get_access_token() for _ in range(20)), return_exceptions=True
        )
        assert all(isinstance(one, ReauthRequiredError) for one in outcomes)
        with pytest.raises(ReauthRequiredError):
            await scene.session.get_access_token()

    scene.play(scenario)
    assert len(calls) == 1
    assert calls[0] is not threading.current_thread()


def test_what_the_application_signed_in_is_the_answer():
    def sign_in_again():
        asyncio.run(scene.session.save_tokens(scene.provider.tokens()))

    scene = Scene(on_reauth=sign_in_again)

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        answers = await asyncio.gather(*(scene.session.get_access_token() for _ in range(5)))
        assert set(answers) == {"access-2"}
        assert scene.stored.refresh_token == "refresh-2"
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)
    assert scene.names.count("reauth_required") == 1


def test_the_application_is_asked_again_for_the_next_lost_session():
    calls = []
    scene = Scene(on_reauth=lambda: calls.append(1))

    async def scenario():
        for _ in range(2):
            await scene.sign_in()
            scene.clock.advance(4000)
            scene.provider.script = [REFUSED]
            with pytest.raises(ReauthRequiredError):
                await scene.session.get_access_token()

    scene.play(scenario)
    assert calls == [1, 1]


def test_what_the_application_raises_is_logged_and_hides_nothing(caplog):
    def broken():
        raise RuntimeError("no window today")

    scene = Scene(on_reauth=broken)

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.script = [REFUSED]
        with pytest.raises(ReauthRequiredError) as caught:
            await scene.session.get_access_token()
        assert caught.value.error == "invalid_grant"

    scene.play(scenario)
    assert "session.on_reauth_required_failed" in caplog.text
    assert "no window today" in caplog.text


@pytest.mark.parametrize(
    "error", [OFFLINE, TokenRefreshError("odd answer")], ids=["offline", "odd"]
)
def test_nothing_but_a_refusal_asks_the_person(error):
    calls = []
    scene = Scene(on_reauth=lambda: calls.append(1))

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        scene.provider.script = [error]
        with pytest.raises(TokenRefreshError) as caught:
            await scene.session.get_access_token()
        assert not isinstance(caught.value, ReauthRequiredError)
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)
    assert calls == []
    assert scene.stored.refresh_token == "refresh-2"


# -- stores that refuse -------------------------------------------------------------------------


def test_a_refused_save_keeps_the_new_tokens_and_saves_them_later():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.store.refuses_saves = True
        assert (await scene.session.refresh()).access_token == "access-2"
        await settle()
        assert "save_failed" in scene.names
        assert await scene.session.get_access_token() == "access-2"
        assert scene.stored.access_token == "access-1"
        scene.store.refuses_saves = False
        await scene.pass_time(30)
        assert scene.stored.access_token == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_background_renewal_goes_on_after_a_late_save():
    scene = Scene()

    async def scenario():
        scene.store.refuses_saves = True
        await scene.sign_in()
        scene.store.refuses_saves = False
        await scene.pass_time(3000)
        assert scene.provider.refreshed_with == []
        await scene.pass_time(590)
        assert scene.provider.refreshed_with == ["refresh-1"]

    scene.play(scenario)


def test_unsaved_tokens_are_renewed_with_their_own_refresh_token():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.store.refuses_saves = True
        await scene.session.refresh()
        await scene.session.refresh()

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1", "refresh-2"]


def test_a_locked_store_hides_no_token_that_is_still_valid():
    scene = Scene()

    async def scenario():
        await scene.sign_in(refresh_token=None)
        scene.clock.advance(3570)
        scene.store.refuses_loads = True
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)


def test_tokens_the_store_refused_are_not_replaced_by_older_ones():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.store.refuses_saves = True
        await scene.sign_in(refresh_token=None)
        scene.clock.advance(3570)
        assert await scene.session.get_access_token() == "access-2"

    scene.play(scenario)


def test_a_record_of_another_provider_is_nothing_stored_and_stays(caplog):
    scene = Scene()
    foreign = OAuthTokenSet("theirs", origin=TokenOrigin("https://other.example", "me", "bob"))
    scene.store.put("default", foreign)

    async def scenario():
        assert await scene.session.initialize() is None
        with pytest.raises(StoreError):
            await scene.session.check_store()
        await scene.sign_in()
        await settle()
        assert await scene.session.get_access_token() == "access-1"
        assert scene.stored == foreign
        await scene.session.logout()
        assert scene.stored == foreign

    scene.play(scenario)
    assert scene.provider.refreshed_with == []
    assert "theirs" not in scene.provider.revoked
    assert "session.record_of_another_provider" in caplog.text


def test_the_same_provider_with_another_client_is_another_provider():
    scene = Scene()
    other = ScriptedProvider(scene.clock, client_id="another-client")
    scene.store.put("default", other.tokens())

    async def scenario():
        assert await scene.session.initialize() is None

    scene.play(scenario)


def test_a_record_without_origin_is_ours():
    scene = Scene()
    scene.store.put("default", OAuthTokenSet("old-format"))

    async def scenario():
        assert await scene.session.get_access_token() == "old-format"

    scene.play(scenario)


def test_tokens_without_an_origin_get_the_provider_s():
    scene = Scene()

    async def scenario():
        await scene.session.save_tokens(OAuthTokenSet("bare"))
        assert scene.stored.origin == scene.provider.origin()

    scene.play(scenario)


# -- signing out --------------------------------------------------------------------------------


def test_signing_out_revokes_the_refresh_token_first_and_deletes():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        await scene.session.logout()
        await settle()
        assert scene.stored is None
        with pytest.raises(TokenExpiredError):
            await scene.session.get_access_token()
        await scene.pass_time(4000)

    scene.play(scenario)
    assert scene.provider.revoked == ["refresh-1", "access-1"]
    assert scene.provider.refreshed_with == []
    assert scene.events[-1].name is SessionEventName.LOGGED_OUT
    assert scene.events[-1].revoked is True


def test_signing_out_without_revocation_tells_the_provider_nothing():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        await scene.session.logout(revoke=False)
        await settle()

    scene.play(scenario)
    assert scene.provider.revoked == []
    assert scene.stored is None
    assert scene.events[-1].revoked is None


def test_a_failed_revocation_is_told_and_clears_all_the_same():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.provider.revokes = False
        await scene.session.logout()
        await settle()

    scene.play(scenario)
    assert scene.stored is None
    assert scene.events[-1].revoked is False


def test_a_store_that_refuses_to_delete_is_told_and_memory_is_cleared():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.store.refuses_deletes = True
        with pytest.raises(StoreError):
            await scene.session.logout()
        scene.store.refuses_loads = True
        with pytest.raises(StoreError):
            await scene.session.get_access_token()

    scene.play(scenario)
    assert scene.provider.revoked == ["refresh-1", "access-1"]


def test_signing_out_of_nothing_is_no_error():
    scene = Scene()

    async def scenario():
        await scene.session.logout()
        await scene.session.logout()

    scene.play(scenario)
    assert scene.provider.revoked == []


def test_a_late_renewal_writes_nothing_back_and_its_tokens_are_revoked():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        gate = Gate()
        scene.provider.script = [gate]
        renewal = asyncio.create_task(scene.session.refresh())
        await gate.reached.wait()
        leaving = asyncio.create_task(scene.session.logout())
        await settle()
        gate.open.set()
        await leaving
        with pytest.raises(TokenExpiredError):
            await renewal
        await settle()
        assert scene.stored is None
        with pytest.raises(TokenExpiredError):
            await scene.session.get_access_token()
        await scene.pass_time(8000)
        assert scene.stored is None

    scene.play(scenario)
    assert {"refresh-2", "access-2"} <= set(scene.provider.revoked)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_a_renewal_that_hangs_holds_up_signing_out_for_seconds_only():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        gate = Gate()
        scene.provider.script = [gate]
        renewal = asyncio.create_task(scene.session.refresh())
        await gate.reached.wait()
        leaving = asyncio.create_task(scene.session.logout())
        await settle()
        assert not leaving.done()
        await scene.pass_time(6)
        await leaving
        assert scene.stored is None
        # Whoever waited is told in words: nobody cancelled *their* task.
        with pytest.raises(TokenExpiredError):
            await renewal

    scene.play(scenario)
    assert scene.provider.revoked == ["refresh-1", "access-1"]


def test_a_sign_in_during_a_renewal_wins():
    scene = Scene()

    async def scenario():
        await scene.sign_in()
        scene.clock.advance(4000)
        gate = Gate()
        scene.provider.script = [gate]
        asking = asyncio.create_task(scene.session.get_access_token())
        await gate.reached.wait()
        signing_in = asyncio.create_task(scene.sign_in())
        await settle()
        gate.open.set()
        new = await signing_in
        assert await asking == new.access_token
        assert scene.stored == new
        await scene.session.logout()
        assert scene.stored is None
        assert {new.refresh_token, new.access_token} <= set(scene.provider.revoked)

    scene.play(scenario)


class WebSessions:
    """Two web sessions of alice, one of bob."""

    def __init__(self):
        self.ended = []

    async def list_user_sessions(self, user_id):
        return [Web(f"{user_id}-1"), Web(f"{user_id}-2")]

    async def delete_session(self, session_id):
        self.ended.append(session_id)
        return True


class Web:
    def __init__(self, session_id):
        self.session_id = session_id


def test_signing_out_ends_the_web_sessions_of_that_subject():
    web = WebSessions()
    scene = Scene(session_store=web)

    async def scenario():
        await scene.sign_in()
        await scene.session.logout()

    scene.play(scenario)
    assert web.ended == ["alice-1", "alice-2"]


def test_signing_out_an_unknown_subject_ends_nobody_s_web_sessions():
    web = WebSessions()
    scene = Scene(session_store=web)

    async def scenario():
        await scene.sign_in(origin=scene.provider.origin())
        await scene.session.logout()

    scene.play(scenario)
    assert web.ended == []


# -- everything else ----------------------------------------------------------------------------


def test_events_and_logs_hold_no_token(caplog):
    caplog.set_level(logging.DEBUG)
    scene = Scene(on_reauth=lambda: None)

    async def scenario():
        await scene.sign_in()
        await scene.session.refresh()
        scene.store.refuses_saves = True
        await scene.session.refresh()
        scene.store.refuses_saves = False
        scene.provider.script = [OFFLINE, REFUSED]
        scene.provider.clock_offset = -420.0
        for _ in range(2):
            with pytest.raises(TokenRefreshError):
                await scene.session.refresh()
        await scene.session.logout()
        await settle()

    scene.play(scenario)
    assert set(scene.names) == {str(name) for name in SessionEventName}
    said = caplog.text + repr(scene.events) + repr(scene.session) + repr(scene.provider)
    said += "".join(repr(vars(record)) for record in caplog.records)
    assert "refresh-" not in said
    assert "access-" not in said


def test_a_listener_that_breaks_ends_no_renewal():
    scene = Scene()

    def broken(_event):
        raise RuntimeError("listener")

    session = SessionManager(scene.provider, scene.store, on_event=broken, clock=scene.clock)

    async def scenario():
        heard = []
        asyncio.get_running_loop().set_exception_handler(lambda _, facts: heard.append(facts))
        await session.save_tokens(scene.provider.tokens())
        assert (await session.refresh()).access_token == "access-2"
        await settle()
        assert heard

    scene.play(scenario)
    assert scene.stored.access_token == "access-2"


def test_a_refresh_keeps_what_the_answer_leaves_out():
    scene = Scene()

    async def scenario():
        await scene.sign_in(id_token="kept", scope="openid mail")
        renewed = await scene.session.refresh()
        assert renewed.id_token == "kept"
        assert renewed.scope == "openid mail"
        assert renewed.origin == scene.provider.origin("alice")

    scene.play(scenario)


def test_a_dropped_session_is_collected_although_its_alarm_is_set():
    scene = Scene()

    async def scenario():
        session = SessionManager(scene.provider, scene.store, clock=scene.clock)
        await session.save_tokens(scene.provider.tokens())
        await settle()
        ghost = weakref.ref(session)
        del session
        gc.collect()
        assert ghost() is None
        await scene.pass_time(4000)

    scene.play(scenario)
    assert scene.provider.refreshed_with == []


def test_a_session_works_from_any_loop_and_from_the_package_s_own():
    scene = Scene()
    asyncio.run(scene.session.save_tokens(scene.provider.tokens()))
    assert asyncio.run(scene.session.get_access_token()) == "access-1"
    assert asyncio.run(scene.session.refresh()).access_token == "access-2"
    asyncio.run(scene.session.logout())
    assert scene.stored is None


def test_two_sessions_in_one_store_do_not_meet():
    scene = Scene()
    other = scene.another(session_key="other")

    async def scenario():
        await scene.sign_in()
        await other.save_tokens(replace(scene.provider.tokens(), scope="other"))
        await other.logout()
        assert await scene.session.get_access_token() == "access-1"

    scene.play(scenario)
    assert scene.stored is not None
