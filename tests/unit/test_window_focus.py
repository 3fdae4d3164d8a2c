"""Whose window comes to the front after a sign-in."""

import os

import pytest

from pywry_auth.window.focus import Focus, NoDesktop, X11Desktop, this_desktop
from pywry_auth.window.focus_macos import MacDesktop
from pywry_auth.window.focus_windows import WindowsDesktop


class FakeDesktop:
    def __init__(self, mine: int = 0, *, is_broken: bool = False) -> None:
        self.mine = mine
        self.is_broken = is_broken
        self.brought: list[int] = []

    def mine_in_front(self) -> int:
        return self.mine

    def bring_to_front(self, window: int) -> None:
        if self.is_broken:
            raise OSError
        self.brought.append(window)


class FakeHost:
    def __init__(self) -> None:
        self.times = 0

    def come_forward(self) -> None:
        self.times += 1


def test_the_window_that_was_in_front_comes_back_once():
    desktop, host = FakeDesktop(7), FakeHost()
    focus = Focus(host, desktop=desktop)
    focus.remember()
    desktop.mine = 0  # the browser is in front now
    focus.bring_back()
    assert (desktop.brought, host.times) == ([7], 0)
    focus.bring_back()
    assert desktop.brought == [7]


def test_a_program_that_had_no_focus_takes_none_away():
    desktop = FakeDesktop(0)
    focus = Focus(desktop=desktop)
    focus.remember()
    focus.bring_back()
    assert desktop.brought == []


@pytest.mark.parametrize("desktop", [FakeDesktop(0), FakeDesktop(7, is_broken=True), NoDesktop()])
def test_where_the_desktop_cannot_help_the_toolkit_is_asked(desktop):
    host = FakeHost()
    focus = Focus(host, desktop=desktop)
    focus.remember()
    focus.bring_back()
    assert host.times == 1


def test_a_screen_that_is_gone_breaks_nothing(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":9999")
    assert isinstance(this_desktop(), X11Desktop)
    focus = Focus()
    focus.remember()
    focus.bring_back()


def test_without_a_screen_nobody_is_asked(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert isinstance(this_desktop(), NoDesktop)


class FakeUser32:
    def __init__(self, *, allows: bool = True, minimised: bool = False, pid: int = 0) -> None:
        self.allows, self.minimised, self.pid = allows, minimised, pid or os.getpid()
        self.done: list[str] = []

    def foreground(self) -> int:
        return 42

    def process_of(self, window: int) -> int:
        assert window == 42
        return self.pid

    def is_minimised(self, window: int) -> bool:
        assert window == 42
        return self.minimised

    def restore(self, _window: int) -> None:
        self.done.append("restore")

    def set_foreground(self, _window: int) -> bool:
        self.done.append("front")
        return self.allows

    def flash(self, _window: int) -> None:
        self.done.append("flash")


def test_windows_knows_whose_window_is_in_front():
    assert WindowsDesktop(FakeUser32()).mine_in_front() == 42
    assert WindowsDesktop(FakeUser32(pid=1)).mine_in_front() == 0


@pytest.mark.parametrize(
    ("system", "done"),
    [
        (FakeUser32(), ["front"]),
        (FakeUser32(minimised=True), ["restore", "front"]),
        (FakeUser32(allows=False), ["front", "flash"]),
    ],
)
def test_windows_lets_the_taskbar_ask_where_the_window_may_not_pass(system, done):
    WindowsDesktop(system).bring_to_front(42)
    assert system.done == done


class FakeApplication:
    def __init__(self, *, active: bool) -> None:
        self.active = active
        self.options: list[int] = []

    def isActive(self) -> bool:  # noqa: N802
        return self.active

    def activateWithOptions_(self, options: int) -> bool:  # noqa: N802
        self.options.append(options)
        return True


def test_macos_brings_the_whole_application_back():
    application = FakeApplication(active=True)
    desktop = MacDesktop(application)
    assert desktop.mine_in_front() == 1
    desktop.bring_to_front(1)
    assert application.options == [3]
    assert MacDesktop(FakeApplication(active=False)).mine_in_front() == 0
