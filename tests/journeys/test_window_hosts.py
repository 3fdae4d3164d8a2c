"""The native window beside other toolkits, and after the death of its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screen import Screen, missing_tools, until
from tests.window_site import Site, family_of


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).parents[2]

# A sign-in of which the window is real; it succeeds as soon as the page is drawn.
SIGN_IN = """
import os, sys, threading, time
from concurrent.futures import Future
from pywry_auth.window.webview import WebviewWindow

class Quiet:
    def closed(self, reason=None): pass
    def pasted(self, text): return False
    def told(self, notice): pass

url, gui = sys.argv[1:3]
view, outcome = WebviewWindow(gui=gui), Future()

def sign_in():
    view.show(url, Quiet())
    while view._showing._stage.name != "SHOWN":
        time.sleep(0.02)
    seen = ticks[0]
    while ticks[0] < seen + 30:
        time.sleep(0.02)
    view.close()
    assert view._showing.process.wait(15)
    seen = ticks[0]
    while ticks[0] < seen + 10:
        time.sleep(0.02)
    outcome.set_result("signed in")

ticks, results = [0], []
"""

TK = """
import tkinter
root = tkinter.Tk()

def tick():
    ticks[0] += 1
    if results:
        root.destroy()
    else:
        root.after(5, tick)

tick()
threading.Thread(target=sign_in, daemon=True).start()
threading.Thread(target=lambda: results.append(view.host(outcome)), daemon=True).start()
root.mainloop()
print(results[0])
"""

QT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("host")
label.show()

def tick():
    ticks[0] += 1
    if results:
        app.exit(7)

timer = QTimer()
timer.timeout.connect(tick)
timer.start(5)
threading.Thread(target=sign_in, daemon=True).start()
threading.Thread(target=lambda: results.append(view.host(outcome)), daemon=True).start()
assert app.exec() == 7
print(results[0])
"""

PARENT = """
view.show(url, Quiet())
while view._showing._stage.name != "SHOWN":
    time.sleep(0.02)
if sys.argv[3:] and os.fork() == 0:
    time.sleep(60)
print(view._showing.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def start(screen: Screen, script: str, *arguments: str) -> subprocess.Popen[str]:
    env = {**screen.env, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SIGN_IN + script, *arguments]
    return subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.parametrize("script", [TK, QT], ids=["tk", "pyside6"])
def test_another_toolkits_loop_goes_on_while_the_window_is_open(screen, site, gui, script):
    with start(screen, script, site.url("/page"), gui) as process:
        output, _ = process.communicate(timeout=40)
    assert output == "signed in\n"
    assert process.returncode == 0


@pytest.mark.parametrize("sibling", [(), ("with-sibling",)], ids=["alone", "forked-sibling"])
def test_nothing_outlives_a_parent_that_is_killed(screen, site, gui, sibling):
    with start(screen, PARENT, site.url("/page"), gui, *sibling) as parent:
        child = int(parent.stdout.readline())
        assert family_of(child)
        parent.kill()
        parent.wait()
        try:
            until(lambda: not family_of(child), "the window's processes end")
        finally:
            for left in family_of(parent.pid):
                os.kill(left, signal.SIGKILL)  # the sibling, which this test started
