"""Letters large enough to be read from across a room, drawn in a terminal's half blocks."""

from pywry_auth.ui.qr import DARK, LIGHT, LOWER, UPPER


WIDTH = 5  # modules of one letter
GAP = 2  # modules between two letters
HEIGHT = 7

#: each letter is seven rows of five modules, the leftmost the highest bit
_ROWS = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "F": (31, 16, 16, 30, 16, 16, 16),
    "G": (14, 17, 16, 23, 17, 17, 15),
    "H": (17, 17, 17, 31, 17, 17, 17),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "J": (7, 2, 2, 2, 2, 18, 12),
    "K": (17, 18, 20, 24, 20, 18, 17),
    "L": (16, 16, 16, 16, 16, 16, 31),
    "M": (17, 27, 21, 21, 17, 17, 17),
    "N": (17, 17, 25, 21, 19, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "Q": (14, 17, 17, 17, 21, 18, 13),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30),
    "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14),
    "V": (17, 17, 17, 17, 17, 10, 4),
    "W": (17, 17, 17, 21, 21, 27, 17),
    "X": (17, 17, 10, 4, 10, 17, 17),
    "Y": (17, 17, 17, 10, 4, 4, 4),
    "Z": (31, 1, 2, 4, 8, 16, 31),
    "-": (0, 0, 0, 14, 0, 0, 0),
    " ": (0, 0, 0, 0, 0, 0, 0),
}


def big_letters(text: str) -> list[str]:
    """Draw *text*; no line at all where one of its characters has no large form."""
    if not text or any(letter not in _ROWS for letter in text):
        return []  # small letters have none, because a code's case may count
    return [_line(text, y) for y in range(0, HEIGHT, 2)]


def _line(text: str, y: int) -> str:
    columns = (_columns(letter, y) for letter in text)
    return (LIGHT * GAP).join(columns).rstrip()


def _columns(letter: str, y: int) -> str:
    upper = _ROWS[letter][y]
    lower = _ROWS[letter][y + 1] if y + 1 < HEIGHT else 0
    return "".join(_block(upper >> x & 1, lower >> x & 1) for x in reversed(range(WIDTH)))


def _block(upper: int, lower: int) -> str:
    if upper and lower:
        return DARK
    if upper:
        return UPPER
    return LOWER if lower else LIGHT
