"""Holds the pictures of one Tk canvas in the sizes they are shown in."""

import tkinter as tk
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Pictures:
    """The images of one canvas, which Tk would forget if nobody held them."""

    canvas: tk.Canvas
    _held: dict[object, tk.PhotoImage | None] = field(
        default_factory=dict[object, tk.PhotoImage | None]
    )

    def png(self, data: bytes) -> tk.PhotoImage:
        """Give the image *data* holds."""
        found = self._held.get(data)
        if found is None:
            found = self._held[data] = tk.PhotoImage(master=self.canvas, data=data, format="png")
        return found

    def file(self, path: Path, height: int) -> tk.PhotoImage | None:
        """Give the picture *path* about *height* pixels high; None for what Tk cannot read."""
        key = (path, height)
        if key not in self._held:
            self._held[key] = self._read(path, height)
        return self._held[key]

    def round(self, path: Path, size: int) -> tk.PhotoImage | None:
        """Give the middle of the picture *path*, a square of *size* pixels."""
        key = (path, size, "square")
        if key not in self._held:
            whole = self.file(path, size)
            self._held[key] = self._square(whole, size) if whole else None
        return self._held[key]

    def _read(self, path: Path, height: int) -> tk.PhotoImage | None:
        is_svg = path.suffix.lower() == ".svg"
        try:
            if is_svg:  # from Tk 9.0 on
                shape = f"svg -scaletoheight {height}"
                return tk.PhotoImage(master=self.canvas, file=str(path), format=shape)
            whole = tk.PhotoImage(master=self.canvas, file=str(path))
        except tk.TclError:
            return None
        least = min(whole.width(), whole.height())
        return whole.subsample(least // height) if least >= 2 * height else whole

    def _square(self, whole: tk.PhotoImage, size: int) -> tk.PhotoImage:
        short = min(whole.width(), whole.height())
        if short < size:
            whole = whole.zoom(-(-size // short))
        left, top = (whole.width() - size) // 2, (whole.height() - size) // 2
        square = tk.PhotoImage(master=self.canvas, width=size, height=size)
        area = (left, top, left + size, top + size)
        self.canvas.tk.call(str(square), "copy", str(whole), "-from", *area)
        return square
