"""The provider still knows the person: signed in again, and nothing was on the screen."""

import asyncio
import re
import subprocess
import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from pywry_auth import (
    AuthFlowManager,
    CallbackOptions,
    GenericOIDCProvider,
    MemoryTokenStore,
    NotSilent,
    SessionManager,
)
from pywry_auth.window.webview import WebviewWindow
from tests import providers_kit
from tests.journeys.test_sign_in import differing, free_port, has_content
from tests.screen import missing_tools, until
from tests.window_site import Remembering, Site, family_of


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(
        providers_kit.OidcProviderOP.missing() is not None,
        reason=str(providers_kit.OidcProviderOP.missing()),
    ),
]

WITHIN = 30.0  # seconds; for a loaded machine, not for a person
BLINK = 0.002  # of all bits: a caret


class Watch:
    """Notes every window that is put on the screen."""

    def __init__(self, screen, folder):
        self._log = folder / "events"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["stdbuf", "-oL", "xev", "-root", "-event", "substructure"],
                env=screen.env,
                stdout=log,
            )

    def mapped(self):
        """The windows that were put where somebody could see them, in order."""
        places, found = {}, []
        for event in self._log.read_text().split("\n\n"):
            window = re.search(r"window (0x\w+),? (?=\(|override)", event)
            place = re.search(r"\((-?\d+),(-?\d+)\),? width (\d+), height (\d+)", event)
            if window and place:
                places[window[1]] = [int(part) for part in place.groups()]
            elif window and event.startswith("MapNotify"):
                left, top, width, height = places.get(window[1], (0, 0, 1, 1))
                # GTK puts a window of one pixel beside every screen, by which it tells the time.
                if left + width > 0 and top + height > 0:
                    found.append(window[1])
        return found

    def stop(self):
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def watch(screen, tmp_path):
    watch = Watch(screen, tmp_path)
    yield watch
    watch.stop()


class Desk:
    """One person's desk: a provider, an application, its store, its window."""

    def __init__(self, op, port, gui, screen, client_id="desk"):
        self.op, self.screen, self.gui = op, screen, gui
        self.store = MemoryTokenStore()
        self.provider = GenericOIDCProvider(client_id, issuer_url=op.issuer, scopes=["openid"])
        self.callback = CallbackOptions(ports=(port,))
        self.views = []

    def view(self):
        self.views.append(
            WebviewWindow(title="Sign in to Desk", gui=self.gui, profile="desk", fallback=None)
        )
        return self.views[-1]

    def start(self):
        """Start the application: a session over the store, with a way to sign in."""
        session = SessionManager(self.provider, self.store)
        return AuthFlowManager(
            self.provider, session_manager=session, window=self.view(), callback=self.callback
        )

    def person_signs_in(self):
        flow = self.start()
        return asyncio.run(self._both(flow))

    async def _both(self, flow):
        sign_in = asyncio.create_task(flow.arun_native())
        await asyncio.to_thread(self._person)
        return await sign_in

    def _person(self):
        self.comes_to_rest("Sign in to Desk", "/interaction/")
        self.screen.type("alice")
        self.screen.press("Tab")
        self.screen.type("any password")
        self.screen.press("Return")
        until(lambda: len(self.pages()) > 1, "the consent page")
        self.comes_to_rest("Sign in to Desk", "consent")
        self.screen.press("Return")

    def pages(self):
        told = [event for event in list(self.op.events) if event.get("status") == 200]
        return {name for event in told if (name := str(event["event"])).startswith("interaction/")}

    def comes_to_rest(self, title, what):
        window = self.screen.window(title)
        before, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            now = self.screen.pixels(window)
            if has_content(now) and differing(before, now) < BLINK:
                return
            before = now
            time.sleep(0.25)
        raise AssertionError(f"the window never came to rest: {what}")

    def loses_its_refresh_token(self):
        self.store.put("default", replace(self.store.get("default"), refresh_token=None))

    def close(self):
        for view in self.views:
            view.close()
            if view._showing is not None:
                pid = view._showing.process.pid
                until(lambda pid=pid: not family_of(pid), "no helper process is left")
        asyncio.run(self.provider.close())


