"""A button for Tk that is pressed by keyboard or mouse."""

import contextlib
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

from pywry_auth.desktop.marks import Colors
from pywry_auth.desktop.tk.drawing import Content, Drawing, Look
from pywry_auth.desktop.tk.paint import SPOKES, mixed
from pywry_auth.desktop.tk.pictures import Pictures


TURN = 110  # milliseconds between two pictures of the spinner
PRESSES = ("<KeyPress-space>", "<KeyPress-Return>", "<KeyPress-KP_Enter>")
OPENS = ("<KeyPress-Down>", "<KeyPress-Menu>", "<KeyPress-App>", "<Shift-KeyPress-F10>")


class Push(tk.Canvas):
    """
    A button that takes the focus; Space, Enter, a click press it.

    Args:
        parent: where it lies.
        command: called when it is pressed.
        on_menu: called when a menu is asked for: Down, the menu key, Shift+F10.
    """

    def __init__(
        self,
        parent: tk.Misc,
        command: Callable[[], None],
        on_menu: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            parent, highlightthickness=0, borderwidth=0, takefocus=True, width=1, height=1
        )
        self._command = command
        self._on_menu = on_menu
        self._content = Content()
        self._look: Look | None = None
        self._pictures = Pictures(self)
        self._drawing = Drawing(self, self._pictures)
        self._is_over = self._is_down = self._is_focused = self._is_shortened = False
        self.is_by_key = True  # the last press was one of the keyboard
        self._turn = 0
        self._turning: str | None = None
        self._bind_keys()
        self._bind_rest()

    def show(self, content: Content, look: Look) -> None:
        """Draw *content* as *look* says; what is the same as before costs nothing."""
        if (content, look) == (self._content, self._look):
            return
        self._content, self._look = content, look
        width = max(self._drawing.wanted_width(content, look), look.width)
        self.configure(
            width=width + 2 * look.margin,
            height=look.height + 2 * look.margin,
            background=look.around,
            takefocus=content.is_enabled,
        )
        self._draw()
        self._keep_turning()

    @property
    def is_shortened(self) -> bool:
        """Whether there is no room for all the words."""
        return self._is_shortened

    @property
    def area(self) -> tuple[int, int, int]:
        """Where the button is on the screen, without its ring: left, right, bottom."""
        margin = self._look.margin if self._look else 0
        left = self.winfo_rootx()
        bottom = self.winfo_rooty() + self.winfo_height()
        return left + margin, left + self.winfo_width() - margin, bottom - margin

    def press(self) -> None:
        """Do what pressing it does, where it can be pressed."""
        if self._content.is_enabled:
            self._command()

    # what a person does

    def _bind_keys(self) -> None:
        def press(_event: object) -> str:
            self.is_by_key = True
            self.press()
            return "break"

        def open_menu(_event: object) -> str | None:
            if self._on_menu is None or not self._content.is_enabled:
                return None
            self.is_by_key = True
            self._on_menu()
            return "break"

        for keys in PRESSES:
            self.bind(keys, press)
        for keys in OPENS:
            with contextlib.suppress(tk.TclError):  # not every platform has every key
                self.bind(keys, open_menu)

    def _bind_rest(self) -> None:
        def over(is_over: bool) -> None:  # noqa: FBT001  # one argument, of one word
            self._is_over = is_over
            self._draw()

        def focused(is_focused: bool) -> None:  # noqa: FBT001  # one argument, of one word
            self._is_focused = is_focused
            self._draw()

        def down(_event: object) -> None:
            self._is_down = True
            self._draw()

        self.bind("<Enter>", lambda _: over(True))  # noqa: FBT003
        self.bind("<Leave>", lambda _: over(False))  # noqa: FBT003
        self.bind("<FocusIn>", lambda _: focused(True))  # noqa: FBT003
        self.bind("<FocusOut>", lambda _: focused(False))  # noqa: FBT003
        self.bind("<ButtonPress-1>", down)
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<Configure>", lambda _: self._draw())
        self.bind("<Destroy>", lambda _: self._stop_turning())

    def _released(self, event: "tk.Event[tk.Misc]") -> None:
        was_down, self._is_down = self._is_down, False
        self._draw()
        inside = 0 <= event.x < self.winfo_width() and 0 <= event.y < self.winfo_height()
        if was_down and inside:
            self.is_by_key = False
            self.press()

    # how it looks

    def _draw(self) -> None:
        width = self.winfo_width()
        if self._look is None or width <= 1:  # not on the screen yet
            return
        look = replace(self._look, colors=self._colors_now(self._look))
        fits = self._drawing.draw(
            self._content, look, width, ringed=self._is_focused, turn=self._turn
        )
        self._is_shortened = not fits

    def _colors_now(self, look: Look) -> Colors:
        colors = look.colors
        if not self._content.is_enabled:
            return replace(
                colors,
                edge=mixed(colors.edge, look.around, 0.5),
                ink=mixed(colors.ink, colors.ground, 0.5),
            )
        if self._content.is_flat:
            return replace(colors, ground=look.around)
        share = 0.14 if self._is_down and self._is_over else 0.06 if self._is_over else 0.0
        return replace(colors, ground=mixed(colors.ground, colors.ink, share))

    def _keep_turning(self) -> None:
        if self._content.is_busy and self._turning is None:
            self._turning = self.after(TURN, self._next_turn)

    def _next_turn(self) -> None:
        self._turning = None
        if self._content.is_busy:
            self._turn = (self._turn + 1) % SPOKES
            self._draw()
            self._keep_turning()

    def _stop_turning(self) -> None:
        if self._turning is not None:
            self.after_cancel(self._turning)
            self._turning = None
