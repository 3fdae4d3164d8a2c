"""What stays behind when windows were opened and closed: nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screen import missing_tools
from tests.window_site import Site


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).parents[2]
LONG = 240.0  # seconds for eleven windows on a loaded machine

# Eleven sign-ins of each ending; what is left of the host after the first, and after the last.
SIGN_INS = """
import json, os, sys, threading, time
from pathlib import Path
from pywry_auth import AuthFlowCancelled, AuthFlowManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.window.staying import StayingWindow
from pywry_auth.window.webview import WebviewWindow
from tests.fakes.provider import ScriptedProvider

site, gui, kind = sys.argv[1:4]

class Provider(ScriptedProvider):
    async def prepare(self): pass
    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        return self.tokens(origin=self.origin("alice"))
    async def get_userinfo(self, access_token):
        return {"sub": "alice"}

class Quiet:
    def closed(self, reason=None): pass
    def back(self): pass
    def cancelled(self): pass
    def handed_over(self): pass
    def painted(self): pass

def provider(path):
    one = Provider(VirtualClock(1000.0))
    one.authorize_url = site + path
    return one

def until(wanted, limit=30.0):
    end = time.monotonic() + limit
    while not wanted() and time.monotonic() < end:
        time.sleep(0.02)
    return wanted()

def cancel(flow, view):
    until(lambda: view._showing is not None and view._showing.loaded)
    flow.cancel()

def sign_in(window, ending):
    flow = AuthFlowManager(
        provider("/approve" if ending == "success" else "/page"), window=window, auth_timeout=60
    )
    if ending == "success":
        assert flow.run_native().success
        return
    canceller = threading.Thread(target=cancel, args=(flow, window))
    canceller.start()
    try:
        flow.run_native()
    except AuthFlowCancelled:
        pass
    canceller.join()

def once(ending):
    if kind == "window":
        window = WebviewWindow(gui=gui, fallback=None)
        sign_in(window, ending)
        assert window._showing.process.wait(15)
        return
    window = StayingWindow(gui=gui, fallback=None)
    window.open(site + "/own", Quiet())
    sign_in(window.sign_in_window(), "success")
    window.close()
    assert window.wait(15)

def processes():
    mine = os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                words = (entry / "environ").read_bytes()
            except OSError:
                continue
            # helpers that lost their parent are known by the variable that all of them inherit
            if fields[0] not in "ZX" and MARK in words and int(entry.name) != mine:
                found.append((entry / "comm").read_text().strip())
    return sorted(found)

MARK = f"LEFT_BEHIND_BY={os.environ['LEFT_BEHIND_BY']}".encode()

def files(folder):
    return sorted(str(path) for path in Path(folder).rglob("*") if not path.is_dir())

def folders(folder):
    return sorted(path.name for path in Path(folder).iterdir())

def descriptors():
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(entry).split(":")[0])
        except OSError:
            continue
    return sorted(found)

def left():
    return {
        "processes": processes(),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "descriptors": descriptors(),
        "temporary": folders(os.environ["TMPDIR"]),
        "home": files(os.environ["HOME"]),
    }

endings = ("success", "cancelled")
for ending in endings:
    once(ending)
until(lambda: not processes())
before = left()
for number in range(10):
    once(endings[number % 2])
until(lambda: left() == before, 10.0)
print(json.dumps({"before": before, "after": left()}))
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.mark.parametrize("gui", ["qt", "gtk"])
@pytest.mark.parametrize("kind", ["window", "staying"])
def test_ten_sign_ins_leave_the_application_as_it_was(screen, site, gui, kind, tmp_path):
    places = {
        name: str(tmp_path / name)
        for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    }
    for place in places.values():
        Path(place).mkdir(mode=0o700)
    done = subprocess.run(
        [sys.executable, "-c", SIGN_INS, site.url("/").removesuffix("/"), gui, kind],
        env={
            **screen.env,
            **places,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
            "LEFT_BEHIND_BY": tmp_path.name,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["after"] == found["before"]
    assert found["after"]["processes"] == []
    assert found["after"]["temporary"] == []
    assert not screen.windows()
