"""What a resource meant when it turned a request away."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

from pywry_auth.protocol.challenge import Challenge, challenges


UNAUTHORIZED = 401
MAX_ACR_VALUES = 20  # an authorization request has to carry them all
_ACR_VALUE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")  # NQCHAR, RFC 6749 appendix A
_SECONDS = re.compile(r"[0-9]{1,9}")
_SCHEMES = frozenset({"bearer", "dpop"})


class Refusal(Enum):
    """The kinds of answers."""

    NONE = auto()  # it was not turned away for want of credentials
    TOKEN = auto()  # the token does not count any more, or not here (RFC 6750 section 3.1)
    NONCE = auto()  # the proof must carry the nonce beside this answer (RFC 9449 section 9)
    STEP_UP = auto()  # the person must sign in again, or more strongly (RFC 9470 section 3)
    REQUEST = auto()  # another token would be turned away as well


_MEANINGS = (  # the first that was said counts
    ("insufficient_user_authentication", Refusal.STEP_UP),
    ("invalid_token", Refusal.TOKEN),
    ("insufficient_scope", Refusal.REQUEST),
    ("invalid_request", Refusal.REQUEST),
    ("invalid_dpop_proof", Refusal.REQUEST),
)


@dataclass(frozen=True, slots=True)
class StepUpChallenge:
    """
    How a resource wants the person to have signed in (RFC 9470 section 3).

        def ask_person(wanted):
            stronger = SignInOptions(acr_values=wanted.acr_values, max_age=wanted.max_age)
            flow.run_native(options=stronger)

        origins = ["https://api.example.com"]
        auth = HttpxAuth(session, allowed_origins=origins, on_step_up=ask_person)

    Attributes:
        acr_values: ways to sign in, one of which it would accept; () for any.
        max_age: seconds since the person signed in that it would accept; None for any.
    """

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    @classmethod
    def read(cls, header: str) -> Self | None:
        """
        Read ``WWW-Authenticate``; None where it asks for nothing of the kind.

        >>> StepUpChallenge.read('Bearer error="insufficient_user_authentication", max_age="60"')
        StepUpChallenge(acr_values=(), max_age=60)
        """
        for found in _for_tokens(header):
            if found.params.get("error") == "insufficient_user_authentication":
                said = found.params.get("max_age", "")
                asked = filter(_ACR_VALUE.fullmatch, found.params.get("acr_values", "").split())
                return cls(
                    tuple(dict.fromkeys(asked))[:MAX_ACR_VALUES],
                    int(said) if _SECONDS.fullmatch(said) else None,
                )
        return None


def refusal_of(status: int, header: str) -> Refusal:
    """
    Say what an answer means for the token that was sent.

    Args:
        status: its status code.
        header: the value of ``WWW-Authenticate``, several joined by commas, or "".
    """
    if status != UNAUTHORIZED:
        return Refusal.NONE
    said = {(found.scheme, found.params.get("error")) for found in _for_tokens(header)}
    if ("dpop", "use_dpop_nonce") in said:
        return Refusal.NONCE
    words = {error for _scheme, error in said}
    # Many servers name no error, or another scheme, or nothing at all, when a token has ended.
    return next((meaning for word, meaning in _MEANINGS if word in words), Refusal.TOKEN)


def _for_tokens(header: str) -> list[Challenge]:
    return [found for found in challenges(header) if found.scheme in _SCHEMES]
