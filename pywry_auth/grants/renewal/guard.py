"""A lock that no fork leaves closed."""

import os
import threading
import weakref


class Guard:
    """
    A lock that a forked child finds open, whoever held it in the parent.

    ``with guard.lock:``, as a lock in C is left open by Ctrl-C at whatever instant. Its holder may
    take it again: what a holder calls may call back.
    """

    def __init__(self) -> None:
        self.open()
        _ALL.add(self)

    def open(self) -> None:
        """Start afresh, where no holder exists."""
        self.lock = threading.RLock()


_ALL: weakref.WeakSet[Guard] = weakref.WeakSet()


def _open_all() -> None:
    for guard in list(_ALL):
        guard.open()


if os.name == "posix":
    os.register_at_fork(after_in_child=_open_all)
