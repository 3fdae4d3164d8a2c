"""What is said about an error."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What the person can do next; a button, not a sentence."""

    RETRY = "retry"  #: do the same again
    BROWSER = "browser"  #: sign in with the system browser
    DEVICE = "device"  #: enter a code on another device
    SIGN_IN = "sign_in"  #: the session is over
    UNLOCK = "unlock"  #: unlock the keyring, then do the same again
    WAIT = "wait"  #: it mends itself
    DEVELOPER = "developer"  #: nobody but the developer, or an administrator, can help


@dataclass(frozen=True, slots=True)
class Advice:
    """
    One trouble, in words.

    Attributes:
        code: a stable word for programs, for example ``"redirect_uri_mismatch"``.
        sentence: for the person; one or two sentences in their language, without jargon.
        fix: for the developer; exactly what to change, in English, or "".
        action: what the person can do.
        source: where the provider documents it, an https address, or "".
    """

    code: str
    sentence: str
    fix: str = ""
    action: Action = Action.RETRY
    source: str = ""
