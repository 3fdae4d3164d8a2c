"""A program that needs a sign-in nobody has pressed a button for."""

import asyncio
import threading
import time

import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, nobody

from pywry_auth import AuthFlowManager, AuthFlowState, NoPrompt, NotSilent, SessionManager
from pywry_auth.errors import (
    AuthFlowCancelled,
    AuthFlowTimeout,
    ConfigError,
    ReauthRequiredError,
    TokenError,
    WindowError,
)
from pywry_auth.flow import unasked
from pywry_auth.flow.prompt_limit import PromptLimit
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


def approve(page):
    page.approve()


def close(page):
    page.listener.closed()


def is_cancelled(program):
    with pytest.raises(AuthFlowCancelled):
        program.flow.run_when_needed()


@pytest.fixture(autouse=True)
def screen(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    said = {"locked": False}
    monkeypatch.setattr(unasked, "screen_is_locked", lambda: said["locked"])
    return said


class Program:
    """One program whose session has ended, over a store that others may share."""

    def __init__(self, person=approve, store=None, **options):
        self.provider = ScriptedProvider(VirtualClock(time.time()))
        self.provider.authorize_url = "https://op.example/authorize"
        self.store = store or MemoryTokenStore()
        self.dead = self.provider.tokens(refresh_token=None, expires_in=1, issued_at=1.0)
        if store is None:
            self.store.put("default", self.dead)
        self.session = SessionManager(self.provider, self.store)
        asyncio.run(self.session.initialize())
        self.window = FakeWindow(person)
        self.flow = AuthFlowManager(
            self.provider,
            session_manager=self.session,
            window=self.window,
            **{"auth_timeout": 5, **options},
        )

    def beside(self, person=approve, **options):
        """Another program of the same account."""
        return Program(person, self.store, **options)

    @property
    def prompts(self):
        return len(self.window.pages)


def test_a_person_is_asked_and_the_tokens_are_kept():
    one = Program()
    result = one.flow.run_when_needed()
    assert one.store.get("default") == result.tokens
    assert one.prompts == 1
    assert one.flow.why_not_silent is NotSilent.NO_PROFILE  # that was tried first
    assert one.flow.why_no_prompt is None


def test_awaited_it_is_the_same():
    assert asyncio.run(Program().flow.arun_when_needed()).success


def test_whoever_comes_second_finds_the_tokens_and_asks_nobody():
    one = Program()
    other = one.beside()
    first = one.flow.run_when_needed()
    second = other.flow.run_when_needed()
    assert second.tokens == first.tokens == other.session.tokens
    assert (one.prompts, other.prompts) == (1, 0)


def test_whoever_comes_meanwhile_waits_and_finds_the_tokens():
    waits = threading.Event()

    def slowly(page):
        waits.wait(15)
        page.approve()

    one = Program(slowly)
    other = one.beside()
    results = []
    threads = [
        threading.Thread(target=lambda p=program: results.append(p.flow.run_when_needed()))
        for program in (one, other)
    ]
    threads[0].start()
    assert one.window.shown.wait(10)
    threads[1].start()
    while other.flow.flow_state is not AuthFlowState.IN_PROGRESS:
        time.sleep(0.01)
    waits.set()
    for thread in threads:
        thread.join(20)
    assert [result.success for result in results] == [True, True]
    assert (one.prompts, other.prompts) == (1, 0)


@pytest.mark.parametrize(
    ("person", "error", "options"),
    [
        (close, AuthFlowCancelled, {}),
        (lambda page: page.listener.closed(WindowError("broken")), WindowError, {}),
        (nobody, AuthFlowTimeout, {"auth_timeout": 0.05}),
    ],
)
def test_after_a_prompt_that_brought_nothing_no_program_asks_again(person, error, options):
    one = Program(person, **options)
    other = one.beside()
    with pytest.raises(error):
        one.flow.run_when_needed()
    assert other.flow.run_when_needed() is None
    assert other.flow.why_no_prompt is NoPrompt.PAUSED
    assert one.flow.run_when_needed() is None
    assert (one.prompts, other.prompts) == (1, 0)
    assert other.flow.flow_state is AuthFlowState.PENDING


def test_a_person_who_presses_a_button_is_never_refused_and_ends_the_pause():
    one = Program(close)
    with pytest.raises(AuthFlowCancelled):
        one.flow.run_when_needed()
    other = one.beside()
    assert other.flow.run_native().success
    one.store.put("default", one.dead)
    again = one.beside()
    assert again.flow.run_when_needed().success
    assert again.prompts == 1


def test_a_button_is_not_held_up_by_a_program_that_asks():
    one = Program(nobody)
    asking = threading.Thread(target=is_cancelled, args=(one,))
    asking.start()
    assert one.window.shown.wait(10)
    other = one.beside()
    assert other.flow.run_native().success
    one.flow.cancel()
    asking.join(10)
    assert not asking.is_alive()


def test_while_the_screen_is_locked_nobody_is_asked_and_nothing_is_noted(screen):
    screen["locked"] = True
    one = Program()
    assert one.flow.run_when_needed() is None
    assert one.flow.why_no_prompt is NoPrompt.SCREEN_LOCKED
    assert one.prompts == 0
    screen["locked"] = False
    assert one.flow.run_when_needed().success


def test_a_program_that_hangs_while_it_asks_is_waited_for_no_longer_than_a_sign_in(monkeypatch):
    monkeypatch.setattr("pywry_auth.flow.manager.SPARE", 0.0)
    one = Program(auth_timeout=0.1)
    origin = one.provider.origin()
    with PromptLimit(origin, "default").turn(5, lambda: False):
        assert one.flow.run_when_needed() is None
    assert one.flow.why_no_prompt is NoPrompt.BUSY
    assert one.prompts == 0


def test_ctrl_c_in_the_wait_for_another_program_leaves_no_sign_in_under_way(monkeypatch):
    one = Program()

    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(PromptLimit, "turn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.flow.run_when_needed()
    assert one.flow.flow_state is AuthFlowState.CANCELLED


def test_a_wait_for_another_program_can_be_cancelled():
    one = Program()

    def cancel_once_waiting():
        while one.flow.flow_state is not AuthFlowState.IN_PROGRESS:
            time.sleep(0.01)
        one.flow.cancel()

    canceller = threading.Thread(target=cancel_once_waiting)
    with PromptLimit(one.provider.origin(), "default").turn(5, lambda: False):
        canceller.start()
        with pytest.raises(AuthFlowCancelled):
            one.flow.run_when_needed()
    canceller.join()
    assert one.prompts == 0
    assert one.flow.run_when_needed().success


def test_without_a_session_there_is_no_account_to_ask_for():
    provider = ScriptedProvider(VirtualClock(time.time()))
    with pytest.raises(ConfigError, match="session_manager"):
        AuthFlowManager(provider, MemoryTokenStore()).run_when_needed()


def test_a_wrong_setting_is_no_reason_for_a_pause():
    one = Program()
    one.flow._window = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYWRY_AUTH_WINDOW", "nonsense")
        with pytest.raises(ConfigError):
            one.flow.run_when_needed()
    one.flow._window = one.window
    assert one.flow.run_when_needed().success


def test_an_exchange_that_fails_pauses_too():
    one = Program()

    async def refuse(*_arguments):
        raise TokenError("no")

    one.provider.exchange_code = refuse
    with pytest.raises(TokenError):
        one.flow.run_when_needed()
    assert one.flow.run_when_needed() is None


def test_a_session_that_lives_on_asks_nobody():
    one = Program()
    one.store.put("default", one.provider.tokens())
    assert one.flow.run_when_needed().tokens == one.store.get("default")
    assert one.prompts == 0


def test_a_token_that_is_about_to_end_without_a_successor_is_no_sign_in():
    """The provider refused the refresh early: the access token has a minute, the session none."""
    one = Program()
    dying = one.provider.tokens(refresh_token=None)
    one.store.put("default", dying)
    asyncio.run(one.session.initialize())
    result = one.flow.run_when_needed()
    assert one.prompts == 1
    assert result.tokens != dying


def test_it_is_made_to_be_called_when_a_session_is_lost():
    one = Program()
    refused = one.provider.tokens(expires_in=1, issued_at=1.0)
    one.store.put("default", refused)
    one.provider.script = [ReauthRequiredError("ended", error="invalid_grant")]

    def signs_in_again():
        flow = AuthFlowManager(one.provider, session_manager=session, window=one.window)
        assert flow.run_when_needed().success

    session = SessionManager(one.provider, one.store, on_reauth_required=signs_in_again)
    tokens = asyncio.run(session.initialize())
    assert tokens is not None
    assert tokens.access_token == asyncio.run(session.get_access_token())
    assert one.prompts == 1
