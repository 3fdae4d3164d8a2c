"""Turns Arabic or Hebrew words into what a Tk on X11 draws as it is to be read."""

import unicodedata
from functools import cache
from itertools import groupby


# Tk up to 9.0 draws one letter after the other from the left, each as if it stood alone. This is
# UAX #9 for one line, without explicit marks, with the shapes that Unicode keeps
# for old terminals.
RTL = frozenset({"R", "AL"})
_NUMBERS = frozenset({"EN", "AN"})
_FORMS = (range(0xFE80, 0xFEFD), range(0xFB50, 0xFC00))
# Marks of direction, which this Tk would draw as boxes.
_MARKS = dict.fromkeys([*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_PAIR = 2  # letters in the longest sign that is kept as one
_TATWEEL = "\u0640"
_OPENING = {"(": ")", "[": "]", "{": "}"}
_MIRROR = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")  # noqa: RUF001  # the marks as they are


def is_rtl(text: str) -> bool:
    """Tell whether *text* has a letter that is written from the right."""
    return any(unicodedata.bidirectional(c) in RTL for c in text)


def visual(text: str, *, direction: str) -> str:
    """
    Give one line of *text* as it is to be drawn from the left.

    Args:
        text: in the order it is read.
        direction: of the line, ``"ltr"`` or ``"rtl"``.
    """
    text = text.translate(_MARKS)
    if not is_rtl(text):
        return text
    shaped = _shaped(text)
    clusters = _clusters(shaped)
    levels = _levels([cluster[0] for cluster in clusters], 1 if direction == "rtl" else 0)
    return "".join(_reordered(clusters, levels))


def _clusters(text: str) -> list[str]:
    """Keep each accent with its letter."""
    found: list[str] = []
    for c in text:
        if found and unicodedata.category(c) == "Mn":
            found[-1] += c
        else:
            found.append(c)
    return found


def _levels(letters: list[str], base: int) -> list[int]:
    kinds = _resolved(
        letters, [unicodedata.bidirectional(c) for c in letters], "R" if base else "L"
    )
    levels = {0: {"L": 0, "R": 1, "N": 2}, 1: {"L": 2, "R": 1, "N": 2}}[base]
    return [levels[kind] for kind in kinds]


def _resolved(letters: list[str], kinds: list[str], base: str) -> list[str]:
    """Give L, R or N (a number among what is written from the right) for each letter."""
    found: list[str] = []
    strong = base
    for at, kind in enumerate(kinds):
        if kind in RTL or kind == "L":
            strong = "L" if kind == "L" else "R"
            found.append(strong)
        elif kind in _NUMBERS or _is_within_number(kinds, at):
            found.append("L" if strong == "L" and kind != "AN" else "N")
        else:
            found.append("?")
    _pair_brackets(letters, found, base)
    return _neutrals(found, base)


def _pair_brackets(letters: list[str], found: list[str], base: str) -> None:
    """Give both brackets of a pair one direction (rule N0)."""
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, letter in enumerate(letters):
        if letter in _OPENING:
            waiting.append(at)
        elif waiting and letter == _OPENING.get(letters[waiting[-1]]):
            pairs.append((waiting.pop(), at))
    for begin, end in sorted(pairs):
        within = {_side(kind) for kind in found[begin:end] if kind != "?"}
        before = next((_side(kind) for kind in reversed(found[:begin]) if kind != "?"), base)
        if within:
            found[begin] = found[end] = base if base in within else before


def _is_within_number(kinds: list[str], at: int) -> bool:
    before = kinds[at - 1] if at else ""
    after = kinds[at + 1] if at + 1 < len(kinds) else ""
    if kinds[at] in {"CS", "ES"}:
        return before in _NUMBERS and after in _NUMBERS
    return kinds[at] == "ET" and (before == "EN" or after == "EN")


def _neutrals(kinds: list[str], base: str) -> list[str]:
    found: list[str] = []
    for kind, run in groupby(kinds):
        length = len(list(run))
        if kind == "?":
            before = _side(found[-1]) if found else base
            rest = kinds[len(found) + length :]
            after = _side(rest[0]) if rest else base
            kind = before if before == after else base  # noqa: PLW2901  # what it resolves to
        found.extend([kind] * length)
    return found


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _reordered(clusters: list[str], levels: list[int]) -> list[str]:
    line = [
        cluster.translate(_MIRROR) if level % 2 else cluster
        for cluster, level in zip(clusters, levels, strict=True)
    ]
    for depth in (2, 1):
        end = 0
        for is_deep, run in groupby(levels, lambda level, depth=depth: level >= depth):
            start, end = end, end + len(list(run))
            if is_deep:
                line[start:end] = line[start:end][::-1]
    return line


# Arabic letters join, and look different at the beginning, within and at the end of a word.


@cache
def _shapes() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code in (code for codes in _FORMS for code in codes):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if form.startswith("<") and len(letters) <= _PAIR and letters[:1] != ["0020"]:
            letter = "".join(chr(int(each, 16)) for each in letters)
            found.setdefault(letter, {})[form.strip("<>")] = chr(code)
    return found


def _shaped(text: str) -> str:
    letters = _with_ligatures(text)
    found: list[str] = []
    for at, letter in enumerate(letters):
        forms = _shapes().get(letter)
        if forms is None:
            found.append(letter)
            continue
        before = _joins_on(_neighbour(letters, at, -1))
        after = "initial" in forms and _joins_back(_neighbour(letters, at, 1))
        form = {
            (True, True): "medial",
            (True, False): "final",
            (False, True): "initial",
            (False, False): "isolated",
        }[before, after]
        found.append(forms.get(form, letter))
    return "".join(found)


def _with_ligatures(text: str) -> list[str]:
    """Lam and alef are one sign; any other two letters that could be one stay two."""
    found: list[str] = []
    for c in text:
        if found and found[-1] == "\u0644" and found[-1] + c in _shapes():
            found[-1] += c
        else:
            found.append(c)
    return found


def _neighbour(letters: list[str], at: int, step: int) -> str:
    at += step
    while 0 <= at < len(letters) and unicodedata.category(letters[at][0]) == "Mn":
        at += step
    return letters[at] if 0 <= at < len(letters) else ""


def _joins_on(letter: str) -> bool:
    return letter == _TATWEEL or "initial" in _shapes().get(letter, {})


def _joins_back(letter: str) -> bool:
    return letter == _TATWEEL or "final" in _shapes().get(letter, {})
