"""A window that stays, which nobody sees: the test opens its address wherever it likes."""

import threading

from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind


LIMIT = 10.0  # seconds; only a broken wizard comes near it


class FakeGuest:
    """The same window, for one sign-in."""

    kind = WindowKind.WEBVIEW

    def __init__(self, host):
        self._host = host

    def show(self, url, listener):
        self._host.guest_url, self._host.guest = url, listener
        self._host.shown.set()

    def close(self):
        self._host.guest = None

    def host(self, outcome):
        return wait_for(outcome)


class FakeStaying:
    """
    Satisfies ``Stays``.

    Attributes:
        url: where it was opened.
        listener: who hears of it.
        closed: whether it was taken away.
        raised: how often it was put in front.
    """

    def __init__(self, error=None):
        self.url = ""
        self.listener = None
        self.closed = False
        self.raised = 0
        self.guest_url, self.guest = "", None
        self.opened, self.shown = threading.Event(), threading.Event()
        self._error = error

    def open(self, url, listener):
        if self._error is not None:
            raise self._error
        self.url, self.listener = url, listener
        self.opened.set()

    def raise_(self):
        self.raised += 1

    def close(self):
        self.closed = True

    def sign_in_window(self):
        return FakeGuest(self)

    def address(self):
        assert self.opened.wait(LIMIT), "the window was never opened"
        return self.url
