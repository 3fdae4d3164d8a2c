"""A window that the calling program shows by itself."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import MappingProxyType
from typing import TypeVar

from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind, WindowListener


T = TypeVar("T")

DEFAULTS: Mapping[str, object] = MappingProxyType(
    {"title": "Sign In", "width": 500, "height": 700, "center": True, "resizable": True}
)


class CallableWindow:
    """
    The caller's own two functions, called on the caller's own thread.

    Args:
        show_window: shows a URL with a configuration, and gives a label for what it opened.
        close_window: closes what has that label.
        config: laid over ``DEFAULTS`` before ``show_window`` gets it.
    """

    def __init__(
        self,
        show_window: Callable[[str, dict[str, object]], str],
        close_window: Callable[[str], None] | None = None,
        config: Mapping[str, object] | None = None,
    ) -> None:
        self._show_window = show_window
        self._close_window = close_window
        self._config: dict[str, object] = {**DEFAULTS, **(config or {})}
        self._url = ""
        self._something_happened = threading.Event()

    @property
    def kind(self) -> WindowKind:
        """Always the caller's own."""
        return WindowKind.CALLABLE

    def show(self, url: str, listener: WindowListener) -> None:  # noqa: ARG002  # nothing to tell
        """Leave *url* for the thread that hosts."""
        self._url = url
        self._something_happened.set()

    def close(self) -> None:
        """Do nothing yet: only the thread that opened the window may close it, when it hosts on."""

    def host(self, outcome: Future[T]) -> T:
        """Show the window, wait for *outcome*, close the window, all on this thread."""
        outcome.add_done_callback(lambda _outcome: self._something_happened.set())
        try:
            label = self._show_when_asked(outcome)
        except BaseException:
            outcome.cancel()  # a window that does not open ends the sign-in
            raise
        try:
            return wait_for(outcome)
        finally:
            self._url = ""
            self._something_happened.clear()
            if label is not None and self._close_window is not None:
                self._close_window(label)

    def _show_when_asked(self, outcome: Future[T]) -> str | None:
        while not self._something_happened.wait(60):
            pass  # a wait with a limit can be interrupted on Windows too
        if outcome.done():
            return None
        return self._show_window(self._url, dict(self._config))
