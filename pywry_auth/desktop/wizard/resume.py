"""Where a first run goes on that was cut off."""

from collections.abc import Sequence
from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.desktop.wizard.memory import Remembered
from pywry_auth.desktop.wizard.steps import Offer, Place, Step


#: the steps that nothing but a chosen provider gives a meaning
_OF_A_PROVIDER = frozenset({Step.ACCESS, Step.SIGN_IN, Step.TROUBLE, Step.CONFIRM, Step.DONE})
_ON_THE_WAY = (Step.WELCOME, Step.CHOOSE, Step.ORGANISATION)


def resumed(remembered: Remembered, *, offer: Offer, accounts: Sequence[Account]) -> Place:
    """
    Give the place to go on from.

    Args:
        remembered: where the person stood.
        offer: what there is to choose from now.
        accounts: who is stored; somebody who signed in since the first run began is only asked
            whether that is them.
    """
    step, provider = remembered.step, remembered.provider
    if step is Step.LEFT or (step is Step.CHOOSE and not offer.providers):
        return Place()
    if step is Step.ORGANISATION and not offer.organisations:
        return Place()
    place = Place(step, provider, remembered.query, remembered.issuer, trail=_way(remembered.trail))
    if step not in _OF_A_PROVIDER:
        return place
    if provider not in offer.providers:
        return Place()
    account = _stored(accounts, provider, since=remembered.began_at)
    if account is not None and step is not Step.ACCESS:
        return replace(place, step=Step.CONFIRM, account=account)
    return replace(place, step=Step.ACCESS) if step in {Step.CONFIRM, Step.DONE} else place


def _way(trail: Sequence[Step]) -> tuple[Step, ...]:
    # Whatever the file says: each step once, in the order in which a person goes.
    return tuple(step for step in _ON_THE_WAY if step in trail)


def _stored(accounts: Sequence[Account], provider: str, *, since: float) -> Account | None:
    found = (a for a in accounts if a.provider == provider and a.signed_in_at >= since)
    return max(found, key=lambda account: account.signed_in_at, default=None)
