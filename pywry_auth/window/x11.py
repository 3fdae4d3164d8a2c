"""The few words that are spoken with an X11 window manager about whose window is in front."""

import ctypes
from ctypes import (
    Structure,
    byref,
    c_char_p,
    c_int,
    c_size_t,
    c_uint8,
    c_uint16,
    c_uint32,
    c_void_p,
)
from typing import Self


LIBRARY = "libxcb.so.1"  # what every toolkit's own connection to the screen is made with
CLIENT_MESSAGE = 33
WINDOW, CARDINAL = 33, 6  # predefined atoms
BYTES = 4  # of a number
MOST = 4096  # numbers; more windows than anybody has open
PAGER = 2  # EWMH: somebody asks on the person's behalf, not a program that wants to be seen
TO_THE_MANAGER = 0x0008_0000 | 0x0010_0000  # SubstructureNotify, SubstructureRedirect


class Screens(Structure):
    """``xcb_screen_iterator_t``; the first word of a screen is its root window."""

    _fields_ = (("data", ctypes.POINTER(c_uint32)), ("rest", c_int), ("index", c_int))


class Cookie(Structure):
    """``xcb_intern_atom_cookie_t`` and its like."""

    _fields_ = (("sequence", ctypes.c_uint),)


class AtomReply(Structure):
    """``xcb_intern_atom_reply_t``."""

    _fields_ = (
        ("kind", c_uint8),
        ("pad", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("atom", c_uint32),
    )


class Message(Structure):
    """``xcb_client_message_event_t``."""

    _fields_ = (
        ("kind", c_uint8),
        ("format", c_uint8),
        ("sequence", c_uint16),
        ("window", c_uint32),
        ("type", c_uint32),
        ("data", c_uint32 * 5),
    )


class Extension(Structure):
    """``xcb_extension_t``; the library writes into it, so it lives as long as the library."""

    _fields_ = (("name", c_char_p), ("number", c_int))


class Request(Structure):
    """``xcb_protocol_request_t``."""

    _fields_ = (
        ("parts", c_size_t),
        ("extension", ctypes.POINTER(Extension)),
        ("opcode", c_uint8),
        ("has_no_reply", c_uint8),
    )


class Part(Structure):
    """``struct iovec``."""

    _fields_ = (("base", c_void_p), ("length", c_size_t))


class OwnerRequest(Structure):
    """``QueryClientIds`` of the X-Resource extension, version 1.2, about one window."""

    _fields_ = (
        ("header", c_uint32),
        ("count", c_uint32),
        ("window", c_uint32),
        ("wanted", c_uint32),
    )


class OwnerReply(Structure):
    """What it answers: how many, then the first one."""

    _fields_ = (
        ("kind", c_uint8),
        ("pad", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("count", c_uint32),
        ("pads", c_uint32 * 5),
        ("window", c_uint32),
        ("known", c_uint32),
        ("size", c_uint32),
        ("process", c_uint32),
    )


RESOURCES = Extension(b"X-Resource", 0)
QUERY_CLIENT_IDS = 4
PROCESS = 2  # XRES_CLIENT_ID_PID; only for programs on this computer


class Display:
    """
    One connection to the screen that ``DISPLAY`` names.

    Raises:
        OSError: there is none, or no library to speak with it.
    """

    # libX11 ends the whole program when a connection breaks or a window is gone; libxcb does not.
    def __init__(self) -> None:
        self._xcb = ctypes.CDLL(LIBRARY)
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = [c_void_p]
        self._declare()
        self._connection = c_void_p(self._xcb.xcb_connect(None, None))
        if self._xcb.xcb_connection_has_error(self._connection):
            self.close()
            raise OSError("there is no X11 screen")
        setup = c_void_p(self._xcb.xcb_get_setup(self._connection))
        self._root = int(self._xcb.xcb_setup_roots_iterator(setup).data[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._xcb.xcb_disconnect(self._connection)

    def active_window(self) -> int:
        """Give the number of the window that has the focus, or 0."""
        found = self._numbers(self._root, "_NET_ACTIVE_WINDOW", WINDOW)
        return found[0] if found else 0

    def windows(self) -> list[int]:
        """Give the numbers of all windows that people see, the oldest first."""
        return self._numbers(self._root, "_NET_CLIENT_LIST", WINDOW)

    def process_of(self, window: int) -> int:
        """Give the number of the process that *window* belongs to, or 0."""
        # Tk's windows do not say whose they are; then the screen itself is asked.
        found = self._numbers(window, "_NET_WM_PID", CARDINAL)
        return found[0] if found else self._owner(window)

    def activate(self, window: int) -> None:
        """Ask the window manager to bring *window* to the front, with the focus."""
        message = Message(
            kind=CLIENT_MESSAGE,
            format=32,
            window=window,
            type=self._atom("_NET_ACTIVE_WINDOW"),
            data=(c_uint32 * 5)(PAGER, 0, 0, 0, 0),
        )
        self._xcb.xcb_send_event(
            self._connection,
            c_uint8(0),
            c_uint32(self._root),
            c_uint32(TO_THE_MANAGER),
            byref(message),
        )
        self._xcb.xcb_flush(self._connection)
        self.active_window()  # a round trip: the message has arrived before the connection goes

    def _declare(self) -> None:
        xcb = self._xcb
        xcb.xcb_connect.restype = c_void_p
        xcb.xcb_connect.argtypes = [c_char_p, c_void_p]
        xcb.xcb_get_setup.restype = c_void_p
        xcb.xcb_setup_roots_iterator.restype = Screens
        xcb.xcb_intern_atom.restype = Cookie
        xcb.xcb_get_property.restype = Cookie
        for reply in (xcb.xcb_intern_atom_reply, xcb.xcb_get_property_reply):
            reply.restype = c_void_p
            reply.argtypes = [c_void_p, Cookie, c_void_p]
        xcb.xcb_wait_for_reply.restype = c_void_p
        xcb.xcb_wait_for_reply.argtypes = [c_void_p, c_uint32, c_void_p]
        xcb.xcb_get_property_value.restype = ctypes.POINTER(c_uint32)

    def _atom(self, name: str) -> int:
        word = name.encode()
        cookie = self._xcb.xcb_intern_atom(
            self._connection, c_uint8(0), c_uint16(len(word)), c_char_p(word)
        )
        reply = self._xcb.xcb_intern_atom_reply(self._connection, cookie, None)
        if not reply:
            return 0
        try:
            return int(AtomReply.from_address(reply).atom)
        finally:
            self._free(reply)

    def _numbers(self, window: int, name: str, kind: int) -> list[int]:
        cookie = self._xcb.xcb_get_property(
            self._connection,
            c_uint8(0),
            c_uint32(window),
            c_uint32(self._atom(name)),
            c_uint32(kind),
            c_uint32(0),
            c_uint32(MOST),
        )
        reply = self._xcb.xcb_get_property_reply(self._connection, cookie, None)
        if not reply:
            return []  # the window is gone
        try:
            length = self._xcb.xcb_get_property_value_length(c_void_p(reply))
            values = self._xcb.xcb_get_property_value(c_void_p(reply))
            return [int(values[place]) for place in range(length // BYTES)]
        finally:
            self._free(reply)

    def _owner(self, window: int) -> int:
        wanted = OwnerRequest(0, 1, window, PROCESS)
        # The library writes before the first part, so two more are there.
        parts = (Part * 4)()
        parts[2] = Part(ctypes.addressof(wanted), ctypes.sizeof(wanted))
        request = Request(2, ctypes.pointer(RESOURCES), QUERY_CLIENT_IDS, 0)
        sequence = self._xcb.xcb_send_request(
            self._connection, c_int(1), byref(parts, 2 * ctypes.sizeof(Part)), byref(request)
        )
        reply = self._xcb.xcb_wait_for_reply(self._connection, sequence, None)
        if not reply:
            return 0
        try:
            answer = OwnerReply.from_address(reply)
            return int(answer.process) if answer.count and answer.known & PROCESS else 0
        finally:
            self._free(reply)
