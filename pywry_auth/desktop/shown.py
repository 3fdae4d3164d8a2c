"""A sign-in window that says when it is seen, so that it can be shown once more."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar, runtime_checkable

from pywry_auth.window.base import SignInWindow, WindowKind, WindowListener


T = TypeVar("T")


@runtime_checkable
class Raisable(Protocol):
    """A window that can be brought to the front."""

    def raise_(self) -> None:
        """Put it before all others."""
        ...


class Shown:
    """
    Lets an application follow one sign-in's window.

    Args:
        window: the window itself.
        on_shown: told, on the package's loop, that there is something to see.
        language: of what is said when the browser shows the page once more.
    """

    def __init__(
        self,
        window: SignInWindow,
        on_shown: Callable[[WindowKind], None],
        *,
        language: str | None = None,
    ) -> None:
        self._language = language
        self._window = window
        self._on_shown = on_shown
        self._listener: WindowListener | None = None

    @property
    def kind(self) -> WindowKind:
        """Which kind of window the person sees now."""
        return self._window.kind

    def show(self, url: str, listener: WindowListener) -> None:
        """Open the window at *url*."""
        self._window.show(url, listener)
        self._listener = listener
        self._on_shown(self.kind)

    def close(self) -> None:
        """Take the window away."""
        self._listener = None
        self._window.close()

    def host(self, outcome: Future[T]) -> T:
        """Lend this thread to the window until *outcome* is there."""
        return self._window.host(outcome)

    def again(self) -> None:
        """
        Show the same request once more; returns at once.

        A native window comes to the front. A browser, whose tab may be closed by now, gets a new
        one: state, verifier and port stay what they are.
        """
        listener = self._listener
        if listener is None:
            return
        if self.kind is WindowKind.WEBVIEW and isinstance(self._window, Raisable):
            self._window.raise_()
            return
        threading.Thread(
            target=_in_browser,
            args=(listener, self._language),
            name="pywry-auth-again",
            daemon=True,
        ).start()


def _in_browser(listener: WindowListener, language: str | None) -> None:
    from pywry_auth.window.browser import BrowserWindow

    url = listener.fresh_url()
    if url is not None:
        BrowserWindow(language=language).show(url, listener)
