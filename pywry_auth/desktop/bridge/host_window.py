"""What the bridge needs of a pywebview window, which this package never imports."""

import atexit
from collections.abc import Callable, Iterable
from typing import Protocol, Self, runtime_checkable

from pywry_auth.errors import ConfigError


_QT = "webview.platforms.qt"


class PageEvent(Protocol):
    """One kind of event of a window."""

    def __iadd__(self, handler: Callable[[], object], /) -> Self:
        """Call *handler* each time it happens."""
        ...

    def __isub__(self, handler: Callable[[], object], /) -> Self:
        """Call *handler* no more."""
        ...

    def is_set(self) -> bool:
        """Whether it has happened."""
        ...


@runtime_checkable
class PageEvents(Protocol):
    """The events of a window."""

    before_load: PageEvent
    loaded: PageEvent
    closing: PageEvent
    closed: PageEvent


@runtime_checkable
class PageState(Protocol):
    """The values a window shares with its page (``pywebview.state``); a dictionary."""

    def __iadd__(self, handler: Callable[[str, str, object], object], /) -> Self:
        """Call *handler* with the kind of each change, its key, its value."""
        ...

    def __isub__(self, handler: Callable[[str, str, object], object], /) -> Self:
        """Call *handler* no more."""
        ...

    def items(self) -> Iterable[tuple[str, object]]:
        """Give what is shared."""
        ...

    def pop(self, key: str, default: object, /) -> object:
        """Forget *key*, and tell nobody."""
        ...

    def update(self, more: dict[str, object], /) -> None:
        """Take *more*, and tell nobody."""
        ...


class HostWindow(Protocol):
    """A window of pywebview 6: what ``webview.create_window`` gives."""

    @property
    def events(self) -> object:
        """See ``PageEvents``."""
        ...

    @property
    def state(self) -> object:
        """See ``PageState``."""
        ...

    @property
    def real_url(self) -> str | None:
        """What the application itself loaded last; None for a page it gave as a string."""
        ...

    @property
    def native(self) -> object:
        """The window of the toolkit, once there is one."""
        ...

    def get_current_url(self) -> str | None:
        """Ask the native window where it is."""
        ...

    def run_js(self, script: str) -> object:
        """Run *script* in the top page, whatever the policy of the page is."""
        ...


def keep_until_exit(window: HostWindow) -> None:
    """
    Let nobody be the last to hold the toolkit's part of a closed *window*.

    With PySide6 the program aborts where that is a thread other than the main one, which may be
    any in which Python happens to collect its garbage, those of the bridge among them.
    """
    if type(window.native).__module__ == _QT:
        atexit.register(_hold, window.native)


def _hold(_native: object) -> None:
    """Be what is registered for the end of the program, so that the argument lives until then."""


def events_of(window: HostWindow) -> PageEvents:
    """
    Give the events of *window*.

    Raises:
        ConfigError: it is no window of pywebview 6.
    """
    events = window.events
    if not isinstance(events, PageEvents):
        raise _not_a_window()
    return events


def state_of(window: HostWindow) -> PageState:
    """
    Give what *window* shares with its page.

    Raises:
        ConfigError: it is no window of pywebview 6.
    """
    state = window.state
    if not isinstance(state, PageState):
        raise _not_a_window()
    return state


def _not_a_window() -> ConfigError:
    return ConfigError(
        "this is no window of pywebview 6 or later", hint="pass what webview.create_window gave"
    )
