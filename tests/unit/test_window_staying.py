"""From what a staying window's process says to what its program is told."""

import json
import sys
import threading

import pytest

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.engine.plain import PlainShell
from pywry_auth.window.engine.reading import SCRIPT
from pywry_auth.window.engine.roles import Plan
from pywry_auth.window.messages import OrderName, WindowOrder
from pywry_auth.window.staying import StayingWindow
from tests.window_site import Remembering


OWN = "http://127.0.0.1:4000/s3cret/wizard"
THEIRS = "https://accounts.example.com/authorize?state=s3cret"
NEXT = f"{THEIRS}&again"

# Says everything it is told on standard error, which ends up in the error about its end.
SPEAK = """
import json, sys
config = json.loads(sys.stdin.readline())
def say(event, fact=""):
    print(json.dumps({"event": event, "fact": fact}), flush=True)
def hear():
    order = json.loads(sys.stdin.readline())
    print(order["order"], order["url"].partition("?")[0], file=sys.stderr)
    return order["order"]
def rest():
    sys.stdin.read()
"""


class Watching:
    def __init__(self) -> None:
        self.told: list[object] = []
        self.stirred = threading.Condition()

    def _say(self, word: object) -> None:
        with self.stirred:
            self.told.append(word)
            self.stirred.notify_all()

    def closed(self, reason: WindowError | None = None) -> None:
        self._say(reason or "closed")

    def back(self) -> None:
        self._say("back")

    def cancelled(self) -> None:
        self._say("cancelled")

    def handed_over(self) -> None:
        self._say("handed over")

    def painted(self) -> None:
        self._say("painted")

    def wait_for(self, count: int) -> list[object]:
        with self.stirred:
            assert self.stirred.wait_for(lambda: len(self.told) >= count, 15), self.told
        return self.told


class Actor:
    """A staying window whose process is a few lines of Python."""

    def __init__(self, script: str, *, fallback: bool = True, **options: object) -> None:
        self.listener = Watching()
        self.opened: list[str] = []
        browser = BrowserWindow(lambda url: self.opened.append(url) is None)
        self.view = StayingWindow(
            child_command=[sys.executable, "-c", SPEAK + script],
            fallback=browser if fallback else None,
            **options,
        )
        self.view.open(OWN, self.listener)

    def end(self) -> WindowError:
        """Wait for the end, and give what was told about it."""
        assert self.view.wait(15)
        error = self.listener.wait_for(len(self.listener.told) or 1)[-1]
        assert isinstance(error, WindowError)
        return error


@pytest.fixture
def act():
    everything: list[Actor] = []

    def make(script: str, **options: object) -> Actor:
        everything.append(Actor(script, **options))
        return everything[-1]

    yield make
    for one in everything:
        one.view.close()
        assert one.view.wait(15)


def test_orders_wait_until_the_window_can_follow_them(act):
    one = act(
        "import time; time.sleep(0.3); say('ready', 'x')\n"
        "hear(); hear(); hear(); say('painted'); sys.exit(3)"
    )
    one.view.go(THEIRS, bar=True)
    one.view.go(f"{OWN}/next", bar=False)
    one.view.raise_()
    one.listener.wait_for(2)
    error = one.end()
    assert error.exit_code == 3
    assert error.detail.splitlines() == [
        "go https://accounts.example.com/authorize",
        "home http://127.0.0.1:4000/s3cret/wizard/next",
        "forward",
    ]


@pytest.mark.parametrize("how", ["back", "cancelled"])
def test_leaving_ends_the_sign_in_and_sends_the_window_home(act, how):
    one = act(f"say('ready', 'x'); say('painted'); hear(); say('{how}'); hear(); rest()")
    listener = Remembering(NEXT)
    one.view.sign_in_window().show(THEIRS, listener)
    assert listener.reason() is None
    assert one.listener.wait_for(2) == ["painted", how]
    assert one.view.is_open


def test_handing_over_sends_the_window_home_and_tells_both(act):
    one = act("say('ready', 'x'); say('painted'); hear(); say('browser'); hear(); rest()")
    listener = Remembering(NEXT)
    window = one.view.sign_in_window()
    window.show(THEIRS, listener)
    assert one.listener.wait_for(2) == ["painted", "handed over"]
    assert window.kind is WindowKind.BROWSER
    assert listener.count == 0


def test_a_refusal_in_a_staying_window_goes_on_in_the_browser_too(act):
    one = act("say('ready', 'x'); say('painted'); hear(); say('refused'); hear(); rest()")
    listener = Remembering(NEXT)
    one.view.sign_in_window().show(THEIRS, listener)
    assert one.listener.wait_for(2) == ["painted", "handed over"]
    assert listener.notices[0].startswith("The provider accepts sign-in in a browser only.")


