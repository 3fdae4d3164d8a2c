"""Changes to one member of a JSON object or of a redirect, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Edit(Protocol):
    """One change to the member *name* of *members*, made at the Unix time *now*."""

    def change(self, members: dict[str, object], name: str, now: int) -> None:
        """Make the change in place."""
        ...


Edits = Mapping[str, Edit]


@dataclass(frozen=True, slots=True)
class Put:
    """The member has this value instead."""

    value: object

    def change(self, members: dict[str, object], name: str, now: int) -> None:  # noqa: ARG002 - the protocol's shape
        """Set the member."""
        members[name] = self.value


@dataclass(frozen=True, slots=True)
class Drop:
    """The member is left out."""

    def change(self, members: dict[str, object], name: str, now: int) -> None:  # noqa: ARG002 - the protocol's shape
        """Remove the member, if it is there."""
        members.pop(name, None)


@dataclass(frozen=True, slots=True)
class Append:
    """The member has the correct value with *text* after it."""

    text: str = "1"

    def change(self, members: dict[str, object], name: str, now: int) -> None:  # noqa: ARG002 - the protocol's shape
        """Lengthen the member."""
        members[name] = f"{members.get(name, '')}{self.text}"


@dataclass(frozen=True, slots=True)
class FromNow:
    """The member is an instant, *seconds* after now; negative is past."""

    seconds: int

    def change(self, members: dict[str, object], name: str, now: int) -> None:
        """Set the member to the instant."""
        members[name] = now + self.seconds


@dataclass(frozen=True, slots=True)
class SwapCase:
    """The member has the correct value with every letter's case turned round."""

    def change(self, members: dict[str, object], name: str, now: int) -> None:  # noqa: ARG002 - the protocol's shape
        """Turn the case round."""
        members[name] = str(members.get(name, "")).swapcase()


@dataclass(frozen=True, slots=True)
class Listed:
    """The member is an array: the correct value once for each suffix, with that suffix."""

    suffixes: tuple[str, ...] = ("",)

    def change(self, members: dict[str, object], name: str, now: int) -> None:  # noqa: ARG002 - the protocol's shape
        """Turn the member into an array."""
        value = str(members.get(name, ""))
        members[name] = [value + suffix for suffix in self.suffixes]


def edited(members: Mapping[str, object], edits: Edits, *, now: int) -> dict[str, object]:
    """Give a copy of *members* with all *edits* made."""
    copy = dict(members)
    for name, edit in edits.items():
        edit.change(copy, name, now)
    return copy
