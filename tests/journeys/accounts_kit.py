"""A page about accounts in Chromium, with nothing but a fake behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

from fakes.accounts import FakeAccounts

from pywry_auth.desktop.accounts_page.desk import Purpose
from pywry_auth.desktop.accounts_page.visit import AccountsVisit
from pywry_auth.desktop.pages.server import PageServer
from pywry_auth.desktop.pages.stage import Stage
from pywry_auth.window.base import SignInWindow, WindowKind


class Tab:
    """Stands for the window that stays: it only remembers where it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.listener = None
        self.closed = 0
        self.raised = 0

    def open(self, url, listener) -> None:
        self.url, self.listener = url, listener

    def raise_(self) -> None:
        self.raised += 1

    def close(self) -> None:
        self.closed += 1

    def sign_in_window(self) -> SignInWindow:
        return Guest()


class Guest:
    kind = WindowKind.WEBVIEW


@contextmanager
def visited(
    control, purpose: Purpose, window: Tab | None = None
) -> Iterator[tuple[AccountsVisit, Tab]]:
    """Open the page for a while; ``Tab.url`` lets one browser in."""
    server = PageServer(app_name=control.app_name)
    window = window or Tab()
    stage = Stage(server, window)
    stage.open()
    visit = AccountsVisit(control, purpose, server=server, stage=stage)
    visit.start()
    try:
        yield visit, window
    finally:
        if isinstance(control, FakeAccounts):
            control.hold.set()
        visit.end()
