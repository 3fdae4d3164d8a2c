"""Who plays together in the window: pages, the face that shows them, the herald."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.engine.address import Address
from pywry_auth.window.engine.trouble import Trouble


class Page(Protocol):
    """One web page as the conductor needs it."""

    def url(self) -> str:
        """The address of what is shown, or "" before the first page came."""
        ...

    def load(self, url: str) -> None:
        """Go to *url*."""
        ...

    def can_go_back(self) -> bool:
        """Whether there is an earlier page."""
        ...

    def go_back(self) -> None:
        """Go to the earlier page."""
        ...

    def discard(self) -> None:
        """Let go of everything; the page is never shown again."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What became of one look.

    Attributes:
        trouble: a stable word for what the page says that leads nowhere, or "".
        refuses_windows: whether it wants to be opened in a browser, and only there.
        wants_passkey: whether it speaks of passkeys in a window that has none.
    """

    trouble: str = ""
    refuses_windows: bool = False
    wants_passkey: bool = False


class Sign(Enum):
    """The small picture before the address."""

    ENCRYPTED = auto()
    THIS_COMPUTER = auto()
    WARNING = auto()
    WAITING = auto()


@dataclass(frozen=True, slots=True)
class BarWords:
    """Everything the bar shows; nothing at all where the page is our own."""

    address: Address
    sign: Sign
    loading: bool
    can_go_back: bool
    notice: str
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What one window is for.

    Attributes:
        url: its first page.
        stays: whether that page is our own, and stays when the provider's go.
        browser: called when the person prefers the browser; None where there is none.
        texts: the person's language.
    """

    url: str = field(repr=False)
    stays: bool = False
    browser: Callable[[], None] | None = None
    texts: Texts = ENGLISH


class Face(Protocol):
    """What the toolkit draws, on the conductor's word."""

    def show_bar(self, words: BarWords) -> None:
        """Draw the bar anew."""
        ...

    def show_page(self, page: Page) -> None:
        """Put *page* below the bar."""
        ...

    def show_trouble(self, trouble: Trouble) -> None:
        """Put the panel with *trouble* below the bar, in place of a page."""
        ...

    def look_at(self, page: Page) -> None:
        """Read *page* a few times, and give what came of it to the conductor's ``was_read``."""
        ...


class Herald(Protocol):
    """Who is told what happens in the window."""

    def painted(self) -> None:
        """Say that something was drawn."""
        ...

    def loaded(self) -> None:
        """Say that a page is there, whole."""
        ...

    def again(self) -> None:
        """Ask for an address to begin anew with, which ``begin_again`` is given."""
        ...

    def back(self) -> None:
        """Say that the person wants to leave the provider's pages by the way they came."""
        ...

    def cancelled(self) -> None:
        """Say that the person wants no sign-in, but keeps the window."""
        ...

    def refused(self) -> None:
        """Say that the provider's page wants to be opened in a browser, and only there."""
        ...

    def trouble(self, code: str) -> None:
        """Say what the page says that leads nowhere; "" when it says so no more."""
        ...
