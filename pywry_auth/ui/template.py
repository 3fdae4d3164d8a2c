"""The source of a page taken apart: what is fixed, what is filled in, what is translated."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto


_TOKEN = re.compile(
    r'<html lang="en">'
    r'|<link rel="stylesheet" href="(?P<style>[\w.-]+)">'
    r'|<script src="(?P<script>[\w.-]+)" defer></script>'
    r"|\{\{(?P<place>\w+)\}\}"
    r"|\[\[(?P<sentence>.+?)\]\]",
    re.DOTALL,
)
_ONLY_TEXT = ("title", "option", "textarea")  # elements in which a tag would be shown as it is


class Kind(Enum):
    """What a part of a source stands for."""

    FIXED = auto()
    ROOT = auto()  #: the tag that says the page's language
    STYLE = auto()
    SCRIPT = auto()
    PLACE = auto()
    SENTENCE = auto()  #: with a tag of its own round each value
    WORDS = auto()  #: where no tag may stand: in an attribute, a title


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a source.

    Attributes:
        kind: what it stands for.
        text: as it is, the name of a file or place, or the English sentence.
    """

    kind: Kind
    text: str


def parts(source: str) -> Iterator[Part]:
    """Take *source* apart; what it links is named, not read, so that no code is taken for text."""
    end = 0
    for token in _TOKEN.finditer(source):
        if token.start() > end:
            yield Part(Kind.FIXED, source[end : token.start()])
        yield _part(source, token)
        end = token.end()
    if end < len(source):
        yield Part(Kind.FIXED, source[end:])


def _part(source: str, token: re.Match[str]) -> Part:
    match token.lastgroup:
        case "style":
            return Part(Kind.STYLE, token["style"])
        case "script":
            return Part(Kind.SCRIPT, token["script"])
        case "place":
            return Part(Kind.PLACE, token["place"])
        case "sentence":
            kind = Kind.WORDS if _takes_no_tag(source[: token.start()]) else Kind.SENTENCE
            return Part(kind, html.unescape(" ".join(token["sentence"].split())))
        case _:
            return Part(Kind.ROOT, token[0])


def _takes_no_tag(before: str) -> bool:
    if before.rfind("<") > before.rfind(">"):  # inside a tag, which is to say in an attribute
        return True
    return any(before.rfind(f"<{name}") > before.rfind(f"</{name}") for name in _ONLY_TEXT)
