"""Pages read from assets, filled with escaped values."""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.ui.assets import PACKAGE, asset


MAX_VALUE = 300  # characters; a longer value is no sentence, and would push the rest off the page
_NO_PATH = re.compile(r"[^A-Za-z0-9 .,-]")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
# The source pages link stylesheet and script, so that a designer can open them from the disk.
_STYLE_LINK = '<link rel="stylesheet" href="style.css">'
_SCRIPT_LINK = '<script src="{}" defer></script>'
# Persian and Indic scripts, as well as many emoji, are spelt with these two invisible characters.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Page:
    """
    One page, whole in itself: it loads nothing else.

    Attributes:
        body: the document, in UTF-8.
        policy: the Content-Security-Policy under which it looks as meant and can do nothing more.
    """

    body: bytes
    policy: str


class Pages:
    """
    The pages of one face, read once so that no later request touches the disk.

    Args:
        names: which pages.
        script: the one script they hold, which may ask this server for news; "" for none.
        package: where the assets are looked for.
    """

    def __init__(self, names: Iterable[str], *, script: str = "", package: Path = PACKAGE) -> None:
        style = _read("style.css", package)
        code = _read(script, package) if script else ""
        scripts = f"script-src {_hash(code)}; connect-src 'self'; " if script else ""
        # Inline, so that a page is one request: the server may be gone right after it.
        self._policy = (
            f"default-src 'none'; style-src {_hash(style)}; {scripts}"
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self._sources = {
            name: _read(f"{name}.html", package)
            .replace(_STYLE_LINK, f"<style>{style}</style>")
            .replace(_SCRIPT_LINK.format(script), f'<script type="module">{code}</script>')
            for name in names
        }

    def fill(self, name: str, values: Mapping[str, str]) -> Page:
        """
        Put *values* into the page *name*, each one escaped.

        A drawing, which is no sentence and may be long, goes into a place whose name ends in
        ``_path``; it holds nothing but the letters and numbers of an SVG path.

        Raises:
            KeyError: there is no such page, or it has a place for which no value is given.
        """
        text = _PLACE.sub(lambda place: _put(place[1], values[place[1]]), self._sources[name])
        return Page(text.encode("utf-8"), self._policy)


def _put(place: str, value: str) -> str:
    return _NO_PATH.sub("", value) if place.endswith("_path") else escaped(value)


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def escaped(value: str) -> str:
    """Make *value* safe in text and in quoted attributes, one line, at most ``MAX_VALUE`` long."""
    # What is not printable also holds the marks that turn round the order of the text about them.
    printable = "".join(c if c.isprintable() or c in _JOINERS else " " for c in value)
    line = " ".join(printable.split())
    short = line if len(line) <= MAX_VALUE else line[: MAX_VALUE - 1] + "…"
    return html.escape(short, quote=True)


def _read(name: str, package: Path) -> str:
    return asset(f"pages/{name}", package=package).read_text(encoding="utf-8")
