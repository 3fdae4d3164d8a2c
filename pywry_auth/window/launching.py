"""How the process of a native window is started."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pywry_auth.errors import WindowError
from pywry_auth.window.environment import (
    CHILD_MARK,
    child_arguments,
    child_environment,
    is_frozen,
)
from pywry_auth.window.ladder import chosen_gui, look_around
from pywry_auth.window.messages import Gui, WindowConfig, WindowEvent, gui_named
from pywry_auth.window.process import ChildProcess
from pywry_auth.window.profiles import profile_folder


OnEvent = Callable[[WindowEvent], None]
OnEnd = Callable[[int, str], None]


class Engine(Protocol):
    """Whatever shows a page, and can be told something about it."""

    def send(self, line: bytes) -> None:
        """Tell it something more; nothing happens when it has ended."""
        ...

    def close(self) -> None:
        """Take the page away; returns at once, and may be repeated."""
        ...


@dataclass(frozen=True, slots=True)
class Launcher:
    """
    Starts processes for windows that look alike.

    Attributes:
        config: how they look; the URL is filled in for each.
        profile: keeps their browsing data under this name; None for none.
        child_command: what starts them where Python is embedded in a program.
    """

    config: WindowConfig
    profile: str | None = None
    child_command: tuple[str, ...] | None = None

    @property
    def gui(self) -> Gui | None:
        """The toolkit that is asked for."""
        return self.config.gui

    def start(self, config: WindowConfig, *, on_event: OnEvent, on_end: OnEnd) -> ChildProcess:
        """
        Start one process.

        Args:
            config: as ``filled`` gives it.
            on_event: called with each event, on another thread.
            on_end: called once, with the exit status and the last words.

        Raises:
            OSError: it cannot be started.
            WindowError: nobody knows how.
        """
        return ChildProcess(
            self._command(),
            environment=self._environment(hidden=config.hidden),
            first_line=config.line(),
            on_event=on_event,
            on_end=on_end,
        )

    def filled(self, url: str) -> WindowConfig:
        """Give the configuration for a window that begins at *url*."""
        storage = None if self.profile is None else str(profile_folder(self.profile))
        return replace(self.config, url=url, storage=storage)

    def _command(self) -> tuple[str, ...]:
        if CHILD_MARK in os.environ:
            # Without this check each copy of a frozen application would start the next one.
            raise WindowError(
                "this copy of the application was started to show a sign-in window, but went on",
                hint="call pywry_auth.freeze_support() in the first line of its main",
            )
        command = child_arguments(
            self.child_command, executable=sys.executable or "", frozen=is_frozen()
        )
        if not command:
            raise WindowError(
                "the Python interpreter's own path is not known, so no window can be started",
                hint="name a command with child_command=",
            )
        return command

    def _environment(self, *, hidden: bool) -> dict[str, str]:
        return child_environment(
            os.environ,
            as_root=os.name == "posix" and os.geteuid() == 0,
            package=Path(__file__).resolve().parents[2],
            marked=is_frozen() or self.child_command is not None,
            is_isolated=bool(sys.flags.ignore_environment),
            offscreen=hidden and sys.platform == "linux" and self.config.gui == "qt",
        )


def toolkit(gui: str | None) -> Gui | None:
    """
    Give the toolkit to use: *gui*, else what the environment names, else the best there is.

    Raises:
        ConfigError: there is none of that name.
    """
    return gui_named(gui or chosen_gui(os.environ, look_around().toolkits))


def as_command(given: Sequence[str] | None) -> tuple[str, ...] | None:
    """Take a command as a caller gave it."""
    return None if given is None else tuple(given)
