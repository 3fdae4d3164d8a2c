"""HTML made of values, where nothing that comes from outside can become a tag."""

from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.ui.pages import escaped


_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is safe to put into a document."""

    text: str


NOTHING = Markup("")

Child = Markup | str
Attributes = Mapping[str, str | bool]


def written(child: Child) -> Markup:
    """Give *child* as HTML; a text is escaped, one line, and not longer than a sentence."""
    return child if isinstance(child, Markup) else Markup(escaped(child))


def element(name: str, attributes: Attributes, *children: Child) -> Markup:
    """Give one element; an attribute that is True stands alone, one that is False not at all."""
    words = [name]
    for key, value in attributes.items():
        if value is True:
            words.append(key)
        elif isinstance(value, str):
            words.append(f'{key}="{escaped(value)}"')
    opened = f"<{' '.join(words)}>"
    if name in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{joined(*children).text}</{name}>")


def joined(*children: Child) -> Markup:
    """Give *children* one after the other."""
    return Markup("".join(written(child).text for child in children))


def tag(name: str, kind: str, *children: Child) -> Markup:
    """Give an element of one class."""
    return element(name, {"class": kind}, *children)
