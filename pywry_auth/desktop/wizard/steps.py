"""Where a person stands in a first run, with what can happen to them there."""

from dataclasses import dataclass
from enum import StrEnum

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Advice


class Step(StrEnum):
    """What the person sees."""

    WELCOME = "welcome"
    CHOOSE = "choose"
    ORGANISATION = "organisation"
    ACCESS = "access"
    SIGN_IN = "sign_in"
    TROUBLE = "trouble"
    CONFIRM = "confirm"
    DONE = "done"
    LEFT = "left"  #: the wizard is over; whether with an account says ``account``


class Move(StrEnum):
    """What the person does, or what happens to them."""

    GO_ON = "go_on"
    CHOOSE = "choose"
    ORGANISATION = "organisation"
    FIND = "find"
    AGREE = "agree"
    BROWSER = "browser"
    AGAIN = "again"
    RETRY = "retry"
    ANOTHER = "another"
    CONFIRM = "confirm"
    FINISH = "finish"
    BACK = "back"
    CANCEL = "cancel"
    # what happens
    FOUND = "found"
    NOT_FOUND = "not_found"
    SIGNED_IN = "signed_in"
    FAILED = "failed"
    STOPPED = "stopped"
    HANDED_OVER = "handed_over"
    GONE = "gone"


#: what a page may ask for
OF_THE_PERSON = frozenset(Move) - {
    Move.FOUND,
    Move.NOT_FOUND,
    Move.SIGNED_IN,
    Move.FAILED,
    Move.STOPPED,
    Move.HANDED_OVER,
    Move.GONE,
}


class Effect(StrEnum):
    """What a move asks of the world."""

    FIND = "find"
    STOP_FINDING = "stop_finding"
    SIGN_IN = "sign_in"
    OPEN_AGAIN = "open_again"
    STOP = "stop"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What there is to choose from.

    Attributes:
        providers: their names.
        organisations: whether a person may name another one.
    """

    providers: tuple[str, ...]
    organisations: bool = False

    @property
    def only(self) -> str:
        """The one provider where there is nothing to choose, or ""."""
        return self.providers[0] if len(self.providers) == 1 and not self.organisations else ""


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a person stands; holds no secret.

    Attributes:
        step: what they see.
        provider: where they are about to sign in, or "".
        query: what they typed to find their organisation, or "".
        issuer: the issuer that was found for it, or "".
        is_finding: whether that is being looked for.
        is_another: whether the sign-in under way is for a second account.
        by_browser: whether it shall happen in the system browser.
        account: who signed in, or None.
        trouble: what went wrong, or None.
        trail: the steps that ``back`` leads through, the last one first left.
    """

    step: Step = Step.WELCOME
    provider: str = ""
    query: str = ""
    issuer: str = ""
    is_finding: bool = False
    is_another: bool = False
    by_browser: bool = False
    account: Account | None = None
    trouble: Advice | None = None
    trail: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """
    One move, with what belongs to it.

    Attributes:
        move: which.
        provider: of ``choose``, ``found``.
        text: of ``find``: what was typed; of ``found``: the issuer.
        account: of ``signed_in``.
        advice: of ``not_found``, ``failed``.
    """

    move: Move
    provider: str = ""
    text: str = ""
    account: Account | None = None
    advice: Advice | None = None
