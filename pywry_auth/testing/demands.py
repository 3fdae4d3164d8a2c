"""What an issuer demands beyond OpenID Connect, as data."""

from dataclasses import dataclass
from enum import StrEnum


class Pushing(StrEnum):
    """Whether authorization requests are handed over first (RFC 9126)."""

    NONE = "none"
    OFFERED = "offered"
    REQUIRED = "required"


class Binding(StrEnum):
    """Whether tokens are bound to a key (RFC 9449)."""

    NONE = "none"
    OFFERED = "offered"  # where the client proves one
    REQUIRED = "required"
    IGNORED = "ignored"  # announced, but every token is good for anybody


class Nonces(StrEnum):
    """Which nonce a proof must carry (RFC 9449 section 8)."""

    NONE = "none"
    STEADY = "steady"  # one for ever, given to whoever comes without it
    TOLD = "told"  # another after each success, told with it
    SILENT = "silent"  # another after each success, without a word
    ENDLESS = "endless"  # whatever comes, another one is wanted


@dataclass(frozen=True, slots=True)
class Proofs:
    """
    What proofs of possession must be like.

    Attributes:
        binding: whether tokens are bound.
        algs: signature algorithms in the metadata.
        nonces: which nonce is wanted.
        scheme: how a challenge is named, in whatever case.
        tolerance: seconds by which a proof's date may differ from the issuer's clock.
    """

    binding: Binding = Binding.NONE
    algs: tuple[str, ...] = ("ES256", "EdDSA", "PS256")
    nonces: Nonces = Nonces.NONE
    scheme: str = "DPoP"
    tolerance: int = 60
