"""The sign-in page where no bar of ours exists: the origin stands in the title."""

from typing import Protocol

from pywry_auth.window.engine.address import address_of
from pywry_auth.window.engine.conductor import Herald


class PlainWindow(Protocol):
    """The part of pywebview's window that every platform has."""

    title: str

    def get_current_url(self) -> str | None:
        """Give the address of the page."""
        ...

    def load_url(self, url: str) -> None:
        """Go to *url*."""
        ...


class PlainShell:
    """Keeps the title in step with the page (Windows, macOS)."""

    def __init__(self, window: PlainWindow, *, herald: Herald) -> None:
        self._window = window
        self._herald = herald
        self._title = window.title

    def start(self) -> None:
        """Do nothing; pywebview loads the page."""

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, whose address is *url* by now."""
        self._window.load_url(url)

    def end(self) -> None:
        """Do nothing; pywebview owns the page."""

    def page_loaded(self) -> None:
        """Name the new page in the title."""
        origin = address_of(self._window.get_current_url() or "").origin
        self._window.title = title_with(self._title, origin)
        self._herald.painted()
        self._herald.loaded()


def title_with(title: str, origin: str) -> str:
    """Put *origin* first, because a narrow title bar cuts off the end."""
    return f"{origin} - {title}" if origin else title
