"""What a page may say over the bridge."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.bridge.requests import MAX_LINE, Bucket, PageRequest, read_request
from pywry_auth.desktop.button_values import Verb


NONCE = "a-word-of-this-load"


def line(nonce=NONCE, count="1", verb="sign_in", key="google"):
    return f"{nonce} {count} {verb} {base64.urlsafe_b64encode(key.encode()).decode()}"


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize(
    "key", ["", "google", "google/1", "acme/ünï \u202e'\"\\", "a/" + "9" * 200]
)
def test_what_a_button_says_is_read(verb, key):
    assert read_request(line(verb=verb, key=key), NONCE) == PageRequest(verb, key)


@pytest.mark.parametrize(
    "said",
    [
        line(nonce="a-word-of-last-load"),
        line(nonce=""),
        line(nonce=NONCE[:-1]),
        line(nonce=NONCE + "x"),
        line(verb="get_access_token"),
        line(verb="__proto__"),
        line(verb="SIGN_IN"),
        line(verb=""),
        line() + " more",
        f"{NONCE} 1 sign_in",
        f"{NONCE} 1 sign_in not+base64",
        f"{NONCE} 1 sign_in _w==",
        f"{NONCE} 1 sign_in \N{GREEK SMALL LETTER ALPHA}",
        line(key="x" * MAX_LINE),
        "",
        NONCE,
        None,
        7,
        ["a"],
        {"verb": "sign_in"},
        True,
    ],
)
def test_anything_else_is_nothing(said):
    assert read_request(said, NONCE) is None


def test_before_a_page_has_the_word_nobody_can_say_anything():
    assert read_request(line(nonce=""), "") is None
    assert read_request(line(), "") is None


@given(st.text() | st.text(string.printable).map(lambda text: f"{NONCE} {text}"))
def test_no_line_makes_it_stumble(said):
    found = read_request(said, NONCE)
    assert found is None or found.verb in set(Verb)


def test_ten_thousand_presses_at_once_are_a_dozen():
    bucket = Bucket(size=12, every=0.25)
    assert sum(bucket.take(5.0) for _ in range(10_000)) == 12


def test_after_a_while_there_are_presses_again():
    bucket = Bucket(size=2, every=1.0)
    assert [bucket.take(0.0), bucket.take(0.0), bucket.take(0.5)] == [True, True, False]
    assert bucket.take(1.0)
    assert not bucket.take(1.5)
    assert [bucket.take(900.0), bucket.take(900.0), bucket.take(900.0)] == [True, True, False]


def test_a_clock_that_goes_back_lets_nobody_through():
    bucket = Bucket(size=1, every=1.0)
    assert bucket.take(100.0)
    assert not bucket.take(1.0)
