"""What is decided about a sign-in before it begins, from facts alone."""

import json

import pytest

from pywry_auth.preflight.documents import document_in, flaws_in, looks_like_portal
from pywry_auth.preflight.network import UNUSABLE_CLOCK, clock_finding, way_to
from pywry_auth.preflight.ports import (
    netsh_command,
    proxied_loopback,
    reserved_among,
    reserved_ranges,
)
from pywry_auth.preflight.registration import (
    Place,
    Registration,
    flaws_of,
    place_of,
    redirect_uri,
)
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Outcome, Redirect
from pywry_auth.protocol.wire import WireReply


GUID = "0f0e0d0c-0b0a-0908-0706-050403020100"
GOOGLE = "123456789012-abc123def456.apps.googleusercontent.com"
MICROSOFT = "https://login.microsoftonline.com/common/v2.0"


# Ports

GERMAN = """

Portausschlussbereiche für das Protokoll "tcp"

Startport   Endport
---------   -------
      5357        5357
     50000       50059     *
     65536       70000
      9000        8000

* - Verwaltete Portausschlüsse.
"""


def test_the_ranges_windows_keeps_are_read_in_any_language():
    assert reserved_ranges(GERMAN) == ((5357, 5357), (50000, 50059))
    assert reserved_ranges("") == ()


def test_a_port_in_a_reserved_range_is_named():
    ranges = ((5357, 5357), (50000, 50059))
    assert reserved_among((0, 5357, 8400, 50059, 50060), ranges) == (5357, 50059)


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_the_family_is_asked_for(family):
    assert family in netsh_command(family)
    assert "{family}" not in netsh_command(family)


@pytest.mark.parametrize(
    ("proxies", "exempt", "expected"),
    [
        ([], False, False),
        (["http"], False, True),
        (["all"], False, True),
        (["https"], False, False),  # a redirect to this machine is plain http
        (["http", "https"], True, False),
    ],
)
def test_a_proxy_that_may_swallow_the_redirect_is_seen(proxies, exempt, expected):
    assert proxied_loopback(proxies, is_exempt=exempt) is expected


# Registration


def flaws(issuer, client_id, *, secret=False, **redirect):
    registration = Registration(issuer, client_id, secret, Redirect(**redirect))
    return [(one.outcome, one.fix) for one in flaws_of(registration)]


@pytest.mark.parametrize(
    ("issuer", "place"),
    [
        ("https://accounts.google.com", Place.GOOGLE),
        (MICROSOFT, Place.MICROSOFT),
        ("https://github.com/login/oauth/access_token", Place.GITHUB),
        ("https://dev-1.okta.com/oauth2/default", Place.EXACT),
        ("https://tenant.eu.auth0.com", Place.EXACT),
        ("https://notokta.com", Place.OTHER),
        ("https://accounts.google.com.evil.example", Place.OTHER),
        ("", Place.OTHER),
    ],
)
def test_the_rules_of_the_right_provider_count(issuer, place):
    assert place_of(issuer) is place


@pytest.mark.parametrize(
    ("issuer", "client_id", "secret", "redirect"),
    [
        ("https://accounts.google.com", GOOGLE, True, {}),
        (MICROSOFT, GUID, False, {"host": "localhost"}),
        ("https://github.com/login", "Iv1.0123456789abcdef", True, {}),
        ("https://id.example.com", "desktop", False, {}),
        ("https://dev-1.okta.com", "0oa1b2c3", False, {"ports": (8400,)}),
    ],
)
def test_a_registration_as_it_should_be_has_no_flaw(issuer, client_id, secret, redirect):
    assert flaws(issuer, client_id, secret=secret, **redirect) == []


@pytest.mark.parametrize(
    ("issuer", "client_id", "secret", "redirect", "outcome", "word"),
    [
        ("https://accounts.google.com", GUID, True, {}, Outcome.FAILED, "googleusercontent"),
        ("https://accounts.google.com", GOOGLE, False, {}, Outcome.WARNING, "client_secret"),
        (MICROSOFT, "desktop", False, {"host": "localhost"}, Outcome.FAILED, "GUID"),
        (MICROSOFT, GUID, True, {"host": "localhost"}, Outcome.WARNING, "leave client_secret out"),
        (MICROSOFT, GUID, False, {}, Outcome.WARNING, "http://localhost"),
        ("https://github.com/x", "abc", True, {}, Outcome.WARNING, "GitHub"),
        (
            "https://github.com/x",
            "Iv1.0123456789abcdef",
            True,
            {"host": "localhost"},
            Outcome.WARNING,
            "127.0.0.1",
        ),
        ("https://dev-1.okta.com", "0oa1", False, {}, Outcome.WARNING, "redirect_ports"),
        ("https://id.example.com", "YOUR_CLIENT_ID", False, {}, Outcome.FAILED, "placeholder"),
        ("https://id.example.com", " desktop", False, {}, Outcome.FAILED, "white space"),
        ("https://id.example.com", '"desktop"', False, {}, Outcome.FAILED, "quotes"),
    ],
)
def test_a_flaw_is_named_with_what_to_change(issuer, client_id, secret, redirect, outcome, word):
    [(found, fix)] = flaws(issuer, client_id, secret=secret, **redirect)
    assert found is outcome
    assert word in fix


