"""Draws the picture of one button on a Tk canvas."""

import tkinter as tk
from dataclasses import dataclass
from pathlib import Path
from tkinter.font import Font

from pywry_auth.desktop.marks import Colors
from pywry_auth.desktop.tk.paint import SPOKES, corners, frame, mixed, spinner
from pywry_auth.desktop.tk.pictures import Pictures
from pywry_auth.desktop.tk.script import visual


RING = 2  # pixels at 100 % (WCAG 2.4.13)
GAP = 1  # pixels at 100 % between a button and its ring
AVATAR = 28  # pixels at 100 %
ARROW = 20  # pixels at 100 % for the arrow of a menu
ELLIPSIS = "…"
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """
    How a button is drawn; lengths are pixels of the screen.

    Attributes:
        colors: of the button.
        around: what lies behind it.
        ring: of the line round it while it has the focus.
        letters: of initials.
        font: of the words.
        scale: pixels of the screen for one at 100 %.
        height: of the button without its ring.
        width: at least.
        mark: height of a mark.
        padding: before the mark, between mark and words, after the words.
        radius: of the corners.
        direction: ``"ltr"`` or ``"rtl"``.
        is_naive: this Tk draws one letter after the other, whatever the script.
    """

    colors: Colors
    around: str
    ring: str
    letters: str
    font: Font
    scale: float = 1.0
    height: int = 40
    width: int = 0
    mark: int = 20
    padding: tuple[int, int, int] = (12, 10, 12)
    radius: int = 6
    direction: str = "ltr"
    is_naive: bool = False

    def pixels(self, length: float) -> int:
        """Give on the screen what is *length* pixels at 100 %."""
        return round(length * self.scale)

    @property
    def margin(self) -> int:
        """Room for the ring on each side."""
        return self.pixels(RING) + self.pixels(GAP)

    def drawn(self, text: str) -> str:
        """Give *text* as this Tk has to be told to draw it."""
        return visual(text, direction=self.direction) if self.is_naive else text


@dataclass(frozen=True, slots=True)
class Content:
    """
    What is on a button.

    Attributes:
        text: the words.
        mark: a PNG or GIF before them, or None.
        drawing: an SVG instead, where this Tk reads SVG, or None.
        avatar: a PNG or GIF to be shown round instead, or None.
        initials: shown in a disc where there is no ``avatar``; "" for none.
        is_busy: something turns instead of all those.
        has_menu: an arrow at the end.
        is_enabled: it can be used; else it is drawn pale.
        is_centered: the words stand in the middle; there is nothing else.
        is_flat: it only tells something, and does nothing when it is pressed.
    """

    text: str = ""
    mark: Path | None = None
    drawing: Path | None = None
    avatar: Path | None = None
    initials: str = ""
    is_busy: bool = False
    has_menu: bool = False
    is_enabled: bool = True
    is_centered: bool = False
    is_flat: bool = False


