"""One window of an application, spoken to over its page; the window is a fake."""

import base64
import json
import re
import threading
from pathlib import Path

import pytest

from pywry_auth.desktop import connect
from pywry_auth.desktop.values import AuthState
from pywry_auth.errors import AuthenticationError, ConfigError
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE, FakeSignIn
from tests.screen import until


HOME = "http://127.0.0.1:8000/index.html"


class Event:
    """As pywebview's: handlers, and whether it has happened."""

    def __init__(self):
        self.handlers = []
        self.happened = False

    def __iadd__(self, handler):
        self.handlers.append(handler)
        return self

    def __isub__(self, handler):
        self.handlers.remove(handler)
        return self

    def is_set(self):
        return self.happened

    def set(self):
        self.happened = True
        for handler in list(self.handlers):
            handler()


class Events:
    def __init__(self):
        self.before_load = Event()
        self.loaded = Event()
        self.closing = Event()
        self.closed = Event()


class State(dict):
    def __init__(self):
        super().__init__()
        self.handlers = []

    def __iadd__(self, handler):
        self.handlers.append(handler)
        return self

    def __isub__(self, handler):
        self.handlers.remove(handler)
        return self

    def said(self, key, value):
        dict.__setitem__(self, key, value)
        for handler in list(self.handlers):
            handler("change", key, value)


class Window:
    """Remembers what was run in its page."""

    def __init__(self, url=HOME):
        self.events = Events()
        self.state = State()
        self.real_url = url
        self.at = url
        self.native = object()
        self.scripts = []
        self.looks = 0

    def get_current_url(self):
        self.looks += 1
        return self.at

    def run_js(self, script):
        self.scripts.append(script)

    def load(self, url=None):
        """Load a page to its end."""
        if url is not None:
            self.at = url
        self.events.before_load.set()
        self.events.loaded.set()

    @property
    def words(self):
        """The word each page was given."""
        found = [re.search(r'pywry_auth = JSON.parse\("\\"(\S+)\\""\)', s) for s in self.scripts]
        return [match[1] for match in found if match]

    @property
    def worlds(self):
        """What the pages were told."""
        texts = [s.partition("element.take(JSON.parse(")[2] for s in self.scripts]
        return [json.loads(json.JSONDecoder().raw_decode(text)[0]) for text in texts if text]

    def presses(self, verb, key="", word=None):
        text = base64.urlsafe_b64encode(key.encode()).decode()
        self.state.said("pywry_auth", f"{word or self.words[-1]} 1 {verb} {text}")


@pytest.fixture
def window():
    window = Window()
    yield window
    window.events.closed.set()


@pytest.fixture
def fake():
    return FakeSignIn((GOOGLE, GITHUB), [ADA, BOB])


def shown(window, state):
    until(
        lambda: window.worlds and window.worlds[-1]["status"]["state"] == state,
        f"the page shows {state}",
    )


def settled(window, fake):
    """Everything before has been dealt with, because the next thing has."""
    fake.offline()
    shown(window, "offline")


def bridges():
    return [t for t in threading.enumerate() if t.name == "pywry-auth-bridge"]


def test_a_page_is_told_once_it_is_there(window, fake):
    connect(window, fake)
    assert window.scripts == []
    window.load()
    shown(window, "signed_out")
    fake.signed_in(ADA)
    shown(window, "signed_in")
    assert set(window.worlds[-1]["faces"]) == {"", "google", "github"}


def test_a_page_that_is_there_already_is_told_at_once(window, fake):
    window.load()
    connect(window, fake)
    shown(window, "signed_out")


def test_what_is_pressed_is_done(window, fake):
    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    window.presses("sign_in", "github")
    shown(window, "opening")
    assert fake.asked == [("sign_in", "github")]
    assert window.state == {}


@pytest.mark.parametrize(
    ("verb", "key"),
    [
        ("sign_in", "unheard-of"),
        ("sign_out", ADA.key),
        ("switch", "google/99"),
        ("cancel", ""),
        ("manage", ""),
        ("add", "google"),
    ],
)
def test_what_no_button_shows_is_not_done(window, fake, verb, key):
    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    window.presses(verb, key)
    fake.failed()  # a status in which no button shows any of these either
    shown(window, "error")
    assert fake.asked == []


