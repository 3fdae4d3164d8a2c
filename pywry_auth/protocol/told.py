"""What a stranger tells, without the secrets it was told."""

import json
import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, quote_plus

from pywry_auth.protocol.wire import printable


REMOVED = "[removed]"
_TELLING = 4  # characters; the beginning of a secret that is shorter says nothing of it
_WORDY = 8  # characters; a shorter one may be part of many a word, and is a secret only by itself
_ROUNDS = 8  # more than any text needs that was not made for it
_GONE = "\ufffc"  # in place of what is taken out, until all is


class Removing:
    """
    Takes secrets out of texts, in whatever spelling.

    Args:
        secrets: as they were sent; empty ones are none.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        written = {form for secret in secrets for form in _spellings(secret)}
        self._written = sorted(written, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Give *text* without them, nor the beginning of one where it was cut short."""
        whole = ended = self.out_of_whole(text)
        for secret in self._written:
            ended = _without_end(ended, secret)
        # What stood before such an end stands by itself now.
        return whole if ended == whole else self.out_of_whole(ended)

    def out_of_whole(self, text: str) -> str:
        """Give a *text* that was not cut short without them."""
        written = [secret for secret in self._written if len(secret) <= len(text)]
        if not written:
            return text
        # All in one go, as the mark itself may hold a short one; in any case, as %3c is %3C. Once
        # more where something went, as a short one may stand by itself only then.
        any_of_them = re.compile("|".join(map(_alone, written)), re.IGNORECASE)
        left, before = text, ""
        for _ in range(_ROUNDS):
            left, before = any_of_them.sub(_GONE, left), left
            if left == before:
                break
        return left.replace(_GONE, REMOVED)


def _alone(secret: str) -> str:
    if len(secret) >= _WORDY:
        return re.escape(secret)
    return rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])"


def _spellings(secret: str) -> tuple[str, ...]:
    # As it is, as it is told, in an address, in a form, on a page, in JSON.
    told, written = printable(secret, len(secret)), json.dumps(secret)[1:-1]
    in_addresses = (quote(secret), quote_plus(secret)) if _is_text(secret) else ()
    forms = (secret, told, *in_addresses, escape(secret), written, written.replace("/", r"\/"))
    return tuple(form for form in forms if form)


def _is_text(secret: str) -> bool:
    try:
        secret.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_end(text: str, secret: str) -> str:
    longest = min(len(secret) - 1, len(text))  # a server may give tokens of a megabyte
    for size in range(longest, _TELLING - 1, -1):
        if text.endswith(secret[:size]):
            return text[:-size] + REMOVED
    return text
