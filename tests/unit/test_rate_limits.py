"""How much is left, in every way servers have to say so."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.integrations.reaching.rate_limits import RateLimit, rate_limit_in, wait_asked
from pywry_auth.protocol.wire import WireReply


NOW = 1_790_000_000.0


def reply(status=200, **headers):
    return WireReply(status, {name.replace("_", "-"): text for name, text in headers.items()}, b"")


def read(status=200, **headers):
    return rate_limit_in(reply(status, **headers), now=NOW)


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (  # GitHub
            {
                "x_ratelimit_limit": "5000",
                "x_ratelimit_remaining": "4999",
                "x_ratelimit_reset": "1790000060",
            },
            RateLimit(5000, 4999, NOW + 60),
        ),
        (  # the first drafts: seconds from now, windows beside the number
            {
                "ratelimit_limit": "100, 100;w=60",
                "ratelimit_remaining": "50",
                "ratelimit_reset": "30",
            },
            RateLimit(100, 50, NOW + 30),
        ),
        (  # draft 7
            {"ratelimit": "limit=10, remaining=2, reset=5"},
            RateLimit(10, 2, NOW + 5),
        ),
        (  # draft 8 to 11
            {"ratelimit": '"default";r=0;t=9', "ratelimit_policy": '"default";q=100;w=60'},
            RateLimit(100, 0, NOW + 9),
        ),
        (  # HubSpot
            {"x_hubspot_ratelimit_max": "190", "x_hubspot_ratelimit_remaining": "189"},
            RateLimit(190, 189),
        ),
        ({"x_ratelimit_remaining": "3"}, RateLimit(None, 3)),
        ({"x_ratelimit_limit": "3"}, RateLimit(3)),
        ({}, None),
        ({"x_ratelimit_reset": "5"}, None),
        ({"x_ratelimit_limit": "many", "x_ratelimit_remaining": "-1"}, None),
        ({"x_ratelimit_remaining": "nan", "ratelimit": "r=soon"}, None),
        ({"retry_after": "7"}, None),  # not a word about limits without 429
    ],
)
def test_what_servers_say_is_read(headers, limit):
    assert read(**headers) == limit


def test_slack_says_only_how_long_to_wait_once_it_is_too_late():
    assert read(429, retry_after="30") == RateLimit(None, 0, NOW + 30)
    assert read(429) is None


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_no_header_breaks_it(one, two, three):
    found = read(429, x_ratelimit_remaining=one, ratelimit=two, retry_after=three)
    if found is not None and found.resets_at is not None:
        assert math.isfinite(found.resets_at)


def test_what_was_asked_counts_before_a_limit_that_is_used_up():
    used_up = RateLimit(60, 0, NOW + 40)
    assert wait_asked(reply(429, retry_after="7"), used_up, now=NOW) == 7.0
    assert wait_asked(reply(403), used_up, now=NOW) == 40.0
    assert wait_asked(reply(403), RateLimit(60, 0, NOW - 40), now=NOW) == 0.0


@pytest.mark.parametrize("limit", [None, RateLimit(60, 1, NOW + 40), RateLimit(60, 0)])
def test_without_a_word_nobody_asks_to_wait(limit):
    assert wait_asked(reply(403), limit, now=NOW) is None
