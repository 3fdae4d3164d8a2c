"""Whether somebody sits before the screen."""

import threading

import pytest
from keyring_env import in_environment, lacks, private_keyring

from pywry_auth.window.screen_lock import (
    QUESTIONS,
    linux_is_locked,
    macos_is_locked,
    screen_is_locked,
    windows_is_locked,
)


GNOME, FREEDESKTOP, LOGIND = QUESTIONS


@pytest.mark.parametrize(
    ("answers", "locked"),
    [
        ({}, False),
        ({GNOME: True}, True),
        ({GNOME: False, FREEDESKTOP: True}, True),
        ({GNOME: False, FREEDESKTOP: False, LOGIND: ("b", True)}, True),
        ({LOGIND: ("b", False)}, False),
        ({GNOME: "yes", FREEDESKTOP: 1, LOGIND: ("s", "yes")}, False),
        ({GNOME: (), LOGIND: ("b",)}, False),
    ],
)
def test_one_that_says_yes_is_enough_and_silence_is_no(answers, locked):
    assert linux_is_locked(answers.get) is locked


@pytest.mark.parametrize(
    ("desktop", "locked"),
    [
        ("Default", False),
        ("default", False),
        ("Winlogon", True),
        ("Screen-saver", True),
        (None, True),
    ],
)
def test_windows_is_locked_where_keys_go_to_another_desktop(desktop, locked):
    assert windows_is_locked(desktop) is locked


@pytest.mark.parametrize(
    ("said", "locked"),
    [
        ({}, False),
        ({"kCGSSessionOnConsoleKey": True}, False),
        ({"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}, True),
        ({"kCGSSessionOnConsoleKey": False}, True),
        (None, True),
    ],
)
def test_macos_is_locked_where_it_says_so_or_nobody_is_at_the_console(said, locked):
    assert macos_is_locked(said) is locked


def test_without_a_bus_nobody_knows_so_it_is_not_locked():
    with in_environment(
        {"DBUS_SESSION_BUS_ADDRESS": "", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/none"}
    ):
        assert screen_is_locked() is False
    with in_environment({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/at/all"}):
        assert screen_is_locked() is False


class ScreenSaver:
    """A desktop's screen saver on the real bus, which answers as it is told."""

    def __init__(self, name):
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        self.active = False
        self.asked = threading.Event()
        self._connection = open_dbus_connection("SESSION")
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        call = new_method_call(bus, "RequestName", "su", (name, 4))
        assert self._connection.send_and_get_reply(call).body == (1,)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def leave(self):
        """Go; the connection is closed by the thread that reads it."""
        self._leaving.set()
        self._thread.join(10)
        self._connection.close()

    def _serve(self):
        from jeepney import HeaderFields, MessageType, new_method_return

        while not self._leaving.is_set():
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is not MessageType.method_call:
                continue
            assert message.header.fields[HeaderFields.member] == "GetActive"
            self._connection.send(new_method_return(message, "b", (self.active,)))
            self.asked.set()


@pytest.mark.keyring
@pytest.mark.skipif(bool(lacks()), reason=lacks())
@pytest.mark.parametrize("name", ["org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver"])
def test_a_real_bus_is_asked(name):
    with private_keyring() as env, in_environment(env):
        assert screen_is_locked() is False
        saver = ScreenSaver(name)
        assert screen_is_locked() is False
        assert saver.asked.wait(5)
        saver.active = True
        assert screen_is_locked() is True
        saver.leave()