@pytest.fixture
def desk(screen, gui, monkeypatch, tmp_path):
    for name, value in screen.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    port = free_port()
    client = {
        "client_id": "desk",
        "application_type": "web",  # of native ones this provider asks for consent each time
        "token_endpoint_auth_method": "none",
        "redirect_uris": [f"http://127.0.0.1:{port}/callback"],
        "grant_types": ["authorization_code"],
    }
    with providers_kit.OidcProviderOP(clients=[client]) as op:
        desk = Desk(op, port, gui, screen)
        yield desk
        desk.close()


@pytest.fixture
def neighbour(screen, desk):
    """Another program, in which the person is typing."""
    with Site() as site:
        view = WebviewWindow(title="Neighbour", gui="qt", fallback=None)
        view.show(site.url("/form"), Remembering())
        desk.views.append(view)
        desk.comes_to_rest("Neighbour", "a form")
        yield screen.window("Neighbour")


def active(screen):
    return screen._run("xdotool", "getactivewindow").strip()


def test_the_second_sign_in_is_silent_and_nothing_is_ever_on_the_screen(
    desk, screen, watch, neighbour
):
    first = desk.person_signs_in()
    seen = watch.mapped()
    assert len(seen) > 1  # the person's own window was noted
    desk.loses_its_refresh_token()
    until(lambda: len(screen.windows()) == 1, "the sign-in window is gone")
    screen._run("xdotool", "windowactivate", "--sync", neighbour.number)
    focus, windows = active(screen), screen.windows()
    before, seen = screen.pixels(neighbour), watch.mapped()

    flow = desk.start()
    during = []

    async def silently():
        task = asyncio.create_task(flow.arun_silent(WITHIN))
        while not task.done():
            during.append((active(screen), screen.windows(), screen.pixels(neighbour)))
            await asyncio.sleep(0.05)
        return await task

    result = asyncio.run(silently())
    assert result is not None, flow.why_not_silent
    assert result.tokens.origin.subject == first.tokens.origin.subject == "alice"
    assert result.tokens.access_token != first.tokens.access_token
    assert desk.store.get("default") == result.tokens
    assert watch.mapped() == seen
    for focused, listed, pixels in during:
        assert (focused, listed) == (focus, windows)
        assert differing(before, pixels) < BLINK


def test_after_the_providers_session_ended_it_is_none(desk, screen, watch):
    desk.person_signs_in()
    desk.loses_its_refresh_token()
    held = desk.store.get("default")
    assert desk.start().run_silent(WITHIN) is not None
    desk.store.put("default", held)

    view = desk.view()
    asked = urlencode({"client_id": "desk", "id_token_hint": held.id_token})
    view.show(f"{desk.op.issuer}/session/end?{asked}", Remembering())
    desk.comes_to_rest("Sign in to Desk", "sign out?")
    screen.press("Return")
    desk.op.wait_for(lambda event: event.get("event") == "end_session.success", seconds=20)
    view.close()
    assert view._showing.process.wait(15)

    seen = watch.mapped()
    flow = desk.start()
    assert flow.run_silent(WITHIN) is None
    assert flow.why_not_silent is NotSilent.LOGIN
    assert watch.mapped() == seen
    assert desk.store.get("default") == held


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("/form", NotSilent.LATE),
        ("/file.bin", NotSilent.WINDOW),
        ("/opens-itself", NotSilent.LATE),
    ],
)
def test_a_provider_that_shows_a_page_instead_is_given_up_and_no_process_stays(
    desk, watch, page, why
):
    desk.person_signs_in()
    desk.loses_its_refresh_token()
    asyncio.run(desk.provider.close())
    with Site() as site:
        desk.provider = GenericOIDCProvider(
            "desk", issuer_url=desk.op.issuer, authorize_url=site.url(page)
        )
        flow = desk.start()
        hidden = []
        make = flow._window.hidden
        flow._window.hidden = lambda within: hidden.append(make(within)) or hidden[-1]
        seen = watch.mapped()
        assert flow.run_silent(6.0) is None
        assert [visit for visit in site.visits if visit.startswith(f"{page}?")]
        assert "/child" not in site.visits
        assert site.reports == ([{"through": "yes"}] if page == "/opens-itself" else [])
    assert flow.why_not_silent is why
    assert hidden[0].process.wait(5)
    until(lambda: not family_of(hidden[0].process.pid), "no helper process is left")
    assert watch.mapped() == seen
