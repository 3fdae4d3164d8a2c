"""What the bar makes of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.window.engine.address import (
    NOWHERE,
    address_of,
    is_loopback,
    may_open,
    same_site,
)
from pywry_auth.window.engine.trouble import WORDS, Cause, trouble_with


@pytest.mark.parametrize(
    "url",
    [
        "https://accounts.example.com/authorize?x=1",
        "https://[2001:db8::1]/",
        "http://127.0.0.1:8080/callback",
        "http://127.9.9.9/",
        "http://[::1]:1/",
        "http://localhost/",
        "http://app.localhost:3000/",
        "HTTPS://EXAMPLE.COM/",
    ],
)
def test_encrypted_pages_may_be_opened_and_so_may_pages_of_this_computer(url):
    assert may_open(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "blob:https://example.com/1",
        "about:blank",
        "ftp://example.com/",
        "mailto:a@example.com",
        "chrome://settings",
        "https://",
        "https:///path",
        "//example.com/",
        "",
        "https://[",
    ],
)
def test_nothing_else_may_be_opened(url):
    assert not may_open(url)


@given(st.text())
def test_no_text_at_all_makes_it_stumble(text):
    assert isinstance(may_open(text), bool)
    assert isinstance(address_of(text).origin, str)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://example.com:443/a?b#c", "https://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("https://bank.com@evil.example/", "https://evil.example"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://example.com.:443/", "https://example.com"),
        ("https://example.com:notaport/", "https://example.com"),
    ],
)
def test_the_origin_is_what_the_bar_shows(url, origin):
    assert address_of(url).origin == origin


def test_what_is_no_web_address_is_nowhere():
    assert address_of("file:///etc/hostname") is NOWHERE


def test_loopback_names_are_those_no_network_can_claim():
    assert is_loopback("localhost")
    assert not is_loopback("localhost.example")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("accounts.example.com", "login.example.com", True),
        ("example.com", "www.example.com", True),
        ("example.com", "example.org", False),
        ("example.com", "example.com.evil.net", False),
        ("notexample.com", "example.com", False),
        ("a.one.co.uk", "b.one.co.uk", True),
        ("one.co.uk", "two.co.uk", False),
        ("one.com.au", "two.com.au", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.1", "10.1.0.1", False),
        ("localhost", "localhost", True),
        ("EXAMPLE.com", "example.COM.", True),
    ],
)
def test_a_change_of_owner_is_seen_in_the_host(one, other, same):
    assert same_site(one, other) is same
    assert same_site(other, one) is same


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_words_and_none_repeats_the_query(cause):
    trouble = trouble_with("https://example.com/a?state=s3cret", cause, "net::ERR")
    assert trouble.headline
    assert trouble.sentence
    assert "{" not in trouble.headline + trouble.sentence
    assert "s3cret" not in trouble.headline + trouble.sentence
    assert set(WORDS) == set(Cause)
