"""The native window, seen and used by a person, in both toolkits."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.webview import WebviewWindow
from tests.screen import Screen, missing_tools, until
from tests.window_site import Remembering, Site, family_of, open_descriptors, self_signed


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

RENDERERS = {"qt": "qtwebengine", "gtk": "gtkwebkit2"}
CANCEL = (-40, {"qt": 18, "gtk": 22})
BROWSER = (-150, {"qt": 18, "gtk": 22})
BAR_HEIGHT = 40
ROOT = Path(__file__).parents[2]
RED, GREEN = "#ff0000", "#00ff00"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


class Opened:
    """A window on the screen with everything a test wants to ask."""

    def __init__(self, screen: Screen, gui: str, url: str, **options: object) -> None:
        self.screen, self.gui, self.url = screen, gui, url
        self.browser_urls: list[str] = []
        self.listener = Remembering(f"{url}#again")
        browser = BrowserWindow(lambda url: self.browser_urls.append(url) or True)
        self.view = WebviewWindow(gui=gui, **{"fallback": browser, **options})
        self.view.show(url, self.listener)

    @property
    def showing(self):
        return self.view._showing

    @property
    def pid(self) -> int:
        return self.showing.process.pid

    def on_screen(self):
        """Wait for the page to be drawn, and give the window in front."""
        until(lambda: self.showing._stage.name == "SHOWN", "something is drawn")
        assert self.view.renderer == RENDERERS[self.gui]
        self.window = self.screen.window("Sign In")
        return self

    def press(self, button: tuple[int, dict[str, int]]) -> None:
        self.screen.click(self.window, button[0], button[1][self.gui])

    def page_area(self) -> tuple[int, int, int, int]:
        left, top, width, height = self.screen.place(self.window)
        return left, top + BAR_HEIGHT + 20, width, height - BAR_HEIGHT - 20

    def bar_area(self) -> tuple[int, int, int, int]:
        left, top, width, _ = self.screen.place(self.window)
        return left, top, width, BAR_HEIGHT - 5


@pytest.fixture
def opened(
    screen: Screen, gui: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Opened]]:
    for name, value in screen.env.items():
        monkeypatch.setenv(name, value)
    everything: list[Opened] = []

    def open_one(url: str, **options: object) -> Opened:
        everything.append(Opened(screen, gui, url, **options))
        return everything[-1]

    yield open_one
    for one in everything:
        one.view.close()
        assert one.showing.process.wait(15)
        until(lambda one=one: not family_of(one.pid), "no helper process is left")


def test_a_person_types_into_the_page_and_sends_it(opened, site, screen):
    one = opened(site.url("/form")).on_screen()
    until(lambda: "/form" in site.visits, "the page is fetched")
    time.sleep(0.5)  # the page takes the focus a moment after it is drawn
    screen.type("alice@example.com")
    screen.press("Tab")
    screen.type("p4ss word!")
    screen.press("Return")
    until(lambda: site.posts, "the form arrives")
    assert site.posts == [{"user": "alice@example.com", "password": "p4ss word!"}]
    assert one.view.kind is WindowKind.WEBVIEW
    assert not one.listener.closings.done()


@pytest.mark.parametrize("how", ["cross", "cancel", "alt-c", "escape", "alt-f4"])
def test_closing_the_window_by_hand_is_told_at_once(opened, site, screen, how):
    one = opened(site.url("/page")).on_screen()
    match how:
        case "cross":
            screen.ask_to_close(one.window)
        case "cancel":
            one.press(CANCEL)
        case "alt-c":
            screen.press("alt+c")
        case "escape":
            screen.press("Escape")
        case "alt-f4":
            screen.press("alt+F4")
    assert one.listener.reason() is None
    assert one.browser_urls == []


def test_closing_by_program_is_not_told(opened, site):
    one = opened(site.url("/page")).on_screen()
    one.view.close()
    one.view.close()
    assert one.showing.process.wait(15)
    assert one.showing.process._process.returncode == 0
    assert one.listener.count == 0
    assert one.listener.notices == []


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_the_browser_button_hands_the_same_address_over(opened, site, screen, how):
    one = opened(site.url("/page?state=s3cret")).on_screen()
    if how == "mouse":
        one.press(BROWSER)
    else:
        screen.press("alt+b")
    until(lambda: one.browser_urls, "the browser opens")
    assert one.browser_urls == [f"{one.url}#again"]
    assert one.view.kind is WindowKind.BROWSER
    assert one.showing.process.wait(15)
    assert one.listener.count == 0


def test_a_crash_is_told_apart_from_closing(opened, site):
    one = opened(site.url("/page")).on_screen()
    os.kill(one.pid, signal.SIGKILL)
    reason = one.listener.reason()
    assert reason is not None
    assert reason.exit_code == -signal.SIGKILL
    assert one.browser_urls == []


def test_the_process_is_told_nothing_by_arguments_or_environment(opened, site):
    one = opened(site.url("/page?state=s3cret")).on_screen()
    for pid in family_of(one.pid):
        for place in ("cmdline", "environ"):
            assert b"s3cret" not in Path(f"/proc/{pid}/{place}").read_bytes()


def test_a_page_finds_no_bridge_to_the_application(opened, site):
    opened(site.url("/probe")).on_screen()
    until(lambda: site.reports, "the page reports")
    report = site.reports[0]
    assert report.pop("agent").startswith("Mozilla/5.0 (X11; Linux")
    expected = {"pywebview": "undefined", "api": "undefined", "qt": "undefined", "bridge": "none"}
    assert report == {**expected, "storage": "works"}


def test_a_full_screen_page_cannot_cover_the_bar(opened, site, screen):
    one = opened(site.url("/hostile")).on_screen()
    until(lambda: screen.share_of(RED, one.page_area()) > 0.9, "the page is red")
    before = screen.place(one.window)
    screen.click(one.window, 250, 400)
    until(lambda: site.reports, "the page tries")
    time.sleep(0.5)  # a window that grows takes a moment
    assert site.reports == [{"full": "no"}]
    assert screen.place(one.window) == before
    assert screen.share_of(RED, one.bar_area()) == 0.0


def test_a_page_that_always_has_one_more_word_can_be_closed(opened, site, screen):
    one = opened(site.url("/insistent")).on_screen()
    until(lambda: "/insistent" in site.visits, "the page is fetched")
    time.sleep(0.3)
    screen.click(one.window, 250, BAR_HEIGHT + 120)
    until(lambda: {"insists": "yes"} in site.reports, "the page begins to insist")
    until(lambda: try_to_leave(one, screen), "the window is closed")
    assert one.listener.reason() is None


def try_to_leave(one: Opened, screen: Screen) -> bool:
    time.sleep(0.2)
    screen.press("Return")  # whatever is asked: yes
    screen.ask_to_close(one.window)
    return one.listener.count == 1


def test_no_proxy_sees_what_goes_to_this_machine(opened, site, monkeypatch):
    with Site() as proxy:
        for name in ("http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        opened(site.url("/form?code=secret")).on_screen()
        assert "/form?code=secret" in site.visits
        assert proxy.visits == []


@pytest.mark.parametrize("y", [50, 150], ids=["blank", "open"])
def test_a_popup_stays_inside_and_reaches_its_opener(opened, site, screen, y):
    one = opened(site.url("/opener")).on_screen()
    until(lambda: "/opener" in site.visits, "the page is fetched")
    time.sleep(0.3)
    screen.click(one.window, 250, BAR_HEIGHT + y)
    until(lambda: screen.share_of(GREEN, one.page_area()) > 0.8, "the popup is on top")
    until(lambda: {"from": "child"} in site.reports, "the popup reaches its opener")
    assert len(screen.windows()) == 1
    assert screen.share_of(GREEN, one.bar_area()) == 0.0
    screen.click(one.window, 250, BAR_HEIGHT + 50)
    until(lambda: screen.share_of(GREEN, one.page_area()) == 0.0, "the popup closes itself")
    assert one.browser_urls == []
    assert one.listener.count == 0
    one.view.close()
    assert one.showing.process.wait(15)
    assert one.showing.process._process.returncode == 0


def shows_a_panel(one: Opened) -> bool:
    """The site's pages are white where the panel has the toolkit's own grey."""
    return one.screen.share_of("#ffffff", one.page_area()) < 0.1


def test_a_certificate_nobody_vouches_for_stops_the_page(opened, tmp_path):
    with Site(certificate=self_signed(tmp_path)) as strange:
        one = opened(strange.url("/form")).on_screen()
        until(lambda: shows_a_panel(one), "a panel, no page")
        assert strange.visits == []


def test_trying_again_works_once_the_server_is_there(opened, screen):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    one = opened(f"http://127.0.0.1:{port}/form").on_screen()
    assert shows_a_panel(one)
    with Site(port=port) as late:
        time.sleep(0.2)
        screen.press("space")  # "Try again" has the focus
        until(lambda: "/form" in late.visits, "the page is fetched")
        until(lambda: not shows_a_panel(one), "the page is shown")


def test_a_name_nobody_knows_is_said_in_words(opened):
    one = opened("https://nobody.invalid/authorize").on_screen()
    assert shows_a_panel(one)
    assert one.listener.count == 0


@pytest.mark.parametrize(
    ("address", "silent"),
    [
        # The engines block some by themselves, before anybody is asked.
        ("file:///etc/hostname", {"qt", "gtk"}),
        ("data:text/html,hello", {"qt", "gtk"}),
        ("mailto:a@example.com", {"qt"}),
        (
            "http://[::ffff:127.0.0.1]:{port}/plain",
            set(),
        ),  # reaches the site, but is no loopback name
        ("/redirect?to=http://[::ffff:127.0.0.1]:{port}/plain", set()),
        ("/file.bin", set()),
    ],
)
def test_a_page_goes_nowhere_but_to_web_pages(opened, site, screen, gui, address, silent):
    address = address.replace("{port}", str(site.port))
    one = opened(site.url(f"/goes?to={address}")).on_screen()
    until(lambda: len(site.visits) > 0, "the page is fetched")
    until(lambda: not shows_a_panel(one), "the page is shown")
    time.sleep(0.3)
    screen.click(one.window, 250, BAR_HEIGHT + 50)
    if gui in silent:
        time.sleep(0.5)
        assert not shows_a_panel(one)
    else:
        until(lambda: shows_a_panel(one), "a panel, no page")
    assert "/plain" not in site.visits
    assert {"left": "yes"} not in site.reports
    assert one.listener.count == 0


def test_a_private_window_forgets_and_a_named_profile_keeps(opened, site, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for profile in ("work", "work", None, None, "home"):
        one = opened(site.url("/cookie"), profile=profile).on_screen()
        until(lambda one=one: one.showing.loaded, "the cookie is there")
        one.view.close()
        assert one.showing.process.wait(15)
    pages = [
        cookie for path, cookie in zip(site.visits, site.cookies, strict=True) if path == "/cookie"
    ]
    assert pages == ["", "who=alice", "", "", ""]
    kept = tmp_path / "pywry-auth" / "profiles"
    assert sorted(folder.name for folder in kept.iterdir()) == ["home", "work"]
    for path in kept.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_notice_of_the_bar_is_seen(opened, site, screen):
    loud = (
        "from pywry_auth.window.engine.conductor import Conductor;"
        "Conductor._notice = lambda self, shown: 'This page belongs to somebody else.';"
        "from pywry_auth.window.child import main; raise SystemExit(main())"
    )
    one = opened(site.url("/page"), child_command=[sys.executable, "-c", loud]).on_screen()
    left, top, width, _ = screen.place(one.window)
    strip = (left, top + BAR_HEIGHT, width, 30)
    until(lambda: screen.share_of("#fff4d6", strip) > 0.4, "the strip is there")


def test_a_frozen_application_shows_the_window_itself(opened, site, tmp_path):
    application = tmp_path / "application.py"
    application.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pywry_auth.window.freeze import freeze_support\n"
        "freeze_support()\n"
        "sys.exit('this is the application, not its window')\n"
    )
    one = opened(site.url("/page"), child_command=[sys.executable, str(application)]).on_screen()
    assert one.browser_urls == []


def test_a_module_in_the_current_folder_is_not_run(opened, site, monkeypatch, tmp_path):
    (tmp_path / "webview.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    one = opened(site.url("/page")).on_screen()
    assert one.browser_urls == []


def test_ten_windows_leave_nothing_behind(opened, site):
    opened(site.url("/page")).on_screen().view.close()
    before = open_descriptors()
    last = []
    for _ in range(10):
        one = opened(site.url("/page"))
        until(lambda one=one: one.view.renderer, "the window is there")
        one.view.close()
        last.append(one)
    for one in last:
        assert one.showing.process.wait(15)
    until(lambda: open_descriptors() <= before, "every pipe is closed")


def test_without_a_display_the_browser_takes_over(opened, site, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":9999")
    one = opened(site.url("/page"))
    until(lambda: one.browser_urls, "the browser opens")
    assert one.browser_urls == [f"{one.url}#again"]
    assert one.listener.notices[0] == (
        "The sign-in window could not be shown. The sign-in goes on in your browser."
    )
    assert one.listener.count == 0
