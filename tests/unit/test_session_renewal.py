"""A session answers first and renews behind, and a server that is down costs nobody anything."""

import asyncio
import subprocess
import sys
import textwrap
import time

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth import AuthFlowManager, GenericOIDCProvider
from pywry_auth.errors import RefreshTransportError, TokenError, TokenExpiredError
from pywry_auth.runtime import LoopThread
from pywry_auth.session import SessionManager
from pywry_auth.session.dispenser import PATIENCE
from pywry_auth.testing import Conduct, HeadlessAgent, ProgrammableProvider, RefreshPolicy
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle
from pywry_auth.token_store import JsonFileTokenStore, MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


OFFLINE = RefreshTransportError("nobody answered")


class Scene:
    def __init__(self, **options):
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock)
        self.store = MemoryTokenStore()
        self.events = []
        self.session = SessionManager(
            self.provider,
            self.store,
            on_event=self.events.append,
            clock=self.clock,
            **options,
        )

    def play(self, scenario):
        on_package_loop(scenario, self.clock)

    async def signed_in(self, *, left):
        """Sign in, and let all but *left* seconds pass in one go, as a sleeping machine does."""
        await self.session.save_tokens(self.provider.tokens())
        await settle()
        self.clock.sleep_machine(3600 - left)

    async def ask(self):
        return await self.session.get_access_token()


class Stall:
    """A token endpoint that takes the request, and does not answer before it is told to."""

    def __init__(self):
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self):
        self.reached.set()
        await self.open.wait()


def test_with_some_life_left_the_answer_comes_first_and_the_renewal_behind():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=45)
        stall = Stall()
        scene.provider.script = [stall]
        assert await scene.ask() == "access-1"
        await stall.reached.wait()
        assert [await scene.ask() for _ in range(5)] == ["access-1"] * 5
        stall.open.set()
        await settle()
        assert await scene.ask() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_close_to_its_end_a_better_token_is_awaited_for_seconds_only():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=20)
        stall = Stall()
        scene.provider.script = [stall]
        asking = asyncio.create_task(scene.ask())
        await stall.reached.wait()
        assert not asking.done()
        await pass_time(scene.clock, PATIENCE + 1, step=1)
        assert await asking == "access-1"
        stall.open.set()
        await settle()
        assert await scene.ask() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"]


def test_an_ended_token_is_never_handed_out_however_long_the_server_takes():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=-1)
        stall = Stall()
        scene.provider.script = [stall]
        asking = asyncio.create_task(scene.ask())
        await pass_time(scene.clock, 120)
        assert not asking.done()
        stall.open.set()
        assert await asking == "access-2"

    scene.play(scenario)


def test_a_valid_token_is_answered_without_a_request_while_the_server_is_known_to_be_down():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=50)
        scene.provider.script = [OFFLINE] * 100
        for _ in range(200):
            assert await scene.ask() == "access-1"
            await settle(3)
        assert len(scene.provider.refreshed_with) <= 3

    scene.play(scenario)


def test_with_nothing_usable_callers_are_told_when_it_is_tried_again():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=-1)
        scene.provider.script = [OFFLINE] * 100
        for _ in range(50):
            with pytest.raises(RefreshTransportError) as caught:
                await scene.ask()
        assert "tried again in" in str(caught.value)
        assert caught.value.retry_after >= 1
        tried = len(scene.provider.refreshed_with)
        assert tried <= 3
        scene.provider.script = []
        await pass_time(scene.clock, 31)
        assert await scene.ask() == "access-2"

    scene.play(scenario)


def test_a_server_that_asks_to_wait_is_left_alone_by_the_alarm_too():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=-1)
        scene.provider.script = [RefreshTransportError("busy").asking_to_wait(600.0)]
        with pytest.raises(RefreshTransportError):
            await scene.ask()
        with pytest.raises(RefreshTransportError):
            await scene.session.refresh()
        await pass_time(scene.clock, 590)
        assert scene.provider.refreshed_with == ["refresh-1"]
        await pass_time(scene.clock, 60)
        assert await scene.ask() == "access-2"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1"] * 2


def test_a_rejected_token_is_renewed_once_for_all_who_met_the_rejection():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=3000)
        many = [scene.session.renew_rejected("access-1") for _ in range(20)]
        assert {tokens.access_token for tokens in await asyncio.gather(*many)} == {"access-2"}
        late = await scene.session.renew_rejected("access-1")
        assert late.access_token == "access-2"
        assert scene.provider.refreshed_with == ["refresh-1"]
        assert (await scene.session.renew_rejected("access-2")).access_token == "access-3"

    scene.play(scenario)


