"""What answers of resource servers mean, without a network."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import (
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from pywry_auth.protocol.answers import (
    Backoff,
    error_in,
    may_be_repeated,
    shown_url,
    without,
)
from pywry_auth.protocol.wire import WireReply


URL = "https://api.example/v1/things?key=hidden"
NOW = 1_790_000_000.0


def judged(status, body=b"", known=(), **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_in(WireReply(status, named, body), url=URL, now=NOW, known=known)


@pytest.mark.parametrize("status", [100, 200, 204, 302, 304, 399])
def test_what_is_no_error_is_none(status):
    assert judged(status) is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, b"", RateLimitError),
        (429, b"quota", RateLimitError),
        (404, b"", NotFoundError),
        (404, b"quota", NotFoundError),
        (403, b"", HTTPStatusError),
        (403, b"You may not", HTTPStatusError),
        (403, b'{"reason": "quotaExceeded"}', QuotaExceededError),
        (403, b"User quota has been exceeded", QuotaExceededError),
        (403, b"QUOTA", QuotaExceededError),
        (400, b"quota", HTTPStatusError),
        (401, b"", HTTPStatusError),
        (409, b"", HTTPStatusError),
        (500, b"", ServerError),
        (503, b"quota", ServerError),
        (599, b"\xff\xfe", ServerError),
    ],
)
def test_each_status_is_the_error_of_its_own(status, body, kind):
    error = judged(status, body)
    assert type(error) is kind
    assert error.status_code == status


def test_an_error_names_the_address_without_its_query():
    error = judged(500, b"sorry")
    assert error.url == "https://api.example/v1/things"
    assert "hidden" not in f"{error} {error!r}"
    assert "api.example" in str(error)
    assert error.body == "sorry"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@api.example:8443/a?b#c", "https://api.example:8443/a"),
        ("https://[::1]:1/", "https://[::1]:1/"),
        ("https://[broken/", ""),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url, shown):
    assert shown_url(url) == shown


def test_a_long_answer_is_cut():
    assert len(judged(500, b"x" * 100_000).body) == 500


def test_a_server_that_repeats_the_token_does_not_get_it_into_the_error():
    error = judged(400, b'{"bad token": "canary-1234", "again": "canary-1234"}', ["canary-1234"])
    assert "canary" not in error.body
    assert error.body.count("[removed]") == 2


def test_a_secret_at_the_cut_is_removed_before_the_cut():
    error = judged(500, b"x" * 495 + b"canary-1234", ["canary-1234"])
    assert "can" not in error.body


def test_the_longer_of_two_secrets_is_removed_whole():
    assert without("abcdefgh", ["abcd", "abcdefgh"]) == "[removed]"


def test_what_is_too_short_for_a_secret_is_left():
    assert without("a cab", ["", "a"]) == "a cab"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Mon, 21 Sep 2026 14:13:30 GMT", 10.0),
        ("Mon, 21 Sep 2026 14:00:00 GMT", 0.0),
        ("nan", None),
        ("inf", None),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_what_a_server_asks_to_wait_is_in_the_error(said, seconds):
    assert judged(429, retry_after=said).retry_after == seconds


def test_only_too_many_requests_ask_to_wait():
    assert judged(429).retry_after is None


def test_methods_that_change_nothing_twice_may_be_repeated():
    assert all(map(may_be_repeated, ("GET", "get", "HEAD", "OPTIONS", "PUT", "DELETE")))
    assert not may_be_repeated("POST")
    assert not may_be_repeated("PATCH")
    assert not may_be_repeated("post")


def test_the_caller_knows_better():
    assert may_be_repeated("POST", idempotent=True)
    assert not may_be_repeated("GET", idempotent=False)


@given(
    st.integers(0, 10_000),
    st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)),
    st.floats(0, 5),
    st.floats(0, 100),
)
def test_no_wait_is_endless_negative_or_above_the_cap(repeated, asked, factor, cap):
    delay = Backoff(factor, cap).delay(repeated, asked=asked)
    assert math.isfinite(delay)
    assert 0.0 <= delay <= cap


@given(st.integers(0, 50), st.floats(0, 60))
def test_a_wait_is_never_shorter_than_what_was_asked(repeated, asked):
    assert Backoff(0.5, 60.0).delay(repeated, asked=asked) >= asked


@given(st.integers(0, 50))
def test_a_wait_doubles_at_most(repeated):
    assert Backoff(0.5, 60.0).delay(repeated) <= min(60.0, 0.5 * 2**repeated)


def test_waits_differ_so_that_a_crowd_does_not_come_back_at_once():
    assert len({Backoff().delay(5) for _ in range(50)}) > 10
