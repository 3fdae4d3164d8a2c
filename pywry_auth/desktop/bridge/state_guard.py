"""Keeps what one page left in ``pywebview.state`` from running as a script in the next page."""

import json
import logging

from pywry_auth.desktop.bridge.host_window import PageState


logger = logging.getLogger(__name__)


class StateGuard:
    """
    Takes out of the way what would break the next page.

    pywebview writes the state between apostrophes into the script of each new page. Any page the
    window visits, with WebKitGTK any frame too, may have put it there; an apostrophe in it ends
    the text, and what follows would run as the application's own page, which may press buttons.

    Args:
        state: of the window.
    """

    def __init__(self, state: PageState) -> None:
        self._state = state
        self._held: dict[str, object] = {}

    def hold(self) -> None:
        """Take it out; called before a page gets the state."""
        for key, value in list(self._state.items()):
            if _breaks_out(key, value):
                self._held[key] = value
                self._state.pop(key, None)
                logger.warning("bridge.state_held_back", extra={"key": key[:80]})

    def release(self) -> None:
        """Put it back, for the application; the page does not get it."""
        held, self._held = self._held, {}
        if held:
            self._state.update({**held, **dict(self._state.items())})


def _breaks_out(key: str, value: object) -> bool:
    try:
        return "'" in json.dumps({key: value})
    except (TypeError, ValueError, RecursionError):
        return False  # pywebview cannot write it either
