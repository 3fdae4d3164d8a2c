"""The only place that prints: data to standard output, words to standard error."""

import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from textwrap import wrap
from typing import TextIO


ERASE_LINE = "\r\x1b[2K"
RED, PLAIN = "\x1b[31m", "\x1b[0m"
INK = "\x1b[38;5;16;48;5;231m"  # black on white, whatever the terminal calls so


class Mark(Enum):
    """How something is, by a sign that can be told apart without colour."""

    GOOD = ("\N{CHECK MARK}", "ok", "\x1b[32m")
    DOUBT = ("!", "!", "\x1b[33m")
    BAD = ("\N{BALLOT X}", "x", RED)
    NONE = ("-", "-", "\x1b[2m")

    def drawn(self, *, utf8: bool, colour: bool) -> str:
        """Give the sign, two characters wide."""
        sign, plain, paint = self.value
        word = f"{sign if utf8 else plain:2}"
        return f"{paint}{word}{PLAIN}" if colour else word


@dataclass(frozen=True, slots=True)
class Screen:
    """
    What can be drawn on a terminal.

    Attributes:
        columns: characters in a line.
        lines: how many of them.
        has_blocks: whether its character set knows half blocks.
        has_colour: whether dark can be told from light there, whatever its own colours.
    """

    columns: int
    lines: int
    has_blocks: bool
    has_colour: bool


class Output:
    """
    What one command says; may be used from any thread.

    Args:
        as_json: print data, and the error that ends the command, as one JSON document.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._lock = threading.RLock()
        self._standing = ""  # the line on the terminal that will be replaced
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A name the terminal cannot show must not end the command.
                stream.reconfigure(errors="backslashreplace")

    @property
    def is_lively(self) -> bool:
        """Whether a line on the person's terminal can be replaced."""
        return os.environ.get("TERM") != "dumb" and _is_terminal(sys.stderr)

    @property
    def screen(self) -> Screen:
        """What can be drawn where the person reads."""
        size = shutil.get_terminal_size()
        lively = self.is_lively
        charset = (sys.stderr.encoding or "").lower().replace("-", "") if lively else ""
        return Screen(
            size.columns,
            size.lines,
            has_blocks=charset == "utf8",
            has_colour=lively and not os.environ.get("NO_COLOR"),
        )

    def data(self, value: Mapping[str, object] | Sequence[object], text: str) -> None:
        """Print *value* as JSON where that was asked for, else *text*, if there is any."""
        if self.as_json:
            self._write(sys.stdout, json.dumps(value))
        elif text:
            self._write(sys.stdout, _harmless(text))

    def marked(
        self,
        value: Mapping[str, object],
        rows: Sequence[tuple[Mark, str, str, str]],
        title: str,
        verdict: str,
    ) -> None:
        """Print *value* as JSON where that was asked for, else a table of what was looked at."""
        if self.as_json:
            self._write(sys.stdout, json.dumps(value))
            return
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        colour = _is_terminal(sys.stdout) and _may_paint()
        name_width = max(len(name) for _, name, _, _ in rows)
        text_width = max(30, min(shutil.get_terminal_size().columns, 100) - name_width - 7)
        lines = [one_line(title), ""]
        for mark, name, words, fix in rows:
            below = [f"-> {fix}"] if fix else []
            text = [p for each in (words, *below) for p in wrap(one_line(each), text_width)]
            first = f"  {mark.drawn(utf8=utf8, colour=colour)} {name:{name_width}}  "
            lines.append(first + text[0])
            lines += [" " * (name_width + 7) + part for part in text[1:]]
        self._write(sys.stdout, "\n".join([*lines, "", one_line(verdict)]))

    def note(self, words: str) -> None:
        """Tell the person at the terminal something."""
        self._write(sys.stderr, _harmless(words))

    def stand(self, words: str) -> None:
        """Let *words* stand as the last line until anything else is said; "" takes them away."""
        with self._lock:
            if not self.is_lively or (not words and not self._standing):
                return
            width = shutil.get_terminal_size().columns - 1
            self._standing = words
            _put(sys.stderr, ERASE_LINE + _harmless(words)[:width])

    def draw(self, rows: Sequence[str]) -> None:
        """Show a picture made of block characters, dark on light in every terminal."""
        for row in rows:
            self._write(sys.stderr, f"    {INK}{_harmless(row)}{PLAIN}")

    def problem(
        self, code: str, message: str, hint: str = "", said: Mapping[str, str] | None = None
    ) -> None:
        """
        Say what went wrong, with a stable word for programs.

        Args:
            code: that word.
            message: what went wrong, for people.
            hint: what to do about it.
            said: what a server said of it, for programs.
        """
        if self.as_json:
            facts = {"code": code, "message": message, "hint": hint, **(said or {})}
            self._write(sys.stdout, json.dumps({"error": facts}))
            return
        self._write(sys.stderr, f"{_red('error')}: {one_line(message)}")
        if hint:
            self._write(sys.stderr, f"hint: {one_line(hint)}")

    def _write(self, stream: TextIO, text: str) -> None:
        with self._lock:
            if self._standing:
                self._standing = ""
                _put(sys.stderr, ERASE_LINE)
            _put(stream, f"{text}\n")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Set *rows* in columns, readable without colour; what is in a row stays in it."""
    rows = [tuple(map(one_line, row)) for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def let_go() -> None:
    """Flush what was printed; where its reader has left, let the interpreter's own flush be."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, ValueError):
        return  # there is no standard output


def _harmless(text: str) -> str:
    # What a provider says of a person must not move the cursor or set the title.
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def one_line(text: str) -> str:
    """Make *text* harmless on a terminal, where it must not pass for a line of ours either."""
    return _harmless(text).replace("\n", "\N{REPLACEMENT CHARACTER}")


def _red(word: str) -> str:
    return f"{RED}{word}{PLAIN}" if _may_paint() and _is_terminal(sys.stderr) else word


def _may_paint() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False  # None under pythonw, or closed


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except AttributeError:
        return  # None under pythonw: nobody would see it
