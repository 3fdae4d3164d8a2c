"""The way through a first run: where each move leads from each step."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pywry_auth.desktop.wizard.steps import Effect, Event, Move, Offer, Place, Step


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
