"""Whose window is in front on macOS."""

import sys
from contextlib import suppress
from typing import Protocol


ALL_WINDOWS, IGNORING_OTHERS = 1 << 0, 1 << 1  # NSApplicationActivationOptions
THE_APPLICATION = 1  # windows have no numbers here: whole applications come to the front


class RunningApplication(Protocol):
    """``NSRunningApplication``, which any thread may use."""

    def isActive(self) -> bool:  # noqa: N802  # the system's own name
        """Say whether it has the keyboard."""
        ...

    def activateWithOptions_(self, options: int) -> bool:  # noqa: N802  # the system's own name
        """Bring it to the front."""
        ...


class MacDesktop:
    """
    The desktop of macOS.

    Args:
        application: this application; found when left out.
    """

    def __init__(self, application: RunningApplication | None = None) -> None:
        self._application = application or _this_application()

    def mine_in_front(self) -> int:
        """Give 1 when this application is the active one, else 0."""
        application = self._application
        return THE_APPLICATION if application is not None and application.isActive() else 0

    def bring_to_front(self, window: int) -> None:  # noqa: ARG002  # there is only one number
        """
        Make this application the active one.

        Since macOS 14 an application may be asked to let another one pass, and the system may say
        no; then its icon in the Dock stays as it is.
        """
        if self._application is not None:
            self._application.activateWithOptions_(ALL_WINDOWS | IGNORING_OTHERS)


def _this_application() -> RunningApplication | None:
    if sys.platform != "darwin":
        return None
    with suppress(ImportError):  # pywebview brings it along; without it nobody can be asked
        from AppKit import NSRunningApplication

        return NSRunningApplication.currentApplication()
    return None
