"""Requests that are handed over before a person sees them (RFC 9126)."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from fakes.wire import reply

from pywry_auth.errors import CallbackError, DiscoveryTransportError, TokenError
from pywry_auth.protocol.client_auth import SecretBasic, SecretPost
from pywry_auth.protocol.par import push_request, pushed_url, read_pushed


PAR = "https://op.example/par"
WHOLE = "https://op.example/authorize?client_id=me&scope=a+b&resource=urn%3Aa&resource=urn%3Ab&x="
GIVEN = {"request_uri": "urn:ietf:params:oauth:request_uri:abc", "expires_in": 60}


def proof(auth):
    return auth.proof(audience="https://op.example", now=0)


def test_the_whole_request_goes_into_the_body_with_the_client_s_proof():
    request = push_request(PAR, WHOLE, proof=proof(SecretPost("me", "s")))
    assert (request.method, request.url) == ("POST", PAR)
    assert parse_qsl(request.body.decode(), keep_blank_values=True) == [
        ("client_id", "me"),
        ("scope", "a b"),
        ("resource", "urn:a"),
        ("resource", "urn:b"),
        ("x", ""),
        ("client_secret", "s"),
    ]


def test_a_secret_in_the_header_stays_there():
    request = push_request(PAR, WHOLE, proof=proof(SecretBasic("me", "s")))
    assert request.headers["authorization"].startswith("Basic ")
    assert b"client_secret" not in request.body


@pytest.mark.parametrize("status", [200, 201])
def test_the_answer_names_the_request_and_its_life(status):
    found = read_pushed(reply(GIVEN, status))
    assert (found.request_uri, found.expires_in) == (GIVEN["request_uri"], 60)
    assert "abc" not in repr(found)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_not_now_is_no_refusal(status):
    with pytest.raises(DiscoveryTransportError):
        read_pushed(reply({"error": "server_error"}, status))


@pytest.mark.parametrize("word", ["invalid_scope", "invalid_target", "unauthorized_client", "moon"])
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_refusal_is_the_one_a_redirect_would_have_brought(word, status):
    with pytest.raises(CallbackError, match=word) as caught:
        read_pushed(reply({"error": word, "error_description": "no\nway"}, status))
    assert type(caught.value) is CallbackError
    assert (caught.value.error, caught.value.error_description) == (word, "no way")


@pytest.mark.parametrize("word", ["invalid_client", "invalid_dpop_proof", "use_dpop_nonce"])
def test_doubt_about_the_client_is_the_error_of_the_token_endpoint(word):
    with pytest.raises(TokenError, match=word) as caught:
        read_pushed(reply({"error": word}, 401))
    assert type(caught.value) is TokenError
    assert caught.value.error == word


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"", 400),
        reply(GIVEN, 400),
        reply(GIVEN, 302),
        reply(b"<html>", 200),
        reply([GIVEN], 201),
        reply({**GIVEN, "request_uri": ""}, 201),
        reply({**GIVEN, "request_uri": "urn:a b"}, 201),
        reply({**GIVEN, "request_uri": 7}, 201),
        reply({**GIVEN, "expires_in": 0}, 201),
        reply({**GIVEN, "expires_in": -1}, 201),
        reply({**GIVEN, "expires_in": "soon"}, 201),
        reply({"request_uri": GIVEN["request_uri"]}, 201),
        reply({"expires_in": 60}, 201),
    ],
)
def test_an_answer_that_names_nothing_usable_is_refused(answer):
    with pytest.raises(CallbackError) as caught:
        read_pushed(answer)
    assert caught.value.error is None


def test_the_browser_gets_nothing_but_the_name_of_the_request():
    url = pushed_url("https://op.example/authorize?p=policy", client_id="me", request_uri="urn:x")
    assert parse_qsl(urlsplit(url).query) == [
        ("p", "policy"),
        ("client_id", "me"),
        ("request_uri", "urn:x"),
    ]
