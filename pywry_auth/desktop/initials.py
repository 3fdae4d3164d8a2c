"""What stands for a person who has no picture: their initials on a colour of their own."""

import hashlib
import unicodedata
from collections.abc import Iterator


#: grounds on which white letters can be read (WCAG 2.2, 1.4.3: at least 4.5 to 1); the same in
#: assets/desktop/accounts.css
COLOURS = (
    "#3d5bd9",
    "#7a3fc4",
    "#a8328f",
    "#b8264f",
    "#b3372f",
    "#a04a12",
    "#7d5a00",
    "#4f6b12",
    "#1a7f4e",
    "#0c7a75",
    "#1572a8",
    "#56607a",
)
NOBODY = "·"

_JOINER = "\u200d"
_SPACERS = frozenset("._-+")
_TRAILING_CATEGORIES = frozenset({"Mn", "Me", "Mc"})


def initials(name: str) -> str:
    """
    Give one or two letters for *name*, or for a mail address.

    Two where letters stand for names by themselves: scripts with capitals, Hebrew. One where they
    do not: a Chinese family name, an Arabic letter that would join the next one, an emoji. A
    letter keeps its accents, an emoji is kept whole. ``NOBODY`` where there is no letter at all.
    """
    found = [letter for letter in map(_first, _words(name)) if letter]
    if not found:
        return NOBODY
    first, last = found[0], found[-1]
    if len(found) > 1 and _stands_alone(first) and _stands_alone(last):
        return _capital(first) + _capital(last)
    return _capital(first)


def colour_number(key: str) -> int:
    """Give which of ``COLOURS`` belongs to *key*: the same on every computer, in every release."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[0] % len(COLOURS)


def _words(name: str) -> list[str]:
    local, at, _ = name.partition("@")
    if at and local and " " not in name.strip():
        apart = "".join(" " if c in _SPACERS or c.isdigit() else c for c in local)
        name = apart if apart.strip() else local
    return name.split()


def _first(word: str) -> str:
    """Strictly private: the first letter or emoji of *word* as a person sees it; "" for none."""
    for cluster in _clusters(word):
        if cluster[0].isalnum() or unicodedata.category(cluster[0]) == "So":
            return cluster
    return ""


def _clusters(text: str) -> Iterator[str]:
    """Strictly private: cut *text* where a person sees a border (close to UAX 29)."""
    cluster = ""
    for c in unicodedata.normalize("NFC", text):
        if cluster and not _belongs(cluster, c):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


def _belongs(cluster: str, c: str) -> bool:
    return (
        cluster.endswith(_JOINER)
        or _is_trailing(c)
        or (_is_flag(cluster) and _is_flag(c))
        or (_is_leading_jamo(cluster[-1]) and _is_jamo(c))
        or (_is_jamo(cluster[-1]) and _is_jamo(c) and not _is_leading_jamo(c))
    )


def _is_trailing(c: str) -> bool:
    if c == _JOINER or unicodedata.category(c) in _TRAILING_CATEGORIES:
        return True
    # Skin tones, then the invisible letters that name a flag of a region.
    return "\U0001f3fb" <= c <= "\U0001f3ff" or "\U000e0020" <= c <= "\U000e007f"


def _is_flag(text: str) -> bool:
    # Two of these letters are one flag; a third begins the next.
    return len(text) == 1 and "\U0001f1e6" <= text <= "\U0001f1ff"


def _is_jamo(c: str) -> bool:
    return "\u1100" <= c <= "\u11ff"


def _is_leading_jamo(c: str) -> bool:
    return "\u1100" <= c <= "\u115f"


def _stands_alone(letter: str) -> bool:
    c = letter[0]
    return c.upper() != c.lower() or "\u05d0" <= c <= "\u05ea"


def _capital(letter: str) -> str:
    # One letter can become two ("ß", "ŉ"), which would not fit.
    raised = letter[0].title()
    return raised + letter[1:] if len(raised) == 1 else letter
