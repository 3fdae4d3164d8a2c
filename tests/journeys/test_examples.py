"""The example applications as a newcomer starts them: real windows, keys, provider, keyring."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests import keyring_env, providers_kit
from tests.journeys.test_sign_in import differing, has_content
from tests.screen import missing_tools, until


ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "scripts" / "examples"
TITLE = "Acme Notes"
NAME = "alice@example.test"
LONG = 60.0  # seconds for a whole sign-in on a loaded machine
REST = 0.2  # seconds without a change, after which a page has come to rest
PATIENCE = 6.0  # seconds until a person presses a key again
BLINK = 0.002  # of all bits: a caret
LACKS = keyring_env.lacks() or providers_kit.OidcProviderOP.missing() or ""

pytestmark = [
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(LACKS), reason=LACKS),
]


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as session:
        yield session


@pytest.fixture(scope="module")
def op():
    with providers_kit.OidcProviderOP() as op:
        yield op


@pytest.fixture
def desk(screen, session, op, tmp_path):
    """The environment of somebody new, whose provider is named as the examples are told it."""
    own = {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
        "PYWRY_AUTH_PROVIDER": "oidc",
        "PYWRY_AUTH_ISSUER_URL": op.issuer,
        "PYWRY_AUTH_CLIENT_ID": op.client_id,
    }
    env = screen.environment_over({**os.environ, **session, "DISPLAY": "", **own})
    return {name: value for name, value in env.items() if value}


def pages_of(op):
    """Count the pages, each asking something, that the provider has shown."""
    told = [each for each in op.events if str(each.get("event")).startswith("interaction/")]
    return sum(each.get("status") == 200 for each in told)


class Example:
    """One application in a process of its own, with whoever sits before it."""

    def __init__(self, screen, op, desk, command):
        self.screen = screen
        self._op, self._pages = op, pages_of(op)
        self._before = set(screen.windows())
        self._lines = queue.Queue()
        self.process = subprocess.Popen(command, env=desk, stdout=subprocess.PIPE, text=True)
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    @property
    def windows(self):
        return [each for each in self.screen.windows() if each not in self._before]

    def new_window(self):
        """Wait for a window that was not there before, and for what it shows."""
        seen = set(self.windows)
        until(lambda: set(self.windows) - seen, "another window", LONG)
        return self.rests(next(each for each in self.windows if each not in seen))

    def rests(self, window, after=b""):
        """Wait until *window* shows a page other than *after*, and no longer changes."""
        before = [b""]

        def is_at_rest():
            assert self.process.poll() is None, "it ended"
            time.sleep(REST)
            now = self.screen.pixels(window)
            same = differing(before[0], now) < BLINK < differing(after, now)
            before[0] = now
            return has_content(now) and same

        until(is_at_rest, "the window comes to rest", LONG)
        self.screen._run("xdotool", "windowactivate", "--sync", window.number)
        return window

    def signs_in(self, window):
        """Prove who one is at the provider, and allow what is asked for."""
        self._comes_to_a_page(window)
        self.screen.type("alice")
        self.screen.press("Tab")
        self.screen.type("correct horse")
        login = self.screen.pixels(window)
        self.screen.press("Return")
        self._comes_to_a_page(window, after=login)
        self.screen.press("Return")  # Continue has the focus

    def _comes_to_a_page(self, window, after=b""):
        """Wait until the provider has sent the next page, and *window* shows it."""
        self._pages += 1
        until(lambda: pages_of(self._op) >= self._pages, "the provider's page", LONG)
        self.rests(window, after)

    def presses(self, key, until):
        """Press *key*, again where it was not heard: a window that just came may miss it."""
        deadline = time.monotonic() + LONG
        while not until():
            assert time.monotonic() < deadline, f"{key} changed nothing"
            self.screen.press(key)
            heard = time.monotonic() + PATIENCE
            while not until() and time.monotonic() < heard:
                time.sleep(0.05)

    def says(self, words):
        """Wait until it prints a line with *words*; gives what it printed up to then."""
        said, deadline = [], time.monotonic() + LONG
        while not any(words in line for line in said):
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            assert line, f"it ended and said only {said}"
            said.append(line)
        return said

    def ends(self):
        assert self.process.wait(LONG) == 0
        until(lambda: not self.windows, "every window is gone")

    def is_closed(self):
        for window in self.windows:
            self.screen.ask_to_close(window)
        self.ends()

    def put_away(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join()
        self.process.stdout.close()


@pytest.fixture
def start(screen, op, desk):
    with contextlib.ExitStack() as started:

        def start(name, *arguments):
            command = [sys.executable, str(EXAMPLES / f"{name}_notes.py"), *arguments]
            example = Example(screen, op, desk, command)
            started.callback(example.put_away)
            return example

        yield start


@pytest.mark.parametrize(("name", "greeting"), [("tk", "signed in as"), ("pywebview", "signed_in")])
def test_the_button_signs_in_by_keyboard_and_the_next_start_is_silent(start, name, greeting):
    app = start(name)
    main = app.new_window()
    empty = app.screen.pixels(main)
    app.screen.press("Tab", "Return")
    app.signs_in(app.new_window())
    app.says(f"{greeting} {NAME}")
    until(lambda: len(app.windows) == 1, "the sign-in window is gone")
    app.rests(main, after=empty)
    app.is_closed()
    again = start(name)
    shown = again.new_window()
    again.says(f"{greeting} {NAME}")
    again.rests(shown, after=empty)
    assert len(again.windows) == 1
    again.is_closed()


def test_the_wizard_comes_first_and_only_once(start, desk):
    kept = Path(desk["XDG_DATA_HOME"], "pywry-auth", "apps", "acme-notes", "first-run.json")

    def step():
        return json.loads(kept.read_text())["step"] if kept.exists() else ""

    app = start("qt")
    wizard = app.new_window()
    app.presses("Return", until=lambda: step() == "access")
    app.presses("Return", until=lambda: step() == "sign_in")
    app.signs_in(wizard)
    until(lambda: step() == "confirm", "it asks whether this is them", LONG)
    app.presses("Return", until=lambda: step() == "done")
    app.presses("Return", until=lambda: wizard not in app.windows)
    app.says(f"signed in as {NAME}")
    until(lambda: len(app.windows) == 1, "the window of the application", LONG)
    app.is_closed()
    again = start("qt")
    again.new_window()
    again.says(f"signed in as {NAME}")
    assert len(again.windows) == 1
    again.is_closed()


def test_a_command_line_tool_asks_once_and_calls_its_server(start):
    app = start("cli")
    app.signs_in(app.new_window())
    assert app.says(NAME) == [f"{NAME}\n"]
    app.ends()
    again = start("cli", "get", "/me")
    assert again.says("alice@")
    assert again.windows == []
    again.ends()
    last = start("cli", "logout")
    assert last.says(f"signed out {NAME}")
    last.ends()


def test_a_notebook_signs_in_beside_a_busy_main_thread(start):
    app = start("notebook")
    app.signs_in(app.new_window())
    app.says(f"[1] signed in as {NAME}")
    app.says("[2] an access token of")
    app.ends()
    again = start("notebook")
    again.says("[2] an access token of")
    assert again.windows == []
    again.ends()
