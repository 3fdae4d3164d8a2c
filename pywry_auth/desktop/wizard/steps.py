"""The way through a first run: where a person stands, where each move leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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


Effects = tuple[Effect, ...]
Turn = tuple[Place, Effects]
_Rule = Callable[[Place, Event, Offer], Turn]


def turn(place: Place, event: Event, offer: Offer) -> Turn:
    """Say where *event* leads from *place*; nowhere, where it makes no sense there."""
    rule = TABLE.get((place.step, event.move))
    return (place, ()) if rule is None else rule(place, event, offer)


def _forth(place: Place, step: Step, *, provider: str | None = None) -> Place:
    """Go on to *step*, from where ``back`` leads here again."""
    trail = (*place.trail, place.step)
    name = place.provider if provider is None else provider
    return replace(place, step=step, provider=name, trail=trail, trouble=None, is_finding=False)


def _go_on(place: Place, _event: Event, offer: Offer) -> Turn:
    if offer.only:
        return _forth(place, Step.ACCESS, provider=offer.only), ()
    if not offer.providers and offer.organisations:
        return _forth(place, Step.ORGANISATION), ()
    return _forth(place, Step.CHOOSE), ()


def _choose(place: Place, event: Event, offer: Offer) -> Turn:
    if event.provider not in offer.providers:
        return place, ()
    return replace(_forth(place, Step.ACCESS, provider=event.provider), issuer=""), ()


def _organisation(place: Place, _event: Event, offer: Offer) -> Turn:
    return (_forth(place, Step.ORGANISATION), ()) if offer.organisations else (place, ())


def _find(place: Place, event: Event, _offer: Offer) -> Turn:
    if place.is_finding:
        return place, ()
    finding = replace(place, query=event.text.strip(), is_finding=True, trouble=None)
    return finding, (Effect.FIND,)


def _found(place: Place, event: Event, _offer: Offer) -> Turn:
    if not place.is_finding:
        return place, ()
    return replace(_forth(place, Step.ACCESS, provider=event.provider), issuer=event.text), ()


def _not_found(place: Place, event: Event, _offer: Offer) -> Turn:
    if not place.is_finding:
        return place, ()
    return replace(place, is_finding=False, trouble=event.advice), ()


def _sign_in(place: Place, event: Event, _offer: Offer) -> Turn:
    by_browser = place.by_browser or event.move is Move.BROWSER
    begun = replace(place, step=Step.SIGN_IN, by_browser=by_browser, trouble=None)
    return begun, (Effect.SIGN_IN,)


def _to_browser(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, by_browser=True), (Effect.OPEN_AGAIN,)


def _handed_over(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, by_browser=True), ()


def _open_again(place: Place, _event: Event, _offer: Offer) -> Turn:
    return place, (Effect.OPEN_AGAIN,)


def _another(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, step=Step.SIGN_IN, is_another=True), (Effect.SIGN_IN,)


def _signed_in(place: Place, event: Event, _offer: Offer) -> Turn:
    if event.account is None:
        return place, ()
    known = replace(place, account=event.account, is_another=False, trouble=None)
    return replace(known, step=Step.CONFIRM), ()


def _failed(place: Place, event: Event, _offer: Offer) -> Turn:
    return replace(place, step=Step.TROUBLE, trouble=event.advice), ()


def _before_sign_in(place: Place) -> Place:
    # Who wanted a second account has the first one still.
    step = Step.ACCESS if place.account is None else Step.CONFIRM
    return replace(place, step=step, is_another=False, by_browser=False, trouble=None)


def _stopped(place: Place, _event: Event, _offer: Offer) -> Turn:
    return _before_sign_in(place), ()


def _stop(place: Place, _event: Event, _offer: Offer) -> Turn:
    return _before_sign_in(place), (Effect.STOP,)


def _back(place: Place, _event: Event, _offer: Offer) -> Turn:
    if not place.trail:
        return place, ()
    effects = (Effect.STOP_FINDING,) if place.is_finding else ()
    *trail, step = place.trail
    return replace(place, step=step, trail=tuple(trail), is_finding=False, trouble=None), effects


def _back_from_account(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, step=Step.ACCESS, account=None), ()


def _confirm(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, step=Step.DONE), ()


def _finish(place: Place, _event: Event, _offer: Offer) -> Turn:
    return replace(place, step=Step.LEFT), (Effect.LEAVE,)


def _leave(place: Place, _event: Event, _offer: Offer) -> Turn:
    before: Effects = ()
    if place.step is Step.SIGN_IN:
        before = (Effect.STOP,)
    elif place.is_finding:
        before = (Effect.STOP_FINDING,)
    left = replace(place, step=Step.LEFT, is_finding=False, account=None)
    return left, (*before, Effect.LEAVE)


#: where each move leads; a pair that is missing leads nowhere
TABLE: Mapping[tuple[Step, Move], _Rule] = {
    (Step.WELCOME, Move.GO_ON): _go_on,
    (Step.CHOOSE, Move.CHOOSE): _choose,
    (Step.CHOOSE, Move.ORGANISATION): _organisation,
    (Step.ORGANISATION, Move.FIND): _find,
    (Step.ORGANISATION, Move.FOUND): _found,
    (Step.ORGANISATION, Move.NOT_FOUND): _not_found,
    (Step.ACCESS, Move.AGREE): _sign_in,
    (Step.ACCESS, Move.BROWSER): _sign_in,
    (Step.SIGN_IN, Move.BROWSER): _to_browser,
    (Step.SIGN_IN, Move.AGAIN): _open_again,
    (Step.SIGN_IN, Move.HANDED_OVER): _handed_over,
    (Step.SIGN_IN, Move.SIGNED_IN): _signed_in,
    (Step.SIGN_IN, Move.FAILED): _failed,
    (Step.SIGN_IN, Move.STOPPED): _stopped,
    (Step.SIGN_IN, Move.BACK): _stop,
    (Step.TROUBLE, Move.RETRY): _sign_in,
    (Step.TROUBLE, Move.BROWSER): _sign_in,
    (Step.TROUBLE, Move.BACK): _stopped,
    (Step.CONFIRM, Move.CONFIRM): _confirm,
    (Step.CONFIRM, Move.ANOTHER): _another,
    (Step.CONFIRM, Move.BACK): _back_from_account,
    (Step.DONE, Move.FINISH): _finish,
    **{(step, Move.BACK): _back for step in (Step.CHOOSE, Step.ORGANISATION, Step.ACCESS)},
    **{
        (step, move): _leave
        for step in Step
        if step not in {Step.DONE, Step.LEFT}
        for move in (Move.CANCEL, Move.GONE)
    },
    # Who closes the last page has seen it.
    **{(Step.DONE, move): _finish for move in (Move.CANCEL, Move.GONE)},
}
