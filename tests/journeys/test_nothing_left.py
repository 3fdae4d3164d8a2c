"""What an application still holds after ten sign-in windows: what it held before the first."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from pywry_auth.testing import Conduct, ProgrammableProvider, Reply
from tests.journeys import leaving_app
from tests.screen import missing_tools, until
from tests.what_is_left import MARK


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

APP = Path(leaving_app.__file__)
LONG = 60.0  # seconds until the helpers of an engine have gone, on a loaded machine
ENDINGS = ("cancel", "person", "success", "cancel", "person") * 2
PAGE = Reply(200, "<!doctype html><h1>Sign in</h1>", content_type="text/html")
#: what one event loop is made of; it lives as long as the process
LOOP = {
    "threads": Counter({"pywry-auth-loop": 1, "pywry-auth-end": 1}),
    "descriptors": Counter({"anon_inode": 1, "socket": 2}),
}


@pytest.fixture(scope="module")
def issuers():
    with ProgrammableProvider() as provider:
        quick = provider.add("quick", Conduct())
        yield quick, provider.add("slow", Conduct(replies={"authorize": PAGE}))


class App:
    """The application, in a process and a home of its own."""

    def __init__(self, screen, issuers, gui, folder):
        names = ("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME")
        places = {name: str(folder / name) for name in names}
        for place in places.values():
            Path(place).mkdir(mode=0o700)
        env = {**screen.env, **places, "PYWRY_AUTH_GUI": gui, MARK: folder.name}
        self.process = subprocess.Popen(
            [sys.executable, str(APP), *issuers],
            env={**env, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.held = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, f"the application ended: {self.process.poll()}"
        return json.loads(line)

    def do(self, verb):
        self.process.stdin.write(verb + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        try:
            return self.process.wait(LONG)
        finally:
            self.process.kill()
            self.process.stdout.close()


@pytest.fixture(params=["qt", "gtk"])
def app(request, screen, issuers, tmp_path):
    app = App(screen, issuers, request.param, tmp_path)
    yield app
    app.end()


def end_one(app, screen, ending):
    if ending == "success":
        app.do("sign_in")
        app.do("sign_out")
        return
    app.do("open")
    if ending == "cancel":
        app.do("cancel")
        return
    until(lambda: close_all(screen), "there is a window to close")
    app.do("settle")


def close_all(screen):
    """Press the cross of what is there; its title may just be changing."""
    found = screen.windows()
    for window in found:
        screen.ask_to_close(window)
    return found


def come_to_rest(app, wanted):
    """Give what the application holds once that is what is wanted, or in the end."""
    end = time.monotonic() + LONG
    while (found := app.do("holdings")) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_ten_windows_leave_an_application_with_its_loop_alone(app, screen):
    for ending in ENDINGS:
        end_one(app, screen, ending)
        # Nobody's window but the next one's is to be closed by the next person.
        until(lambda: not app.do("holdings")["processes"], "the window's process is gone", LONG)
        assert not screen.windows()
    app.do("sign_in")
    app.do("open")  # one more is on its way when the application ends
    app.do("close")
    wanted = dict(app.held)
    for kind, more in LOOP.items():
        wanted[kind] = sorted((Counter(wanted[kind]) + more).elements())
    found = come_to_rest(app, wanted)
    assert found == wanted
    assert found["processes"] == []
    assert app.end() == 0
    assert not Path(f"/proc/{app.process.pid}").exists()
