"""
Ctrl-C at every instant of a call to a token manager; run by test_grant_interrupts.py.

Each instant is one forked process: it calls, is interrupted there, then asks for a header, which
must come, after one request. Prints a line for each instant where it did not, and a summary.
"""

import contextlib
import faulthandler
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

import pywry_auth.lock
import pywry_auth.protocol.replies
from pywry_auth.grants import FileTokenStore, MemoryTokenSlot, RefreshTokenAuth, TokenManager
from pywry_auth.tokens import OAuthTokenSet
from tests.interrupt_sweep import Tracer


_LOADED = (pywry_auth.lock, pywry_auth.protocol.replies)

LIMIT = 10.0  # seconds; a call that takes longer hangs
AT_ONCE = 4
FEWEST = 40  # instants; fewer were no sweep
#: Python's own lists and dictionaries are left whole, whatever is going on in them
LINES = ("flight.py", "keeping.py", "manager.py", "lock.py", "threading.py", "guard.py")


class Scene:
    """A program whose token has ended."""

    def __init__(self, folder, kind):
        self.asked = 0
        self.slot = MemoryTokenSlot() if kind == "memory" else FileTokenStore(folder / "t.json")
        self.ended()
        self.manager = TokenManager(
            RefreshTokenAuth("first", client_id="app"),
            http=httpx.Client(transport=httpx.MockTransport(self.answer)),
            token_url="https://id.example.com/token",
            store=self.slot,
            wait_timeout=LIMIT / 4,
        )

    def ended(self):
        """Let an ended token be stored."""
        past = time.time() - 7200
        stored = OAuthTokenSet("old", refresh_token="first", expires_in=3600, issued_at=past)
        self.slot.save(stored)

    def answer(self, request):
        """Be the token endpoint."""
        del request
        self.asked += 1
        time.sleep(0.02)  # so that whoever asked waits meanwhile
        members = {"access_token": f"new-{self.asked}", "refresh_token": "next"}
        return httpx.Response(200, json=members | {"token_type": "Bearer", "expires_in": 3600})


def child(folder, kind, what, at, record):
    """Be interrupted at instant *at*, then ask; 0 only writes down which there are."""
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    scene = Scene(folder, kind)
    if what == "clear":
        scene.manager.authorization_header()
    act = {"header": scene.manager.authorization_header, "clear": scene.manager.clear}[what]
    with contextlib.suppress(KeyboardInterrupt):
        try:
            sys.settrace(Tracer(at, record))
            act()
        finally:
            sys.settrace(None)
    if what == "clear":
        scene.manager.clear()
        scene.ended()
        scene.asked = 0
    header = scene.manager.authorization_header()
    scene.manager.clear()
    if (header, scene.asked, scene.slot.load()) != ("Bearer new-1", 1, None):
        raise SystemExit(f"{header} after {scene.asked} requests, then {scene.slot.load()}")


def forked(folder, kind, what, at, record):
    """Start such a process, with a folder of its own; give its number."""
    home = folder / str(at)
    home.mkdir()
    pid = os.fork()
    if pid == 0:
        code = 1
        os.dup2(os.open(home / "said", os.O_CREAT | os.O_WRONLY), 2)
        try:
            child(home, kind, what, at, record)
            code = 0
        except BaseException:  # noqa: BLE001 - told below
            traceback.print_exc()
        os._exit(code)
    return pid


def sweep(folder, kind, what):
    """Try the first instant at each place."""
    points = folder / "points"

    def record(line):
        with points.open("a") as file:
            file.write(line)

    os.waitpid(forked(folder, kind, what, 0, record), 0)
    first = {}
    for number, place in enumerate(points.read_text().splitlines(), 1):
        first.setdefault(place, number)
    todo = {number: place for place, number in first.items() if place.startswith(LINES)}
    waiting, live, wrong = list(todo), {}, []
    while waiting or live:
        while waiting and len(live) < AT_ONCE:
            at = waiting.pop()
            live[forked(folder, kind, what, at, lambda _line: None)] = at
        pid, status = os.wait()
        at = live.pop(pid)
        if os.waitstatus_to_exitcode(status):
            wrong.append(f"{todo[at]}: {(folder / str(at) / 'said').read_text()}")
    return wrong, len(todo)


def main():
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()
    wrong, instants = [], 0
    for kind in ("memory", "file"):
        for what in ("header", "clear"):
            with tempfile.TemporaryDirectory() as folder:
                found, count = sweep(Path(folder), kind, what)
            wrong += [f"{kind} {what} {trouble}" for trouble in found]
            instants += count
    sys.stdout.write("\n".join([*wrong, f"{instants} instants, {len(wrong)} troubles\n"]))
    return 1 if wrong or instants < FEWEST else 0


if __name__ == "__main__":
    sys.exit(main())
