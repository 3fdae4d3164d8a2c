"""The pages about accounts in windows of ours, used with real keys."""

import queue
import time

import pytest
from fakes.accounts import FakeAccounts
from fakes.desktop import ADA, BOB, NAMELESS

from pywry_auth.desktop.accounts_page.windows import AccountPicker, ConnectedApps
from pywry_auth.desktop.panic import AccountEnd, Revocation
from pywry_auth.window.staying import StayingWindow
from tests.screen import missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

TITLE = "Acme Notes"
LONG = 60.0  # seconds for anything a loaded machine may take
REST = 0.25  # seconds without a change of the picture, after which a page has come to rest


@pytest.fixture
def desk(screen, gui, monkeypatch):
    for name, value in screen.env.items():
        monkeypatch.setenv(name, value)
    desk = Desk(screen, gui)
    yield desk
    desk.close()


class Desk:
    """An application whose person has a keyboard, and no mouse."""

    def __init__(self, screen, gui):
        self.screen = screen
        self.control = FakeAccounts((ADA, BOB, NAMELESS))
        self.control.signed_in(ADA)
        self.control.asked.clear()
        self.done = queue.Queue()
        self._gui = gui
        self._page = None

    def open(self, kind):
        window = StayingWindow(title=TITLE, gui=self._gui, width=480, height=640)
        self._page = kind(self.control, window=window)
        self._page.begin(lambda *result: self.done.put(result))
        until(lambda: self.shown == "accounts", "the accounts are looked up", LONG)
        self.comes_to_rest()

    @property
    def shown(self):
        leave = self._page._opening._leave
        return None if leave is None else str(leave.__self__._office.desk.screen)

    def comes_to_rest(self):
        """Wait until the window shows something, and goes on showing it."""
        window = self.screen.window(TITLE)
        before, deadline = b"", time.monotonic() + LONG
        while time.monotonic() < deadline:
            now = self.screen.pixels(window)
            if len(set(now[::3])) > 8 and now == before:
                return window
            before = now
            time.sleep(REST)
        raise AssertionError("the window never came to rest")

    def presses(self, *keys, to):
        """Press *keys*, and wait for the page they lead to."""
        self.screen.press(*keys)
        until(lambda: self.shown == to, f"{keys} lead to {to}", LONG)
        self.comes_to_rest()

    def close(self):
        if self._page is not None:
            self._page.close()
        until(lambda: not self.screen.windows(), "the window is gone", LONG)


def test_an_account_is_chosen_with_the_arrows(desk):
    desk.open(AccountPicker)
    desk.screen.press("Down")
    desk.comes_to_rest()
    desk.screen.press("Return")
    assert desk.done.get(timeout=LONG) == (BOB,)
    assert desk.control.asked[0] == ("switch", BOB.key)
    until(lambda: not desk.screen.windows(), "the picker is gone", LONG)


def test_a_window_closed_by_its_cross_is_no_choice(desk):
    desk.open(AccountPicker)
    desk.screen.ask_to_close(desk.screen.window(TITLE))
    assert desk.done.get(timeout=LONG) == (None,)
    assert desk.control.asked == []


def test_one_is_signed_out_with_the_keyboard(desk):
    desk.open(AccountPicker)
    desk.screen.press("Down")
    desk.presses("Delete", to="sign_out")
    desk.presses("Tab", "Tab", "Return", to="accounts")
    assert desk.control.asked == [("sign_out", BOB.key)]


def test_the_panic_button_is_pressed_with_the_keyboard(desk):
    desk.control.ends = {BOB.key: AccountEnd(BOB, Revocation.UNREACHABLE)}
    desk.open(ConnectedApps)
    # Three accounts to sign out, then all of them, then the button.
    desk.presses("Tab", "Tab", "Tab", "Tab", "Tab", "Return", to="panic")
    assert desk.control.asked == []
    desk.presses("Tab", "Tab", "Return", to="ended")
    assert desk.control.asked == [("panic", None)]
    assert desk.control.accounts() == []
    desk.screen.press("Return")
    desk.done.get(timeout=LONG)
    until(lambda: not desk.screen.windows(), "the page is gone", LONG)
