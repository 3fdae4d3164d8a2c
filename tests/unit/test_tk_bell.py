"""What wakes Tk, in an interpreter that shows no window."""

import contextlib
import socket
import threading
import tkinter as tk
from pathlib import Path

import pytest

from pywry_auth.desktop.tk.bell import PipeBell, SocketBell, bell_for


class Loop:
    """A Tcl interpreter as a widget shows it to a bell, without a screen."""

    def __init__(self):
        self.tk = tk.Tcl().tk
        self._count = 0

    def register(self, call):
        self._count += 1
        name = f"call{self._count}"
        self.tk.createcommand(name, call)
        return name

    def deletecommand(self, name):
        self.tk.deletecommand(name)

    def turn(self, until, limit=200):
        """Let Tcl wait for what happens, at most *limit* times 20 ms."""
        for _ in range(limit):
            if until():
                return
            self.tk.eval("set woken 0; set timer [after 20 {set woken 1}]; vwait woken")


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture(params=[PipeBell, SocketBell], ids=["pipe", "socket"])
def kind(request):
    return request.param


def test_a_ring_from_another_thread_is_heard_on_this_one(loop, kind):
    heard = []
    bell = kind(loop, lambda: heard.append(threading.get_ident()))
    ringer = threading.Thread(target=bell.ring)
    ringer.start()
    ringer.join()
    loop.turn(lambda: heard)
    assert set(heard) == {threading.get_ident()}
    bell.close()


def test_ringing_never_waits_for_a_loop_that_does_not_run(loop, kind):
    heard = []
    bell = kind(loop, lambda: heard.append(1))
    for _ in range(200_000):  # more than a pipe or a socket holds
        bell.ring()
    assert heard == []
    loop.turn(lambda: heard)
    assert heard
    bell.close()


def test_what_is_closed_is_heard_no_more_and_leaves_no_file(loop, kind):
    before = open_files()
    heard = []
    bell = kind(loop, lambda: heard.append(1))
    bell.ring()
    loop.turn(lambda: heard)
    bell.close()
    bell.close()
    heard.clear()
    loop.turn(lambda: False, limit=3)
    assert heard == []
    assert open_files() == before


def test_a_bell_may_be_closed_by_what_it_called(loop, kind):
    heard = []

    def last():
        heard.append(1)
        bell.close()

    bell = kind(loop, last)
    bell.ring()
    bell.ring()
    loop.turn(lambda: heard)
    loop.turn(lambda: False, limit=3)
    assert heard == [1]


def test_a_stranger_who_comes_first_is_sent_away(loop, monkeypatch):
    heard, strangers, connect = [], [], socket.create_connection

    def after_a_stranger(place):
        strangers.append(connect(place))
        strangers[0].sendall(b"ring")
        return connect(place)

    monkeypatch.setattr(socket, "create_connection", after_a_stranger)
    bell = SocketBell(loop, lambda: heard.append(1))
    port = strangers[0].getpeername()[1]
    loop.turn(lambda: False, limit=5)
    assert heard == []
    with strangers[0] as stranger:
        stranger.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
    bell.ring()
    loop.turn(lambda: heard)
    assert heard
    with pytest.raises(ConnectionRefusedError):  # the door is closed behind our own
        connect(("127.0.0.1", port))
    bell.close()


def test_windows_gets_the_socket_and_everybody_else_the_pipe(loop):
    for platform, wanted in (("win32", SocketBell), ("linux", PipeBell), ("darwin", PipeBell)):
        bell = bell_for(loop, lambda: None, platform=platform)
        assert type(bell) is wanted
        bell.close()
