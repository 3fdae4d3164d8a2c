"""The sign-in page where no bar of ours exists: the origin stands in the title."""

from collections.abc import Callable
from typing import Protocol

from pywry_auth.window.engine.address import address_of
from pywry_auth.window.engine.conductor import Herald


class Signal(Protocol):
    """One of the window's events."""

    def __iadd__(self, handler: Callable[..., None]) -> "Signal":
        """Call *handler* when it happens."""
        ...


class PlainEvents(Protocol):
    """The one event this needs."""

    loaded: Signal


class PlainWindow(Protocol):
    """The part of pywebview's window that every platform has."""

    title: str
    events: PlainEvents

    def get_current_url(self) -> str | None:
        """Give the address of the page."""
        ...


class PlainShell:
    """Keeps the title in step with the page (Windows, macOS)."""

    def __init__(
        self, window: PlainWindow, *, herald: Herald, browser: Callable[[], None] | None
    ) -> None:
        self._window = window
        self._herald = herald
        self._browser = browser  # pywebview's menu offers it; see the child
        self._title = window.title

    def start(self) -> None:
        """Watch the page."""
        self._window.events.loaded += self._loaded

    def end(self) -> None:
        """Do nothing; pywebview owns the page."""

    def _loaded(self) -> None:
        origin = address_of(self._window.get_current_url() or "").origin
        self._window.title = title_with(self._title, origin)
        self._herald.painted()
        self._herald.loaded()


def title_with(title: str, origin: str) -> str:
    """Put *origin* first, because a narrow title bar cuts off the end."""
    return f"{origin} - {title}" if origin else title
