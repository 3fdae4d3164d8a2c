"""How an application makes the wizard its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.desktop.pages.logo import Logo
from pywry_auth.desktop.wizard.colours import Colour
from pywry_auth.errors import ConfigError


# The grounds of assets/pages/style.css that accents are read on; a test compares them.
LIGHT_CARD, DARK_CARD = Colour.read("#ffffff"), Colour.read("#1b1e26")
ACCENT, DARK_ACCENT = "#3d5bd9", "#93a8ff"
TINT = 0.1  # share of the accent in what is only tinged by it
DARK_TINT = 0.18
MAX_RADIUS = 28  # pixels; above it, a button is a pill and a card an egg
MAX_WORDS = 200  # characters of a text of the application's own

#: the texts an application may put in place of ours
WORDS = frozenset({"welcome_title", "welcome", "done_title", "done"})


@dataclass(frozen=True, slots=True)
class Theme:
    """
    Colours, logo, corners, words.

    An accent that cannot be read on its ground is made darker, or lighter, until it can.

    Attributes:
        accent: colour of buttons and links, ``#rrggbb``.
        dark_accent: the same on dark screens; made from *accent* when left out.
        logo: a PNG or SVG, as its bytes or where its file is.
        radius: how round corners are, in pixels.
        words: texts in place of ours, by name: ``welcome_title``, ``welcome``, ``done_title``,
            ``done``; shown as they are, in whatever language they are.

    Raises:
        ConfigError: a value that cannot be shown.
    """

    accent: str = ACCENT
    dark_accent: str | None = None
    logo: Path | str | bytes | None = field(default=None, repr=False)
    radius: int = 10
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        Colour.read(self.accent)
        Colour.read(self.dark_accent or self.accent)
        if not 0 <= self.radius <= MAX_RADIUS:
            raise ConfigError(f"radius is a number of pixels from 0 to {MAX_RADIUS}")
        unknown = self.words.keys() - WORDS
        if unknown:
            raise ConfigError(
                f"there is no text {min(unknown)!r}",
                hint=f"one of {', '.join(sorted(WORDS))}",
            )
        if any(len(text) > MAX_WORDS for text in self.words.values()):
            raise ConfigError(f"a text of the wizard has at most {MAX_WORDS} characters")

    def picture(self) -> Logo | None:
        """
        Read the logo.

        Raises:
            ConfigError: it cannot be shown.
        """
        return None if self.logo is None else Logo.read(self.logo)

    @property
    def style(self) -> str:
        """The style sheet that brings the colours in."""
        light = Colour.read(self.accent)
        own = self.accent == ACCENT and self.dark_accent is None
        dark = Colour.read(DARK_ACCENT if own else self.dark_accent or self.accent)
        return (
            f":root{{--radius:{self.radius}px;{_colours(light, LIGHT_CARD, TINT)}}}"
            f"@media (prefers-color-scheme:dark){{:root{{{_colours(dark, DARK_CARD, DARK_TINT)}}}}}"
        )


def _colours(accent: Colour, card: Colour, tint: float) -> str:
    ground = card.towards(accent, tint)
    # Links and marks also stand on the tinted ground, which is nearer to them.
    calm = accent.readable_on(card).readable_on(ground)
    return f"--calm:{calm};--calm-tint:{ground};--on-calm:{calm.ink};"
