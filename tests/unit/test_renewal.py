"""When tokens are renewed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.protocol.renewal import (
    MAX_BACKOFF,
    MIN_REFRESH_DELAY,
    alarm_delay,
    backoff_delay,
    buffer_for,
    is_due,
)
from pywry_auth.tokens import OAuthTokenSet


NOW = 1_800_000_000.0


def tokens(life, refresh="r"):
    return OAuthTokenSet("a", refresh_token=refresh, expires_in=life, issued_at=NOW)


@given(st.integers(0, 10**6), st.floats(0, 10**4))
def test_the_buffer_is_at_most_half_a_life(life, buffer):
    assert buffer_for(tokens(life), buffer) == min(buffer, life / 2)


def test_an_unknown_life_is_never_due():
    assert not is_due(tokens(None), now=NOW * 2, buffer=60)
    assert alarm_delay(tokens(None), now=NOW, buffer=60) is None


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
