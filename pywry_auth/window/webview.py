"""The native window, in a process of its own."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pywry_auth.errors import WindowError
from pywry_auth.window.base import SignInWindow, WindowKind, WindowListener
from pywry_auth.window.browser import SYSTEM_BROWSER
from pywry_auth.window.environment import (
    CHILD_MARK,
    child_arguments,
    child_environment,
    is_frozen,
)
from pywry_auth.window.hidden import HiddenWindow
from pywry_auth.window.ladder import chosen_gui, look_around
from pywry_auth.window.messages import WindowConfig, WindowEvent, gui_named
from pywry_auth.window.process import ChildProcess
from pywry_auth.window.profiles import forget_profile, is_empty, profile_folder
from pywry_auth.window.showing import Showing
from pywry_auth.window.waiting import SLICE, wait_for


T = TypeVar("T")

logger = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds; a cold start on a slow disk takes five, a broken engine forever


class WebviewWindow:
    """
    A native window with the provider's page, below a bar the page cannot reach.

    Every ``show`` starts one process, which shows one window and ends with it, so the application
    may use any toolkit, or none. Pressing "Open in my browser", or an engine that shows nothing,
    hands the same address over to *fallback*.

    Args:
        title: text of the title bar.
        width: of the window, in pixels.
        height: of the window, in pixels.
        center: put it in the middle of the screen.
        resizable: let the person change its size.
        profile: keep the browsing data under this name; forgotten at the end when left out.
        gui: the toolkit, ``qt`` or ``gtk``; when left out, what ``PYWRY_AUTH_GUI`` names, else
            Qt where both are installed.
        child_command: what starts the window's process where Python is embedded in a program; it
            must call ``freeze_support``.
        fallback: the window that takes over; None for none.
        patience: seconds until a window that shows nothing is given up.
    """

    def __init__(  # noqa: PLR0913  # each is a setting of its own, all by keyword
        self,
        *,
        title: str = "Sign In",
        width: int = 500,
        height: int = 700,
        center: bool = True,
        resizable: bool = True,
        profile: str | None = None,
        gui: str | None = None,
        child_command: Sequence[str] | None = None,
        fallback: SignInWindow | None = SYSTEM_BROWSER,
        patience: float = PATIENCE,
    ) -> None:
        self._config = WindowConfig(
            url="",
            title=title,
            width=width,
            height=height,
            center=center,
            resizable=resizable,
            gui=gui_named(gui or chosen_gui(os.environ, look_around().toolkits)),
            can_hand_over=fallback is not None,
        )
        self._profile = profile
        self._child_command = None if child_command is None else tuple(child_command)
        self._fallback = fallback
        self._patience = patience
        self._lock = threading.Lock()
        self._showing: Showing | None = None
        self._taken_over = False
        self._stir = threading.Event()

    @property
    def kind(self) -> WindowKind:
        """The webview, or whatever took over from it."""
        showing = self._showing
        if showing is not None and showing.was_handed_over and self._fallback is not None:
            return self._fallback.kind
        return WindowKind.WEBVIEW

    @property
    def renderer(self) -> str:
        """The engine that shows the page, for example ``qtwebengine``; "" before it is known."""
        showing = self._showing
        return "" if showing is None else showing.renderer

    def show(self, url: str, listener: WindowListener) -> None:
        """
        Start the window's process; it reports to *listener* from a thread of its own.

        Raises:
            WindowError: no process can be started.
        """
        self.close()
        command = self._command()
        showing = Showing(
            listener,
            fallback=self._fallback,
            patience=self._patience,
            gui=self._config.gui,
            on_hand_over=self._hand_over,
        )
        with self._lock:
            self._showing = showing
            self._taken_over = False
        showing.start(command, environment=self._environment(), config=self._filled(url))

    def hidden(self, within: float) -> HiddenWindow | None:
        """
        Give a window with the same browsing data that nobody ever sees; None where none is kept.

        Args:
            within: seconds until its page is given up.
        """
        if self._profile is None or is_empty(self._profile):
            return None

        def start(
            url: str, on_event: Callable[[WindowEvent], None], on_end: Callable[[int, str], None]
        ) -> ChildProcess:
            return ChildProcess(
                self._command(),
                environment=self._environment(hidden=True),
                first_line=replace(self._filled(url), hidden=True, can_hand_over=False).line(),
                on_event=on_event,
                on_end=on_end,
            )

        return HiddenWindow(start, within=within)

    def forget(self) -> None:
        """Delete the browsing data kept under ``profile``; then no provider knows anybody there."""
        self.close()
        if self._profile is not None:
            forget_profile(self._profile)

    def close(self) -> None:
        """Take the window away; the listener is told nothing."""
        with self._lock:
            showing = self._showing
        if showing is not None:
            showing.end()

    def host(self, outcome: Future[T]) -> T:
        """Wait for *outcome*; only a window that took over may need this thread."""
        with self._lock:
            stir = self._stir = threading.Event()
        outcome.add_done_callback(lambda _outcome: stir.set())
        try:
            while not (outcome.done() or self._taken_over):
                stir.wait(SLICE)
        except KeyboardInterrupt:
            outcome.cancel()
            raise
        if self._fallback is None or outcome.done():
            return wait_for(outcome)
        return self._fallback.host(outcome)

    def _hand_over(self) -> None:
        with self._lock:
            self._taken_over = True
            self._stir.set()

    def _command(self) -> tuple[str, ...]:
        if CHILD_MARK in os.environ:
            # Without this check each copy of a frozen application would start the next one.
            raise WindowError(
                "this copy of the application was started to show a sign-in window, but went on",
                hint="call pywry_auth.freeze_support() in the first line of its main",
            )
        command = child_arguments(
            self._child_command, executable=sys.executable or "", frozen=is_frozen()
        )
        if not command:
            raise WindowError(
                "the Python interpreter's own path is not known, so no window can be started",
                hint="name a command with child_command=",
            )
        return command

    def _environment(self, *, hidden: bool = False) -> dict[str, str]:
        return child_environment(
            os.environ,
            as_root=os.name == "posix" and os.geteuid() == 0,
            package=Path(__file__).resolve().parents[2],
            marked=is_frozen() or self._child_command is not None,
            is_isolated=bool(sys.flags.ignore_environment),
            offscreen=hidden and sys.platform == "linux" and self._config.gui == "qt",
        )

    def _filled(self, url: str) -> WindowConfig:
        storage = None if self._profile is None else str(profile_folder(self._profile))
        return replace(self._config, url=url, storage=storage)
