"""
Ctrl-C, kept until it can do no harm.

Python raises KeyboardInterrupt wherever the main thread happens to be, also inside ``with lock:``
of the standard library, which leaves that lock closed for ever; the package's loop would then wait
for it, and the program for the loop.
"""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self


#: what ends a program politely; SIGHUP: the terminal was closed, Windows has none
SIGNALS = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if name in signal.Signals.__members__
)

#: seconds; the system may give a signal to another thread, or just before a wait begins. Neither
#: wakes the main thread, which is the one that Python handles signals on.
SLICE = 0.5

#: seconds that what was interrupted has for ending in order, before it is interrupted by force
GRACE = 8.0


class Interruptible:
    """
    Keeps Ctrl-C while the main thread is inside, and raises it at the end.

    It counts for each signal whose handler raises KeyboardInterrupt, as Python's own for Ctrl-C
    does. A handler of the application's stays in force. Pressed again ``GRACE`` seconds after the
    first time, Ctrl-C is raised where it hits: whoever lends a thread to somebody else's code must
    get it back. On other threads than the main one nothing can be interrupted, so nothing is done.

    Args:
        soon: calls something on another thread, soon; called by a signal handler, so it must not
            wait for any lock.

    Raises:
        KeyboardInterrupt: at the end, when it was pressed meanwhile.
    """

    def __init__(self, soon: Callable[[Callable[[], object]], None]) -> None:
        self._soon = soon
        self._kept: list[signal.Signals] = []
        self._first: float | None = None
        self._end: Callable[[], object] | None = None

    @property
    def came(self) -> bool:
        """Whether somebody wants this to end."""
        return self._first is not None

    def ends(self, end: Callable[[], object]) -> None:
        """Name what is called, on that other thread, when the interrupt comes or has come."""
        self._end = end
        if self.came:
            self._soon(end)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            try:
                for one in SIGNALS:
                    self._keep(one)
            except BaseException:
                self._restore()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()
        if self.came:
            raise KeyboardInterrupt from None

    def _keep(self, one: signal.Signals) -> None:
        if signal.getsignal(one) is not signal.default_int_handler:
            return
        self._kept.append(one)
        try:
            signal.signal(one, self._heard)
        except ValueError:  # a subinterpreter, where signals do not arrive
            self._kept.remove(one)

    def _restore(self) -> None:
        for one in self._kept:
            if signal.getsignal(one) == self._heard:
                signal.signal(one, signal.default_int_handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now
            if self._end is not None:
                self._soon(self._end)
        elif now - self._first > GRACE:
            signal.default_int_handler(number, frame)


def wait_for_event(event: threading.Event, seconds: float) -> bool:
    """
    Wait *seconds* at most, and say whether *event* came.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the event itself is whole.
    """
    end = time.monotonic() + seconds
    with Interruptible(lambda _end: None) as interruption:
        while not interruption.came:
            left = end - time.monotonic()
            if event.wait(max(0.0, min(SLICE, left))):
                return True
            if left <= SLICE:
                return False
    return False
