"""How the native window looks, as callers say it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.errors import ConfigError


MIN_SIDE, MAX_SIDE = 200, 8192  # pixels; below nobody can read the page, above no screen is


@dataclass(frozen=True, slots=True)
class WindowLook:
    """Title, shape and language of the native window."""

    title: str = "Sign In"
    width: int = 500
    height: int = 700
    center: bool = True
    resizable: bool = True
    language: str | None = None

    @classmethod
    def read(cls, config: Mapping[str, object]) -> "WindowLook":
        """
        Lay *config* over the defaults; names that belong to other windows are passed over.

        Raises:
            ConfigError: a value cannot be used.
        """
        return cls(
            title=str(config.get("title", cls().title)),
            width=_side(config.get("width", cls().width), "width"),
            height=_side(config.get("height", cls().height), "height"),
            center=bool(config.get("center", True)),
            resizable=bool(config.get("resizable", True)),
            language=str(config["language"]) if config.get("language") else None,
        )


def _side(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"the window's {name} is not a number of pixels")
    if not MIN_SIDE <= value <= MAX_SIDE:
        raise ConfigError(f"the window's {name} is not between {MIN_SIDE} and {MAX_SIDE} pixels")
    return int(value)
