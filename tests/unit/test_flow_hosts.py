"""A hosting thread that leaves takes its sign-in along."""

import time

import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, visit

from pywry_auth import AuthFlowManager, AuthFlowState
from pywry_auth.errors import DiscoveryError, StoreUnavailableError, WindowError
from pywry_auth.flow.notices import listener_of
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


class Leaving(FakeWindow):
    """A window whose thread has something better to do once the page is there."""

    def __init__(self, error):
        super().__init__()
        self._error = error

    def host(self, outcome):
        del outcome
        self.shown.wait(5)
        raise self._error


@pytest.mark.parametrize(
    "error", [RuntimeError("broken toolkit"), KeyboardInterrupt(), SystemExit()]
)
def test_whatever_ends_the_hosting_thread_ends_the_sign_in(error):
    provider = ScriptedProvider(VirtualClock(time.time()))
    provider.authorize_url = "https://op.example/authorize"
    window, store = Leaving(error), MemoryTokenStore()
    manager = AuthFlowManager(provider, store, window=window, auth_timeout=30)
    with pytest.raises(type(error)):
        manager.run_native()
    assert not window.open
    assert visit(window.redirect_uri) == 0
    assert manager.flow_state in {AuthFlowState.FAILED, AuthFlowState.CANCELLED}


def test_an_address_no_server_would_take_is_not_opened():
    provider = ScriptedProvider(VirtualClock(time.time()))
    provider.authorize_url = f"https://op.example/{'a' * 40_000}"
    window = FakeWindow()
    with pytest.raises(DiscoveryError, match="long"):
        AuthFlowManager(provider, window=window, auth_timeout=5).run_native()
    assert window.pages == []


def test_a_notice_nobody_can_be_told_does_not_end_what_it_is_about(caplog):
    provider = ScriptedProvider(VirtualClock(time.time()))
    provider.authorize_url = "https://op.example/authorize"

    def gone(_notice):
        raise RuntimeError("the label is gone")

    def person(page):
        page.listener.told("the window took too long, so the browser takes over")
        page.listener.closed(WindowError("and so on"))

    with pytest.raises(WindowError, match="and so on"):
        AuthFlowManager(
            provider, window=FakeWindow(person), auth_timeout=5, on_notice=gone
        ).run_native()
    assert "flow.on_notice_failed" in caplog.text


class FullStore(MemoryTokenStore):
    """Refuses to keep anything."""

    async def save(self, key, tokens):
        del key, tokens
        raise StoreUnavailableError("the disk is full")


def signs_in(on_notice):
    provider = ScriptedProvider(VirtualClock(time.time()))
    provider.authorize_url = "https://op.example/authorize"
    window = FakeWindow(lambda page: page.approve())
    return AuthFlowManager(
        provider, token_store=FullStore(), window=window, auth_timeout=5, on_notice=on_notice
    ).run_native()


def test_a_listener_that_breaks_does_not_cost_the_sign_in_it_is_told_of(caplog):
    def gone(_notice):
        raise RuntimeError("the label is gone")

    assert signs_in(gone).success
    assert "flow.on_notice_failed" in caplog.text


def test_a_listener_does_not_swallow_an_interrupt():
    def interrupted(_notice):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listener_of(interrupted)("the sign-in page opens in your browser")


def test_without_a_listener_the_log_is_told(caplog):
    assert signs_in(None).success
    assert "the sign-in was not stored: the disk is full" in caplog.text
