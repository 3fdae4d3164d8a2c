"""What an attempt to sign in does without, by name."""

from enum import Enum
from typing import Final


class Skipped(Enum):
    """Protections that are left out by name, never by a forgotten argument."""

    NO_PKCE = "no_pkce"
    NO_NONCE = "no_nonce"
    UNKNOWN_ISSUER = "unknown_issuer"
    ANY_TIME = "any_time"


NO_PKCE: Final = Skipped.NO_PKCE  #: a confidential client whose server cannot do PKCE
NO_NONCE: Final = Skipped.NO_NONCE  #: no ID token was asked for
UNKNOWN_ISSUER: Final = Skipped.UNKNOWN_ISSUER  #: the provider has no issuer to compare with
ANY_TIME: Final = Skipped.ANY_TIME  #: no clock at hand can be believed
