"""QR codes, as rows of text for terminals or as one path for pages."""

from collections.abc import Sequence


QUIET = 4  # modules of light around the code; ISO/IEC 18004 asks for as many
QUIET_IN_TEXT = 2  # cameras do with two, where the terminal's lines are few

LIGHT, UPPER, LOWER, DARK = " ▀▄█"
_BLOCKS = {
    (False, False): LIGHT,
    (True, False): UPPER,
    (False, True): LOWER,
    (True, True): DARK,
}


def half_blocks(text: str) -> list[str]:
    """Draw *text* for a terminal: each character is two modules, one above the other."""
    rows = _modules(text, QUIET_IN_TEXT)
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def path(text: str) -> tuple[str, int]:
    """Draw *text* for a page: the ``d`` of one SVG path in a square, with the square's side."""
    rows = _modules(text, QUIET)
    runs = (
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return "".join(runs), len(rows)


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and x and row[x - 1]:
            start, length = found[-1]
            found[-1] = (start, length + 1)
        elif dark:
            found.append((x, 1))
    return found


def _modules(text: str, border: int) -> list[list[bool]]:
    import segno

    # Nothing scratches a screen: the fewer modules there are, the larger each of them is.
    code = segno.make_qr(text, error="l")
    return [[bool(module) for module in row] for row in code.matrix_iter(border=border)]
