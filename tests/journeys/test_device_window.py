"""A code in the real native window, and in a real browser: seen, copied, gone when signed in."""

import asyncio
import shutil
import threading

import pytest

from pywry_auth.errors import AuthFlowCancelled
from pywry_auth.flow import AuthFlowState, DeviceFlow
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing import Conduct, ProgrammableProvider, Put, Reply
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.browser import BrowserWindow
from tests.screen import Screen, missing_tools, until


pytestmark = pytest.mark.window

PENDING = Reply(400, '{"error": "authorization_pending"}')
QUICK = {"interval": Put(1)}
NOBODY = Conduct(device=QUICK, replies={"device_token": PENDING})
YES = Conduct(device=QUICK)
INK = "#000000"
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


class Signing:
    """A sign-in with a code on a thread of its own."""

    def __init__(self, op, mode, **options):
        self.op, self.mode = op, mode
        self.provider = GenericOIDCProvider(
            "rp-client", issuer_url=op.add(mode, NOBODY), scopes=["openid"]
        )
        self.store = MemoryTokenStore()
        self.flow = DeviceFlow(self.provider, self.store, app_name="Ledger", **options)
        self.ended = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            self.ended.append(self.flow.run())
        except AuthFlowCancelled as exc:
            self.ended.append(exc)

    @property
    def user_code(self):
        until(lambda: len(self.op.issued(self.mode)) >= 2, "a code is given out")
        return self.op.issued(self.mode)[1]

    def confirm(self):
        self.op.program(self.mode, YES)

    def end(self):
        self._thread.join(40)
        assert not self._thread.is_alive()
        LOOP.run(self.provider.close())  # a browser under test has this thread's own loop
        return self.ended[0]


@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
@pytest.mark.parametrize("gui", ["qt", "gtk"])
def test_the_native_window_shows_the_code_until_it_is_confirmed(op, gui, monkeypatch, tmp_path):
    with Screen() as screen:
        monkeypatch.setenv("PYWRY_AUTH_GUI", gui)
        for name, value in screen.env.items():
            monkeypatch.setenv(name, value)
        signing = Signing(op, f"native-{gui}", window="webview")
        window = screen.window("Sign")
        left, top, width, height = screen.place(window)
        middle = (left + width // 2 - 60, top + height // 2 - 60, 120, 120)
        # Modules of a QR code, dark beside light, wherever exactly they are.
        until(lambda: 0.2 < screen.share_of(INK, middle) < 0.8, "the picture is drawn", 40)
        screen.picture(tmp_path / f"{gui}.png", window)
        signing.confirm()
        result = signing.end()
        assert result.success
        until(lambda: not screen.windows(), "the window goes")
    assert op.violations(f"native-{gui}") == []


@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
def test_closing_the_native_window_ends_the_wait(op, monkeypatch):
    with Screen() as screen:
        for name, value in screen.env.items():
            monkeypatch.setenv(name, value)
        signing = Signing(op, "closed", window="webview")
        screen.ask_to_close(screen.window("Sign"))
        assert isinstance(signing.end(), AuthFlowCancelled)
        assert signing.flow.flow_state is AuthFlowState.CANCELLED
        assert asyncio.run(signing.store.list_keys()) == []


class Browser:
    """Chromium without a screen, opened by whatever the flow takes for the desktop's own way."""

    def __init__(self):
        from playwright.sync_api import sync_playwright

        self._opened = []
        self.window = BrowserWindow(self._open)
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )

    def _open(self, url):
        self._opened.append(url)
        return True

    def close(self):
        self._chromium.close()
        self._playwright.stop()

    def page(self, **options):
        until(lambda: bool(self._opened), "the browser is opened")
        context = self._chromium.new_context(**options)
        page = context.new_page()
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda message: page.wrong.append(message.text))
        page.goto(self._opened[-1])
        return page


@pytest.fixture
def browser():
    if CHROMIUM is None:
        pytest.skip("not installed: chromium")
    pytest.importorskip("playwright")
    found = Browser()
    yield found
    found.close()


def test_the_page_in_a_browser_counts_down_copies_and_tells_the_end(op, browser):
    from playwright.sync_api import expect as wanted

    signing = Signing(op, "browser", window=browser.window)
    page = browser.page(permissions=["clipboard-read", "clipboard-write"])
    assert page.inner_text("#code") == signing.user_code
    assert page.inner_text(".value-host") == op.base_url.removeprefix("http://")
    first = page.inner_text("#left")
    assert first.startswith(("9:", "10:"))
    wanted(page.locator("#left")).not_to_have_text(first)
    page.click("#copy")
    wanted(page.locator("#copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == signing.user_code
    signing.confirm()
    page.wait_for_selector("text=You are signed in")
    assert signing.end().success
    assert signing.flow.farewell()
    assert page.wrong == []


def test_the_page_says_when_nobody_waits_any_more(op, browser):
    signing = Signing(op, "left", window=browser.window)
    page = browser.page()
    signing.flow.cancel()
    assert isinstance(signing.end(), AuthFlowCancelled)
    page.wait_for_selector("text=did not succeed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1100, 720), (500, 700), (320, 568)])
def test_nothing_is_cut_off_and_the_picture_stays_dark_on_light(op, browser, scheme, width, height):
    signing = Signing(op, f"look-{scheme}-{width}", window=browser.window)
    page = browser.page(viewport={"width": width, "height": height}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    colour = "selector => getComputedStyle(document.querySelector(selector)).fill"
    assert page.evaluate(colour, ".paper") == "rgb(255, 255, 255)"
    assert page.evaluate(colour, ".ink") == "rgb(0, 0, 0)"
    signing.flow.cancel()
    signing.end()
