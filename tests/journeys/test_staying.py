"""A window of ours that outlasts the sign-ins in it, seen and used by a person."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.staying import StayingWindow
from tests.screen import Screen, missing_tools, until
from tests.window_site import Remembering, Site, family_of


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

BLUE, GREEN = "#0000ff", "#00ff00"  # our own page, somebody else's
BAR = 35  # pixels of the bar, in both toolkits, without its lower edge


class Watching:
    """A listener that keeps what it was told, in order."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def closed(self, reason: WindowError | None = None) -> None:
        self.told.append(reason or "closed")

    def back(self) -> None:
        self.told.append("back")

    def cancelled(self) -> None:
        self.told.append("cancelled")

    def handed_over(self) -> None:
        self.told.append("handed over")

    def painted(self) -> None:
        self.told.append("painted")


class Opened:
    """A staying window on the screen, with everything a test wants to ask."""

    def __init__(self, screen: Screen, gui: str, url: str, title: str, **options: object) -> None:
        self.screen = screen
        self.browser_urls: list[str] = []
        self.listener = Watching()
        browser = BrowserWindow(lambda url: self.browser_urls.append(url) or True)
        self.view = StayingWindow(gui=gui, title=title, **{"fallback": browser, **options})
        self.view.open(url, self.listener)
        self._title = title

    def on_screen(self):
        until(lambda: "painted" in self.listener.told, "something is drawn")
        self.window = self.screen.window(self._title)
        return self

    def sign_in(self, url: str):
        """Begin a sign-in at *url*; give its window and its listener."""
        listener = Remembering(f"{url}#again")
        window = self.view.sign_in_window()
        window.show(url, listener)
        return window, listener

    def sees(self, color: str, *, bar: bool) -> bool:
        """Whether the page is of *color*, and the bar's place is not, or is."""
        left, top, width, height = self.screen.place(self.window)
        below = (left, top + 60, width, height - 60)
        strip = self.screen.share_of(color, (left, top, width, BAR))
        return self.screen.share_of(color, below) > 0.8 and (strip == 0.0 if bar else strip > 0.8)

    def is_home(self) -> None:
        until(lambda: self.sees(BLUE, bar=False), "our own page fills the window")

    def is_abroad(self) -> None:
        until(lambda: self.sees(GREEN, bar=True), "the other page is under the bar")


@pytest.fixture
def ours() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def theirs() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def opened(
    screen: Screen, gui: str, ours: Site, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Opened]]:
    for name, value in screen.env.items():
        monkeypatch.setenv(name, value)
    everything: list[Opened] = []

    def open_one(title: str = "First Steps", **options: object) -> Opened:
        everything.append(Opened(screen, gui, ours.url("/own"), title, **options))
        return everything[-1]

    yield open_one
    for one in everything:
        one.view.close()
        assert one.view.wait(15)
        until(lambda one=one: not family_of(one.view.process.pid), "no helper process is left")


def test_sign_ins_come_and_go_and_our_own_page_stays_as_it_was(opened, ours, theirs):
    one = opened().on_screen()
    one.is_home()
    for _ in range(2):
        window, listener = one.sign_in(theirs.url("/child"))
        one.is_abroad()
        assert window.kind is WindowKind.WEBVIEW
        window.close()
        one.is_home()
        assert listener.count == 0
    assert ours.visits.count("/own") == 1
    assert len(family_of(one.view.process.pid)) > 0
    assert one.listener.told == ["painted"]


def test_a_page_of_ours_can_send_itself_elsewhere_and_be_sent(opened, ours, theirs):
    one = opened().on_screen()
    one.view.go(theirs.url("/child"), bar=True)
    one.is_abroad()
    one.view.go(ours.url("/own?second"), bar=False)
    one.is_home()
    until(lambda: "/own?second" in ours.visits, "the second page is fetched")
    one.view.go(theirs.url("/child"), bar=False)  # whoever asks for no bar there gets one
    one.is_abroad()


def test_what_is_asked_before_the_window_is_there_is_done_when_it_is(opened, theirs):
    one = opened()
    one.sign_in(theirs.url("/child"))
    one.on_screen().is_abroad()


def test_going_back_ends_the_sign_in_and_shows_our_own_page(opened, ours, theirs, screen):
    one = opened().on_screen()
    _, listener = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    screen.press("alt+Left")
    assert listener.reason() is None
    one.is_home()
    until(lambda: one.listener.told[1:] == ["back"], "going back is told")
    assert ours.visits.count("/own") == 1
    assert theirs.visits.count("/child") == 1
    screen.press("alt+Left", "alt+Right")  # nobody comes to the provider's page again
    one.sign_in(theirs.url("/child"))
    one.is_abroad()
    assert theirs.visits.count("/child") == 2


def test_the_providers_own_history_comes_before_the_way_home(opened, theirs, screen):
    one = opened().on_screen()
    window, listener = one.sign_in(theirs.url(f"/goes?to={theirs.url('/child')}"))
    until(lambda: any(visit.startswith("/goes") for visit in theirs.visits), "a page is fetched")
    until(lambda: not one.sees(BLUE, bar=False), "it is shown")
    until(lambda: follow(one, theirs), "the link is followed")
    one.is_abroad()
    screen.press("alt+Left")
    until(lambda: not one.sees(GREEN, bar=True), "the page before is shown")
    assert listener.count == 0
    window.close()


