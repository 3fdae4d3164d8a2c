"""A line of help beside the pointer, for Tk."""

import tkinter as tk
from collections.abc import Callable

from pywry_auth.desktop.tk.paint import mixed
from pywry_auth.desktop.tk.style import INKS, Ground


DELAY = 600  # milliseconds the pointer rests before the line comes


class Tip:
    """
    Shows a line while the pointer rests on a widget; it goes with the pointer, or by Escape.

    Args:
        widget: on which.
        text: gives the line of now; "" for none.
        ground: gives where the widget lies.
    """

    def __init__(
        self, widget: tk.Misc, text: Callable[[], str], ground: Callable[[], Ground]
    ) -> None:
        self._widget = widget
        self._text = text
        self._ground = ground
        self._timer: str | None = None
        self._shown: tk.Toplevel | None = None
        widget.bind("<Enter>", self._wait, add=True)
        for event in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<FocusOut>", "<Destroy>"):
            widget.bind(event, self._hide, add=True)

    def _wait(self, _event: object) -> None:
        self._hide(None)
        self._timer = self._widget.after(DELAY, self._show)

    def _show(self) -> None:
        self._timer = None
        text, ground = self._text(), self._ground()
        if not text:
            return
        self._shown = tip = tk.Toplevel(self._widget, background=ground.soft)
        tip.wm_overrideredirect(boolean=True)
        label = tk.Label(
            tip,
            text=text,
            background=mixed(ground.color, "#ffffff", 0.6 if ground.tone == "light" else 0.08),
            foreground=INKS[ground.tone],
            font=(ground.family, -round(13 * ground.scale)),
            padx=round(8 * ground.scale),
            pady=round(5 * ground.scale),
        )
        label.pack(padx=1, pady=1)
        below = self._widget.winfo_rooty() + self._widget.winfo_height() + 4
        tip.wm_geometry(f"+{self._widget.winfo_rootx() + 8}+{below}")

    def _hide(self, _event: object) -> None:
        if self._timer is not None:
            self._widget.after_cancel(self._timer)
            self._timer = None
        if self._shown is not None:
            self._shown.destroy()
            self._shown = None
