"""People sign in: real windows, real providers, a real keyring, real keys pressed."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import keyring_env, providers_kit
from tests.screen import missing_tools, until


ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "acme.py"
TITLE = "Sign in to Acme"
LONG = 60.0  # seconds for a whole sign-in on a loaded machine
BLINK = 0.002  # of all bits: more than a caret, less than a letter in each field
SHORT_LIFE = 2  # seconds of an access token that is to end between two starts

pytestmark = [
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture
def desk(screen):
    """The environment of a desktop: a screen with an unlocked, empty keyring."""
    with keyring_env.private_keyring() as session:
        env = {**os.environ, **session, "DISPLAY": "", "PYTHONPATH": str(ROOT)}
        yield {k: v for k, v in screen.environment_over(env).items() if v}


def has_content(pixels):
    """Whether the window shows more below its bar than an empty ground."""
    return len(set(pixels[len(pixels) // 10 : len(pixels) * 3 // 4 : 3])) > 8


def differing(before, now):
    """Which part of the bits of two pictures differs."""
    if len(before) != len(now):
        return 1.0
    difference = int.from_bytes(before, "big") ^ int.from_bytes(now, "big")
    return difference.bit_count() / (8 * len(now))


class Acme:
    """The application, started by a person who then does something at the screen."""

    def __init__(self, desk, screen, *arguments):
        self.screen = screen
        self.process = subprocess.Popen(
            [sys.executable, str(APP), *map(str, arguments)],
            env=desk,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def window(self):
        return self.screen.window(TITLE)

    def shows(self, words):
        """Wait until the window shows a page, and has come to rest."""
        window = self.window()
        before, deadline = b"", time.monotonic() + LONG
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"ended before {words}: {self.answer()}"
            now = self.screen.pixels(window)
            if has_content(now) and differing(before, now) < BLINK:
                return window
            before = now
            time.sleep(0.25)
        raise AssertionError(f"the window never came to rest: {words}")

    def answer(self):
        out, err = self.process.communicate(timeout=LONG)
        assert out, f"the application said nothing: {err[-1500:]}"
        return json.loads(out)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Django:
    kind = providers_kit.DjangoOP
    options = ()

    def sign_in(self, app, password="correct horse"):
        app.shows("login")
        app.screen.type("alice")
        app.screen.press("Tab")
        app.screen.type(password)
        app.screen.press("Return")

    def allow(self, app):
        app.shows("consent")
        app.screen.press("Tab", "Tab", "Return")  # Cancel comes first

    def deny(self, app):
        app.shows("consent")
        app.screen.press("Tab", "Return")


class Node:
    kind = providers_kit.OidcProviderOP
    options = ("--offline",)

    def sign_in(self, app):
        app.shows("login")
        app.screen.type("alice")
        app.screen.press("Tab")
        app.screen.type("any password")
        app.screen.press("Return")

    def allow(self, app):
        app.shows("consent")
        app.screen.press("Return")  # Continue has the focus


class Canaille:
    kind = providers_kit.CanailleOP

    def __init__(self):
        self.port = free_port()
        self.options = ("--port", self.port)

    def prepare(self, op):
        op.control(redirectUris=[f"http://127.0.0.1:{self.port}/callback"])

    def sign_in(self, app):
        app.shows("login")
        app.screen.type("alice")
        app.screen.press("Return")
        app.shows("password")
        app.screen.type("correct horse")
        app.screen.press("Return")

    def allow(self, app):
        app.shows("consent")
        app.screen.press("Tab", "Tab", "Tab", "Return")  # after Deny, Switch user


def running(person, **options):
    reason = person.kind.missing()
    if reason:
        pytest.skip(reason)
    return person.kind(**options)


@pytest.mark.parametrize("person", [Django(), Node(), Canaille()], ids=lambda p: type(p).__name__)
def test_a_person_signs_in_once_and_the_second_start_is_silent(person, desk, screen, gui):
    with running(person) as op:
        if isinstance(person, Canaille):
            person.prepare(op)
        start = ("start", "--issuer", op.issuer, "--gui", gui, *person.options)
        app = Acme(desk, screen, *start)
        person.sign_in(app)
        person.allow(app)
        first = app.answer()
        assert first.get("how") == "window", first
        assert first["renderer"] == {"qt": "qtwebengine", "gtk": "gtkwebkit2"}[gui]
        assert first["subject"]
        assert first["events"] == ["saved"]

        again = Acme(desk, screen, *start).answer()
        assert (again["how"], again["subject"]) == ("silent", first["subject"])
        assert again["access_token"] == first["access_token"]


@pytest.mark.parametrize("person", [Django(), Node()], ids=lambda p: type(p).__name__)
def test_after_the_access_token_ended_the_second_start_refreshes_once(person, desk, screen, gui):
    with running(person, accessTtl=SHORT_LIFE) as op:
        start = ("start", "--issuer", op.issuer, "--gui", gui, *person.options)
        app = Acme(desk, screen, *start)
        person.sign_in(app)
        person.allow(app)
        first = app.answer()
        assert first.get("how") == "window", first
        op.control(accessTtl=3600)
        time.sleep(SHORT_LIFE)  # the token's own life, by the clock of both sides
        again = Acme(desk, screen, *start).answer()
        assert (again["how"], again["subject"]) == ("silent", first["subject"])
        assert again["access_token"] != first["access_token"]
        assert again["refresh_token"] != first["refresh_token"]
        assert again["events"] == ["refreshed", "saved"]


def test_closing_the_window_is_a_cancelled_sign_in(desk, screen, gui):
    with running(Django()) as op:
        app = Acme(desk, screen, "start", "--issuer", op.issuer, "--gui", gui)
        window = app.shows("login")
        screen.ask_to_close(window)
        assert app.answer()["error"] == "AuthFlowCancelled"
        assert app.process.returncode == 1


def test_nobody_coming_is_a_timeout_and_takes_the_window_away(desk, screen, gui):
    with running(Django()) as op:
        app = Acme(desk, screen, "start", "--issuer", op.issuer, "--gui", gui, "--timeout", 4)
        app.window()
        assert app.answer()["error"] == "AuthFlowTimeout"
        until(lambda: not [w for w in screen.windows() if TITLE in w.title], "the window is gone")


def test_a_wrong_password_costs_another_try_only(desk, screen, gui):
    person = Django()
    with running(person) as op:
        app = Acme(desk, screen, "start", "--issuer", op.issuer, "--gui", gui)
        person.sign_in(app, password="wrong horse")
        app.shows("login again")
        screen.press("ctrl+a")  # the name is kept in the field that has the focus
        person.sign_in(app)
        person.allow(app)
        assert app.answer().get("how") == "window"


def test_consent_denied_is_told_as_such_and_nothing_is_stored(desk, screen, gui):
    person = Django()
    with running(person) as op:
        start = ("start", "--issuer", op.issuer, "--gui", gui)
        app = Acme(desk, screen, *start)
        person.sign_in(app)
        person.deny(app)
        answer = app.answer()
        assert answer["error"] == "CallbackError"
        assert "access_denied" in answer["message"]
        with keyring_env.in_environment(desk):
            assert keyring_env.entries_of("acme") == []


def test_sign_out_revokes_at_the_provider_and_leaves_nothing_behind(desk, screen, gui):
    person = Django()
    with running(person) as op:
        start = ("start", "--issuer", op.issuer, "--gui", gui)
        app = Acme(desk, screen, *start)
        person.sign_in(app)
        person.allow(app)
        tokens = app.answer()
        ended = Acme(desk, screen, "logout", "--issuer", op.issuer).answer()
        assert ended == {"how": "logout", "keys": [], "events": ["logged_out"]}
        token_url = httpx.get(op.discovery_url).json()["token_endpoint"]
        refused = httpx.post(
            token_url,
            data={
                "grant_type": "refresh_token",
                "client_id": "native",
                "refresh_token": tokens["refresh_token"],
            },
        )
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_the_code_may_come_by_form_post(desk, screen, gui):
    person = Node()
    with running(person) as op:
        start = ("start", "--issuer", op.issuer, "--gui", gui, "--form-post", *person.options)
        app = Acme(desk, screen, *start)
        person.sign_in(app)
        person.allow(app)
        assert app.answer().get("how") == "window"
