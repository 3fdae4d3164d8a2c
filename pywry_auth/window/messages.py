"""What the window's process is told once, with what it says back: one JSON object per line."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import BinaryIO, Literal, Self

from pywry_auth.errors import ConfigError


Gui = Literal["qt", "gtk"]


@dataclass(frozen=True, slots=True)
class WindowConfig:
    """Everything the window's process has to know; it is told nothing in any other way."""

    url: str = field(repr=False)  # carries state and challenge
    title: str = "Sign In"
    width: int = 500
    height: int = 700
    center: bool = True
    resizable: bool = True
    gui: Gui | None = None
    storage: str | None = None
    can_hand_over: bool = True
    hidden: bool = False
    stays: bool = False
    language: str | None = None

    def line(self) -> bytes:
        """Give the line that ``read`` understands."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, source: BinaryIO) -> Self:
        """
        Take one line off *source*.

        Raises:
            ConfigError: the line is not a configuration.
        """
        values = read_object(source.readline())
        try:
            return cls(
                url=_text(values["url"]),
                title=_text(values["title"]),
                width=_number(values["width"]),
                height=_number(values["height"]),
                center=values["center"] is True,
                resizable=values["resizable"] is True,
                gui=gui_named(_optional_text(values["gui"])),
                storage=_optional_text(values["storage"]),
                can_hand_over=values["can_hand_over"] is True,
                hidden=values["hidden"] is True,
                stays=values["stays"] is True,
                language=_optional_text(values["language"]),
            )
        except KeyError as exc:
            raise ConfigError(f"the window's configuration lacks {exc.args[0]}") from None


class OrderName(StrEnum):
    """What the window's process can be told while it runs."""

    AGAIN = "again"  #: load the first page once more, from a new address
    GO = "go"  #: show a page of somebody else's
    HOME = "home"  #: show our own page as it was left, or at an address
    FORWARD = "forward"  #: put the window in front


@dataclass(frozen=True, slots=True)
class WindowOrder:
    """One thing the window's process is told later."""

    name: OrderName
    url: str = field(default="", repr=False)

    def line(self) -> bytes:
        """Give the line that ``read`` understands."""
        return json.dumps({"order": self.name, "url": self.url}).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Self:
        """
        Understand one line.

        Raises:
            ConfigError: the line is no order.
        """
        values = read_object(line)
        try:
            name = OrderName(_text(values.get("order")))
        except ValueError:
            raise ConfigError("the window's process was sent an order it does not know") from None
        return cls(name, url=_text(values.get("url")))


@dataclass(frozen=True, slots=True)
class WindowEvent:
    """
    One thing the window's process says.

    ``ready`` (fact: renderer), ``painted``, ``loaded``, ``browser``, ``again``, ``back``,
    ``cancelled``, ``refused``, ``trouble`` (fact: a stable word, or ""), ``closed`` (fact: "user"
    or "program") or ``failed`` (fact: why).
    """

    name: str
    fact: str = ""

    def line(self) -> bytes:
        """Give the line that ``read`` understands."""
        return json.dumps({"event": self.name, "fact": self.fact}).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Self:
        """
        Understand one line.

        Raises:
            ConfigError: the line is no event.
        """
        values = read_object(line)
        return cls(name=_text(values.get("event")), fact=_text(values.get("fact", "")))


def gui_named(name: str | None) -> Gui | None:
    """
    Take a toolkit's name.

    Raises:
        ConfigError: it is neither qt nor gtk.
    """
    if name is None or name == "qt" or name == "gtk":  # noqa: PLR1714  # narrows the type
        return name
    raise ConfigError("the window's toolkit is neither qt nor gtk")


def read_object(line: bytes) -> dict[str, object]:
    """
    Read one line as a JSON object.

    Raises:
        ConfigError: it is something else; what it is, is not repeated.
    """
    try:
        value: object = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ConfigError("the window's process was sent something that is not JSON")
    found: dict[str, object] = {**value}
    return found


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ConfigError("the window's process was sent something that is not text")


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    raise ConfigError("the window's process was sent something that is not a number")
