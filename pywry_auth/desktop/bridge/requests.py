"""What a page may say, read from one short line."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from pywry_auth.desktop.button_values import Verb


MAX_LINE = 1200  # characters; a longer one is no press of a button
_PARTS = 4


@dataclass(frozen=True, slots=True)
class PageRequest:
    """
    One press of a button, by a page that knows the word of this load.

    Attributes:
        verb: what is asked for.
        key: of which account or provider, or "".
    """

    verb: Verb
    key: str


def read_request(line: object, nonce: str) -> PageRequest | None:
    """
    Read ``<nonce> <count> <verb> <key in base64url>``; None unless all of it is as it should be.

    Args:
        line: what the page said.
        nonce: what was given to the top page of this load alone; "" where nobody has one.
    """
    if not isinstance(line, str) or not nonce or len(line) > MAX_LINE or not line.isascii():
        return None
    parts = line.split(" ")
    # Compared in any case: how long it takes must not tell how much was right.
    is_ours = hmac.compare_digest(parts[0], nonce)
    if not is_ours or len(parts) != _PARTS or parts[2] not in set(Verb):
        return None
    key = _decoded(parts[3])
    return None if key is None else PageRequest(Verb(parts[2]), key)


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


class Bucket:
    """
    Lets a number of presses through, then as many as a person can make.

    Args:
        size: how many at once.
        every: seconds until one more is let through.
    """

    def __init__(self, size: int = 12, every: float = 0.25) -> None:
        self._size = size
        self._every = every
        self._level = float(size)
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Say whether one more is let through at *now*, in seconds of any steady clock."""
        passed = 0.0 if self._at is None else max(now - self._at, 0.0)
        self._at = now
        self._level = min(self._level + passed / self._every, self._size)
        if self._level < 1:
            return False
        self._level -= 1
        return True
