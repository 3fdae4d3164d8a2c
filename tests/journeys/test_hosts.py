"""The whole sign-in on every kind of thread, beside every kind of loop, twice in one process."""

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
LONG = 90.0  # seconds for two windows on a loaded machine
ROUNDS = 2
TICKS = 30  # of the host, while the window is open

# A sign-in that somebody cancels as soon as its page is drawn and the host was seen to go on.
SIGN_IN = """
import json, sys, threading, time
from pywry_auth import AuthFlowCancelled, AuthFlowManager, GenericOIDCProvider
from pywry_auth.window.webview import WebviewWindow

site, gui, rounds, enough = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
provider = GenericOIDCProvider("acme", authorize_url=site + "/page", token_url=site + "/token")
ticks, ended = [0], []

def until(wanted):
    end = time.monotonic() + 40
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.01)

def is_there(showing):
    return showing is not None and showing.loaded and showing._stage.name == "SHOWN"

def cancel(flow, view, seen):
    until(lambda: is_there(view._showing))
    before = ticks[0]
    until(lambda: ticks[0] >= before + enough or not host_ticks)
    process = view._showing.process
    seen.update(ticks=ticks[0] - before, pid=process.pid, process=process)
    flow.cancel()

def sign_in():
    for _ in range(rounds):
        view, seen = WebviewWindow(gui=gui, fallback=None), {}
        flow = AuthFlowManager(provider, window=view, auth_timeout=60)
        canceller = threading.Thread(target=cancel, args=(flow, view, seen))
        canceller.start()
        try:
            flow.run_native()
        except AuthFlowCancelled as exc:
            raised = type(exc).__name__
        canceller.join()
        process = seen.pop("process")
        ended.append({
            **seen,
            "raised": raised,
            "state": str(flow.flow_state),
            "window": str(flow.window_kind),
            "window_ended": process.wait(15),
            "thread": threading.current_thread() is threading.main_thread(),
        })

def say():
    print(json.dumps(ended))
"""

MAIN = """
host_ticks = False
sign_in()
say()
"""

WORKER = """
host_ticks = False
worker = threading.Thread(target=sign_in)
worker.start()
worker.join()
say()
"""

LOOP = """
import asyncio
host_ticks = True

async def tick():
    while True:
        ticks[0] += 1
        await asyncio.sleep(0.005)

async def main():
    ticking = asyncio.create_task(tick())
    await asyncio.to_thread(sign_in)
    ticking.cancel()

asyncio.run(main())
say()
"""

TK = """
import tkinter
host_ticks = True
root = tkinter.Tk()
worker = threading.Thread(target=sign_in)

def tick():
    ticks[0] += 1
    if worker.is_alive():
        root.after(5, tick)
    else:
        root.destroy()

worker.start()
tick()
root.mainloop()
say()
"""

QT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
host_ticks = True
app = QApplication([])
label = QLabel("host")
label.show()
worker = threading.Thread(target=sign_in)

def tick():
    ticks[0] += 1
    if not worker.is_alive():
        app.exit(7)

timer = QTimer()
timer.timeout.connect(tick)
worker.start()
timer.start(5)
assert app.exec() == 7
say()
"""

HOSTS = {"main": MAIN, "worker": WORKER, "asyncio": LOOP, "tk": TK, "pyside6": QT}
TICKING = {"asyncio", "tk", "pyside6"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.mark.parametrize("gui", ["qt", "gtk"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_sign_in_on_any_thread_is_cancelled_while_its_host_goes_on(screen, site, host, gui):
    arguments = (site.url("/page").removesuffix("/page"), gui, str(ROUNDS), str(TICKS))
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN + HOSTS[host], *arguments],
        env={**screen.env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    ended = json.loads(done.stdout)
    assert len(ended) == ROUNDS
    assert len({one["pid"] for one in ended}) == ROUNDS  # each window had a process of its own
    for one in ended:
        assert (one["raised"], one["state"]) == ("AuthFlowCancelled", "cancelled")
        assert (one["window"], one["window_ended"]) == ("webview", True)
        assert one["thread"] is (host == "main")
        if host in TICKING:
            assert one["ticks"] >= TICKS
    assert sum(visit.startswith("/page?") for visit in site.visits) == ROUNDS
    assert not screen.windows()
