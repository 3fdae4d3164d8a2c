"""Token sets: what is taken in, and when they end."""

import copy
import math
import pickle
import time
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pywry_auth.errors import TokenError
from pywry_auth.token_store.codec import decode, encode
from pywry_auth.tokens import SECRET_MEMBERS, OAuthTokenSet, TokenOrigin, TokenSet


HUGE = pytest.param(10**400, id="huge")
NOW = 1_800_000_000.0
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted(SECRET_MEMBERS)) | st.text(max_size=4), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def test_4b_15_token_set_is_the_same_class():
    assert TokenSet is OAuthTokenSet


@pytest.mark.parametrize("value", [3600, 3600.0, "3600", "3600.0", " 3600 "])
def test_a_lifetime_may_be_a_number_or_numeric_text(value):
    tokens = OAuthTokenSet("a", expires_in=value, issued_at=NOW)
    assert tokens.expires_in == 3600
    assert isinstance(tokens.expires_in, int)
    assert tokens.expires_at == NOW + 3600


def test_a_fraction_of_a_second_is_kept():
    assert OAuthTokenSet("a", expires_in=0.5, issued_at=NOW).expires_at == NOW + 0.5


@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.001,
        "-1",
        math.nan,
        "nan",
        math.inf,
        "inf",
        True,
        False,
        "soon",
        "",
        "1e400",
        1e300,
        HUGE,
    ],
)
@pytest.mark.parametrize("name", ["expires_in", "refresh_expires_in"])
def test_nonsense_is_no_lifetime(name, value):
    with pytest.raises(TokenError) as caught:
        OAuthTokenSet("a", **{name: value})
    assert name in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, True, "yesterday", HUGE])
def test_nonsense_is_no_instant_of_issue(value):
    with pytest.raises(TokenError):
        OAuthTokenSet("a", expires_in=5, issued_at=value)


@settings(deadline=None)
@given(
    st.none() | st.integers() | st.floats() | st.text(max_size=10) | st.booleans(),
    st.none() | st.integers() | st.floats() | st.booleans(),
)
def test_any_lifetime_is_a_token_set_or_a_token_error(life, start):
    try:
        tokens = OAuthTokenSet("a", expires_in=life, refresh_expires_in=life, issued_at=start)
    except TokenError:
        return
    assert tokens.expires_in is None or tokens.expires_in >= 0
    assert (tokens.access_expiry is None) == (tokens.expires_at is None)
    assert tokens.refresh_expiry is None or tokens.refresh_expiry.tzinfo is UTC
    assert isinstance(tokens.is_expired, bool)


@pytest.mark.parametrize("name", ["expires_at", "access_expiry"])
@pytest.mark.parametrize(
    "value",
    [
        NOW + 60,
        str(NOW + 60),
        datetime.fromtimestamp(NOW + 60, UTC),
        datetime.fromtimestamp(NOW + 60, timezone(timedelta(hours=5))),
        datetime.fromtimestamp(NOW + 60, UTC).replace(tzinfo=None),
    ],
    ids=["epoch", "text", "utc", "elsewhere", "naive is UTC"],
)
def test_the_end_may_be_given_as_an_instant(name, value):
    tokens = OAuthTokenSet("a", issued_at=NOW, **{name: value})
    assert tokens.expires_at == NOW + 60
    assert tokens.access_expiry == datetime.fromtimestamp(NOW + 60, UTC)


def test_the_end_of_the_refresh_token_may_be_given_as_an_instant():
    end = datetime.fromtimestamp(NOW + 90, UTC)
    tokens = OAuthTokenSet("a", refresh_token="r", issued_at=NOW, refresh_expiry=end)
    assert tokens.refresh_expires_in == 90
    assert tokens.refresh_expiry == end


def test_an_end_in_the_past_is_expired():
    tokens = OAuthTokenSet("a", issued_at=NOW, expires_at=NOW - 5)
    assert tokens.expires_in == 0
    assert not tokens.usable_at(NOW)


@pytest.mark.parametrize("value", [math.nan, "tomorrow", True, HUGE, 1e12])
def test_nonsense_is_no_end(value):
    with pytest.raises(TokenError):
        OAuthTokenSet("a", expires_at=value)


def test_4b_08_twenty_seconds_are_enough_without_a_skew_of_thirty():
    tokens = OAuthTokenSet("a", refresh_token="r", expires_in=20, refresh_expires_in=20)
    assert (tokens.access_valid(), tokens.refresh_valid()) == (True, True)
    assert (tokens.access_valid(30), tokens.refresh_valid(30)) == (False, False)


def test_4b_13_through_json_and_back_times_are_aware_and_in_utc():
    naive = datetime(2027, 1, 2, 3, 4, 5)  # noqa: DTZ001  # as careless programs write it
    tokens = OAuthTokenSet("a", refresh_token="r", access_expiry=naive, refresh_expiry=naive)
    back = decode(encode(tokens))
    assert back == tokens
    for instant in (back.access_expiry, back.refresh_expiry):
        assert instant.utcoffset() == timedelta(0)
        assert abs(instant - naive.replace(tzinfo=UTC)) < timedelta(seconds=1)
    assert back.access_expiry < datetime(2100, 1, 1, tzinfo=UTC)


