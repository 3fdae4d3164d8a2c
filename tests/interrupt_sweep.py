"""
Ctrl-C at every instant: a sign-in at the command line, interrupted at one point after another.

Python runs signal handlers between two instructions of the main thread, after calls and at the
beginning of functions and rounds. A trace function finds all those instants between the beginning
of the wait and its first round, and raises the signal at one of them per process.

Prints one line per point where the command did not end as it must, and a summary.
"""

import dis
import faulthandler
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

LIMIT = 15.0  # seconds; a command that takes longer hangs
CANCELLED = 4
AT_ONCE = 6
FEWEST = 60  # instants; fewer were no sweep
#: after these the interpreter looks whether a signal came
LOOKS = ("CALL", "RESUME", "JUMP_BACKWARD", "POP_JUMP_BACKWARD")
#: where something could be left half done
TOLD = ("threading", "_base", "futures", "tasks", "runtime", "running", "interrupts", "browser")

#: what a sign-in loads while it begins; an interpreter that ends meanwhile is another story
LOADED = (
    "asyncio",
    "httpx",
    "webbrowser",
    "pywry_auth.cli.dispatch",
    "pywry_auth.cli.in_window",
    "pywry_auth.cli.interrupts",
    "pywry_auth.cli.notices",
    "pywry_auth.flow.attempt",
    "pywry_auth.protocol.discovery",
    "pywry_auth.protocol.replies",
    "pywry_auth.providers.verifier",
    "pywry_auth.window.choose",
    "pywry_auth.window.ladder",
)

SERVE = """
import sys
from pywry_auth.testing import ProgrammableProvider
with ProgrammableProvider() as provider:
    print(provider.add("x"), flush=True)
    sys.stdin.read()
"""


class Tracer:
    """Counts the instants; at number *at* it raises the signal."""

    def __init__(self, at, record):
        self._at = at
        self._record = record
        self._count = 0
        self._before = {}
        self._over = False

    def __call__(self, frame, event, argument):
        del argument
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        if event == "return":
            self._before.pop(frame, None)
        if event == "opcode" and not self._over:
            self._opcode(frame)
        return self

    def _opcode(self, frame):
        code = frame.f_code
        name = dis.opname[code.co_code[frame.f_lasti]]
        before, self._before[frame] = self._before.get(frame, ""), name
        if not before.startswith(LOOKS):
            return
        self._count += 1
        place = f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name} {name}"
        is_last = code.co_name == "wait_for" and before.startswith("POP_JUMP_BACKWARD")
        if self._at == 0:
            self._record(f"{place}\n")
        if is_last or self._count == self._at:
            self._over = True
            self._before.clear()
            signal.raise_signal(signal.SIGINT)


def prepared():
    """Load everything, so that a child only has to fork; no thread may run yet."""
    for module in LOADED:
        importlib.import_module(module)
    from pywry_auth.callback_server import listener
    from pywry_auth.cli import login
    from pywry_auth.token_store.memory import MemoryTokenStore

    login.token_store = lambda _output: MemoryTokenStore()
    listener.CallbackListener.linger.__defaults__ = (0.05,)  # no browser comes for its last page
    os.environ["BROWSER"] = "true"
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR"):
        os.environ.pop(name, None)


def child(issuer, home, at):
    """Sign in, interrupted at instant *at*; 0 only writes down which there are."""
    out = os.open(home / f"{at}.err", os.O_CREAT | os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    from pywry_auth.cli import main
    from pywry_auth.flow.running import Running

    record = (home / "points").open("a").write
    original = Running.host

    def traced(self, work, lend, *, flow_id):
        sys.settrace(Tracer(at, record))
        return original(self, work, lend, flow_id=flow_id)

    Running.host = traced
    try:
        return main(["login", "--issuer", issuer, "--client-id", "native", "--timeout", "60"])
    finally:
        sys.settrace(None)


def chosen(points):
    """Give the number of the first instant at each place."""
    first = {}
    for number, place in enumerate(points, 1):
        first.setdefault(place, number)
    return {number: p for p, number in first.items() if p.partition(".")[0] in TOLD}


def judged(home, at, code):
    """Say what was wrong with how one command ended, or None."""
    said = (home / f"{at}.err").read_text()
    if code != CANCELLED or "\nerror: cancelled\n" not in said or "Traceback" in said:
        return f"exit code {code}: {said}"
    return None


def sweep(issuer, home):
    """Fork one child per instant. In a child, gives its exit code; in the parent, the troubles."""
    pid = os.fork()
    if pid == 0:
        return child(issuer, home, 0)
    os.waitpid(pid, 0)
    todo = chosen((home / "points").read_text().splitlines())
    waiting, live, wrong = list(todo), {}, []
    while waiting or live:
        while waiting and len(live) < AT_ONCE:
            at = waiting.pop()
            pid = os.fork()
            if pid == 0:
                return child(issuer, home, at)
            live[pid] = at
        pid, status = os.wait()
        at = live.pop(pid, None)
        trouble = None if at is None else judged(home, at, os.waitstatus_to_exitcode(status))
        if trouble:
            wrong.append(f"{todo[at]}: {trouble}")
    sys.stdout.write("\n".join([*wrong, f"{len(todo)} instants, {len(wrong)} troubles\n"]))
    return 1 if wrong or len(todo) < FEWEST else 0


def main():
    home, parent = Path(tempfile.mkdtemp()), os.getpid()
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(home)
    provider = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        prepared()
        return sweep(provider.stdout.readline().strip(), home)
    finally:
        # A child goes through the whole end of an interpreter, in which it may hang as well; what
        # it shares with its parent is not its to end.
        if os.getpid() == parent:
            provider.communicate("")
            shutil.rmtree(home)


if __name__ == "__main__":
    sys.exit(main())
