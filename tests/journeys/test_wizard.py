"""New people are taken by the hand: real windows, a real provider, real keys, real kills."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.providers_kit import OidcProviderOP
from tests.screen import missing_tools, until


ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "newcomer.py"
TITLE = "Acme Notes"
LONG = 60.0  # seconds for a whole first run on a loaded machine
PATIENCE = 6.0  # seconds until a person presses a key again
REST = 0.25  # seconds without a change of the picture, after which a page has come to rest
BLINK = 0.002  # of all bits: more than a caret or a spinner
BACK = (16, 18)  # pixels from the corner of the window: "Back" in the bar of either toolkit

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(OidcProviderOP.missing()), reason=str(OidcProviderOP.missing())),
]


@pytest.fixture(scope="module")
def op():
    with OidcProviderOP() as op:
        yield op


def differing(before, now):
    if len(before) != len(now):
        return 1.0
    difference = int.from_bytes(before, "big") ^ int.from_bytes(now, "big")
    return difference.bit_count() / (8 * max(len(now), 1))


class Newcomer:
    """The application on the desk of somebody new, who has a folder of their own."""

    def __init__(self, screen, home, *arguments):
        self.screen = screen
        self.file = home / "pywry-auth" / "apps" / "acme-notes" / "first-run.json"
        env = screen.environment_over(os.environ)
        own = {"PYTHONPATH": str(ROOT), "HOME": str(home), "XDG_DATA_HOME": str(home)}
        self.process = subprocess.Popen(
            [sys.executable, str(APP), "--folder", str(home), *map(str, arguments)],
            env=env | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def step(self):
        try:
            return json.loads(self.file.read_text())["step"]
        except (OSError, ValueError):
            return None

    def comes_to(self, step):
        """Wait until the person is at *step*, and sees it."""
        until(lambda: self.step == step, f"the wizard comes to {step}", LONG)
        return self.shows(step)

    def presses(self, *keys, to):
        """Press *keys* until they are heard: a window that has just come may miss the first."""
        before, deadline = self.step, time.monotonic() + LONG
        while self.step == before and time.monotonic() < deadline:
            self.screen.press(*keys)
            heard = time.monotonic() + PATIENCE
            while self.step == before and time.monotonic() < heard:
                time.sleep(0.05)
        return self.comes_to(to)

    def shows(self, words):
        """Wait until the window shows something, and has come to rest."""
        window = self.screen.window(TITLE)
        before, deadline = b"", time.monotonic() + LONG
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (
                f"ended before {words}: {self.process.stderr.read()}"
            )
            now = self.screen.pixels(window)
            if len(set(now[::3])) > 8 and differing(before, now) < BLINK:
                return window
            before = now
            time.sleep(REST)
        shades = len(set(before[::3]))
        raise AssertionError(f"the window never came to rest: {words} ({shades} shades of red)")

    def goes_to_access(self):
        self.shows("welcome")
        self.presses("Return", to="choose")
        return self.presses("Tab", "Return", to="access")

    def goes_to_provider(self):
        self.goes_to_access()
        self.presses("Return", to="sign_in")
        time.sleep(REST)
        return self.shows("the provider's page")

    def goes_as_far_as(self, step):
        if step in {"welcome", "choose"}:
            self.shows("welcome")
        if step == "choose":
            self.presses("Return", to="choose")
        if step == "access":
            self.goes_to_access()
        if step == "sign_in":
            self.goes_to_provider()

    def proves_who_they_are(self):
        self.screen.type("alice")
        self.screen.press("Tab")
        self.screen.type("any password")
        window = self.shows("name and password")
        filled = self.screen.pixels(window)
        self.screen.press("Return")  # once: pressed again, it might hit the page it leads to
        is_next = lambda: differing(filled, self.screen.pixels(window)) > BLINK  # noqa: E731
        until(is_next, "the provider's next page", LONG)
        self.shows("consent")
        self.screen.press("Return")  # Continue has the focus

    def answer(self):
        out, err = self.process.communicate(timeout=LONG)
        assert out, f"the application said nothing: {err[-1500:]}"
        return json.loads(out)

    def is_killed(self):
        self.process.kill()
        self.process.communicate()
        titles = self.screen.windows
        until(lambda: not [w for w in titles() if TITLE in w.title], "its window goes with it")

    def put_away(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def newcomer(screen, op, tmp_path):
    started = []

    def start(gui, *more):
        app = Newcomer(screen, tmp_path, "--issuer", op.issuer, "--gui", gui, *more)
        started.append(app)
        return app

    yield start
    for app in started:
        app.put_away()


def test_somebody_new_signs_in_by_keyboard_alone_and_the_second_start_is_silent(newcomer, gui):
    app = newcomer(gui)
    app.goes_to_provider()
    app.proves_who_they_are()
    app.comes_to("confirm")
    app.presses("Return", to="done")
    app.screen.press("Return")
    assert app.answer() == {"how": "wizard", "provider": "Work", "name": "alice@example.test"}
    assert app.step is None
    again = newcomer(gui).answer()
    assert (again["how"], again["name"]) == ("silent", "alice@example.test")


def test_back_in_the_bar_leads_to_the_step_before(newcomer, gui):
    app = newcomer(gui)
    window = app.goes_to_provider()
    app.screen.click(window, *BACK)
    app.comes_to("access")
    app.presses("Return", to="sign_in")  # and forth again, in the same window


def test_closing_the_window_ends_the_first_run_anywhere(newcomer, gui):
    app = newcomer(gui)
    window = app.goes_to_provider()
    app.screen.ask_to_close(window)
    assert app.answer() == {"how": "wizard", "provider": None, "name": None}
    assert app.step is None


@pytest.mark.parametrize("step", ["welcome", "choose", "access", "sign_in", "confirm", "done"])
def test_a_first_run_that_is_killed_goes_on_where_it_was(newcomer, step):
    gui = "gtk" if step in {"welcome", "access", "confirm"} else "qt"
    app = newcomer(gui)
    app.goes_as_far_as("sign_in" if step in {"confirm", "done"} else step)
    if step in {"confirm", "done"}:
        app.proves_who_they_are()
        app.comes_to("confirm")
    if step == "done":
        app.presses("Return", to="done")
    app.is_killed()
    again = newcomer(gui)
    if step in {"confirm", "done"}:
        assert again.answer()["how"] == "silent"  # signed in is signed in
        return
    again.shows(step)
    assert again.step == (None if step == "welcome" else step)
    if step == "sign_in":
        again.proves_who_they_are()
        again.comes_to("confirm")