def follow(one: Opened, theirs: Site) -> bool:
    one.screen.click(one.window, 250, 90)
    return "/child" in theirs.visits


@pytest.mark.parametrize("how", ["cancel", "escape"])
def test_cancelling_ends_the_sign_in_and_not_the_window(opened, theirs, screen, how):
    one = opened().on_screen()
    _, listener = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    screen.press("alt+c" if how == "cancel" else "Escape")
    assert listener.reason() is None
    one.is_home()
    until(lambda: one.listener.told[1:] == ["cancelled"], "cancelling is told")
    assert one.view.is_open


def test_our_own_page_gets_the_keys_that_the_bar_would_take(opened, ours):
    one = opened().on_screen()
    one.is_home()
    until(lambda: pressed_escape(one, ours), "the page hears the key")
    assert one.view.is_open
    assert one.listener.told == ["painted"]


def pressed_escape(one: Opened, ours: Site) -> bool:
    one.screen.click(one.window, 100, 310)
    one.screen.press("Escape")
    return {"key": "escape"} in ours.reports


def test_the_browser_takes_over_and_our_own_page_is_seen(opened, theirs, screen):
    one = opened().on_screen()
    window, listener = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    screen.press("alt+b")
    until(lambda: one.browser_urls, "the browser opens")
    assert one.browser_urls == [theirs.url("/child#again")]
    assert window.kind is WindowKind.BROWSER
    one.is_home()
    assert one.listener.told == ["painted", "handed over"]
    assert listener.count == 0
    window.close()
    again, _ = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    window.close()  # that of the sign-in before: it has nothing to say here any more
    one.is_abroad()
    again.close()
    one.is_home()


@pytest.mark.parametrize("signing_in", [True, False])
def test_closing_the_window_by_hand_ends_everything(opened, theirs, screen, signing_in):
    one = opened().on_screen()
    listener = None
    if signing_in:
        _, listener = one.sign_in(theirs.url("/child"))
        one.is_abroad()
    screen.ask_to_close(one.window)
    until(lambda: one.listener.told == ["painted", "closed"], "closing is told")
    assert listener is None or listener.reason() is None
    assert one.view.wait(15)
    with pytest.raises(WindowError):
        one.view.go(theirs.url("/child"), bar=True)
    with pytest.raises(WindowError):
        one.sign_in(theirs.url("/child"))


def test_a_crash_is_told_to_both(opened, theirs):
    one = opened().on_screen()
    _, listener = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    os.kill(one.view.process.pid, signal.SIGKILL)
    reason = listener.reason()
    assert reason is not None
    assert reason.exit_code == -signal.SIGKILL
    until(lambda: len(one.listener.told) == 2, "the window tells too")
    assert one.listener.told[1].exit_code == -signal.SIGKILL


def test_closing_by_program_ends_the_sign_in_and_says_nothing_else(opened, theirs):
    one = opened().on_screen()
    _, listener = one.sign_in(theirs.url("/child"))
    one.is_abroad()
    one.view.close()
    one.view.close()
    assert listener.reason() is None
    assert one.view.wait(15)
    assert one.listener.told == ["painted"]


def test_sign_ins_in_one_window_share_their_cookies(opened, theirs):
    one = opened().on_screen()
    for times in (1, 2):
        window, _ = one.sign_in(theirs.url("/cookie"))
        until(lambda times=times: theirs.visits.count("/cookie") == times, "the page is fetched")
        until(lambda: not one.sees(BLUE, bar=False), "it is shown")
        window.close()
        one.is_home()
    pages = zip(theirs.visits, theirs.cookies, strict=True)
    assert [cookie for path, cookie in pages if path == "/cookie"] == ["", "who=alice"]


@pytest.mark.parametrize("how", ["behind", "minimised"])
def test_the_window_comes_to_the_front(opened, screen, how):
    one = opened().on_screen()
    other = opened("Another").on_screen()
    assert active(screen) == int(other.window.number, 16)
    if how == "minimised":
        subprocess.run(
            ["xdotool", "windowminimize", "--sync", one.window.number], env=screen.env, check=True
        )
    one.view.raise_()
    until(lambda: active(screen) == int(one.window.number, 16), "it has the focus")
    one.is_home()


def active(screen: Screen) -> int:
    done = subprocess.run(
        ["xdotool", "getactivewindow"], env=screen.env, capture_output=True, text=True, check=False
    )
    return int(done.stdout or 0)


def test_a_window_can_be_opened_once_more_and_not_twice(opened, ours):
    one = opened().on_screen()
    with pytest.raises(ConfigError):
        one.view.open(ours.url("/own"), Watching())
    one.view.close()
    assert one.view.wait(15)
    again = Watching()
    one.view.open(ours.url("/own"), again)
    until(lambda: again.told == ["painted"], "it is there again")
