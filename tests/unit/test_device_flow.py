"""A sign-in with a code as the application starts it: from its own thread, or its own loop."""

import asyncio
import threading

import pytest
from fakes.provider import ScriptedProvider
from fakes.wire import connected, reply

from pywry_auth.errors import (
    AuthenticationError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    ConfigError,
    TokenError,
)
from pywry_auth.flow import AuthFlowState, DeviceFlow
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session import SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


DEVICE = "https://id.example.com/device"
TOKEN = "https://id.example.com/token"
PENDING = reply({"error": "authorization_pending"}, 400)
TOKENS = reply({"access_token": "the-token", "expires_in": 3600})
BEGUN = reply(
    {
        "device_code": "device-1",
        "user_code": "CODE-1",
        "verification_uri": "https://id.example.com/activate",
        "expires_in": 80_000,
        "interval": 1,
    }
)


class HastyClock(VirtualClock):
    """An interval has gone by whenever somebody looks."""

    def monotonic(self):
        self.advance(2)
        return super().monotonic()


def a_provider(*answers):
    provider = StandardProvider("me", token_url=TOKEN, clock=VirtualClock())
    provider.device_url = DEVICE
    network = connected(provider, {DEVICE: BEGUN, TOKEN: list(answers)})
    return provider, network


def a_flow(*answers, show=None, clock=None, **options):
    provider, network = a_provider(*answers)
    shown = []
    flow = DeviceFlow(provider, show=show or shown.append, clock=clock or HastyClock(), **options)
    return flow, shown, network


def test_the_code_is_shown_on_the_calling_thread_and_the_tokens_are_kept():
    store, threads = MemoryTokenStore(), []
    flow, _, _ = a_flow(
        PENDING, TOKENS, token_store=store, show=lambda _p: threads.append(threading.get_ident())
    )
    assert flow.flow_state is AuthFlowState.PENDING
    result = flow.run()
    assert result.tokens.access_token == "the-token"
    assert flow.flow_state is AuthFlowState.COMPLETED
    assert threads == [threading.get_ident()]
    assert asyncio.run(store.list_keys()) == [f"default@{TOKEN}"]


def test_a_session_takes_the_tokens_up():
    provider, _ = a_provider(TOKENS)
    session = SessionManager(provider, MemoryTokenStore())
    flow = DeviceFlow(
        provider, session_manager=session, show=lambda _prompt: None, clock=HastyClock()
    )
    flow.run()
    assert asyncio.run(session.get_access_token()) == "the-token"
    asyncio.run(session.logout(revoke=False))


def test_it_can_be_awaited():
    flow, shown, _ = a_flow(PENDING, TOKENS)
    assert asyncio.run(flow.arun()).success
    assert [prompt.user_code for prompt in shown] == ["CODE-1"]


def test_whoever_stops_awaiting_cancels_it():
    seen = threading.Event()
    flow, _, _ = a_flow(PENDING, show=lambda _prompt: seen.set(), clock=VirtualClock())

    async def leave():
        task = asyncio.create_task(flow.arun())
        assert await asyncio.to_thread(seen.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert flow.flow_state is AuthFlowState.CANCELLED


def test_it_can_be_cancelled_while_it_shows_its_code():
    flow, _, network = a_flow(PENDING, show=lambda _prompt: flow.cancel(), clock=VirtualClock())
    with pytest.raises(AuthFlowCancelled):
        flow.run()
    assert flow.flow_state is AuthFlowState.CANCELLED
    assert network.to(TOKEN) == []


def test_it_can_be_cancelled_before_it_begins_and_begun_again():
    flow, shown, _ = a_flow(TOKENS)
    flow.cancel()
    with pytest.raises(AuthFlowCancelled):
        flow.run()
    assert shown == []
    assert flow.run().success


def test_a_show_that_breaks_ends_it():
    def broken(_prompt):
        raise LookupError("no screen")

    flow, _, network = a_flow(PENDING, show=broken, clock=VirtualClock())
    with pytest.raises(LookupError):
        flow.run()
    assert flow.flow_state is AuthFlowState.FAILED
    assert network.to(TOKEN) == []


def test_ctrl_c_cancels_it():
    def interrupted(_prompt):
        raise KeyboardInterrupt

    flow, _, _ = a_flow(PENDING, show=interrupted, clock=VirtualClock())
    with pytest.raises(KeyboardInterrupt):
        flow.run()
    assert flow.flow_state is AuthFlowState.CANCELLED


def test_how_it_ended_can_be_asked():
    flow, _, _ = a_flow(reply({"error": "expired_token"}, 400))
    with pytest.raises(AuthFlowTimeout):
        flow.run()
    assert flow.flow_state is AuthFlowState.TIMED_OUT
    flow, _, _ = a_flow(reply({"error": "invalid_client"}, 400))
    with pytest.raises(TokenError):
        flow.run()
    assert flow.flow_state is AuthFlowState.FAILED


def test_a_second_one_meanwhile_is_refused():
    flow, _, _ = a_flow(PENDING, show=lambda _prompt: flow.run(), clock=VirtualClock())
    with pytest.raises(AuthenticationError, match="under way already"):
        flow.run()


def test_a_provider_of_ones_own_that_knows_no_codes_is_a_mistake():
    flow = DeviceFlow(ScriptedProvider(VirtualClock()), show=lambda _prompt: None)
    with pytest.raises(ConfigError, match="scripted has no device authorization endpoint"):
        flow.run()
    assert flow.flow_state is AuthFlowState.FAILED


def test_it_refuses_to_wait_on_the_packages_own_loop():
    flow, _, _ = a_flow(TOKENS)

    async def on_the_loop():
        flow.run()

    with pytest.raises(AuthenticationError, match="would wait for itself"):
        LOOP.run(on_the_loop())
