"""The parts of a compact JWS."""

import base64
import binascii

from pywry_auth.errors import TokenError


PARTS = 3  # header, payload, signature: RFC 7515 section 7.1


def part_of(token: str, index: int) -> bytes:
    """
    Give one part of *token*, decoded; nothing about it is checked.

    Raises:
        TokenError: it is no compact JWS.
    """
    parts = token.split(".")
    if len(parts) != PARTS:
        raise TokenError("the ID token is no signed JWT")
    text = parts[index]
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise TokenError("the ID token is no signed JWT") from None