def test_4b_14_equal_sets_have_equal_hashes():
    one, same = (OAuthTokenSet("a", refresh_token="r", issued_at=5.0) for _ in range(2))
    assert (one == same, hash(one) == hash(same), len({one, same})) == (True, True, 1)
    assert one != OAuthTokenSet("b", refresh_token="r", issued_at=5.0)


@pytest.mark.parametrize(
    "end",
    [
        {"expires_in": 600},
        {"expires_at": 1_800_000_600},
        {"access_expiry": datetime.fromtimestamp(1_800_000_600, UTC)},
    ],
)
def test_4b_15_every_spelling_of_the_end_makes_an_equal_set(end):
    tokens = OAuthTokenSet("a", issued_at=1_800_000_000.0, **end)
    assert tokens == OAuthTokenSet("a", issued_at=1_800_000_000.0, expires_in=600)


def test_4b_10_unknown_expiry_is_valid():
    tokens = OAuthTokenSet("a", refresh_token="r")
    assert tokens.usable_at(1e11)
    assert not tokens.is_expired
    assert tokens.access_valid(1e9)
    assert tokens.refresh_valid(1e9)
    assert tokens.expires_at is tokens.access_expiry is tokens.refresh_expiry is None


def test_4b_12_at_the_exact_instant_it_is_expired():
    tokens = OAuthTokenSet("a", expires_in=60, issued_at=NOW)
    assert tokens.usable_at(NOW + 59.999)
    assert not tokens.usable_at(NOW + 60)
    assert tokens.usable_at(NOW + 29, skew=30)
    assert not tokens.usable_at(NOW + 30, skew=30)


def test_expired_is_judged_by_this_machine_s_clock():
    assert OAuthTokenSet("a", expires_in=60, issued_at=time.time() - 61).is_expired
    assert not OAuthTokenSet("a", expires_in=60).is_expired
    assert not OAuthTokenSet("a", expires_in=60).access_valid(skew=61)


def test_4b_11_without_a_refresh_token_it_is_not_valid():
    assert not OAuthTokenSet("a").refresh_valid()
    assert not OAuthTokenSet("a", refresh_token="").refresh_valid()


def test_a_refresh_token_ends_when_it_is_said_to():
    tokens = OAuthTokenSet("a", refresh_token="r", refresh_expires_in=60)
    assert tokens.refresh_valid()
    assert not tokens.refresh_valid(skew=60)


def test_a_refresh_life_of_zero_is_unknown():
    tokens = OAuthTokenSet("a", refresh_token="r", refresh_expires_in=0)
    assert tokens.refresh_expires_in is None
    assert tokens.refresh_valid()


@pytest.mark.parametrize(
    ("given_scope", "scope"),
    [("b a", "b a"), (["b", "a"], "b a"), (("b", "a"), "b a"), ({"b"}, "b"), ("", "")],
)
def test_scope_may_be_text_or_a_collection_and_keeps_its_order(given_scope, scope):
    tokens = OAuthTokenSet("a", scope=given_scope)
    assert tokens.scope == scope
    assert tokens.scopes == tuple(scope.split())


@pytest.mark.parametrize("word", ["bearer", "Bearer", "BEARER"])
def test_4b_09_bearer_is_emitted_with_a_capital(word):
    assert OAuthTokenSet("a", token_type=word).authorization_header == "Bearer a"
    assert OAuthTokenSet("a", token_type="DPoP").authorization_header == "DPoP a"


def test_4b_14_nothing_secret_prints():
    origin = TokenOrigin("https://op.example", "me", "alice")
    tokens = OAuthTokenSet(
        "canary-1",
        refresh_token="canary-2",
        id_token="canary-3",
        raw={"device_secret": "canary-4"},
        origin=origin,
    )
    assert "canary" not in f"{tokens!r}{tokens}"


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=4), anything, max_size=3))
def test_raw_holds_no_secret_at_any_depth(members):
    tokens = OAuthTokenSet(
        "a", raw={**members, "access_token": "canary", "x": {"id_token": "canary"}}
    )
    assert not SECRET_MEMBERS & _names(tokens.raw)


def _names(value):
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in _names(inner)}
    if isinstance(value, list | tuple):
        return {name for inner in value for name in _names(inner)}
    return set()


def test_a_token_set_never_changes():
    tokens = OAuthTokenSet("a")
    with pytest.raises(FrozenInstanceError):
        tokens.access_token = "b"


def test_a_token_set_can_be_replaced_copied_and_pickled():
    tokens = OAuthTokenSet("a", "bearer", "r", 60, "i", "s", {"x": 1}, NOW, 90)
    assert replace(tokens, access_token="b") != tokens
    assert replace(tokens, access_token="b").expires_at == tokens.expires_at
    assert copy.deepcopy(tokens) == tokens
    assert pickle.loads(pickle.dumps(tokens)) == tokens  # noqa: S301  # our own bytes


def test_the_seed_s_positional_arguments_mean_what_they_meant():
    tokens = OAuthTokenSet("a", "Bearer", "r", 60, "i", "s", {"x": 1}, NOW, 90)
    assert (tokens.refresh_token, tokens.id_token, tokens.scope) == ("r", "i", "s")
    assert (tokens.raw, tokens.issued_at, tokens.refresh_expires_in) == ({"x": 1}, NOW, 90)
