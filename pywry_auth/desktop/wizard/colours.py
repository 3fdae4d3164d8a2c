"""Colours that people can tell apart (WCAG 2.2, 1.4.3)."""

import re
from dataclasses import dataclass

from pywry_auth.errors import ConfigError


READABLE = 4.5  # contrast of text of any size
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour; red, green, blue from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def read(cls, text: str) -> "Colour":
        """
        Read ``#rrggbb`` or ``#rgb``.

        Raises:
            ConfigError: it is neither.
        """
        found = _HEX.fullmatch(text.strip())
        if found is None:
            raise ConfigError(f"{text!r} is no colour", hint="write it as #rrggbb")
        digits = found[1] if len(found[1]) > 3 else "".join(c + c for c in found[1])  # noqa: PLR2004
        return cls(*(int(digits[at : at + 2], 16) for at in (0, 2, 4)))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """How bright it is, from 0 to 1."""
        red, green, blue = (_linear(part / 255) for part in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other: "Colour") -> float:
        """How well the two can be told apart, from 1 to 21."""
        brighter, darker = sorted((self.luminance, other.luminance), reverse=True)
        return (brighter + 0.05) / (darker + 0.05)

    def towards(self, other: "Colour", share: float) -> "Colour":
        """Mix *share* of *other* in, 0 to 1."""
        return Colour(
            _mixed(self.red, other.red, share),
            _mixed(self.green, other.green, share),
            _mixed(self.blue, other.blue, share),
        )

    def readable_on(self, ground: "Colour") -> "Colour":
        """Give the nearest colour of this kind that can be read on *ground*."""
        end = BLACK if ground.contrast(BLACK) > ground.contrast(WHITE) else WHITE
        mixes = (self.towards(end, step / _STEPS) for step in range(_STEPS))
        return next((mix for mix in mixes if mix.contrast(ground) >= READABLE), end)

    @property
    def ink(self) -> "Colour":
        """What to write on it: black or white, one of which can always be read."""
        return WHITE if self.contrast(WHITE) >= self.contrast(BLACK) else BLACK


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _mixed(one: int, other: int, share: float) -> int:
    return round(one + (other - one) * share)
