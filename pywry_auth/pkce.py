"""Proof that the code is redeemed by whoever asked for it (RFC 7636)."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field


_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 section 4.1
MIN_RANDOM_BYTES = 32  # gives the 43 characters RFC 7636 section 4.1 demands
MAX_RANDOM_BYTES = 96  # gives the 128 characters it allows


@dataclass(frozen=True, slots=True)
class PKCEChallenge:
    """
    A code verifier with the challenge that may be shown to the world.

    Attributes:
        verifier: 43 to 128 characters; secret until the code is exchanged.
        challenge: ``BASE64URL(SHA256(verifier))`` (RFC 7636 section 4.2).
        method: always ``"S256"``.

    Raises:
        ValueError: the verifier breaks RFC 7636 section 4.1, or the method is not S256.
    """

    verifier: str = field(repr=False)
    challenge: str
    method: str = "S256"

    def __post_init__(self) -> None:
        if not _VERIFIER.fullmatch(self.verifier):
            raise ValueError("a code verifier has 43 to 128 unreserved characters (RFC 7636)")
        if self.method != "S256":
            raise ValueError("only the challenge method S256 is used")

    @classmethod
    def generate(cls, length: int = 64) -> "PKCEChallenge":
        """
        Make a fresh challenge.

        Args:
            length: random bytes, 32 to 96; the verifier is a third longer.

        Raises:
            ValueError: *length* is out of range.
        """
        if not MIN_RANDOM_BYTES <= length <= MAX_RANDOM_BYTES:
            raise ValueError(
                f"length is {MIN_RANDOM_BYTES} to {MAX_RANDOM_BYTES} random bytes, not {length}"
            )
        verifier = secrets.token_urlsafe(length)
        return cls(verifier=verifier, challenge=s256(verifier))


def s256(verifier: str) -> str:
    """Give the S256 challenge of *verifier*, without padding (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
