"""Metadata is believed only when it is whole, and the issuer's own."""

import json
from contextlib import suppress

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import ConfigError, DiscoveryError, DiscoveryTransportError
from pywry_auth.protocol.discovery import ProviderMetadata, read_metadata
from pywry_auth.protocol.issuer import checked_issuer, oauth_url, openid_url, same_issuer
from pywry_auth.protocol.wire import WireReply


ISSUER = "https://op.example"
WHOLE = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "jwks_uri",
)


def accepts(issuer):
    return same_issuer(issuer, ISSUER)


def read(document, status=200):
    return read_metadata(reply(document, status), accepts=accepts)


def test_a_whole_document_is_read():
    found = read({**WHOLE, "something": "else"})
    assert found.issuer == ISSUER
    assert found.token_endpoint == f"{ISSUER}/token"
    assert found.authorization_response_iss_parameter_supported is False


@pytest.mark.parametrize(
    "issuer", [f"{ISSUER}1", f"{ISSUER}INVALID", "https://OP.example", "", f"{ISSUER}//x"]
)
def test_another_issuer_s_document_is_refused(issuer):
    with pytest.raises(DiscoveryError, match="another issuer"):
        read({**WHOLE, "issuer": issuer})


def test_only_a_final_slash_may_differ():
    assert read({**WHOLE, "issuer": f"{ISSUER}/"}).issuer == f"{ISSUER}/"


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(
    "url",
    [
        "http://op.example/x",
        "ftp://op.example",
        "/relative",
        "http://[",
        "https://op.example:port",
        "http://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
    ],
)
def test_unsafe_endpoints_are_refused(name, url):
    with pytest.raises(DiscoveryError):
        read({**WHOLE, name: url})


def test_an_issuer_on_this_machine_may_have_endpoints_here():
    here = "http://127.0.0.1:9"
    document = {"issuer": here, "token_endpoint": f"{here}/token"}
    found = read_metadata(reply(document), accepts=lambda issuer: issuer == here)
    assert found.token_endpoint == f"{here}/token"


@pytest.mark.parametrize("status", [400, 401, 404, 302, 204])
def test_no_document_is_a_discovery_error(status):
    with pytest.raises(DiscoveryError) as caught:
        read(WHOLE, status)
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [429, 500, 503])
def test_not_now_is_worth_another_try(status):
    with pytest.raises(DiscoveryTransportError) as caught:
        read(WHOLE, status)
    assert caught.value.retryable


@given(st.binary() | json_values.map(lambda v: json.dumps(v).encode()))
def test_any_bytes_are_metadata_or_an_error_of_ours(body):
    with pytest.raises(DiscoveryError):
        read_metadata(WireReply(200, {}, body), accepts=accepts)


@given(
    st.dictionaries(
        st.sampled_from(ProviderMetadata.__slots__), json_values | st.just(f"{ISSUER}/x")
    )
)
def test_any_members_are_metadata_or_an_error_of_ours(members):
    with suppress(DiscoveryError):  # and no other
        found = read({**WHOLE, **members})
        assert all(url.startswith(("https://", "http://")) for url in found.endpoints.values())


def test_deeply_nested_json_is_an_error_of_ours():
    with pytest.raises(DiscoveryError):
        read_metadata(WireReply(200, {}, b"[" * 100_000), accepts=accepts)


@pytest.mark.parametrize("methods", [["plain"], []])
def test_methods_without_s256_are_refused(methods):
    with pytest.raises(DiscoveryError, match="S256"):
        read({**WHOLE, "code_challenge_methods_supported": methods}).require_s256()


def test_methods_that_are_not_listed_are_not_held_against_anybody():
    read(WHOLE).require_s256()
    read({**WHOLE, "code_challenge_methods_supported": ["S256", "plain"]}).require_s256()


def test_the_oauth_document_fills_gaps_only():
    openid = ProviderMetadata(ISSUER, token_endpoint="https://op.example/a")
    oauth = ProviderMetadata(
        ISSUER,
        token_endpoint="https://op.example/b",
        revocation_endpoint="https://op.example/revoke",
        authorization_response_iss_parameter_supported=True,
    )
    merged = openid.filled_from(oauth)
    assert merged.token_endpoint == "https://op.example/a"
    assert merged.revocation_endpoint == "https://op.example/revoke"
    assert merged.authorization_response_iss_parameter_supported


def test_where_documents_are():
    assert (
        openid_url("https://op.example/t/")
        == "https://op.example/t/.well-known/openid-configuration"
    )
    assert (
        oauth_url("https://op.example/t")
        == "https://op.example/.well-known/oauth-authorization-server/t"
    )
    assert (
        oauth_url("https://op.example")
        == "https://op.example/.well-known/oauth-authorization-server"
    )


@pytest.mark.parametrize(
    "issuer",
    [
        "http://op.example",
        "https://op.example?x=1",
        "op.example",
        "https://op.example#x",
        "http://[",
    ],
)
def test_what_is_no_issuer_is_a_config_error(issuer):
    with pytest.raises(ConfigError):
        checked_issuer(issuer)


def test_an_issuer_may_have_a_path_or_be_missing():
    assert checked_issuer("https://op.example/t/") == "https://op.example/t/"
    assert checked_issuer("") == ""
