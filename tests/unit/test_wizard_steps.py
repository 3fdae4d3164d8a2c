"""Every step of the wizard meets every move."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Advice
from pywry_auth.desktop.wizard.steps import OF_THE_PERSON, Effect, Event, Move, Offer, Place, Step
from pywry_auth.desktop.wizard.turns import TABLE, turn


ADA, BOB = Account("work", "1", "ada@example.test"), Account("work", "2")
TROUBLE = Advice("offline", "Nobody can be reached.")
MANY = Offer(("work", "home"), organisations=True)
ONE = Offer(("work",))
OFFERS = (MANY, ONE, Offer(("work", "home")), Offer((), organisations=True))

#: one place of each step, as a person comes to it
PLACES = {
    Step.WELCOME: Place(),
    Step.CHOOSE: Place(Step.CHOOSE, trail=(Step.WELCOME,)),
    Step.ORGANISATION: Place(Step.ORGANISATION, trail=(Step.WELCOME, Step.CHOOSE)),
    Step.ACCESS: Place(Step.ACCESS, "work", trail=(Step.WELCOME, Step.CHOOSE)),
    Step.SIGN_IN: Place(Step.SIGN_IN, "work", trail=(Step.WELCOME, Step.CHOOSE)),
    Step.TROUBLE: Place(Step.TROUBLE, "work", trouble=TROUBLE, trail=(Step.WELCOME, Step.CHOOSE)),
    Step.CONFIRM: Place(Step.CONFIRM, "work", account=ADA, trail=(Step.WELCOME, Step.CHOOSE)),
    Step.DONE: Place(Step.DONE, "work", account=ADA, trail=(Step.WELCOME, Step.CHOOSE)),
    Step.LEFT: Place(Step.LEFT),
}


def event(move, **facts):
    usual = {
        Move.CHOOSE: {"provider": "work"},
        Move.FIND: {"text": "example.com"},
        Move.FOUND: {"provider": "example.com", "text": "https://id.example.com"},
        Move.NOT_FOUND: {"advice": TROUBLE},
        Move.FAILED: {"advice": TROUBLE},
        Move.SIGNED_IN: {"account": ADA},
    }
    return Event(move, **{**usual.get(move, {}), **facts})


def go(place, *moves, offer=MANY):
    """Make *moves*; gives the place, and the effects of the last one."""
    effects = ()
    for move in moves:
        place, effects = turn(place, move if isinstance(move, Event) else event(move), offer)
    return place, effects


@pytest.mark.parametrize(("step", "move"), list(product(Step, Move)), ids=lambda v: v.value)
def test_a_move_that_makes_no_sense_at_a_step_changes_nothing(step, move):
    place = PLACES[step]
    if (step, move) not in TABLE:
        assert turn(place, event(move), MANY) == (place, ())


@pytest.mark.parametrize(("step", "move"), list(product(Step, Move)), ids=lambda v: v.value)
@pytest.mark.parametrize("offer", OFFERS, ids=str)
def test_every_move_leads_to_a_place_that_can_be_shown(step, move, offer):
    place, effects = turn(PLACES[step], event(move), offer)
    assert_sound(place)
    assert len(effects) == len(set(effects))


def assert_sound(place):
    if place.step in {Step.ACCESS, Step.SIGN_IN, Step.TROUBLE, Step.CONFIRM, Step.DONE}:
        assert place.provider
    if place.step in {Step.CONFIRM, Step.DONE}:
        assert place.account is not None
    assert not place.is_finding or place.step is Step.ORGANISATION
    assert not place.is_another or (place.step in {Step.SIGN_IN, Step.TROUBLE} and place.account)
    assert set(place.trail) <= {Step.WELCOME, Step.CHOOSE, Step.ORGANISATION}
    assert len(place.trail) == len(set(place.trail))


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.LEFT])
def test_a_person_can_always_leave(step):
    for move in (Move.CANCEL, Move.GONE):
        place, effects = turn(PLACES[step], event(move), MANY)
        assert place.step is Step.LEFT
        assert effects[-1] is Effect.LEAVE
        assert place.account == (ADA if step is Step.DONE else None)


@pytest.mark.parametrize("move", Move)
def test_who_has_left_stays_away(move):
    assert turn(PLACES[Step.LEFT], event(move), MANY) == (PLACES[Step.LEFT], ())


@pytest.mark.parametrize("step", [step for step in Step if step not in {Step.DONE, Step.LEFT}])
def test_back_leads_to_the_welcome_in_the_end(step):
    place = PLACES[step]
    for _ in Step:
        place, _ = go(place, Move.BACK)
    assert place.step is Step.WELCOME


def test_the_usual_way():
    place, effects = go(Place(), Move.GO_ON, Move.CHOOSE, Move.AGREE)
    assert (place.step, place.provider, effects) == (Step.SIGN_IN, "work", (Effect.SIGN_IN,))
    place, _ = go(place, Move.SIGNED_IN)
    assert (place.step, place.account) == (Step.CONFIRM, ADA)
    place, effects = go(place, Move.CONFIRM, Move.FINISH)
    assert (place.step, place.account, effects) == (Step.LEFT, ADA, (Effect.LEAVE,))


def test_with_one_provider_there_is_nothing_to_choose():
    place, _ = go(Place(), Move.GO_ON, offer=ONE)
    assert (place.step, place.provider) == (Step.ACCESS, "work")
    assert go(place, Move.BACK, offer=ONE)[0].step is Step.WELCOME


def test_with_no_provider_the_organisation_is_asked_for_at_once():
    assert go(Place(), Move.GO_ON, offer=OFFERS[3])[0].step is Step.ORGANISATION


def test_a_provider_nobody_offers_cannot_be_chosen():
    place = PLACES[Step.CHOOSE]
    assert go(place, event(Move.CHOOSE, provider="evil")) == (place, ())
    assert go(place, Move.ORGANISATION, offer=ONE) == (place, ())


def test_an_organisation_is_looked_for_once_at_a_time():
    finding, effects = go(PLACES[Step.ORGANISATION], Move.FIND)
    assert (finding.is_finding, finding.query, effects) == (True, "example.com", (Effect.FIND,))
    assert go(finding, Move.FIND) == (finding, ())
    found, _ = go(finding, Move.FOUND)
    assert (found.step, found.provider, found.issuer) == (
        Step.ACCESS,
        "example.com",
        "https://id.example.com",
    )
    assert go(found, Move.BACK)[0].query == "example.com"


def test_what_was_looked_for_before_somebody_went_back_is_not_found_any_more():
    gone_back, effects = go(PLACES[Step.ORGANISATION], Move.FIND, Move.BACK)
    assert (gone_back.step, effects) == (Step.CHOOSE, (Effect.STOP_FINDING,))
    assert go(gone_back, Move.FOUND) == (gone_back, ())
    again, _ = go(gone_back, Move.ORGANISATION)
    assert go(again, Move.FOUND) == (again, ())
    assert go(again, Move.NOT_FOUND) == (again, ())


def test_what_is_not_found_is_said_where_it_was_asked():
    place, _ = go(PLACES[Step.ORGANISATION], Move.FIND, Move.NOT_FOUND)
    assert (place.step, place.trouble, place.is_finding) == (Step.ORGANISATION, TROUBLE, False)
    assert go(place, Move.FIND)[0].trouble is None


def test_a_failure_can_be_tried_again_or_elsewhere():
    failed, _ = go(PLACES[Step.SIGN_IN], Move.FAILED)
    assert (failed.step, failed.trouble) == (Step.TROUBLE, TROUBLE)
    again, effects = go(failed, Move.RETRY)
    assert (again.step, again.by_browser, effects) == (Step.SIGN_IN, False, (Effect.SIGN_IN,))
    elsewhere, effects = go(failed, Move.BROWSER)
    assert (elsewhere.by_browser, effects) == (True, (Effect.SIGN_IN,))


def test_going_back_ends_the_sign_in_and_forgets_the_browser():
    place, effects = go(replace(PLACES[Step.SIGN_IN], by_browser=True), Move.BACK)
    assert (place.step, place.by_browser, effects) == (Step.ACCESS, False, (Effect.STOP,))


def test_who_wanted_another_account_and_did_not_get_one_keeps_the_first():
    another, effects = go(PLACES[Step.CONFIRM], Move.ANOTHER)
    assert (another.is_another, effects) == (True, (Effect.SIGN_IN,))
    for way in ((Move.BACK,), (Move.STOPPED,), (Move.FAILED, Move.BACK)):
        place, _ = go(another, *way)
        assert (place.step, place.account, place.is_another) == (Step.CONFIRM, ADA, False)
    changed, _ = go(another, event(Move.SIGNED_IN, account=BOB))
    assert (changed.step, changed.account) == (Step.CONFIRM, BOB)


def test_pages_may_ask_for_what_people_do_and_nothing_that_happens():
    assert not OF_THE_PERSON & {Move.SIGNED_IN, Move.FAILED, Move.FOUND, Move.GONE, Move.STOPPED}


#: where a person closes the window; earlier ones would end most walks at once
LATE = {Step.ORGANISATION, Step.SIGN_IN, Step.CONFIRM, Step.DONE}


class Wandering(RuleBasedStateMachine):
    """Somebody who presses anything, while the world does what it likes."""

    def __init__(self):
        super().__init__()
        self.place = Place()
        self.signing_in = False
        self.finding = False

    def move(self, what, offer=MANY):
        self.place, effects = turn(self.place, what, offer)
        for effect in effects:
            self.follow(effect)

    def follow(self, effect):
        match effect:
            case Effect.SIGN_IN:
                assert not self.signing_in, "two sign-ins at once"
                self.signing_in = True
            case Effect.STOP:
                assert self.signing_in, "nothing to stop"
                self.signing_in = False
            case Effect.OPEN_AGAIN:
                assert self.signing_in, "nothing to open"
            case Effect.FIND:
                assert not self.finding, "two searches at once"
                self.finding = True
            case Effect.STOP_FINDING:
                assert self.finding
                self.finding = False
            case Effect.LEAVE:
                assert not self.signing_in
                assert not self.finding

    @rule(
        move=st.sampled_from(sorted(OF_THE_PERSON - {Move.CANCEL})),
        provider=st.sampled_from(["work", "home", "evil", ""]),
        text=st.text(max_size=5),
    )
    def presses_anything(self, move, provider, text):
        self.move(Event(move, provider=provider, text=text))

    @rule(data=st.data())
    def does_what_leads_on(self, data):
        leading = [
            move
            for (step, move) in TABLE
            if step is self.place.step and move in OF_THE_PERSON - {Move.CANCEL}
        ]
        if leading:
            self.move(event(data.draw(st.sampled_from(leading))))

    @precondition(lambda self: self.signing_in)
    @rule(ending=st.sampled_from([Move.SIGNED_IN, Move.FAILED, Move.STOPPED, Move.HANDED_OVER]))
    def sign_in_ends(self, ending):
        self.signing_in = ending is Move.HANDED_OVER
        self.move(event(ending))

    @precondition(lambda self: self.finding)
    @rule(ending=st.sampled_from([Move.FOUND, Move.NOT_FOUND]))
    def search_ends(self, ending):
        self.finding = False
        self.move(event(ending))

    @precondition(lambda self: self.place.step in LATE)
    @rule()
    def closes(self):
        self.move(Event(Move.GONE))

    @invariant()
    def can_be_shown(self):
        assert_sound(self.place)

    @invariant()
    def what_is_seen_is_what_happens(self):
        assert self.signing_in == (self.place.step is Step.SIGN_IN)
        assert self.finding == self.place.is_finding


Wandering.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_nobody_gets_lost = Wandering.TestCase