def test_the_program_may_end_a_sign_in_by_going_elsewhere(act):
    one = act("say('ready', 'x'); say('painted'); rest()")
    listener = Remembering(NEXT)
    one.view.sign_in_window().show(THEIRS, listener)
    one.view.come_home()
    assert listener.reason() is None
    assert one.listener.wait_for(1) == ["painted"]


def test_a_window_that_never_appears_is_given_up(act):
    one = act("rest()", patience=0.3)
    assert str(one.listener.wait_for(1)[0]) == "the window did not appear in time"
    assert not one.view.is_open
    assert one.view.wait(15)


def test_what_the_engine_could_not_do_is_told(act):
    one = act("say('failed', 'no engine'); sys.exit(1)")
    error = one.listener.wait_for(1)[0]
    assert isinstance(error, WindowError)
    assert error.detail == "no engine"


def test_the_end_is_told_once(act):
    one = act("say('ready', 'x'); say('painted'); say('closed', 'user'); rest()")
    assert one.listener.wait_for(2) == ["painted", "closed"]
    assert one.view.wait(15)
    assert one.listener.told == ["painted", "closed"]


def test_a_program_that_cannot_be_started_is_said_at_once():
    view = StayingWindow(child_command=["/nowhere/at/all"])
    with pytest.raises(WindowError):
        view.open(OWN, Watching())
    assert not view.is_open
    with pytest.raises(WindowError):
        view.go(THEIRS, bar=True)
    view.raise_()
    view.close()


def test_the_process_is_told_that_it_stays_and_in_which_language(act):
    one = act(
        "print(config['stays'], config['language'], file=sys.stderr); sys.exit(3)",
        language="de",
    )
    assert one.end().detail == "True de"


@pytest.mark.parametrize(
    "line", [b"", b"[]", b'{"url": "x"}', b'{"order": "dance", "url": "x"}', b'{"order": "go"}']
)
def test_what_is_no_order_is_refused(line):
    with pytest.raises(ConfigError):
        WindowOrder.read(line)


@pytest.mark.parametrize("name", list(OrderName))
def test_orders_are_read_as_they_were_written(name):
    order = WindowOrder(name, THEIRS)
    assert WindowOrder.read(order.line()) == order
    assert "s3cret" not in repr(order)
    assert json.loads(order.line())["order"] == name


class FakeWindow:
    title = "Acme"

    def __init__(self) -> None:
        self.done: list[str] = []
        self.url = OWN
        self.text = "Sign in"

    def get_current_url(self) -> str:
        return self.url

    def load_url(self, url: str) -> None:
        self.done.append(url)
        self.url = url

    def run_js(self, script: str) -> str:
        assert script is SCRIPT
        return json.dumps(json.dumps(["", self.text, True]))

    def restore(self) -> None:
        self.done.append("restore")

    def show(self) -> None:
        self.done.append("show")


class Hearing:
    def __init__(self) -> None:
        self.said: list[str] = []

    def painted(self) -> None:
        self.said.append("painted")

    def loaded(self) -> None:
        self.said.append("loaded")

    def again(self) -> None:
        self.said.append("again")

    def back(self) -> None:
        self.said.append("back")

    def cancelled(self) -> None:
        self.said.append("cancelled")

    def refused(self) -> None:
        self.said.append("refused")

    def trouble(self, code: str) -> None:
        self.said.append(f"trouble {code}")


def test_where_there_is_no_bar_the_title_names_everybody_but_us():
    window = FakeWindow()
    shell = PlainShell(window, Plan(OWN, stays=True), herald=Hearing())
    shell.page_loaded()
    assert window.title == "Acme"
    shell.go(THEIRS)
    shell.page_loaded()
    assert window.title == "https://accounts.example.com - Acme"
    shell.come_home()
    shell.page_loaded()
    assert window.title == "Acme"
    shell.come_forward()
    assert window.done == [THEIRS, OWN, "restore", "show"]


@pytest.mark.parametrize("browser", [None, print])
def test_where_there_is_no_bar_a_refusal_is_seen_too(browser):
    window, herald = FakeWindow(), Hearing()
    window.text = "Error 403: disallowed_useragent"
    shell = PlainShell(window, Plan(OWN, stays=True, browser=browser), herald=herald)
    shell.page_loaded()
    assert herald.said == ["painted", "loaded"]
    window.url = "https://accounts.google.com/signin/oauth/error"
    shell.page_loaded()
    refused = ["refused"] if browser else []
    assert herald.said[2:] == ["painted", "loaded", "trouble embedded_refused", *refused]
