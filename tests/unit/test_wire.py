"""Addresses, queries and replies, as every endpoint has them."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.wire import (
    WireReply,
    WireRequest,
    form_request,
    is_loopback,
    printable,
    require_safe_url,
    with_query,
)


names = st.text("abcxyz_-. &=%#?äß", min_size=1, max_size=6)
params = st.dictionaries(
    names, st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=5
)


@given(params, params)
def test_a_query_is_merged_with_the_one_that_is_there(old, new):
    url = with_query(with_query("https://op.example/a", old), new)
    assert dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) == {**old, **new}
    assert url.startswith("https://op.example/a")
    assert urlsplit(url).path == "/a"


def test_a_query_keeps_what_is_repeated_and_drops_a_fragment():
    url = with_query("https://op.example/a?x=1&x=2&y=#top", {"z": "3"})
    assert url == "https://op.example/a?x=1&x=2&y=&z=3"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:80/", True),
        ("http://localhost/", True),
        ("http://LOCALHOST/", True),
        ("http://localhost.evil.example/", False),
        ("http://127.0.0.1.evil.example/", False),
        ("http://10.0.0.1/", False),
        ("http://[::2]/", False),
        ("http://127.0.0.1@evil.example/", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(url, loopback):
    assert is_loopback(url) is loopback


@pytest.mark.parametrize(
    "url",
    ["https://op.example", "https://op.example:8443/a?b=c", "http://127.0.0.1:1", "http://[::1]/a"],
)
def test_safe_addresses_are_given_back(url):
    assert require_safe_url(url, "it") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "op.example",
        "https://",
        "https:///path",
        "ftp://op.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://op.example",
        "http://localhost.evil.example",
        "https://user@op.example",
        "https://user:pw@op.example",
        "https://op.example/#x",
        "https://[::1",
        "http://[",
        "https://op.example:port/",
        "https://op.example:99999/",
        "https://op.example/a b",
        "https://op.example/\n",
        "https://op.exa\x00mple/",
        "https://op.example\\@evil.example/",
    ],
)
def test_unsafe_addresses_are_a_config_error(url):
    with pytest.raises(ConfigError) as caught:
        require_safe_url(url, "the thing")
    assert "the thing" in str(caught.value)


@given(st.text() | st.text().map(lambda t: f"https://{t}") | st.text().map(lambda t: f"http://{t}"))
def test_any_text_is_safe_or_a_config_error(url):
    try:
        assert require_safe_url(url, "it") == url
    except ConfigError:
        return
    assert urlsplit(url).scheme == "https" or is_loopback(url)


@given(params)
def test_a_form_says_what_was_put_into_it(fields):
    request = form_request("https://op.example/token", fields, {"authorization": "Basic x"})
    assert dict(parse_qsl(request.body.decode("ascii"), keep_blank_values=True)) == fields
    assert request.method == "POST"
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_nothing_secret_prints():
    request = WireRequest("POST", "https://op.example", {"authorization": "canary"}, b"canary")
    reply = WireReply(200, {"set-cookie": "canary"}, b"canary")
    assert "canary" not in f"{request!r}{reply!r}"


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        (200, False),
        (400, False),
        (401, False),
        (403, False),
        (408, True),
        (429, True),
        (500, True),
        (503, True),
        (599, True),
    ],
)
def test_not_now_is_told_apart_from_no(status, transient):
    assert WireReply(status, {}, b"").is_transient is transient


@given(st.text(), st.integers(0, 50))
def test_a_stranger_s_words_break_no_line(text, limit):
    said = printable(text, limit)
    assert len(said) <= limit
    assert said == "" or said.isprintable()


def test_several_values_come_under_one_repeated_name():
    fields = {"a": "one value", "b": ("x", "y"), "c": []}
    assert form_request("https://op.example/", fields, {}).body == b"a=one+value&b=x&b=y"
    assert with_query("https://op.example/?b=0&d=1", fields).endswith("?d=1&a=one+value&b=x&b=y")
