"""Ways for a person, or a system that shuts down, to end a command."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager

from pywry_auth.interrupts import SIGNALS


@contextmanager
def interruptible() -> Generator[None]:
    """Let every one of these signals end a command as Ctrl-C does: window, socket closed."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return
    # A signal the caller switched off (nohup) stays so.
    before = {one: signal.getsignal(one) for one in SIGNALS}
    changed = [one for one in SIGNALS if before[one] is signal.SIG_DFL]
    for one in changed:
        signal.signal(one, signal.default_int_handler)
    try:
        yield
    finally:
        for one in changed:
            signal.signal(one, before[one])


def deaf() -> None:
    """Ignore Ctrl-C from here on: the command is at its end."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
