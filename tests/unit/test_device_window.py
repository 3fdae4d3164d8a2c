"""A code in a window of ours: opened once, closed with the sign-in, closing ends the wait."""

import asyncio
import threading

import httpx
import pytest
from fakes.window import FakeWindow, visit
from fakes.wire import connected, reply

from pywry_auth.errors import AuthFlowCancelled, CallbackError, ConfigError, WindowError
from pywry_auth.flow import AuthFlowState, DeviceFlow
from pywry_auth.providers.standard import StandardProvider
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.base import WindowKind


DEVICE = "https://id.example.com/device"
TOKEN = "https://id.example.com/token"
PENDING = reply({"error": "authorization_pending"}, 400)
TOKENS = reply({"access_token": "the-token", "expires_in": 3600})
DENIED = reply({"error": "access_denied"}, 400)
ENDED = reply({"error": "expired_token"}, 400)
DEADLINE = 10.0  # seconds; only a broken flow comes near it


def begun(number):
    return reply(
        {
            "device_code": f"device-{number}",
            "user_code": f"CODE-{number}",
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


class Scene:
    """A provider whose answer waits until the person at the window has done their part."""

    def __init__(self, *answers, person=lambda _page: None, kind=WindowKind.WEBVIEW, **options):
        self.done = threading.Event()
        self.person = person
        provider = StandardProvider("me", token_url=TOKEN, clock=VirtualClock())
        provider.device_url = DEVICE
        self.network = connected(provider, {DEVICE: [begun(1), begun(2)], TOKEN: list(answers)})
        ask = provider.ask_device

        async def when_done(device_code):
            assert await asyncio.to_thread(self.done.wait, DEADLINE)
            return await ask(device_code)

        provider.ask_device = when_done
        self.window = FakeWindow(self._look, kind)
        self.notices = []
        self.store = MemoryTokenStore()
        self.flow = DeviceFlow(
            provider,
            self.store,
            window=self.window,
            app_name="Ledger",
            clock=HastyClock(),
            on_notice=self.notices.append,
            **options,
        )

    def _look(self, page):
        try:
            self.person(page)
        finally:
            self.done.set()

    def stored(self):
        return asyncio.run(self.store.list_keys())


def seen(page):
    with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
        return client.get(page.url).text


def test_the_window_shows_the_code_and_goes_with_the_sign_in():
    pages = []
    scene = Scene(TOKENS, person=lambda page: pages.append(seen(page)))
    result = scene.flow.run()
    assert result.tokens.access_token == "the-token"
    (text,) = pages
    assert "CODE-1" in text
    assert "Ledger" in text
    assert not scene.window.open
    assert visit(scene.window.pages[0].url) == 0
    assert scene.flow.farewell(0)


def test_a_browser_is_told_how_it_ended():
    told = []

    def person(page):
        seen(page)
        news = f"{page.url}news?1"

        def wait():
            httpx.get(news, trust_env=False, timeout=DEADLINE)
            told.append(seen(page))

        page.waiting = threading.Thread(target=wait)
        page.waiting.start()

    scene = Scene(TOKENS, person=person, kind=WindowKind.BROWSER)
    scene.flow.run()
    assert scene.flow.farewell(DEADLINE)
    scene.window.pages[0].waiting.join(DEADLINE)
    assert "You are signed in" in told[0]


def test_a_new_code_appears_in_the_same_window():
    scene = Scene(ENDED, TOKENS, auth_timeout=60.0)
    scene.flow.run()
    assert len(scene.network.to(DEVICE)) == 2
    assert len(scene.window.pages) == 1


def test_closing_the_window_ends_the_wait():
    scene = Scene(PENDING, person=lambda page: page.listener.closed())
    with pytest.raises(AuthFlowCancelled, match="window was closed"):
        scene.flow.run()
    assert scene.flow.flow_state is AuthFlowState.CANCELLED
    assert scene.stored() == []
    assert visit(scene.window.pages[0].url) == 0


def test_a_window_that_breaks_is_told_apart():
    broken = WindowError("the window's process ended", exit_code=-11)
    scene = Scene(PENDING, person=lambda page: page.listener.closed(broken))
    with pytest.raises(WindowError) as caught:
        scene.flow.run()
    assert caught.value.exit_code == -11
    assert scene.flow.flow_state is AuthFlowState.FAILED


def test_a_window_that_cannot_be_opened_ends_it():
    class Shut(FakeWindow):
        def show(self, _url, _listener):
            raise WindowError("no process can be started")

    scene = Scene(PENDING)
    scene.flow._window = Shut()
    with pytest.raises(WindowError, match="no process"):
        scene.flow.run()
    assert scene.network.to(TOKEN) == []


def test_whoever_says_no_elsewhere_ends_it_here():
    scene = Scene(DENIED)
    with pytest.raises(CallbackError):
        scene.flow.run()
    assert not scene.window.open
    assert scene.stored() == []


def test_it_can_be_cancelled_from_the_program():
    scene = Scene(PENDING, person=lambda _page: scene.flow.cancel())
    with pytest.raises(AuthFlowCancelled):
        scene.flow.run()
    assert not scene.window.open


def test_what_the_window_says_is_passed_on_and_nothing_can_be_pasted():
    def person(page):
        page.listener.told("the browser opened")
        assert not page.listener.pasted("https://x.example/?code=1")
        assert page.listener.fresh_url() == page.url

    scene = Scene(TOKENS, person=person)
    scene.flow.run()
    scene.window.wait_for_person()
    assert scene.notices == ["the browser opened"]


def test_a_terminal_is_no_window_for_a_page():
    scene = Scene(PENDING, kind=WindowKind.PASTE)
    with pytest.raises(WindowError, match="no page") as caught:
        scene.flow.run()
    assert "show=" in caught.value.hint
    assert scene.network.sent == []


def test_a_window_of_no_known_kind_is_a_mistake():
    with pytest.raises(ConfigError):
        DeviceFlow(StandardProvider("me"), window="hologram")
