"""The sign-in page where no bar of ours exists: the origin stands in the title."""

from typing import Protocol

from pywry_auth.window.engine.address import address_of
from pywry_auth.window.engine.reading import SCRIPT, read
from pywry_auth.window.engine.roles import Herald, Plan


class PlainWindow(Protocol):
    """The part of pywebview's window that every platform has."""

    title: str

    def get_current_url(self) -> str | None:
        """Give the address of the page."""
        ...

    def load_url(self, url: str) -> None:
        """Go to *url*."""
        ...

    def run_js(self, script: str) -> object:
        """Run *script* in the page, without evaluating anything in it."""
        ...

    def restore(self) -> None:
        """Undo a minimising."""
        ...

    def show(self) -> None:
        """Put it in front."""
        ...


class PlainShell:
    """
    Keeps the title in step with the page (Windows, macOS).

    Args:
        window: pywebview's own.
        plan: what the window is for.
        herald: told what happens.
    """

    def __init__(self, window: PlainWindow, plan: Plan, *, herald: Herald) -> None:
        self._window = window
        self._herald = herald
        self._title = window.title
        self._own_url = plan.url
        self._can_hand_over = plan.browser is not None
        self._own_home = address_of(plan.url) if plan.stays else None

    def start(self) -> None:
        """Do nothing; pywebview loads the page."""

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, whose address is *url* by now."""
        self._window.load_url(url)

    def go(self, url: str) -> None:
        """Go to *url*; here the one page has the one history of all."""
        self._window.load_url(url)

    def come_home(self, url: str = "") -> None:
        """Go to our own page."""
        self._window.load_url(url or self._own_url)

    def come_forward(self) -> None:
        """Put the window in front of all others."""
        self._window.restore()
        self._window.show()

    def end(self) -> None:
        """Do nothing; pywebview owns the page."""

    def page_loaded(self) -> None:
        """Name the new page in the title, unless it is our own."""
        address = address_of(self._window.get_current_url() or "")
        origin = "" if address == self._own_home else address.origin
        self._window.title = title_with(self._title, origin)
        self._herald.painted()
        self._herald.loaded()
        if address != self._own_home:
            self._look(self._window.get_current_url() or "")

    def _look(self, url: str) -> None:
        """Read the page once; in this engine the script has no world of its own."""
        reading = read(url, str(self._window.run_js(SCRIPT)))
        self._herald.trouble(reading.trouble)
        if reading.refuses_windows and self._can_hand_over:
            self._herald.refused()


def title_with(title: str, origin: str) -> str:
    """Put *origin* first, because a narrow title bar cuts off the end."""
    return f"{origin} - {title}" if origin else title
