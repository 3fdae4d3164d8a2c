"""Values kept from turning round the text about them."""

#: first strong isolate, pop directional isolate: what lies between has its own direction (UAX 9)
FSI, PDI = "\u2068", "\u2069"
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})  # the classes of UAX 9 that turn a line round
# Embeddings, overrides, the isolates with a fixed direction: no name is spelt with them.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), 0x2066, 0x2067])


def isolated(value: str, direction: str) -> str:
    """
    Make *value* fit to stand inside a text whose direction is *direction*.

    It is enclosed only where that can change anything: in a text from right to left, or where it
    holds a letter of such a script itself. A plain name in an English sentence stays as it is.
    """
    straight = balanced(value)
    if direction == "rtl" or _turns_round(straight):
        return f"{FSI}{straight}{PDI}"
    return straight


def balanced(value: str) -> str:
    """Drop from *value* whatever would reach beyond its end; pairs of isolates stay."""
    if value.isascii():
        return value
    kept: list[str] = []
    opened: list[int] = []
    for letter in value.translate(_TURNS):
        if letter == PDI and not opened:
            continue
        if letter == PDI:
            opened.pop()
        elif letter == FSI:
            opened.append(len(kept))
        kept.append(letter)
    for place in reversed(opened):
        del kept[place]
    return "".join(kept)


def _turns_round(value: str) -> bool:
    if value.isascii():
        return False
    from unicodedata import bidirectional

    return any(bidirectional(letter) in RIGHT_TO_LEFT for letter in value)
