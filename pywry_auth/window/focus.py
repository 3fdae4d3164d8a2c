"""Whose window is in front while a person signs in, so that the application's can be so again."""

import os
import sys
from contextlib import suppress
from typing import Protocol


class HostWindow(Protocol):
    """A window of the application that can be brought to the front by its own toolkit."""

    def come_forward(self) -> None:
        """Come to the front with the focus, or ask for attention; from any thread, at once."""
        ...


class Desktop(Protocol):
    """The part of a desktop that knows whose window is in front."""

    def mine_in_front(self) -> int:
        """Give a number for the window of this process that has the focus, or 0."""
        ...

    def bring_to_front(self, window: int) -> None:
        """Put the window of that number in front; where that may not be, ask for attention."""
        ...


class Focus:
    """
    Remembers the application's window at the beginning of a sign-in, and brings it back.

    Only a window that had the focus then gets it again: what a program does by itself in the
    background takes nobody's keyboard away. The window's toolkit is not asked and its thread not
    needed; where no desktop can be asked (Wayland), *host* is.

    Args:
        host: a window of the application, for desktops that let only its toolkit do this.
        desktop: the desktop; this one when left out.
    """

    def __init__(self, host: HostWindow | None = None, *, desktop: Desktop | None = None) -> None:
        self._host = host
        self._desktop = desktop or this_desktop()
        self._window = 0

    def remember(self) -> None:
        """Note the application's window, if it is in front; takes a millisecond or two."""
        with suppress(OSError):
            self._window = self._desktop.mine_in_front()

    def bring_back(self) -> None:
        """Bring the window that was noted back to the front, once; from any thread."""
        window, self._window = self._window, 0
        if window:
            with suppress(OSError):
                self._desktop.bring_to_front(window)
                return
        if self._host is not None:
            self._host.come_forward()


class X11Desktop:
    """The window manager of an X11 screen, XWayland's included."""

    def mine_in_front(self) -> int:
        """Give the window of this process that has the focus, or 0."""
        from pywry_auth.window.x11 import Display

        with Display() as display:
            window = display.active_window()
            return window if window and display.process_of(window) == os.getpid() else 0

    def bring_to_front(self, window: int) -> None:
        """Ask as a pager does: a program's own wish is refused while somebody types elsewhere."""
        from pywry_auth.window.x11 import Display

        with Display() as display:
            display.activate(window)


def come_forward() -> None:
    """Put the newest window of this process in front, where the desktop is asked for that."""
    if sys.platform != "linux" or not os.environ.get("DISPLAY"):
        return
    from pywry_auth.window.x11 import Display

    with suppress(OSError), Display() as display:
        mine = [one for one in display.windows() if display.process_of(one) == os.getpid()]
        if mine:
            display.activate(mine[-1])


class NoDesktop:
    """A desktop that cannot be asked."""

    def mine_in_front(self) -> int:
        """Know nothing."""
        return 0

    def bring_to_front(self, window: int) -> None:
        """Do nothing."""


def this_desktop() -> Desktop:
    """Give the desktop this process shows its windows on; nothing is asked yet."""
    if sys.platform == "win32":
        from pywry_auth.window.focus_windows import WindowsDesktop

        return WindowsDesktop()
    if sys.platform == "darwin":
        from pywry_auth.window.focus_macos import MacDesktop

        return MacDesktop()
    # On Wayland too: an application that uses XWayland has its windows there.
    return X11Desktop() if os.environ.get("DISPLAY") else NoDesktop()


def lend_focus(process: int) -> None:
    """
    Let *process* bring a window to the front, from the process that is there now.

    Only Windows wants this: there nobody else's window may be passed by uninvited.
    """
    if sys.platform == "win32":
        from pywry_auth.window.focus_windows import allow

        allow(process)
