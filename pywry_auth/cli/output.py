"""The only place that prints: data to standard output, words to standard error."""

import json
import os
import sys
from collections.abc import Mapping, Sequence

from pywry_auth.errors import AuthError


class Output:
    """
    What one command says.

    Args:
        as_json: print data, and the error that ends the command, as JSON.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    def data(self, value: Mapping[str, object] | Sequence[object], text: str) -> None:
        """Print *value* as JSON where that was asked for, else *text*."""
        self._write(sys.stdout, json.dumps(value, ensure_ascii=False) if self.as_json else text)

    def note(self, words: str) -> None:
        """Tell the person at the terminal something."""
        self._write(sys.stderr, words)

    def fail(self, error: AuthError) -> None:
        """Say what went wrong, and what to do about it."""
        self.problem(error.code, str(error), error.hint)

    def problem(self, code: str, message: str, hint: str = "") -> None:
        """Say what went wrong, with a stable word for programs."""
        if self.as_json:
            facts = {"error": {"code": code, "message": message, "hint": hint}}
            self._write(sys.stdout, json.dumps(facts, ensure_ascii=False))
            return
        self._write(sys.stderr, f"{self._red('error')}: {message}")
        if hint:
            self._write(sys.stderr, f"\nhint: {hint}")

    @staticmethod
    def _red(word: str) -> str:
        if os.environ.get("NO_COLOR") or not sys.stderr.isatty():
            return word
        return f"\x1b[31m{word}\x1b[0m"

    @staticmethod
    def _write(stream: object, text: str) -> None:
        print(text, file=sys.stdout if stream is sys.stdout else sys.stderr, flush=True)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Set *rows* in columns, readable without colour."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