def test_with_nothing_held_a_rejected_token_cannot_be_renewed():
    scene = Scene()

    async def scenario():
        with pytest.raises(TokenExpiredError):
            await scene.session.renew_rejected("access-1")

    scene.play(scenario)


def test_ten_thousand_tasks_of_one_loop_cross_over_once(monkeypatch):
    clock = VirtualClock()
    provider = ScriptedProvider(clock)
    session = SessionManager(provider, MemoryTokenStore(), clock=clock)
    visits = []
    visit = LoopThread.visit

    async def counted(loop, work):
        visits.append(work)
        return await visit(loop, work)

    async def scenario():
        await session.save_tokens(provider.tokens())
        clock.advance(4000)
        monkeypatch.setattr(LoopThread, "visit", counted)
        answers = await asyncio.gather(*(session.get_access_token() for _ in range(10_000)))
        assert set(answers) == {"access-2"}
        await session.logout(revoke=False)

    asyncio.run(scenario())
    assert len(visits) == 2  # one for them all, one to sign out
    assert provider.refreshed_with == ["refresh-1"]


def test_a_clock_that_is_off_is_told_and_disturbs_nothing(caplog):
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=-1)
        scene.provider.clock_offset = -420.0
        assert await scene.ask() == "access-2"
        await settle()

    scene.play(scenario)
    told = [event for event in scene.events if event.name == "clock_is_off"]
    assert [event.clock_offset for event in told] == [-420.0]
    assert "this machine's clock is 7 minutes fast" in caplog.text


@pytest.mark.parametrize(
    ("granted", "lost"), [("a b c", ()), ("", ()), ("c b d", ("a",)), ("a", ("b", "c"))]
)
def test_scopes_that_a_refresh_takes_away_are_told(granted, lost):
    scene = Scene()

    async def scenario():
        await scene.session.save_tokens(scene.provider.tokens(scope="a b c"))
        renewed = scene.provider.tokens

        scene.provider.tokens = lambda **changes: renewed(scope=granted, **changes)
        tokens = await scene.session.refresh()
        assert tokens.scope == (granted or "a b c")
        await settle()

    scene.play(scenario)
    assert [e.lost_scopes for e in scene.events if e.name == "refreshed"] == [lost]


def test_what_is_stored_is_taken_up_without_asking_anybody():
    scene = Scene()

    async def scenario():
        assert await scene.session.load() is None
        ended = scene.provider.tokens()
        scene.store.put("default", ended)
        scene.clock.advance(9000)
        assert await scene.session.load() == ended == scene.session.tokens
        assert scene.provider.refreshed_with == []

    scene.play(scenario)


def test_a_clock_set_right_while_the_program_runs_renews_on_time():
    scene = Scene()

    async def scenario():
        await scene.session.save_tokens(scene.provider.tokens())
        await settle()
        scene.clock.sleep_machine(-7200)
        await pass_time(scene.clock, 3600)
        assert scene.provider.refreshed_with == ["refresh-1"]

    scene.play(scenario)


def test_sign_out_and_sign_in_forget_that_the_server_was_down():
    scene = Scene()

    async def scenario():
        await scene.signed_in(left=-1)
        scene.provider.script = [OFFLINE] * 3
        for _ in range(3):
            with pytest.raises(TokenError):
                await scene.ask()
        await scene.signed_in(left=-1)
        scene.provider.script = []
        assert await scene.ask() == "access-3"

    scene.play(scenario)


@pytest.mark.parametrize("damage", ["the record", "the whole file"])
def test_damage_to_the_store_signs_a_running_program_out_of_nothing(tmp_path, damage):
    path = tmp_path / "tokens.json"
    clock = VirtualClock()
    provider = ScriptedProvider(clock)

    def session():
        return SessionManager(provider, JsonFileTokenStore(path), clock=clock)

    async def scenario():
        running, other = session(), session()
        await running.save_tokens(provider.tokens())
        await other.initialize()
        text = path.read_text()
        path.write_text(text.replace("access-1", "\\u12") if damage == "the record" else "{")
        assert (await running.refresh()).access_token == "access-2"
        assert (await other.renew_rejected("access-1")).access_token == "access-2"
        await other.logout(revoke=False)  # what is removed later was removed
        with pytest.raises(TokenExpiredError):
            await running.refresh()

    asyncio.run(scenario())
    assert provider.refreshed_with == ["refresh-1"]


