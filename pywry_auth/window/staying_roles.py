"""Who a window that stays speaks with."""

from typing import Protocol

from pywry_auth.errors import WindowError
from pywry_auth.window.launching import OnEnd, OnEvent


class StayingListener(Protocol):
    """What a staying window may tell; each method may be called from any thread, any time."""

    def closed(self, reason: WindowError | None = None) -> None:
        """The window is gone: the person closed it (None), or it failed (*reason*)."""
        ...

    def back(self) -> None:
        """The person went back from somebody else's page; ours is seen again."""
        ...

    def cancelled(self) -> None:
        """The person pressed "Cancel" over somebody else's page; ours is seen again."""
        ...

    def handed_over(self) -> None:
        """The page goes on in another window, mostly the browser; ours is seen again."""
        ...

    def painted(self) -> None:
        """Something was drawn for the first time."""
        ...


class Host(Protocol):
    """The window, as its guest sees it."""

    def tell(self, visit: "Visit", line: bytes) -> None:
        """Pass on an order about the page of *visit*, if that is what is seen."""
        ...

    def leave(self, visit: "Visit") -> None:
        """Show our own page, if that of *visit* is what is seen."""
        ...


class Visit:
    """One sign-in as a guest of a window that stays: its end is the window's way home."""

    def __init__(self, window: Host, on_event: OnEvent, on_end: OnEnd) -> None:
        self._window = window
        self.heard = on_event
        self.ended = on_end

    def send(self, line: bytes) -> None:
        """Pass on an order about the page."""
        self._window.tell(self, line)

    def close(self) -> None:
        """Let our own page be seen again, if this is still what is seen."""
        self._window.leave(self)
