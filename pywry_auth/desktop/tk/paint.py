"""Draws the round parts of a button as PNG, because lines on a Tk canvas have no smooth edges."""

import math
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache


Rgb = tuple[int, int, int]
SPOKES = 8


def rgb(color: str) -> Rgb:
    """Read ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mixed(color: str, other: str, share: float) -> str:
    """Give *color* with a *share* (0 to 1) of *other* in it."""
    parts = [round(a + (b - a) * share) for a, b in zip(rgb(color), rgb(other), strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*parts)


def is_dark(color: str) -> bool:
    """Tell whether white is easier to read on *color* than black (WCAG 2 contrast)."""
    linear = [_linear(part / 255) for part in rgb(color)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return luminance < 0.179  # noqa: PLR2004  # where both contrasts are the same


@lru_cache(maxsize=256)
def corners(radius: int, ground: str, edge: str, line: float) -> bytes:
    """
    Give a disc of *ground* with a *line* of *edge* round it: the four corners of a button.

    Args:
        radius: in pixels; the picture is twice as wide.
        ground: colour within.
        edge: colour of the line.
        line: width of the line in pixels; 0 for none.
    """
    inside, border = rgb(ground), rgb(edge)

    def pixel(x: float, y: float) -> tuple[Rgb, float]:
        away = math.hypot(x - radius, y - radius)
        share = _covered(away - (radius - line)) if line else 1.0
        color = _blend(border, inside, share)
        return color, _covered(away - radius)

    return _png(2 * radius, pixel)


@lru_cache(maxsize=64)
def ring(radius: int, color: str, line: float) -> bytes:
    """Give a circle of *line* pixels' width; nothing within, nothing without."""
    ink = rgb(color)

    def pixel(x: float, y: float) -> tuple[Rgb, float]:
        away = math.hypot(x - radius, y - radius)
        return ink, _covered(away - radius) * (1 - _covered(away - (radius - line)))

    return _png(2 * radius, pixel)


@lru_cache(maxsize=64)
def frame(size: int, color: str) -> bytes:
    """Give a square of *color* with a round hole: laid over a picture, it makes it round."""
    ink, half = rgb(color), size / 2

    def pixel(x: float, y: float) -> tuple[Rgb, float]:
        return ink, 1 - _covered(math.hypot(x - half, y - half) - half)

    return _png(size, pixel)


@lru_cache(maxsize=64)
def spinner(size: int, color: str, turn: int) -> bytes:
    """Give one of ``SPOKES`` pictures of something that is under way."""
    ink, half, dot = rgb(color), size / 2, size / 10
    spots = [
        (
            half + (half - dot) * math.sin(2 * math.pi * spoke / SPOKES),
            half - (half - dot) * math.cos(2 * math.pi * spoke / SPOKES),
            0.2 + 0.8 * ((spoke - turn - 1) % SPOKES) / (SPOKES - 1),
        )
        for spoke in range(SPOKES)
    ]

    def pixel(x: float, y: float) -> tuple[Rgb, float]:
        return ink, max(a * _covered(math.hypot(x - sx, y - sy) - dot) for sx, sy, a in spots)

    return _png(size, pixel)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB


def _covered(distance: float) -> float:
    """How much of a pixel lies within a line that passes *distance* before its middle."""
    return min(max(0.5 - distance, 0.0), 1.0)


def _blend(color: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _png(size: int, pixel: Callable[[float, float], tuple[Rgb, float]]) -> bytes:
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # no filter
        for x in range(size):
            color, alpha = pixel(x + 0.5, y + 0.5)
            rows += bytes((*color, round(alpha * 255)))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
