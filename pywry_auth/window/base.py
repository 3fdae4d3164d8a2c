"""What the sign-in needs of a window, whichever window it is."""

from concurrent.futures import Future
from enum import StrEnum
from typing import Protocol, TypeVar, runtime_checkable

from pywry_auth.errors import WindowError


T = TypeVar("T")


class WindowKind(StrEnum):
    """Which window shows the authorize URL."""

    AUTO = "auto"
    WEBVIEW = "webview"
    BROWSER = "browser"
    PASTE = "paste"
    CALLABLE = "callable"


class WindowListener(Protocol):
    """What a window may tell the sign-in; each method may be called from any thread, any time."""

    def closed(self, reason: WindowError | None = None) -> None:
        """Nobody sees the page any more: the person closed it (None), or it failed (*reason*)."""
        ...

    def pasted(self, text: str) -> bool:
        """Judge a redirect URL, or its query, that a person pasted; True when it was accepted."""
        ...

    def fresh_url(self) -> str | None:
        """
        Give an authorize URL of the same attempt that nobody has opened yet.

        A pushed request (RFC 9126 section 4) is good for one visit and a minute or so, so whatever
        opens the page once more asks for the address first. May wait for the provider; never call
        it on the package's loop. None when the sign-in is over, perhaps because the provider would
        not be asked again, which the waiting program has been told by then.
        """
        ...

    def told(self, notice: str) -> None:
        """Pass on one sentence the person should see, for example why the browser opened."""
        ...


@runtime_checkable
class HidesAddress(Protocol):
    """A listener that can keep the authorize URL out of other programs' sight."""

    def private_url(self, url: str) -> str:
        """
        Give an address of this computer that leads the first browser that asks to *url*.

        Called from any thread but the loop's.
        """
        ...


@runtime_checkable
class HearsTrouble(Protocol):
    """A listener that wants to know what the provider's page says when no redirect comes of it."""

    def troubled(self, code: str) -> None:
        """
        Note what the page says now, from any thread.

        Args:
            code: a stable word of the error coach, or "" when the page says so no more.
        """
        ...


class SignInWindow(Protocol):
    """
    One way to show the authorize URL to a person.

    ``show`` and ``close`` are called on the package's loop and must not block it; ``host`` is
    called on the caller's own thread, which the window may use until the outcome is there.
    """

    @property
    def kind(self) -> WindowKind:
        """Which kind of window the person sees now; a hand-over changes it."""
        ...

    def show(self, url: str, listener: WindowListener) -> None:
        """
        Open the window at *url*.

        Raises:
            WindowError: it cannot be opened at all.
        """
        ...

    def close(self) -> None:
        """Take the window away, if it is there; the listener is told nothing. May be repeated."""
        ...

    def host(self, outcome: Future[T]) -> T:
        """Lend this thread to the window until *outcome* is there, and give its result."""
        ...
