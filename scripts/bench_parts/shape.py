"""What a figure is made of."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal


Environment = Mapping[str, str]
Place = Callable[[], AbstractContextManager[Environment]]


class Unavailable(Exception):
    """Something a figure needs is not installed here; the words say what."""


@dataclass(frozen=True)
class Part:
    """
    One side of a comparison: a program that is run once per round.

    Every program gives ``wall_ms`` and ``cpu_ms`` of its whole process. One that measures itself
    prints a JSON object of further measures as its last line.
    """

    command: tuple[str, ...]
    measures_itself: bool = False
    #: seconds before it is started, for what has to grow old first
    rest: float = 0.0
    #: what standard output must be, so that a program that failed is never measured
    says: str | None = None


@dataclass(frozen=True)
class Target:
    """What the value of a row must not exceed, or where *at_least* says so, not fall short of."""

    limit: float
    strictly: bool = False
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        if value == self.limit:
            return not self.strictly
        return (value > self.limit) is self.at_least

    @property
    def words(self) -> str:
        return f"{'>' if self.at_least else '<'}{'' if self.strictly else '='} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """
    One number of a figure.

    ``ratio`` is ours/peer, ``difference`` is ours - peer, ``value`` is ours alone; each is taken
    round by round, so that what slows down the machine for a while slows down both. What *less*
    measured of ours is taken off ours first.
    """

    label: str
    ours: str
    measure: str
    peer: str | None = None
    kind: Literal["ratio", "difference", "value"] = "ratio"
    target: Target | None = None
    note: str = ""
    less: str = ""


@dataclass(frozen=True)
class Figure:
    """Parts that are run in turn, and what is read off them."""

    name: str
    what: str
    parts: Mapping[str, Part]
    rows: tuple[Row, ...]
    place: Place
