"""
Pages read from assets, in a person's language, filled with escaped values.

A page is an HTML file in ``assets/pages`` that also opens from the disk, in English. It begins with
``<html lang="en">``, links ``style.css`` and perhaps one script of its own, each in the exact form
``<link rel="stylesheet" href="style.css">`` or ``<script src="picker.js" defer></script>``; both
are put inside, and the policy names their digests. In it stand:

``[[You may close this tab and return to {application}.]]``
    A text, the whole sentence in English. ``scripts/texts`` finds it, and it is shown in the
    person's language. It holds no tag; the value stands in ``<bdi class="value-application">``, so
    that a stylesheet can set it off. In an attribute (``aria-label="[[Sign in]]"``,
    ``data-gone="[[…]]"`` for a script to show) or a title, no tag is put round the value.
``{{code}}``
    A value that is no sentence: escaped, one line, at most ``MAX_VALUE`` long. A name ending in
    ``_path`` holds an SVG path. A text that Python has chosen may be given as such a value:
    ``{"news": texts("This is a new code.")}``.

``Pages(names, texts=texts_for())`` reads them once. A page may do nothing but show itself, and ask
its own server where it links a script (``connect-src 'self'``). No ``style=`` or ``on…=`` attribute
works under its policy. Every page is checked with ``tests/axe_kit.py``.
"""

import base64
import hashlib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.ui.assets import PACKAGE, asset
from pywry_auth.ui.bidi import FSI, PDI, balanced, isolated
from pywry_auth.ui.template import Kind, Part, parts
from pywry_auth.ui.texts import ENGLISH, Texts


MAX_VALUE = 300  # characters; a longer value is no sentence, and would push the rest off the page
_PATH_LETTERS = frozenset(" .,-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
# Persian and Indic scripts, as well as many emoji, are spelt with the first two; the others keep a
# value apart from the text about it, and are harmless in pairs.
_UNSEEN = frozenset(f"\u200c\u200d{FSI}{PDI}")


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
    The pages of one face in one language, read once so that no later request touches the disk.

    Args:
        names: which pages.
        texts: the language.
        package: where the assets are looked for.
    """

    def __init__(
        self,
        names: Iterable[str],
        *,
        texts: Texts = ENGLISH,
        package: Path = PACKAGE,
    ) -> None:
        self._texts = texts
        found = {name: list(parts(_read(f"{name}.html", package))) for name in names}
        files = {
            part.text
            for source in found.values()
            for part in source
            if part.kind in {Kind.STYLE, Kind.SCRIPT}
        }
        code = {name: _read(name, package) for name in files}
        self._policies = {name: _policy(source, code) for name, source in found.items()}
        # Inline, so that a page is one request: the server may be gone right after it.
        self._sources = {
            name: [_settled(part, code, texts) for part in source] for name, source in found.items()
        }

    def fill(self, name: str, values: Mapping[str, str]) -> Page:
        """
        Put *values* into the page *name*, each one escaped.

        Raises:
            KeyError: there is no such page, or it has a place for which no value is given.
        """
        text = "".join(self._filled(part, values) for part in self._sources[name])
        return Page(text.encode("utf-8"), self._policies[name])

    def _filled(self, part: Part, values: Mapping[str, str]) -> str:
        match part.kind:
            case Kind.PLACE:
                return _put(part.text, values[part.text])
            case Kind.SENTENCE:
                return html.escape(part.text).format_map(_Tagged(values))
            case Kind.WORDS:
                return html.escape(part.text).format_map(_Enclosed(values, self._texts.direction))
            case _:
                return part.text


class _Tagged:
    """The values of a sentence, each in a tag that keeps it apart."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, place: str) -> str:
        return f'<bdi class="value-{place}">{_put(place, self._values[place])}</bdi>'


class _Enclosed:
    """The values of words that may hold no tag, in isolates where they need to be kept apart."""

    def __init__(self, values: Mapping[str, str], direction: str) -> None:
        self._values = values
        self._direction = direction

    def __getitem__(self, place: str) -> str:
        return escaped(isolated(self._values[place], self._direction))


def _settled(part: Part, code: Mapping[str, str], texts: Texts) -> Part:
    """Do to *part* whatever needs no values."""
    match part.kind:
        case Kind.ROOT:
            text = f'<html lang="{texts.language}" dir="{texts.direction}">'
            return Part(Kind.FIXED, text)
        case Kind.STYLE:
            return Part(Kind.FIXED, f"<style>{code[part.text]}</style>")
        case Kind.SCRIPT:
            text = f'<script type="module">{code[part.text]}</script>'
            return Part(Kind.FIXED, text)
        case Kind.SENTENCE | Kind.WORDS:
            return Part(part.kind, texts.pattern(part.text))
        case _:
            return part


def _policy(source: Iterable[Part], code: Mapping[str, str]) -> str:
    linked = list(source)
    styles = [_hash(code[part.text]) for part in linked if part.kind is Kind.STYLE]
    scripts = [_hash(code[part.text]) for part in linked if part.kind is Kind.SCRIPT]
    directives = ["default-src 'none'"]
    if styles:
        directives.append(f"style-src {' '.join(styles)}")
    if scripts:
        directives += [f"script-src {' '.join(scripts)}", "connect-src 'self'"]
    return "; ".join(
        [*directives, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
    )


def _put(place: str, value: str) -> str:
    if place.endswith("_path"):
        return "".join(letter for letter in value if letter in _PATH_LETTERS)
    return escaped(value)


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def escaped(value: str) -> str:
    """Make *value* safe in text and in quoted attributes, one line, at most ``MAX_VALUE`` long."""
    # What is not printable also holds the marks that turn round the order of the text about them.
    printable = "".join(c if c.isprintable() or c in _UNSEEN else " " for c in value)
    line = " ".join(printable.split())
    short = line if len(line) <= MAX_VALUE else line[: MAX_VALUE - 1] + "…"
    return html.escape(balanced(short), quote=True)


def _read(name: str, package: Path) -> str:
    return asset(f"pages/{name}", package=package).read_text(encoding="utf-8")