def test_a_redirect_uri_is_written_as_it_is_registered():
    assert redirect_uri(Redirect()) == "http://127.0.0.1/callback"
    assert redirect_uri(Redirect("::1", (8400, 8401), "/done")) == "http://[::1]:8400/done"


# Documents

WHOLE = {"authorize_url": "https://a/authorize", "token_url": "https://a/token"}


def test_a_document_that_says_little_is_enough():
    assert list(flaws_in({}, **WHOLE)) == []


@pytest.mark.parametrize(
    ("document", "outcome", "word"),
    [
        ({"code_challenge_methods_supported": ["plain"]}, Outcome.FAILED, "S256"),
        ({"response_types_supported": ["id_token"]}, Outcome.FAILED, "response_types"),
        ({"grant_types_supported": ["implicit"]}, Outcome.FAILED, "grant_types"),
        ({"grant_types_supported": ["authorization_code"]}, Outcome.WARNING, "refresh"),
    ],
)
def test_what_a_sign_in_needs_is_missed(document, outcome, word):
    [flaw] = flaws_in(document, **WHOLE)
    assert flaw.outcome is outcome
    assert word in flaw.fix


def test_an_endpoint_nobody_names_is_missed():
    found = [one.fix for one in flaws_in({}, authorize_url="", token_url="")]
    assert [fix.split()[4].rstrip(":") for fix in found] == [
        "authorization_endpoint",
        "token_endpoint",
    ]


def test_a_document_of_another_shape_is_none():
    assert document_in(WireReply(200, {}, b"[]")) is None
    assert document_in(WireReply(200, {}, b"<html>")) is None
    assert document_in(WireReply(200, {}, b'{"issuer": "x"}')) == {"issuer": "x"}


URL = "https://id.example.com/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (WireReply(200, {"content-type": "application/json"}, b"{}"), False),
        (WireReply(200, {"Content-Type": "text/html"}, b"<title>Hotel</title>"), True),
        (WireReply(200, {"content-type": "text/html"}, json.dumps({}).encode()), False),
        (WireReply(302, {"location": "http://portal.hotel.example/"}, b""), True),
        (WireReply(302, {"location": "/elsewhere"}, b""), False),
        (WireReply(301, {"location": "https://id.example.com/x"}, b""), False),
        (WireReply(511, {}, b""), True),
        (WireReply(404, {"content-type": "text/html"}, b"<title>"), False),
    ],
)
def test_a_network_that_wants_a_sign_in_of_its_own_is_seen(reply, expected):
    assert looks_like_portal(reply, URL) is expected


# Clock, proxy


@pytest.mark.parametrize(
    ("offset", "outcome"),
    [
        (None, Outcome.SKIPPED),
        (0.0, Outcome.OK),
        (-59.0, Outcome.OK),
        (120.0, Outcome.WARNING),
        (-UNUSABLE_CLOCK, Outcome.WARNING),
        (-UNUSABLE_CLOCK - 1, Outcome.FAILED),
    ],
)
def test_a_wrong_clock_is_told_by_how_wrong_it_is(offset, outcome):
    assert clock_finding(Subject(), offset).outcome is outcome


def test_the_way_leads_through_the_proxy_without_its_password(monkeypatch):
    for name in ("https_proxy", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:canary-password@proxy.example:3128")
    way = way_to("https://id.example.com/x")
    assert (way.host, way.port, way.proxy) == ("proxy.example", 3128, "proxy.example:3128")
    assert "canary" not in repr(way)
    assert way_to("http://127.0.0.1:5000/x").proxy == ""
    monkeypatch.setenv("NO_PROXY", "id.example.com")
    assert way_to("https://id.example.com/x").proxy == ""
