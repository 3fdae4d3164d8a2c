"""A person who signs in: waits for what can be seen, types, takes pictures with a caption."""

import subprocess
from pathlib import Path

from tests.screen import Screen, Window, until


SIZE = (1280, 900)
BLINK = 0.002  # of all bits: more than a caret, less than a page

SKY = ("-size", "1280x900", "gradient:#e3eaf6-#b3c3de")
CAPTION = "-background #10141d -fill #e9edf6 -font DejaVu-Sans -pointsize 22 -gravity center"


def private_screen() -> Screen:
    """Give a display of its own, to be entered."""
    return Screen(*SIZE)


def this_screen(display: str) -> Screen:
    """Give the display there is; nothing of it is started or stopped."""
    screen = Screen()
    screen.display = display
    return screen


def paint_sky(screen: Screen) -> None:
    """Give an empty screen a ground that looks like a desktop."""
    # It ends with 1 even where it did what was asked.
    command = ["display", "-window", "root", *SKY]
    subprocess.run(command, env=screen.env, capture_output=True, check=False, timeout=30)


class Person:
    """Somebody before *screen*, who keeps pictures in *album*."""

    def __init__(self, screen: Screen, album: Path | None) -> None:
        self.screen = screen
        self._album = album
        self._taken = 0

    def count(self, title: str) -> int:
        """Count the windows of that title."""
        return sum(title in window.title for window in self.screen.windows())

    def settled(self, window: Window, after: bytes = b"") -> bytes:
        """
        Wait until *window* shows a page, and no longer changes; a caret may blink.

        Args:
            window: where to look.
            after: what it showed before; the page must be another one.
        """
        seen = [b""]

        def rests() -> bool:
            before, now = seen[0], self.screen.pixels(window)
            seen[0] = now
            return (
                _has_content(now) and _changed(before, now) < BLINK and _changed(after, now) > BLINK
            )

        until(rests, "the page comes to rest")
        return seen[0]

    def picture(self, name: str, caption: str) -> None:
        """Save what the screen shows, with *caption* below it."""
        if self._album is None:
            return
        self._taken += 1
        path = self.screen.picture(self._album / f"{self._taken}-{name}.png")
        width = subprocess.check_output(["identify", "-format", "%w", path], text=True)
        text = ["(", *CAPTION.split(), "-size", f"{width}x56", f"caption:{caption}", ")"]
        subprocess.run(["convert", path, *text, "-append", path], check=True, timeout=30)


def _has_content(pixels: bytes) -> bool:
    # The middle half of the window, so that a bar above a page still white does not count.
    middle = pixels[len(pixels) // 4 : len(pixels) * 3 // 4]
    return len(set(middle[::997])) > 4  # noqa: PLR2004  a page has text on its ground


def _changed(before: bytes, now: bytes) -> float:
    if len(before) != len(now):
        return 1.0
    difference = int.from_bytes(before, "big") ^ int.from_bytes(now, "big")
    return difference.bit_count() / (8 * len(now))
