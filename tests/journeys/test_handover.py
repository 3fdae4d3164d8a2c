"""A sign-in that begins in the native window, and goes on in the browser."""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from urllib.parse import parse_qs, urlsplit

import pytest

from pywry_auth.coach.advise import advise
from pywry_auth.coach.values import Action
from pywry_auth.errors import AuthenticationError, AuthFlowCancelled
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.webview import WebviewWindow
from tests.fakes.provider import ScriptedProvider
from tests.fakes.window import visit
from tests.screen import Screen, missing_tools, until
from tests.window_site import Remembering, Site, family_of


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

WHY = "The provider accepts sign-in in a browser only. The sign-in goes on in your browser."
STRIP = "#fff4d6"  # the ground of a notice on the bar


@pytest.fixture(autouse=True)
def on_the_screen(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in screen.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


class Hearing(Remembering):
    """A listener that also hears what the page says."""

    def __init__(self, next_url: str) -> None:
        super().__init__(next_url)
        self.codes: list[str] = []

    def troubled(self, code: str) -> None:
        self.codes.append(code)


class Opened:
    """A window at a page of a provider, with a browser that only remembers."""

    def __init__(self, gui: str, url: str, **options: object) -> None:
        self.browser_urls: list[str] = []
        self.listener = Hearing(f"{url}#again")
        browser = BrowserWindow(lambda url: self.browser_urls.append(url) or True)
        self.view = WebviewWindow(gui=gui, **{"fallback": browser, **options})
        self.view.show(url, self.listener)

    @property
    def showing(self):
        return self.view._showing

    def ended(self) -> bool:
        return self.showing.process.wait(15)


@pytest.fixture
def opened(gui: str) -> Iterator[Callable[..., Opened]]:
    everything: list[Opened] = []

    def open_one(url: str, **options: object) -> Opened:
        everything.append(Opened(gui, url, **options))
        return everything[-1]

    yield open_one
    for one in everything:
        one.view.close()
        assert one.ended()
        until(lambda one=one: not family_of(one.showing.process.pid), "no helper process is left")


@pytest.mark.parametrize("page", ["/refuses", "/refuses-late"])
def test_a_page_that_refuses_windows_goes_on_in_the_browser_by_itself(opened, site, page):
    one = opened(site.url(f"{page}?state=s3cret"))
    until(lambda: one.browser_urls, "the browser opens")
    assert one.browser_urls == [site.url(f"{page}?state=s3cret#again")]
    assert one.listener.notices[0] == WHY
    assert one.view.kind is WindowKind.BROWSER
    assert one.ended()
    assert (one.listener.fresh, one.listener.count) == (1, 0)
    assert len(one.browser_urls) == 1


def settled(one: Opened) -> None:
    """Wait until every look at the page was taken."""
    until(lambda: one.showing.loaded, "the page is there")
    threading.Event().wait(3.5)  # the last look is 2.5 s after the page came


def test_what_the_person_cannot_see_is_no_refusal(opened, site):
    one = opened(site.url("/refuses-in-a-frame"))
    settled(one)
    assert one.listener.codes == []
    assert one.browser_urls == []


def test_without_another_window_a_refusal_is_only_told(opened, site):
    one = opened(site.url("/refuses"), fallback=None)
    until(lambda: one.listener.codes, "the trouble is told")
    assert one.listener.codes == ["embedded_refused"]
    assert one.listener.count == 0


def test_a_page_that_leads_nowhere_is_told_and_stays(opened, site):
    one = opened(site.url("/mismatch"))
    until(lambda: one.listener.codes, "the trouble is told")
    assert one.listener.codes == ["redirect_uri_mismatch"]
    assert one.browser_urls == []
    assert one.listener.count == 0


def test_where_passkeys_do_not_work_the_bar_says_so(opened, site, screen, gui):
    one = opened(site.url("/passkey"))
    until(lambda: one.showing._stage.name == "SHOWN", "something is drawn")
    left, top, width, _ = screen.place(screen.window("Sign In"))
    strip = (left, top + 40, width, 40)
    if gui == "gtk":
        until(lambda: screen.share_of(STRIP, strip) > 0.4, "the strip is there")
        until(lambda: "/passkey" in site.visits, "the page is there")
        screen.press("alt+b")
        until(lambda: one.browser_urls, "the browser opens")
    else:
        settled(one)
        assert screen.share_of(STRIP, strip) == 0.0
        assert one.browser_urls == []


class Provider(ScriptedProvider):
    """Signs everybody in who comes back with the code."""

    def __init__(self, authorize_url: str) -> None:
        super().__init__(VirtualClock(1000.0))
        self.authorize_url = authorize_url
        self.exchanged: list[tuple[str, str, str, str | None]] = []

    async def prepare(self) -> None:
        """Know everything already."""

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        self.exchanged.append((code, redirect_uri, pkce_verifier, nonce))
        return self.tokens(origin=self.origin("alice"))

    async def get_userinfo(self, access_token):
        return {"sub": "alice", "name": access_token}


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize("how", ["by itself", "by the person"])
def test_the_browser_finishes_the_very_request_that_the_window_began(screen, site, gui, how):
    opened_in_browser: Future[str] = Future()

    def browser(url: str) -> bool:
        opened_in_browser.set_result(url)
        sent = query_of(url)
        visit(f"{sent['redirect_uri']}?code=the-code&state={sent['state']}")
        return True

    page = "/refuses" if how == "by itself" else "/page"
    provider, notices = Provider(site.url(page)), []
    view = WebviewWindow(gui=gui, fallback=BrowserWindow(browser))
    flow = AuthFlowManager(provider, window=view, auth_timeout=40, on_notice=notices.append)
    if how == "by the person":
        threading.Thread(target=press_for_the_browser, args=(screen, view), daemon=True).start()
    result = flow.run_native()
    assert result.success
    assert flow.window_kind is WindowKind.BROWSER
    begun = next(seen for seen in site.visits if seen.startswith(page))
    sent = query_of(opened_in_browser.result(0))
    assert query_of(begun) == sent
    [(code, redirect_uri, verifier, _)] = provider.exchanged
    assert (code, redirect_uri) == ("the-code", sent["redirect_uri"])
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == sent["code_challenge"]
    assert (WHY in notices) is (how == "by itself")
    assert view._showing.process.wait(15)


def press_for_the_browser(screen: Screen, view: WebviewWindow) -> None:
    until(lambda: view._showing is not None and view._showing.loaded, "the page is there")
    screen.window("Sign In")
    screen.press("alt+b")


@pytest.mark.parametrize("page", ["/mismatch", "/page"])
def test_who_closes_a_page_that_led_nowhere_is_told_what_it_said(screen, site, gui, page):
    view = WebviewWindow(gui=gui, fallback=None)
    flow = AuthFlowManager(Provider(site.url(page)), window=view, auth_timeout=40)
    closer = threading.Thread(target=close_by_hand, args=(screen, view), daemon=True)
    closer.start()
    with pytest.raises(AuthenticationError) as caught:
        flow.run_native()
    error = caught.value
    if page == "/page":
        assert isinstance(error, AuthFlowCancelled)
    else:
        assert not isinstance(error, AuthFlowCancelled)
        advice = advise(error, issuer="https://login.microsoftonline.com/common/v2.0")
        assert (advice.code, advice.action) == ("redirect_uri_mismatch", Action.DEVELOPER)
        assert "Authentication" in advice.fix
    assert view._showing.process.wait(15)


def close_by_hand(screen: Screen, view: WebviewWindow) -> None:
    until(lambda: view._showing is not None and view._showing.loaded, "the page is there")
    threading.Event().wait(1.5)  # a person reads what the page says
    screen.ask_to_close(screen.window("Sign In"))
