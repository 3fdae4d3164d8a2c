"""Ctrl-C ends a sign-in, at whichever instant it comes and whichever thread the system gives it."""

import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, signals")


def run(*arguments, limit):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )


@pytest.mark.slow
def test_ctrl_c_ends_a_sign_in_at_every_instant():
    ended = run(str(ROOT / "tests" / "interrupt_sweep.py"), limit=500)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.endswith("instants, 0 troubles\n")


#: The system may give a signal to any thread, and Python handles it on the main one, which sleeps.
ELSEWHERE = """
import asyncio, signal, threading, time
from concurrent.futures import Future
from pywry_auth.flow.farewell import Farewell
from pywry_auth.flow.running import Running
from pywry_auth.runtime import LOOP
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.webview import WebviewWindow

def press():
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

LOOP.run(asyncio.sleep(0))
threading.Thread(target=press, daemon=True).start()
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted", LOOP.run(asyncio.sleep(0, "whole")))
"""


@pytest.mark.parametrize(
    "wait",
    [
        "LOOP.run(asyncio.sleep(60))",
        "BrowserWindow().host(Future())",
        "WebviewWindow().host(Future())",
        'Running("x").host(lambda: asyncio.sleep(60), BrowserWindow().host, flow_id="")',
        "farewell = Farewell(); farewell._is_over.clear(); farewell.wait(60)",
    ],
)
def test_a_signal_that_another_thread_got_is_heard(wait):
    ended = run("-c", ELSEWHERE.format(wait=wait), limit=20)
    assert ended.stdout == "interrupted whole\n", ended.stderr


#: Pressed twice, Ctrl-C must not hit the clean-up; but whoever keeps the thread must give it back.
STUBBORN = """
import asyncio, os, signal, threading, time
import pywry_auth.interrupts as interrupts
from pywry_auth.flow.running import Running

interrupts.GRACE = 0.4
press = lambda: os.kill(os.getpid(), signal.SIGINT)
for when in {presses}:
    threading.Timer(when, press).start()

def lend(outcome):
    {lend}

began = time.monotonic()
try:
    Running("x").host(lambda: asyncio.sleep(60), lend, flow_id="")
except KeyboardInterrupt:
    print("first" if time.monotonic() - began < {after} else "later")
"""


def test_a_second_ctrl_c_does_not_hit_what_the_first_one_began():
    lend = "while not outcome.done(): time.sleep(0.01)\n    time.sleep(0.3)"
    script = STUBBORN.format(presses=(0.2, 0.3), lend=lend, after=0.45)
    ended = run("-c", script, limit=20)
    assert (ended.stdout, ended.stderr) == ("later\n", "")


def test_a_window_that_does_not_give_the_thread_back_is_interrupted_by_force():
    script = STUBBORN.format(presses=(0.2, 0.8), lend="time.sleep(60)", after=30)
    ended = run("-c", script, limit=20)
    assert (ended.stdout, ended.stderr) == ("first\n", "")