class Drawing:
    """
    One picture, made anew for each change.

    Args:
        canvas: on which.
        pictures: of that canvas.
    """

    def __init__(self, canvas: tk.Canvas, pictures: Pictures) -> None:
        self._canvas = canvas
        self._pictures = pictures
        self._fit: tuple[tuple[str, str, int], str] | None = None

    def wanted_width(self, content: Content, look: Look) -> int:
        """Give how wide the button has to be for all of *content*, without its ring."""
        before, between, after = look.padding
        lead = self._lead_width(content, look)
        arrow = look.pixels(ARROW) if content.has_menu else 0
        words = look.font.measure(look.drawn(content.text))
        return before + lead + (between if lead else 0) + words + arrow + after

    def draw(self, content: Content, look: Look, width: int, *, ringed: bool, turn: int) -> bool:
        """
        Draw everything; tells whether there was room for all the words.

        Args:
            content: what is on the button.
            look: how it looks.
            width: of the canvas.
            ringed: the button has the focus.
            turn: which picture of the spinner.
        """
        self._canvas.delete("all")
        margin = look.margin
        if ringed:
            ring = Colors(ground=look.around, edge=look.ring, ink="")
            outer = (0, 0, width, look.height + 2 * margin)
            self._box(outer, look.radius + margin, ring, look.pixels(RING))
        box = (margin, margin, width - margin, margin + look.height)
        self._box(box, look.radius, look.colors, max(1, look.pixels(1)))
        return self._fill(content, look, box, turn)

    def _box(self, box: Box, radius: int, colors: Colors, line: int) -> None:
        left, top, right, bottom = box
        canvas, ground, edge = self._canvas, colors.ground, colors.edge
        if radius:
            disc = self._pictures.png(corners(radius, ground, edge, line))
            for x in (left, right - 2 * radius):
                for y in (top, bottom - 2 * radius):
                    self._put(disc, x + radius, y + radius)

        def fill(x0: int, y0: int, x1: int, y1: int, color: str) -> None:
            canvas.create_rectangle(x0, y0, x1, y1, fill=color, width=0)

        fill(left + radius, top, right - radius, bottom, edge)
        fill(left, top + radius, right, bottom - radius, edge)
        fill(left + radius, top + line, right - radius, bottom - line, ground)
        fill(left + line, top + radius, right - line, bottom - radius, ground)
        inner = max(radius, line)
        fill(left + inner, top + inner, right - inner, bottom - inner, ground)

    def _fill(self, content: Content, look: Look, box: Box, turn: int) -> bool:
        before, between, after = look.padding
        start, middle = box[0] + before, (box[1] + box[3]) // 2
        lead = self._lead_width(content, look)
        if lead:
            self._lead(content, look, (self._mirrored(start + lead // 2, box, look), middle), turn)
            start += lead + between
        end = box[2] - after
        if content.has_menu:
            end -= look.pixels(ARROW)
            place = self._mirrored(end + look.pixels(ARROW) // 2 + after // 3, box, look)
            self._arrow(look, place, middle)
        shown = self._fitted(content.text, look, end - start)
        anchor = "center" if content.is_centered else "e" if look.direction == "rtl" else "w"
        self._canvas.create_text(
            (box[0] + box[2]) // 2 if content.is_centered else self._mirrored(start, box, look),
            middle,
            text=look.drawn(shown),
            anchor=anchor,
            font=look.font,
            fill=look.colors.ink,
        )
        return shown == content.text

    def _lead_width(self, content: Content, look: Look) -> int:
        if content.is_busy:
            return look.mark
        if content.avatar or content.initials:
            return look.pixels(AVATAR)
        picture = self._mark(content, look)
        return picture.width() if picture else 0

    def _mark(self, content: Content, look: Look) -> tk.PhotoImage | None:
        files = (file for file in (content.drawing, content.mark) if file)
        found = (self._pictures.file(file, look.mark) for file in files)
        return next((picture for picture in found if picture), None)

    def _lead(self, content: Content, look: Look, place: tuple[int, int], turn: int) -> None:
        if content.is_busy:
            picture = spinner(look.mark, look.colors.ink, turn % SPOKES)
            self._put(self._pictures.png(picture), *place)
        elif content.avatar or content.initials:
            self._avatar(content, look, place)
        elif mark := self._mark(content, look):
            self._put(mark, *place)

    def _avatar(self, content: Content, look: Look, place: tuple[int, int]) -> None:
        size = look.pixels(AVATAR) // 2 * 2
        face = self._pictures.round(content.avatar, size) if content.avatar else None
        if face is not None:
            self._put(face, *place)
            hole = frame(size, look.colors.ground)
            self._put(self._pictures.png(hole), *place)
            return
        tint = mixed(look.colors.ground, look.letters, 0.16)
        disc = corners(size // 2, tint, tint, 0)
        self._put(self._pictures.png(disc), *place)
        font = (str(look.font.cget("family")), -look.pixels(12), "bold")
        text = look.drawn(content.initials)
        self._canvas.create_text(place, text=text, font=font, fill=look.letters)

    def _arrow(self, look: Look, x: int, y: int) -> None:
        half = look.pixels(4)
        self._canvas.create_line(
            [x - half, y - half // 2, x, y + half - half // 2, x + half, y - half // 2],
            fill=look.colors.ink,
            width=max(1.0, 1.5 * look.scale),
            capstyle="round",
            joinstyle="round",
        )

    def _put(self, picture: tk.PhotoImage, x: int, y: int) -> None:
        # ``create_image`` is not fully typed in typeshed.
        self._canvas.tk.call(str(self._canvas), "create", "image", x, y, "-image", str(picture))

    @staticmethod
    def _mirrored(x: int, box: Box, look: Look) -> int:
        return box[0] + box[2] - x if look.direction == "rtl" else x

    def _fitted(self, text: str, look: Look, room: int) -> str:
        # A spinner draws the same words twelve times a second, and measuring goes through Tk.
        asked = (text, str(look.font), room)
        if self._fit is None or self._fit[0] != asked:
            self._fit = (asked, self._cut(text, look, room))
        return self._fit[1]

    @staticmethod
    def _cut(text: str, look: Look, room: int) -> str:
        if look.font.measure(look.drawn(text)) <= room:
            return text
        short = text
        while short and look.font.measure(look.drawn(short + ELLIPSIS)) > room:
            short = short[:-1]
        return short.rstrip() + ELLIPSIS
