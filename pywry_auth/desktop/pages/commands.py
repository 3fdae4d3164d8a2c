"""What a page of ours may ask for, checked before anybody hears of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.json_value import is_object


MAX_TEXT = 200  # characters; the longest thing a person types into a page of ours is an address


class RefusedCommandError(Exception):
    """A page asked for what it may not, or for what is not there any more."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text, at most *limit* characters."""

    limit: int = MAX_TEXT

    def checked(self, value: object) -> str:
        """
        Give *value*.

        Raises:
            RefusedCommandError: it is no such line.
        """
        if not isinstance(value, str) or len(value) > self.limit or not value.isprintable():
            raise RefusedCommandError("this is no line of text")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: frozenset[str]

    def checked(self, value: object) -> str:
        """
        Give *value*.

        Raises:
            RefusedCommandError: it is none of the words.
        """
        if not isinstance(value, str) or value not in self.words:
            raise RefusedCommandError("this is no choice")
        return value


Fields = Mapping[str, Text | Choice]


@dataclass(frozen=True, slots=True)
class Command:
    """
    One thing a person asked for in a page.

    Attributes:
        verb: what.
        values: with what; exactly the fields of the verb.
    """

    verb: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])


def read_command(body: bytes, verbs: Mapping[str, Fields]) -> Command:
    """
    Read what a page sent: ``{"verb": "choose", "values": {"provider": "work"}}``.

    Args:
        body: JSON in UTF-8.
        verbs: what may be asked, with the fields of each.

    Raises:
        RefusedCommandError: it is none of *verbs*, or not with exactly their fields.
    """
    members = _object(body)
    verb, values = members.get("verb"), members.get("values", {})
    if not isinstance(verb, str) or verb not in verbs or not is_object(values):
        raise RefusedCommandError("this is no command")
    fields = verbs[verb]
    if values.keys() != fields.keys() or members.keys() - {"verb", "values"}:
        raise RefusedCommandError("this command has other fields")
    return Command(verb, {name: kind.checked(values[name]) for name, kind in fields.items()})


def _object(body: bytes) -> Mapping[str, object]:
    try:
        data: object = json.loads(body.decode("utf-8"), object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError):
        raise RefusedCommandError("this is no JSON") from None
    if not is_object(data):
        raise RefusedCommandError("this is no JSON object")
    return data


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):  # another reader may have believed the other one
        raise ValueError("a member is repeated")
    return members
