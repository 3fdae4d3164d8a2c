"""Another program that takes our place, or is waited for."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

from pywry_auth.cli.output import let_go


#: exit codes of a command that was not run, as shells give them
NOT_EXECUTABLE, NOT_FOUND = 126, 127
BY_SIGNAL = 128  # plus the number of the signal

#: Python ignores these from its start on, and what is ignored stays so in the next program
_PYTHONS_OWN = ("SIGPIPE", "SIGXFSZ", "SIGXFZ")


def run_child(command: Sequence[str], env: Mapping[str, str]) -> int:
    """
    Run *command* where *env* is its whole environment; give its exit status.

    Where the system can, the command takes this process over: it has our process id, so every
    signal meets it alone, its terminal is ours, how it ends is what our caller sees, nothing of us
    stays in memory with a token. There is nothing left for us to do: no environment of a process
    that runs can be given a newer token. Windows has no such thing, so there it is waited for.

    Raises:
        OSError: it cannot be run.
    """
    if sys.platform == "win32":
        return wait_for_child(command, env)
    return become(command, env)


def become(command: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """
    Let *command* take the place of this process.

    Raises:
        OSError: it cannot be run.
    """
    let_go()
    before = {one: signal.signal(one, signal.SIG_DFL) for one in _switched_off_by_python()}
    try:
        os.execvpe(command[0], list(command), dict(env))  # noqa: S606 - what the person typed
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def wait_for_child(command: Sequence[str], env: Mapping[str, str]) -> int:
    """
    Run *command* beside this process; Ctrl-C is its alone, other ends are passed on.

    Raises:
        OSError: it cannot be run.
    """
    let_go()
    with subprocess.Popen(list(command), env=dict(env)) as child:  # noqa: S603 - as typed
        # The terminal tells both of us of Ctrl-C; what tells us alone has to be passed on.
        for one in _FROM_TERMINAL:
            signal.signal(one, signal.SIG_IGN)

        def pass_on(_number: int, _frame: FrameType | None) -> None:
            child.terminate()

        signal.signal(signal.SIGTERM, pass_on)
        return _status(child.wait())


_FROM_TERMINAL = [one for one in signal.Signals if str(one.name) in {"SIGINT", "SIGBREAK"}]


def _status(code: int) -> int:
    return BY_SIGNAL - code if code < 0 else code


def _switched_off_by_python() -> list[signal.Signals]:
    return [
        one
        for one in signal.Signals
        if one.name in _PYTHONS_OWN and signal.getsignal(one) is signal.SIG_IGN
    ]
