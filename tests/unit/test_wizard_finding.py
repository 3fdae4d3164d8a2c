"""From what a person types to where their organisation signs people in."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.wizard.finding import ISSUER_RELATION, find_issuer
from pywry_auth.desktop.wizard.typed import MICROSOFT, Typed, read_typed
from pywry_auth.errors import DiscoveryError, DiscoveryTransportError, TransportError
from pywry_auth.protocol.wire import WireReply


TENANT = "11111111-2222-3333-4444-555555555555"


# what is typed


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("example.com", Typed(domain="example.com")),
        ("  Example.COM. ", Typed(domain="example.com")),
        ("ada@example.com", Typed(domain="example.com", account="ada@example.com")),
        ("a@b@example.com", Typed(domain="example.com", account="a@b@example.com")),
        (
            "ada@bücher.example",
            Typed(domain="xn--bcher-kva.example", account="ada@xn--bcher-kva.example"),
        ),
        ("https://id.example.com/realm", Typed(issuer="https://id.example.com/realm")),
        (
            "https://id.example.com/.well-known/openid-configuration",
            Typed(issuer="https://id.example.com"),
        ),
        ("http://127.0.0.1:8080", Typed(issuer="http://127.0.0.1:8080")),
    ],
)
def test_addresses_and_domains_are_read(text, typed):
    assert read_typed(text) == typed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.com",
        "localhost",
        "ex ample.com",
        "example..com",
        "-example.com",
        "127.0.0.1:80",
        "http://id.example.com",
        "https://ada:pw@example.com",
        "https://example.com/?x=y",
        "https://example.com/#x",
        "ftp://example.com",
        "javascript://example.com",
        "file:///etc/passwd",
        "https://bücher.example",
        "example.com/path",
        "a." * 200 + "com",
        "x" * 64 + ".com",
    ],
)
def test_anything_else_is_neither(text):
    assert read_typed(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_not_but_breaks_nothing(text):
    typed = read_typed(text)
    if typed is not None:
        assert typed.host
        assert "/" not in typed.name
        assert typed.domain.isascii()


def test_organisations_of_one_host_keep_their_own_names():
    names = {read_typed(f"https://id.example.com/realms/{realm}").name for realm in "ab"}
    assert len(names) == 2


# where it leads


class Net:
    """Some servers; whoever is not there cannot be reached."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []

    async def send(self, request):
        self.asked.append(request.url)
        page = self.pages.get(request.url.partition("?")[0])
        if page is None:
            raise TransportError("nobody is there")
        status, body = page
        return WireReply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def metadata(issuer, at=None):
    address = f"{(at or issuer).rstrip('/')}/.well-known/openid-configuration"
    return {address: (200, {"issuer": issuer, "token_endpoint": f"{issuer}/token"})}


def webfinger(domain, *links):
    return {f"https://{domain}/.well-known/webfinger": (200, {"links": list(links)})}


def link(href, rel=ISSUER_RELATION):
    return {"rel": rel, "href": href}


def found(text, pages):
    net = Net(pages)
    return asyncio.run(find_issuer(read_typed(text), net.send)), net.asked


def test_webfinger_is_asked_by_mail_address_as_the_standard_says():
    pages = webfinger("example.com", link("https://else", "other"), link("https://id.example.net"))
    issuer, asked = found("ada@example.com", pages | metadata("https://id.example.net"))
    assert issuer == "https://id.example.net"
    query = parse_qs(urlsplit(asked[0]).query)
    assert query == {"resource": ["acct:ada@example.com"], "rel": [ISSUER_RELATION]}


def test_the_name_before_the_at_goes_to_the_domain_alone():
    _, asked = found("ada@example.com", metadata("https://example.com"))
    assert [url for url in asked if "ada" in url and "//example.com/" not in url] == []


def test_a_domain_may_be_an_issuer_itself():
    assert found("example.com", metadata("https://example.com"))[0] == "https://example.com"


def test_microsoft_knows_the_domains_of_its_customers():
    issuer = f"{MICROSOFT}/{TENANT}/v2.0"
    pages = metadata(issuer, at=f"{MICROSOFT}/example.com/v2.0")
    assert found("ada@example.com", pages)[0] == issuer


def test_the_organisations_own_word_counts_before_others():
    pages = (
        webfinger("example.com", link("https://own.example.com"))
        | metadata("https://own.example.com")
        | metadata("https://example.com")
        | metadata(f"{MICROSOFT}/{TENANT}/v2.0", at=f"{MICROSOFT}/example.com/v2.0")
    )
    assert found("example.com", pages)[0] == "https://own.example.com"


def test_an_address_is_asked_itself_and_nobody_else():
    issuer, asked = found("https://id.example.com/realm/", metadata("https://id.example.com/realm"))
    assert issuer == "https://id.example.com/realm"
    assert asked == ["https://id.example.com/realm/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "pages",
    [
        {},
        webfinger("example.com"),
        webfinger("example.com", link("http://id.example.net")),
        webfinger("example.com", link("http://127.0.0.1:1")),
        webfinger("example.com", link("file:///etc/passwd")),
        webfinger("example.com", {"rel": ISSUER_RELATION, "href": 1}, "x"),
        webfinger("example.com", link("https://id.example.net"))
        | metadata("https://evil.example", at="https://id.example.net"),
        metadata("https://evil.example", at="https://example.com"),
        metadata("https://evil.example", at=f"{MICROSOFT}/example.com/v2.0"),
        {"https://example.com/.well-known/webfinger": (200, b"[" * 5000)},
        {"https://example.com/.well-known/webfinger": (200, {"links": 1})},
        {"https://example.com/.well-known/openid-configuration": (404, b"<html>")},
    ],
    ids=range(12),
)
def test_nobody_elses_word_is_taken(pages):
    with pytest.raises(DiscoveryError):
        found("example.com", pages)


def test_an_answer_that_this_computer_signs_people_in_is_not_followed():
    pages = webfinger("example.com", link("http://127.0.0.1:8080")) | metadata(
        "http://127.0.0.1:8080"
    )
    net = Net(pages)
    with pytest.raises(DiscoveryError):
        asyncio.run(find_issuer(read_typed("example.com"), net.send))
    assert not [url for url in net.asked if "127.0.0.1" in url]


def test_nobody_reached_is_told_apart_from_nobody_known():
    with pytest.raises(DiscoveryTransportError):
        found("example.com", {})
    with pytest.raises(DiscoveryError) as caught:
        found("example.com", webfinger("example.com"))
    assert not isinstance(caught.value, DiscoveryTransportError)


def test_a_defect_is_no_unknown_organisation():
    async def broken(_request):
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        asyncio.run(find_issuer(read_typed("example.com"), broken))