@pytest.mark.parametrize("left", [3000, 20, -1])
def test_a_store_that_goes_back_in_time_costs_nothing(left):
    scene = Scene()

    async def scenario():
        first = scene.provider.tokens(clock_offset=0.0)
        await scene.session.save_tokens(first)
        scene.clock.advance(100)
        renewed = scene.provider.tokens

        scene.provider.tokens = lambda **changes: renewed(clock_offset=0.0, **changes)
        await scene.session.refresh()
        scene.store.put("default", first)  # a replica that had not heard, a file from a backup
        scene.clock.sleep_machine(3600 - left)
        assert (await scene.session.refresh()).access_token == "access-3"

    scene.play(scenario)
    assert scene.provider.refreshed_with == ["refresh-1", "refresh-2"]


PROGRAM = """
    import asyncio, sys, threading
    from pathlib import Path
    from pywry_auth import GenericOIDCProvider, JsonFileTokenStore, SessionManager

    renewing = threading.Event()

    class Watched(GenericOIDCProvider):
        async def refresh_tokens(self, refresh_token):
            renewing.set()
            return await super().refresh_tokens(refresh_token)

    async def main():
        provider = Watched("rp-client", issuer_url=sys.argv[1])
        session = SessionManager(provider, JsonFileTokenStore(Path(sys.argv[2])))
        print(await session.get_access_token(), flush=True)

    asyncio.run(main())
    if sys.argv[3] == "late":
        renewing.wait(30)
"""


@pytest.mark.parametrize("ends", ["late", "at once"])
def test_a_program_that_ends_loses_no_renewal_behind_it(ends, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with ProgrammableProvider() as op:
        conduct = Conduct(refresh=RefreshPolicy.DETECT_REUSE, delays={"refresh": 0.5})
        issuer = op.add("slow", conduct)
        tokens = sign_in(issuer)
        about_to_end = OAuthTokenSet(
            tokens.access_token,
            refresh_token=tokens.refresh_token,
            id_token=tokens.id_token,
            expires_in=3600,
            issued_at=time.time() - 3555,
            origin=TokenOrigin(issuer, "rp-client", tokens.origin.subject),
        )
        path = tmp_path / "tokens.json"
        asyncio.run(JsonFileTokenStore(path).save("default", about_to_end))
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), issuer, str(path), ends],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() == tokens.access_token
        kept = asyncio.run(JsonFileTokenStore(path).load("default"))
        sent = op.calls("slow").count("token") - 1
        assert sent == 1 or ends == "at once"
        assert (kept.refresh_token != tokens.refresh_token) == bool(sent)
        assert op.violations("slow") == []


STUBBORN = """
    import asyncio, sys
    from pathlib import Path
    from pywry_auth import GenericOIDCProvider, JsonFileTokenStore, SessionManager
    from pywry_auth.errors import StoreUnavailableError

    class Locked(JsonFileTokenStore):
        refuses = True

        async def save(self, key, tokens):
            if self.refuses:
                raise StoreUnavailableError("the keyring is locked")
            await super().save(key, tokens)

    async def main():
        provider = GenericOIDCProvider("rp-client", issuer_url=sys.argv[1])
        session = SessionManager(provider, store)
        print((await session.refresh()).refresh_token, flush=True)

    store = Locked(Path(sys.argv[2]))
    asyncio.run(main())
    store.refuses = False  # somebody unlocked it; nobody renews or saves before the program ends
"""


def test_a_program_that_ends_saves_what_could_not_be_saved_before(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with ProgrammableProvider() as op:
        issuer = op.add("locked", Conduct(refresh=RefreshPolicy.DETECT_REUSE))
        path = tmp_path / "tokens.json"
        asyncio.run(JsonFileTokenStore(path).save("default", sign_in(issuer)))
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(STUBBORN), issuer, str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        kept = asyncio.run(JsonFileTokenStore(path).load("default"))
        assert kept.refresh_token == done.stdout.strip()


def sign_in(issuer):
    agent = HeadlessAgent()
    provider = GenericOIDCProvider("rp-client", issuer_url=issuer)
    result = AuthFlowManager(provider).run_native(agent.show_window, agent.close_window)
    agent.join()
    asyncio.run(provider.close())
    return result.tokens
