"""How a button looks on the ground where a Tk application has put it."""

import tkinter as tk
from dataclasses import dataclass, replace
from tkinter import ttk
from tkinter.font import Font, families, nametofont
from typing import Literal

from pywry_auth.desktop.marks import PLAIN, Brand
from pywry_auth.desktop.tk.drawing import Look
from pywry_auth.desktop.tk.paint import is_dark, mixed


Appearance = Literal["light", "dark"]
WIDTH = 240  # pixels at 100 %; so that the button stays as it is while its words change
ACCENTS = {"light": "#3d5bd9", "dark": "#93a8ff"}
BAD = {"light": "#b3372f", "dark": "#ff9d94"}
INKS = {"light": "#1b1f29", "dark": "#eef0f5"}
BOLD = 600  # from this weight on Tk, which knows two, takes the bold one
#: a small button beside the one that matters
SMALL = replace(PLAIN, height=34, font_size=13)
BIDI_SINCE = (9, 1)  # Tk puts letters from the right in order since then, on X11 too


@dataclass(frozen=True, slots=True)
class Ground:
    """
    Where a button lies.

    Attributes:
        color: of what is behind it, ``#rrggbb``.
        appearance: whether the button is to be light or dark.
        scale: pixels of the screen for one at 100 %.
        is_naive: this Tk draws one letter after the other, whatever the script.
        family: the typeface of the system.
    """

    color: str
    appearance: Appearance
    scale: float
    is_naive: bool
    family: str

    @property
    def tone(self) -> Appearance:
        """Whether what is behind the button is light or dark."""
        return "dark" if is_dark(self.color) else "light"

    @property
    def ink(self) -> str:
        """For words beside the button."""
        return INKS[self.tone]

    @property
    def soft(self) -> str:
        """For words beside the button that matter less."""
        return mixed(self.ink, self.color, 0.3)

    @property
    def bad(self) -> str:
        """For words beside the button that tell of a trouble."""
        return BAD[self.tone]


def ground_of(widget: tk.Misc, appearance: Appearance | None) -> Ground:
    """
    Look at where *widget* lies.

    Tk follows the system's dark mode nowhere but on macOS; elsewhere the application chooses its
    colours. So what counts is the colour behind the button, unless *appearance* is given.
    """
    color = _color_behind(widget)
    found: Appearance = "dark" if is_dark(color) else "light"
    system = str(widget.tk.call("tk", "windowingsystem"))
    return Ground(
        color=color,
        appearance=appearance or found,
        scale=_scale(widget, system),
        is_naive=system == "x11" and _version(widget) < BIDI_SINCE,
        family=str(nametofont("TkDefaultFont", root=widget).actual("family")),
    )


def look_of(ground: Ground, direction: str, widget: tk.Misc, brand: Brand = PLAIN) -> Look:
    """Give the look of a button of *brand* on *ground*."""
    colors = brand.dark if ground.appearance == "dark" else brand.light

    def pixels(length: float) -> int:
        return round(length * ground.scale)

    before, between, after = brand.padding
    return Look(
        colors=colors,
        around=ground.color,
        ring=ACCENTS[ground.tone],
        letters=ACCENTS["dark" if is_dark(colors.ground) else "light"],
        font=font_of(ground, widget, brand),
        scale=ground.scale,
        height=pixels(brand.height),
        width=0 if brand is SMALL else pixels(max(brand.width, WIDTH)),
        mark=pixels(brand.mark_size),
        padding=(pixels(before), pixels(between), pixels(after)),
        radius=pixels(brand.radius),
        direction=direction,
        is_naive=ground.is_naive,
    )


def font_of(ground: Ground, widget: tk.Misc, brand: Brand = PLAIN) -> Font:
    """Give the typeface *brand* asks for where it is installed, else that of the system."""
    family = ground.family
    if brand.family and brand.family in families(widget):
        family = brand.family
    medium = f"{family} Medium"
    weight: Literal["normal", "bold"] = "bold" if brand.weight >= BOLD else "normal"
    if weight == "normal" and brand.family and medium in families(widget):
        family = medium
    size = -round(brand.font_size * ground.scale)
    return Font(root=widget, family=family, size=size, weight=weight)


def _color_behind(widget: tk.Misc) -> str:
    try:
        color = str(widget.cget("background"))
    except tk.TclError:  # ttk widgets have it in their style
        style = ttk.Style(widget)
        name = str(widget.cget("style")) or widget.winfo_class()
        color = str(style.lookup(name, "background")) or str(style.lookup(".", "background"))
    red, green, blue = widget.winfo_rgb(color or "white")
    return f"#{red >> 8:02x}{green >> 8:02x}{blue >> 8:02x}"


def _scale(widget: tk.Misc, system: str) -> float:
    if system == "aqua":  # counts in points, of whatever many pixels
        return 1.0
    # In quarters, because screens say 97 or 100 dots an inch where they mean 96.
    return max(1.0, round(widget.winfo_fpixels("1i") / 96 * 4) / 4)


def _version(widget: tk.Misc) -> tuple[int, ...]:
    return tuple(int(part) for part in str(widget.tk.call("set", "tk_version")).split("."))