def test_each_load_has_a_word_of_its_own(window, fake):
    connect(window, fake)
    for count in range(1, 4):
        window.load()
        until(lambda count=count: len(window.words) == count, "the page is given a word")
    first, *_ = window.words
    assert len(set(window.words)) == 3
    window.presses("sign_in", "github", word=first)
    settled(window, fake)
    assert fake.asked == []


def test_a_page_elsewhere_is_given_nothing(window, fake):
    connect(window, fake)
    window.load("http://evil.test/")
    fake.signed_in(ADA)
    window.load(HOME)
    shown(window, "signed_in")
    boots = len(window.words)
    assert boots == 1


def test_a_word_is_worth_nothing_while_the_window_is_elsewhere(window, fake):
    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    window.at = "http://evil.test/"
    window.presses("sign_in", "github")
    settled(window, fake)
    assert fake.asked == []


def test_a_page_without_an_address_is_not_trusted_after_a_stranger(fake):
    window = Window(url=None)
    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    for count, place in enumerate(["http://evil.test/", None], start=2):
        window.at = place
        window.load()
        until(lambda count=count: window.looks == count, "it was asked where it is")
    window.load("file:///app/")  # what ``load_html`` makes
    fake.signed_in(ADA)
    shown(window, "signed_in")
    assert len(window.words) == 2
    window.events.closed.set()


def test_a_window_that_closes_is_let_go(window, fake):
    before = len(bridges())
    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    window.events.closed.set()
    until(lambda: len(bridges()) == before, "its thread ends")
    assert fake.watched == 0
    word = window.words[-1]
    window.presses("sign_in", "github", word=word)
    assert fake.asked == []


def test_letting_go_twice_is_once(window, fake):
    end = connect(window, fake)
    window.load()
    shown(window, "signed_out")
    end()
    end()
    assert fake.watched == 0
    assert window.events.loaded.handlers == []
    assert window.events.before_load.handlers == []
    assert window.state.handlers == []


def test_the_applications_own_place_is_shown_on_a_thread_of_its_own(window, fake):
    opened, may_close = threading.Event(), threading.Event()

    def manage():
        opened.set()
        may_close.wait(10)

    connect(window, fake, manage=manage)
    window.load()
    fake.signed_in(ADA)
    shown(window, "signed_in")
    window.presses("manage")
    assert opened.wait(10)
    window.presses("sign_out", ADA.key)  # the button goes on meanwhile
    shown(window, "signed_out")
    may_close.set()


def test_pictures_come_from_the_application(window, fake, tmp_path):
    picture = tmp_path / "ada.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nada")
    connect(window, fake, avatar=lambda account: picture if account == ADA else None)
    fake.signed_in(ADA)
    window.load()
    shown(window, "signed_in")
    assert list(window.worlds[-1]["pictures"]) == [ADA.key]


def test_an_application_that_stumbles_over_a_picture_has_a_button(window, fake):
    def stumble(account) -> Path:
        raise ZeroDivisionError(account.key)

    connect(window, fake, avatar=stumble)
    window.load()
    shown(window, "signed_out")


def test_a_verb_that_fails_leaves_the_button(window, fake, monkeypatch):
    def fail(*_):
        raise AuthenticationError("another sign-in is under way")

    connect(window, fake)
    window.load()
    shown(window, "signed_out")
    monkeypatch.setattr(fake, "begin_sign_in", fail)
    window.presses("sign_in", "github")
    settled(window, fake)
    monkeypatch.undo()
    window.presses("sign_out", fake.accounts()[0].key)
    assert fake.status.state is AuthState.OFFLINE


@pytest.mark.parametrize("thing", [object(), None, "window"])
def test_what_is_no_window_is_refused(fake, thing):
    class Wrong(Window):
        def __init__(self):
            super().__init__()
            self.events = thing

    with pytest.raises(ConfigError) as caught:
        connect(Wrong(), fake)
    assert "create_window" in (caught.value.hint or "")


def test_an_older_pywebview_without_shared_state_is_refused(fake):
    class Old(Window):
        def __init__(self):
            super().__init__()
            self.state = None

    with pytest.raises(ConfigError):
        connect(Old(), fake)
    assert fake.watched == 0
