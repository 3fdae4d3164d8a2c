"""What a page in the window says that leads nowhere."""

import base64
import binascii
import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from pywry_auth.coach.entry import Trouble
from pywry_auth.coach.families import Family, family_of


MAX_TEXT = 20_000  # characters; the pages that tell of a trouble have a few hundred
MAX_ADDRESS = 16_000  # characters
# "Error 400: redirect_uri_mismatch", with the first word in any language; before 2022 without 400
_AFTER_STATUS = re.compile(r"(?:\b[45]\d\d|\berror)\W{1,4}([a-z]++(?:_[a-z]++)+)\b", re.IGNORECASE)
# Begins where a row of letters does, and gives nothing back: a page may send any row of them.
_WORD = re.compile(r"(?<![a-z])[a-z]++(?:_[a-z]++)+")


def trouble_on(url: str, title: str, text: str) -> Trouble | None:
    """
    Read what a page says; None where its address is none.

    Args:
        url: the address of the page, with query and fragment.
        title: its title.
        text: what a person can read on it.
    """
    try:
        parts = urlsplit(url[:MAX_ADDRESS])
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"}:
        return None
    family = family_of(url[:MAX_ADDRESS])
    params = _params(parts)
    shown = f"{title[:MAX_TEXT]}\n{text[:MAX_TEXT]}"
    words = {params.get("error", ""), _packed_word(params.get("authError", ""))}
    if family is Family.GOOGLE:
        words.update(_AFTER_STATUS.findall(shown))
    return Trouble(
        family,
        frozenset(word.lower() for word in words if word),
        f"{shown}\n{params.get('error_description', '')}",
    )


def _params(parts: SplitResult) -> dict[str, str]:
    found: dict[str, str] = {}
    for query in (parts.query, parts.fragment):
        try:
            pairs = parse_qs(query, max_num_fields=100)
        except ValueError:
            continue
        for name, values in pairs.items():
            found.setdefault(name, values[0])
    return found


def _packed_word(packed: str) -> str:
    # Google wraps its error in a protocol buffer: a tag, a length, the word.
    try:
        plain = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return ""
    found = _WORD.search(plain.decode("latin-1"))
    return found[0] if found else ""
