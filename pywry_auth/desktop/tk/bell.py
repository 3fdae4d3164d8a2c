"""Wakes a Tk main loop from any thread without polling."""

import contextlib
import os
import socket
import sys
import tkinter as tk
from collections.abc import Callable
from typing import Protocol


class Bell(Protocol):
    """What rings on any thread, heard on Tk's own."""

    def ring(self) -> None:
        """Have Tk's thread called soon; returns at once, whether or not its loop runs."""
        ...

    def close(self) -> None:
        """Be heard no more; on Tk's thread. May be repeated."""
        ...


class PipeBell:
    """
    A pipe among the files Tk waits for; nothing of Tk is touched by whoever rings.

    ``event_generate`` and ``after`` from another thread would wait for the loop, for a second where
    none runs, and for ever where the loop itself waits for that thread.

    Args:
        widget: any widget of the loop.
        heard: called on Tk's thread, once for one or more rings.
    """

    def __init__(self, widget: tk.Misc, heard: Callable[[], None]) -> None:
        self._tk = widget.tk
        self._heard = heard
        self._mouth, self._arm = os.pipe()
        os.set_blocking(self._mouth, False)
        os.set_blocking(self._arm, False)
        self._is_open = True
        self._tk.createfilehandler(self._mouth, tk.READABLE, self._listen)

    def ring(self) -> None:
        """Have Tk's thread called soon."""
        with contextlib.suppress(BlockingIOError):  # full of rings that nobody has heard yet
            os.write(self._arm, b"\0")

    def close(self) -> None:
        """Be heard no more."""
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(tk.TclError):  # the interpreter may be gone before us
                self._tk.deletefilehandler(self._mouth)
            os.close(self._mouth)
            os.close(self._arm)

    def _listen(self, _file: object, _mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._mouth, 4096)
        self._heard()


class SocketBell:
    """
    A connection between Python and Tcl, for Windows, where Tk waits for sockets but for no files.

    It takes one connection, our own, and closes the door behind it; a ring carries nothing.

    Args:
        widget: any widget of the loop.
        heard: called on Tk's thread, once for one or more rings.
    """

    def __init__(self, widget: tk.Misc, heard: Callable[[], None]) -> None:
        self._tk = widget.tk
        self._heard = heard
        self._names = [widget.register(self._accept), widget.register(self._listen)]
        self._widget = widget
        self._channel = ""
        self._door = str(
            self._tk.call("socket", "-server", self._names[0], "-myaddr", "127.0.0.1", "0")
        )
        port = self._tk.eval(f"lindex [fconfigure {self._door} -sockname] 2")
        self._line = socket.create_connection(("127.0.0.1", int(port)))
        self._line.settimeout(0)
        self._port = int(self._line.getsockname()[1])
        self._is_open = True

    def ring(self) -> None:
        """Have Tk's thread called soon."""
        with contextlib.suppress(OSError):  # full of rings; or the interpreter ended before us
            self._line.send(b"\0")

    def close(self) -> None:
        """Be heard no more."""
        if self._is_open:
            self._is_open = False
            self._line.close()
            self._drop(self._door)
            self._drop(self._channel)
            for name in self._names:
                with contextlib.suppress(tk.TclError):
                    self._widget.deletecommand(name)

    def _accept(self, channel: str, _address: str, port: str) -> None:
        if int(port) != self._port:  # another program of this computer
            self._drop(channel)
            return
        self._channel = channel
        self._drop(self._door)
        self._door = ""
        self._tk.call("fconfigure", channel, "-blocking", "0", "-translation", "binary")
        self._tk.call("fileevent", channel, "readable", self._names[1])

    def _listen(self) -> None:
        self._tk.call("read", self._channel)
        if str(self._tk.call("eof", self._channel)) == "1":
            self._drop(self._channel)
            return
        self._heard()

    def _drop(self, channel: str) -> None:
        if channel:
            with contextlib.suppress(tk.TclError):
                self._tk.call("close", channel)


def bell_for(widget: tk.Misc, heard: Callable[[], None], *, platform: str = sys.platform) -> Bell:
    """Give the bell that works on *platform*, as ``sys.platform`` names it."""
    return SocketBell(widget, heard) if platform == "win32" else PipeBell(widget, heard)
