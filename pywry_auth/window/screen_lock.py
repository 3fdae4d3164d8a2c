"""Whether the screen is locked, so that nobody sits before it."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for one answer of a desktop that is busy; most take a millisecond

#: of OpenInputDesktop: all that is needed to ask for a name
READ_OBJECTS = 0x0001
NAME_OF_DESKTOP = 2  # UOI_NAME
OWN_DESKTOP = "default"  # what people work on; "winlogon" is the locked one


@dataclass(frozen=True, slots=True)
class Question:
    """One way to ask a Linux desktop: a method that answers yes or no, or else a property."""

    bus: str
    name: str
    path: str
    interface: str
    method: str = ""
    member: str = ""


QUESTIONS = (
    Question(
        bus="SESSION",
        name="org.gnome.ScreenSaver",
        path="/org/gnome/ScreenSaver",
        interface="org.gnome.ScreenSaver",
        method="GetActive",
    ),
    Question(
        bus="SESSION",
        name="org.freedesktop.ScreenSaver",
        path="/org/freedesktop/ScreenSaver",
        interface="org.freedesktop.ScreenSaver",
        method="GetActive",
    ),
    Question(
        bus="SYSTEM",
        name="org.freedesktop.login1",
        path="/org/freedesktop/login1/session/auto",
        interface="org.freedesktop.login1.Session",
        member="LockedHint",
    ),
)


def screen_is_locked() -> bool:
    """Say whether the screen is known to be locked; where nobody can tell, it is not."""
    if sys.platform == "win32":
        return windows_is_locked(_input_desktop())
    if sys.platform == "darwin":
        return macos_is_locked(_macos_says())
    return linux_is_locked(_ask_linux)


def linux_is_locked(ask: Callable[[Question], object]) -> bool:
    """Decide from the answers of the desktop; one that says yes is enough."""
    return any(_is_yes(ask(question)) for question in QUESTIONS)


def windows_is_locked(desktop: str | None) -> bool:
    """
    Decide from the name of the desktop that gets the keys.

    None is a desktop that may not be opened: the one with the password, or the one that asks
    whether a program may change the system. Nobody can sign in elsewhere at that moment.
    """
    return desktop is None or desktop.lower() != OWN_DESKTOP


def macos_is_locked(said: dict[str, bool] | None) -> bool:
    """Decide from the window server's words; None is a session without a screen."""
    if said is None:
        return True
    return said.get("CGSSessionScreenIsLocked", False) or not said.get(
        "kCGSSessionOnConsoleKey", True
    )


def _is_yes(answer: object) -> bool:
    match answer:
        case (str(), bool() as value):  # of any type, which is named first
            return value
        case _:
            return answer is True


def _ask_linux(question: Question) -> object:
    try:
        from jeepney import DBusAddress, MessageFlag, MessageType, Properties, new_method_call
        from jeepney.io.blocking import open_dbus_connection
        from jeepney.io.common import RouterClosed
    except ImportError:
        return None
    place = DBusAddress(question.path, question.name, question.interface)
    call = Properties(place).get(question.member)
    if question.method:
        call = new_method_call(place, question.method)
    call.header.flags = MessageFlag.no_auto_start  # a desktop that has none is not given one
    try:
        connection = open_dbus_connection(question.bus, auth_timeout=PATIENCE)
        try:
            reply = connection.send_and_get_reply(call, timeout=PATIENCE)
        finally:
            connection.close()
    except (OSError, KeyError, ValueError, EOFError, RouterClosed) as exc:
        logger.debug("screen_lock.unknown", extra={"reason": type(exc).__name__})
        return None
    if reply.header.message_type is not MessageType.method_return or not reply.body:
        return None
    return reply.body[0]


def _input_desktop() -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes

    user32 = ctypes.windll.user32
    user32.OpenInputDesktop.restype = ctypes.c_void_p
    handle = user32.OpenInputDesktop(0, False, READ_OBJECTS)  # noqa: FBT003  # Windows' own order
    if not handle:
        return None
    name = ctypes.create_unicode_buffer(256)
    try:
        found = user32.GetUserObjectInformationW(
            ctypes.c_void_p(handle), NAME_OF_DESKTOP, name, ctypes.sizeof(name), None
        )
    finally:
        user32.CloseDesktop(ctypes.c_void_p(handle))
    return name.value if found else None


def _macos_says() -> dict[str, bool] | None:
    if sys.platform != "darwin":
        return None
    with suppress(ImportError):
        from Quartz import CGSessionCopyCurrentDictionary

        words = CGSessionCopyCurrentDictionary()
        return None if words is None else {str(name): bool(value) for name, value in words.items()}
    return {}
