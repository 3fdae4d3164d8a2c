"""Whose window is in front on Windows."""

import ctypes
import os
import sys
from ctypes import wintypes
from typing import Protocol


RESTORE = 9  # SW_RESTORE
FLASH_UNTIL_SEEN = 3 | 12  # of FlashWindowEx: frame and taskbar, until the window is in front


class Flash(ctypes.Structure):
    """``FLASHWINFO``."""

    _fields_ = (
        ("size", wintypes.UINT),
        ("window", wintypes.HWND),
        ("flags", wintypes.DWORD),
        ("count", wintypes.UINT),
        ("rate", wintypes.DWORD),
    )


class User32(Protocol):
    """What is asked of the system."""

    def foreground(self) -> int:
        """Give the window in front, or 0."""
        ...

    def process_of(self, window: int) -> int:
        """Give the process of *window*."""
        ...

    def is_minimised(self, window: int) -> bool:
        """Say whether *window* is an icon now."""
        ...

    def restore(self, window: int) -> None:
        """Undo the minimising."""
        ...

    def set_foreground(self, window: int) -> bool:
        """Put *window* in front; False where Windows does not allow it."""
        ...

    def flash(self, window: int) -> None:
        """Let its place in the taskbar ask for attention."""
        ...


class WindowsDesktop:
    """
    The desktop of Windows.

    A process may only pass the window in front when that allows it, as our sign-in window does when
    it goes (``allow``). A browser does not; then the taskbar asks for attention.

    Args:
        system: what is asked; the real one when left out.
    """

    def __init__(self, system: User32 | None = None) -> None:
        self._system = system or RealUser32()

    def mine_in_front(self) -> int:
        """Give the window of this process that has the focus, or 0."""
        window = self._system.foreground()
        return window if window and self._system.process_of(window) == os.getpid() else 0

    def bring_to_front(self, window: int) -> None:
        """Put *window* in front, or ask for attention."""
        if self._system.is_minimised(window):
            self._system.restore(window)
        if not self._system.set_foreground(window):
            self._system.flash(window)


class RealUser32:
    """The functions of user32.dll; on other systems there is no window at all."""

    def foreground(self) -> int:
        """Give the window in front, or 0."""
        if sys.platform != "win32":
            return 0
        ctypes.windll.user32.GetForegroundWindow.restype = wintypes.HWND
        return ctypes.windll.user32.GetForegroundWindow() or 0

    def process_of(self, window: int) -> int:
        """Give the process of *window*."""
        found = wintypes.DWORD()
        if sys.platform == "win32":
            ctypes.windll.user32.GetWindowThreadProcessId(
                wintypes.HWND(window), ctypes.byref(found)
            )
        return found.value

    def is_minimised(self, window: int) -> bool:
        """Say whether *window* is an icon now."""
        return sys.platform == "win32" and bool(
            ctypes.windll.user32.IsIconic(wintypes.HWND(window))
        )

    def restore(self, window: int) -> None:
        """Undo the minimising."""
        if sys.platform == "win32":
            # Of another thread's window: the asynchronous call waits for nobody.
            ctypes.windll.user32.ShowWindowAsync(wintypes.HWND(window), RESTORE)

    def set_foreground(self, window: int) -> bool:
        """Put *window* in front; False where Windows does not allow it."""
        return sys.platform == "win32" and bool(
            ctypes.windll.user32.SetForegroundWindow(wintypes.HWND(window))
        )

    def flash(self, window: int) -> None:
        """Let its place in the taskbar ask for attention."""
        if sys.platform == "win32":
            words = Flash(ctypes.sizeof(Flash), window, FLASH_UNTIL_SEEN, 0, 0)
            ctypes.windll.user32.FlashWindowEx(ctypes.byref(words))


def allow(process: int) -> None:
    """Let *process* pass the window of this one that is in front."""
    if sys.platform == "win32":
        ctypes.windll.user32.AllowSetForegroundWindow(wintypes.DWORD(process))
