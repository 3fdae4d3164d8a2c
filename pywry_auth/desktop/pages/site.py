"""What a server of pages needs of whoever makes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pywry_auth.desktop.pages.commands import Command, Fields


JsonValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Served:
    """
    One document, or one picture.

    Attributes:
        body: its bytes.
        kind: its media type.
        policy: its Content-Security-Policy; the default lets it do nothing at all.
        taken: called once a page has it.
    """

    body: bytes = field(repr=False)
    kind: str = "text/html; charset=utf-8"
    policy: str = "default-src 'none'; sandbox"
    taken: Callable[[], None] | None = None


class Site(Protocol):
    """What the pages are; every method is called on the package's loop and must not block it."""

    @property
    def verbs(self) -> Mapping[str, Fields]:
        """What the pages may ask for."""
        ...

    def page(self, name: str) -> Served | None:
        """Give the page *name*, "" for the first one; None where there is none."""
        ...

    async def act(self, command: Command) -> Mapping[str, JsonValue] | None:
        """
        Do what a person asked for, and give what the page is told at once.

        Raises:
            RefusedCommandError: it cannot be done, or not now.
        """
        ...
