"""What to do with the tokens of a session, case by case."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ReauthRequiredError, RefreshTransportError, TokenRefreshError
from pywry_auth.protocol.renewal import (
    BUFFER,
    EXPIRY_SKEW,
    MAX_BACKOFF,
    MAX_PAUSE,
    MIN_REFRESH_DELAY,
    SET_BACK,
    Refreshed,
    Step,
    Terminal,
    Transient,
    alarm_delay,
    backoff_delay,
    buffer_for,
    fresh_until,
    is_due,
    next_step,
    outcome_of_failure,
    worth_until,
)
from pywry_auth.tokens import OAuthTokenSet


NOW = 1_800_000_000.0
OFFLINE = RefreshTransportError("nobody answered")
REFUSED = ReauthRequiredError("refused", error="invalid_grant")

HELD_OFF = Transient(OFFLINE, 3, NOW + 10)
PASSED = Transient(OFFLINE, 3, NOW - 1)
LOST = Terminal(REFUSED)


def tokens(life, refresh="r", *, left=None, offset=None):
    """Tokens that live *life* seconds, *left* of which are to come."""
    issued_at = NOW if left is None else NOW + left - life
    return OAuthTokenSet(
        "a", refresh_token=refresh, expires_in=life, issued_at=issued_at, clock_offset=offset
    )


def step(held, last=None, offset=None, buffer=BUFFER):
    return next_step(held, now=NOW, buffer=buffer, last=last, offset=offset)


# -- the table ----------------------------------------------------------------------------------

TABLE = [
    # seconds left of 3600, last outcome, without a refresh token, what to do
    (3000, None, Step.USE, Step.USE),
    (3000, PASSED, Step.USE, Step.USE),
    (3000, HELD_OFF, Step.USE, Step.USE),
    (3000, LOST, Step.USE, Step.USE),
    (45, None, Step.USE_AND_RENEW, Step.USE),
    (45, PASSED, Step.USE_AND_RENEW, Step.USE),
    (45, HELD_OFF, Step.USE, Step.USE),
    (45, LOST, Step.USE, Step.USE),
    (15, None, Step.RENEW, Step.USE),
    (15, PASSED, Step.RENEW, Step.USE),
    (15, HELD_OFF, Step.USE, Step.USE),
    (15, LOST, Step.USE, Step.USE),
    (0, None, Step.RENEW, Step.ASK),
    (0, PASSED, Step.RENEW, Step.ASK),
    (0, HELD_OFF, Step.WAIT, Step.ASK),
    (0, LOST, Step.ASK, Step.ASK),
    (-9000, None, Step.RENEW, Step.ASK),
    (-9000, HELD_OFF, Step.WAIT, Step.ASK),
]


@pytest.mark.parametrize(("left", "last", "with_refresh", "without"), TABLE)
def test_the_table(left, last, with_refresh, without):
    assert step(tokens(3600, left=left), last) is with_refresh
    assert step(tokens(3600, refresh=None, left=left), last) is without


def test_with_nothing_held_somebody_must_sign_in():
    assert {step(None, last) for last in (None, PASSED, HELD_OFF, LOST)} == {Step.ASK}


@pytest.mark.parametrize("last", [None, PASSED, HELD_OFF, LOST])
def test_unknown_expiry_is_used_until_somebody_refuses(last):
    forever = tokens(None)
    assert next_step(forever, now=NOW * 2, buffer=BUFFER, last=last) is Step.USE


@given(
    st.integers(0, 100_000),
    st.integers(-100_000, 100_000),
    st.sampled_from([None, PASSED, HELD_OFF, LOST]),
    st.booleans(),
)
def test_a_token_that_is_valid_is_never_withheld(life, left, last, can_renew):
    held = tokens(life, "r" if can_renew else None, left=left)
    answer = step(held, last)
    if held.usable_at(NOW) and held.issued_at <= NOW:
        assert answer not in {Step.WAIT, Step.ASK}
    else:
        assert answer is not Step.USE or held.issued_at > NOW


@given(st.integers(0, 100_000), st.integers(-100_000, 0), st.booleans())
def test_nobody_is_asked_while_something_can_still_be_renewed(life, left, held_off):
    assert step(tokens(life, left=left), HELD_OFF if held_off else None) is not Step.ASK


def test_after_the_clock_was_set_back_tokens_are_renewed():
    future = tokens(3600, left=3600 + SET_BACK + 1)
    assert step(future) is Step.RENEW
    assert step(future, HELD_OFF) is Step.USE
    assert step(tokens(3600, left=3600 + SET_BACK - 1)) is Step.USE


@pytest.mark.parametrize(("moved", "expected"), [(-3600, Step.USE), (-300, Step.USE)])
def test_a_clock_that_was_corrected_backwards_is_known_from_the_provider_s(moved, expected):
    # The tokens came while this machine was an hour (five minutes) fast; now it is right.
    held = OAuthTokenSet(
        "a", refresh_token="r", expires_in=7200, issued_at=NOW - moved, clock_offset=moved
    )
    assert step(held, offset=0.0) is expected
    assert step(held) is Step.RENEW


def test_a_clock_that_was_put_forward_ends_no_token_early():
    held = tokens(3600, left=-600, offset=0.0)  # by the clock, which went forward by half an hour
    assert step(held, offset=-1800.0) is Step.USE
    assert step(held, offset=0.0) is Step.RENEW


def test_differences_of_seconds_are_the_network_s():
    held = tokens(3600, left=20, offset=0.0)
    assert step(held, offset=-30.0) is step(held) is Step.RENEW


# -- outcomes -----------------------------------------------------------------------------------


def test_only_a_refusal_is_terminal():
    errors = [OFFLINE, TokenRefreshError("odd"), TokenRefreshError("no", error="invalid_client")]
    for error in errors:
        assert isinstance(outcome_of_failure(error, now=NOW, last=None), Transient)
    assert outcome_of_failure(REFUSED, now=NOW, last=HELD_OFF) == LOST


def test_failures_are_counted_until_one_renewal_succeeds():
    last = None
    for number in range(1, 20):
        last = outcome_of_failure(OFFLINE, now=NOW, last=last)
        assert last.failures == number
    fresh = Refreshed(tokens(3600))
    assert outcome_of_failure(OFFLINE, now=NOW, last=fresh).failures == 1


def test_the_second_try_may_come_at_once_and_later_ones_wait_up_to_half_a_minute():
    last, waits = None, []
    for _ in range(30):
        last = outcome_of_failure(OFFLINE, now=NOW, last=last)
        waits.append(last.not_before - NOW)
    assert waits[0] == 0
    assert all(2 <= wait <= 4 for wait in waits[1:2])
    assert max(waits) <= MAX_PAUSE
    assert waits[-1] >= MAX_PAUSE / 2


@pytest.mark.parametrize("asked", [1.0, 120.0, 900.0])
def test_a_server_that_asks_to_wait_is_left_alone(asked):
    busy = RefreshTransportError("busy").asking_to_wait(asked)
    assert outcome_of_failure(busy, now=NOW, last=None).not_before >= NOW + asked
    assert backoff_delay(1, retry_after=asked) >= asked


# -- times --------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.floats(0, 10**4))
def test_the_buffer_is_at_most_half_a_life(life, buffer):
    assert buffer_for(tokens(life), buffer) == min(buffer, life / 2)


@given(st.integers(0, 10**6), st.integers(10, 1000))
def test_the_hot_path_ends_where_the_table_changes_its_mind(life, buffer):
    held = tokens(life)
    until, worth = fresh_until(held, buffer=buffer), worth_until(held)
    assert is_due(held, now=until, buffer=buffer)
    if life > 0:
        assert not is_due(held, now=NOW + (until - NOW) * 0.99, buffer=buffer) or until == NOW
    assert NOW <= worth <= held.expires_at
    assert held.expires_at - worth == min(EXPIRY_SKEW, life / 2)


def test_an_unknown_life_is_never_due():
    assert not is_due(tokens(None), now=NOW * 2, buffer=60)
    assert alarm_delay(tokens(None), now=NOW, buffer=60) is None
    assert fresh_until(tokens(None), buffer=60) is worth_until(tokens(None)) is None


def test_without_a_refresh_token_there_is_no_alarm():
    assert alarm_delay(tokens(3600, refresh=None), now=NOW, buffer=60) is None


@given(st.integers(0, 10**6), st.integers(10, 1000))
def test_the_alarm_rings_in_the_last_tenth_before_the_buffer(life, buffer):
    delay = alarm_delay(tokens(life), now=NOW, buffer=buffer)
    early = life - min(buffer, life / 2)
    assert delay >= MIN_REFRESH_DELAY
    assert early * 0.9 <= max(delay, early * 0.9)
    assert delay <= max(MIN_REFRESH_DELAY, early)


def test_many_machines_do_not_ring_at_once():
    delays = {alarm_delay(tokens(3600), now=NOW, buffer=60) for _ in range(100)}
    assert len(delays) > 10


@pytest.mark.parametrize("failures", [1, 2, 5, 10, 50, 10_000])
def test_backing_off_doubles_up_to_a_quarter_of_an_hour(failures):
    ceiling = min(MAX_BACKOFF, MIN_REFRESH_DELAY * 2.0 ** min(failures, 10))
    for _ in range(50):
        assert MIN_REFRESH_DELAY <= backoff_delay(failures) <= ceiling


def test_the_table_has_an_answer_for_everything():
    lives, lefts = (0, 1, 40, 3600, None), (-1, 0, 1, 29, 31, 59, 61, 5000)
    for life, left, last, refresh in itertools.product(
        lives, lefts, (None, PASSED, HELD_OFF, LOST), ("r", None)
    ):
        held = tokens(life, refresh) if life is None else tokens(life, refresh, left=left)
        assert step(held, last) in Step
