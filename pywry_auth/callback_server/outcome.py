"""How a sign-in ended, as the person in the browser is told."""

from dataclasses import dataclass
from enum import StrEnum

from pywry_auth.ui.texts import later


NO_REASON = later("The sign-in did not come to its end.")


class Ending(StrEnum):
    """Which page tells the outcome."""

    SUCCESS = "success"
    FAILURE = "failure"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What the last page says.

    Attributes:
        ending: success, failure, or merely that the answer arrived.
        reason: for a failure, one sentence for the person; never anything secret.
    """

    ending: Ending
    reason: str = ""

    @classmethod
    def success(cls) -> "Outcome":
        """Somebody is signed in."""
        return cls(Ending.SUCCESS)

    @classmethod
    def failure(cls, reason: str = "") -> "Outcome":
        """Nobody is signed in, because of *reason*."""
        return cls(Ending.FAILURE, reason or NO_REASON)

    @classmethod
    def received(cls) -> "Outcome":
        """The answer arrived, and what came of it is not known here."""
        return cls(Ending.RECEIVED)
