"""Lines typed or pasted into a terminal, unseen."""

import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


INTERRUPT = "\x03"
END_OF_INPUT = "\x04"
ERASE = ("\x7f", "\b")
ERASE_LINE = "\x15"
PASTE_MARKS = ("\x1b[200~", "\x1b[201~")
LOOK = 0.05  # seconds between two looks at the Windows console, which cannot be waited for


class EndOfInputError(Exception):
    """Nobody will type anything more."""


class LineBuffer:
    """
    Puts typed characters together to lines.

    The terminal could do that itself, but then it cuts a line off after 1024 (macOS) or 4096
    (Linux) characters, and a pasted redirect may be longer.
    """

    def __init__(self) -> None:
        self._typed = ""

    def feed(self, text: str) -> str | None:
        """
        Take *text*; give the line once it is whole. What was typed after it is dropped.

        Raises:
            EndOfInputError: the person ended the input on an empty line.
            KeyboardInterrupt: the person interrupted it.
        """
        for mark in PASTE_MARKS:
            text = text.replace(mark, "")
        for char in text:
            if char in "\r\n":
                line, self._typed = self._typed, ""
                return line
            self._take(char)
        return None

    def _take(self, char: str) -> None:
        if char == INTERRUPT:
            raise KeyboardInterrupt
        if char == END_OF_INPUT:
            if not self._typed:
                raise EndOfInputError
        elif char in ERASE:
            self._typed = self._typed[:-1]
        elif char == ERASE_LINE:
            self._typed = ""
        else:
            self._typed += char


class Terminal:
    """Standard input, where that is a terminal."""

    def __init__(self) -> None:
        self._awake = threading.Event()
        self._lock = threading.Lock()
        self._wake_end: int | None = None

    def say(self, text: str) -> None:
        """Show *text* beside whatever the program prints."""
        sys.stderr.write(text)
        sys.stderr.flush()

    @contextmanager
    def unseen(self) -> Generator[None]:
        """Show nothing of what is typed meanwhile, between two questions neither."""
        if os.name == "nt":
            yield  # the console's keys are read one by one, which shows none
            return
        with _unseen(sys.stdin.fileno()):
            yield

    def wake(self) -> None:
        """End a ``read_line`` that another thread is in."""
        self._awake.set()
        with self._lock:  # a closed descriptor's number may belong to another file already
            if self._wake_end is not None:
                os.write(self._wake_end, b"x")

    def read_line(self) -> str | None:
        """
        Give the next line, which is not shown while it is typed; None after ``wake``.

        Raises:
            EndOfInputError: there is no more input.
            KeyboardInterrupt: the person pressed Ctrl-C.
        """
        if os.name == "nt":
            return _read_console(self._awake)
        return self._read_posix()

    def _read_posix(self) -> str | None:
        import select

        descriptor = sys.stdin.fileno()
        buffer = LineBuffer()
        with self._waking() as wake_start:
            while not self._awake.is_set():
                ready, _, _ = select.select([descriptor, wake_start], [], [])
                if descriptor not in ready:
                    continue
                data = os.read(descriptor, 65536)
                if not data:
                    raise EndOfInputError
                line = buffer.feed(data.decode(errors="replace"))
                if line is not None:
                    return line
        return None

    @contextmanager
    def _waking(self) -> Generator[int]:
        start, end = os.pipe()
        with self._lock:
            self._wake_end = end
        try:
            yield start
        finally:
            with self._lock:
                self._wake_end = None
            os.close(start)
            os.close(end)


@contextmanager
def _unseen(descriptor: int) -> Generator[None]:
    import termios

    if not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    unseen = termios.tcgetattr(descriptor)
    unseen[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSADRAIN, unseen)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _read_console(awake: threading.Event) -> str | None:
    if sys.platform != "win32":
        raise EndOfInputError
    import msvcrt

    return read_keys(msvcrt.kbhit, msvcrt.getwch, awake)


def read_keys(
    pressed: Callable[[], bool], key: Callable[[], str], awake: threading.Event
) -> str | None:
    """Put keys together to a line, as the Windows console gives them; None after *awake*."""
    buffer = LineBuffer()
    while not awake.is_set():
        if not pressed():
            awake.wait(LOOK)
            continue
        line = buffer.feed(key())
        if line is not None:
            return line
    return None
