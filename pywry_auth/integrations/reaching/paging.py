"""How long lists come in pieces, as each kind of server says where the next one is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pywry_auth.json_value import is_array, is_object


# RFC 8288 section 3: an address in angle brackets, then parameters, whose texts may hold anything
_PARAMETER = r";\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:\"([^\"]*)\"|([^\s;,\"]+)))?\s*"
_LINK = re.compile(rf"<([^<>]*)>\s*((?:{_PARAMETER})*)")
_ONE = re.compile(_PARAMETER)


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One answer to a request for a list.

    Attributes:
        headers: names in lower case.
        body: what came, as JSON.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """
    Where the next piece is.

    Attributes:
        url: a whole address; "" is the same one again.
        fields: what to add to the query, or to the JSON that is sent.
    """

    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


class Paging(Protocol):
    """One server's way to say where a list goes on."""

    def after(self, piece: Piece) -> Turn | None:
        """Say where the list goes on after *piece*; None where it ends."""
        ...


@dataclass(frozen=True, slots=True)
class OnePage:
    """The server gives its lists whole."""

    def after(self, piece: Piece) -> Turn | None:  # noqa: ARG002 (it never goes on)
        """Say that the list ends."""
        return None


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """A header ``Link`` names the next piece (RFC 8288), as at GitHub."""

    def after(self, piece: Piece) -> Turn | None:
        """Follow the first link that is called next."""
        for link in _LINK.finditer(piece.headers.get("link", "")):
            if _is_next(link[2]):
                return Turn(link[1])
        return None


@dataclass(frozen=True, slots=True)
class NextLink:
    """
    A member of the answer is the address of the next piece, as at Microsoft Graph.

    Attributes:
        member: its name.
    """

    member: str

    def after(self, piece: Piece) -> Turn | None:
        """Follow the address, where there is one."""
        found = member(piece.body, (self.member,))
        return Turn(found) if isinstance(found, str) and found else None


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    A member of the answer is given back to the server for the next piece.

    Attributes:
        members: the way to it, from outside in.
        parameter: under what name it is given back.
    """

    members: tuple[str, ...]
    parameter: str

    def after(self, piece: Piece) -> Turn | None:
        """Give the cursor back, where there is one; an empty one says that the list ends."""
        found = member(piece.body, self.members)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        return Turn(fields={self.parameter: found}) if isinstance(found, str) and found else None


def member(body: object, members: tuple[str, ...]) -> object:
    """Give what is found in *body* by the names *members*, from outside in; None where nothing."""
    for name in members:
        if not is_object(body):
            return None
        body = body.get(name)
    return body


def items_in(body: object, name: str) -> list[object] | None:
    """
    Give the items of one piece; None where the answer holds no list.

    Args:
        body: the answer.
        name: the member that holds the list; "" where the answer is the list itself.
    """
    found = member(body, (name,)) if name else body
    if found is None and name and is_object(body):
        return []  # Google leaves out lists in which nothing is
    return list(found) if is_array(found) else None


def _is_next(parameters: str) -> bool:
    for one in _ONE.finditer(parameters):
        if one[1].lower() == "rel":  # the first of them counts
            return "next" in (one[2] or one[3] or "").lower().split()
    return False
