"""A person who does nothing until a test says so."""

import threading

from pywry_auth.testing.agent import HeadlessAgent
from pywry_auth.window.callables import CallableWindow


class PersonLater:
    """Stands before an open sign-in page, and finishes it when told to."""

    def __init__(self) -> None:
        self.agent = HeadlessAgent()
        self._asked = threading.Event()
        self._url = ""

    def window(self) -> CallableWindow:
        return CallableWindow(self._show, lambda _label: None)

    def finish(self) -> None:
        """Sign in on the page, as soon as it is there."""
        assert self._asked.wait(20), "no page was shown"
        self._asked.clear()
        self.agent.show_window(self._url)

    def _show(self, url: str, _config: dict[str, object]) -> str:
        self._url = url
        self._asked.set()
        return "here"
