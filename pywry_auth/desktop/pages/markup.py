"""HTML made of values, where nothing that comes from outside can become a tag."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.ui.pages import escaped


# Private-use characters, which no sentence holds, about what must keep its own direction.
_OPEN, _CLOSE = "\ue000", "\ue001"
_ISOLATED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is safe to put into a document."""

    text: str


Child = Markup | str
Attributes = Mapping[str, str | bool]


def isolated(value: object) -> str:
    """
    Mark *value*, a name or an address, before it goes into a sentence.

    It is written in a ``bdi`` then, so that a name in Arabic turns no English sentence round.
    """
    return f"{_OPEN}{str(value).replace(_OPEN, '').replace(_CLOSE, '')}{_CLOSE}"


def plain(text: str) -> str:
    """Give *text* without the marks of ``isolated``, for titles and attributes."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def written(child: Child) -> Markup:
    """Give *child* as HTML: a text is escaped, what was isolated stands in a ``bdi``."""
    if isinstance(child, Markup):
        return child
    pieces = _ISOLATED.split(child)  # every second piece was isolated
    done = [
        f"<bdi>{escaped(piece)}</bdi>" if index % 2 else _kept_ends(piece)
        for index, piece in enumerate(pieces)
    ]
    return Markup("".join(done))


def element(name: str, attributes: Attributes, *children: Child) -> Markup:
    """Give one element; an attribute that is True stands alone, one that is False not at all."""
    words = [name]
    for key, value in attributes.items():
        if value is True:
            words.append(key)
        elif isinstance(value, str):
            words.append(f'{key}="{escaped(plain(value))}"')
    opened = f"<{' '.join(words)}>"
    if name in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{joined(*children).text}</{name}>")


def joined(*children: Child) -> Markup:
    """Give *children* one after the other."""
    return Markup("".join(written(child).text for child in children))


def _kept_ends(piece: str) -> str:
    # Escaping takes the spaces at the ends away, which stand between a sentence and a name.
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() and piece.strip() else ""
    return before + escaped(piece) + after
