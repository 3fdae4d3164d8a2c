"""What an authorization server says of a token."""

import json
from urllib.parse import parse_qs

import pytest

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.client_auth import SecretBasic, SecretPost
from pywry_auth.protocol.introspection import (
    Introspection,
    introspection_request,
    read_introspection,
)
from pywry_auth.protocol.wire import WireReply


URL = "https://op.example/introspect"


def read(body, status=200):
    text = body if isinstance(body, str) else json.dumps(body)
    return read_introspection(WireReply(status, {}, text.encode()))


def test_the_token_is_asked_about_as_the_client_that_is_registered():
    proof = SecretPost("me", "s3cret").proof(audience="https://op.example", now=0)
    request = introspection_request(URL, proof=proof, token="t +&", token_type_hint="access_token")
    assert (request.method, request.url) == ("POST", URL)
    assert parse_qs(request.body.decode()) == {
        "token": ["t +&"],
        "token_type_hint": ["access_token"],
        "client_id": ["me"],
        "client_secret": ["s3cret"],
    }
    basic = SecretBasic("me", "s3cret").proof(audience="https://op.example", now=0)
    request = introspection_request(URL, proof=basic, token="t")
    assert request.headers["authorization"].startswith("Basic ")
    assert parse_qs(request.body.decode()) == {"token": ["t"]}


def test_an_active_token_tells_all_it_can():
    found = read(
        {
            "active": True,
            "scope": "openid mail",
            "client_id": "me",
            "username": "Alice",
            "token_type": "Bearer",
            "exp": 1700000000,
            "iat": 1699999000,
            "nbf": 1699999000,
            "sub": "alice",
            "aud": "api",
            "iss": "https://op.example",
            "jti": "j",
            "cnf": {"jkt": "k"},
        }
    )
    assert found == Introspection(
        active=True,
        scope="openid mail",
        client_id="me",
        username="Alice",
        token_type="Bearer",
        exp=1700000000,
        iat=1699999000,
        nbf=1699999000,
        sub="alice",
        aud=("api",),
        iss="https://op.example",
        jti="j",
        extra={"cnf": {"jkt": "k"}},
    )
    assert found.scopes == ("openid", "mail")
    assert read({"active": True, "aud": ["a", "b"], "scope": None}).aud == ("a", "b")


def test_a_token_that_is_not_active_is_data_and_nothing_else_is_believed():
    assert read({"active": False, "sub": "alice", "scope": "all"}) == Introspection(active=False)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", {"active": "true"}, {"active": 1}, {"active": True, "exp": "x"}, "<html>"],
    ids=str,
)
def test_what_says_nothing_is_no_answer(body):
    with pytest.raises(TokenError, match="said nothing"):
        read(body)


def test_a_server_that_will_not_say_is_an_error():
    with pytest.raises(TokenError) as caught:
        read({"error": "invalid_client"}, 401)
    assert caught.value.error == "invalid_client"
    with pytest.raises(TokenError, match="status 403"):
        read("", 403)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_cannot_say_now_may_be_asked_again(status):
    with pytest.raises(TokenTransportError):
        read("", status)
