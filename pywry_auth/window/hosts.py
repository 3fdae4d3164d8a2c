"""The application's own window, for desktops that let only its toolkit bring it to the front."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol


class TkWindow(Protocol):
    """A toplevel of tkinter."""

    def after(self, ms: int, func: Callable[[], object]) -> object:
        """Call *func* on Tk's thread."""
        ...

    def deiconify(self) -> object:
        """Undo a minimising."""
        ...

    def lift(self) -> object:
        """Put it above the others."""
        ...

    def focus_force(self) -> object:
        """Take the keyboard."""
        ...


class PywebviewWindow(Protocol):
    """A window of pywebview, whose methods any thread may call."""

    def restore(self) -> object:
        """Undo a minimising."""
        ...

    def show(self) -> object:
        """Put it above the others."""
        ...


class TkHost:
    """
    An application drawn by Tk.

    Args:
        window: its toplevel.
    """

    def __init__(self, window: TkWindow) -> None:
        self._window = window

    def come_forward(self) -> None:
        """Come to the front; from any thread."""
        # From another thread ``after`` waits for the loop, for ever where that waits for us.
        threading.Thread(target=self._ask, name="pywry-auth-forward", daemon=True).start()

    def _ask(self) -> None:
        with suppress(RuntimeError):  # its loop does not run
            self._window.after(0, self._forward)

    def _forward(self) -> None:
        self._window.deiconify()
        self._window.lift()
        self._window.focus_force()


class PywebviewHost:
    """
    An application in a window of pywebview.

    Args:
        window: that window.
    """

    def __init__(self, window: PywebviewWindow) -> None:
        self._window = window

    def come_forward(self) -> None:
        """Come to the front; from any thread."""
        self._window.restore()
        self._window.show()


class QtWidget(Protocol):
    """A top-level widget of Qt."""

    def isMinimized(self) -> bool:  # noqa: N802  # Qt's own name
        """Say whether it is an icon now."""
        ...

    def showNormal(self) -> object:  # noqa: N802  # Qt's own name
        """Undo a minimising."""
        ...

    def raise_(self) -> object:
        """Put it above the others."""
        ...

    def activateWindow(self) -> object:  # noqa: N802  # Qt's own name
        """Take the keyboard, or ask for attention where the desktop says no."""
        ...


class QtHost:
    """
    An application drawn by Qt; made on the thread of its widgets.

    Args:
        widget: its top-level widget.
        queue: calls something on the thread of the widgets, from any other; for example the
            ``emit`` of a signal that carries a callable.
    """

    def __init__(self, widget: QtWidget, queue: Callable[[Callable[[], None]], object]) -> None:
        self._widget = widget
        self._queue = queue

    def come_forward(self) -> None:
        """Come to the front; from any thread."""
        self._queue(self._forward)

    def _forward(self) -> None:
        if self._widget.isMinimized():
            self._widget.showNormal()
        self._widget.raise_()
        self._widget.activateWindow()
