"""What a token endpoint answers, good, bad or garbled."""

import json
import warnings
from contextlib import suppress
from urllib.parse import parse_qsl

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
)
from pywry_auth.protocol.client_auth import NoClientAuth
from pywry_auth.protocol.token import code_exchange, read_refreshed, read_tokens, refresh_request
from pywry_auth.protocol.wire import WireReply


NOW = 1_800_000_000.0
PROOF = NoClientAuth("me").proof(audience="https://op.example", now=NOW)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBERS = (
    "access_token",
    "token_type",
    "refresh_token",
    "expires_in",
    "refresh_expires_in",
    "id_token",
    "scope",
    "error",
    "error_description",
)


def exchanged(body, status=200, **options):
    return read_tokens(reply(body, status), now=NOW, **options)


def refreshed(body, status=200):
    return read_refreshed(reply(body, status), now=NOW, refresh_token="old")


def fields(request):
    return dict(parse_qsl(request.body.decode()))


def test_a_whole_answer_is_read():
    tokens = exchanged(
        {
            "access_token": "a",
            "token_type": "bearer",
            "refresh_token": "r",
            "expires_in": 60,
            "id_token": "i",
            "scope": "x y",
            "extra": 1,
        }
    )
    assert (tokens.access_token, tokens.refresh_token, tokens.id_token) == ("a", "r", "i")
    assert tokens.expires_at == NOW + 60
    assert tokens.scopes == ("x", "y")
    assert tokens.raw == {"extra": 1, "scope": "x y"}


def test_the_scope_asked_for_is_the_one_granted_when_the_answer_is_silent():
    assert exchanged({"access_token": "a"}, requested_scope="x").scope == "x"
    assert exchanged({"access_token": "a", "scope": ""}, requested_scope="x").scope == ""
    assert exchanged({"access_token": "a", "scope": ["x", "y"]}).scope == "x y"


def test_a_lifetime_may_be_text_and_may_be_missing():
    assert exchanged({"access_token": "a", "expires_in": "60"}).expires_in == 60
    assert exchanged({"access_token": "a"}).expires_in is None
    assert exchanged({"access_token": "a", "expires_in": None}).expires_in is None


@pytest.mark.parametrize("value", [-1, "soon", True, "NaN", 1e30, [], {}])
def test_a_nonsense_lifetime_is_a_token_error(value):
    with pytest.raises(TokenError):
        exchanged({"access_token": "a", "expires_in": value})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"access_token=a&token_type=bearer",
        b"\xff\xfe",
        [],
        "text",
        5,
        None,
        {},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": None},
        {"access_token": "é"},
        {"access_token": "a\nb"},
        {"access_token": "a", "token_type": "mac"},
    ],
)
def test_what_is_no_token_answer_is_a_token_error(body):
    with pytest.raises(TokenError):
        exchanged(body)
    with pytest.raises(TokenRefreshError) as caught:
        refreshed(body)
    assert not isinstance(caught.value, ReauthRequiredError)


@pytest.mark.parametrize("status", [200, 400, 401])
def test_an_error_member_is_an_error_with_any_status(status):
    body = {"error": "bad_verification_code", "error_description": "expired", "access_token": "a"}
    with pytest.raises(TokenError) as caught:
        exchanged(body, status)
    assert caught.value.error == "bad_verification_code"
    assert caught.value.error_description == "expired"
    assert "expired" in str(caught.value)


def test_an_odd_description_hides_no_error():
    with pytest.raises(TokenError) as caught:
        exchanged({"error": "x", "error_description": {"a": 1}}, 400)
    assert caught.value.error == "x"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_not_now_is_transport(status):
    with pytest.raises(TokenTransportError):
        exchanged({"access_token": "a"}, status)
    with pytest.raises(RefreshTransportError):
        refreshed({"error": "invalid_grant"}, status)


@pytest.mark.parametrize("word", ["temporarily_unavailable", "server_error", "slow_down"])
def test_a_busy_server_ends_no_session(word):
    with pytest.raises(RefreshTransportError):
        refreshed({"error": word}, 400)


def test_only_invalid_grant_ends_a_session():
    with pytest.raises(ReauthRequiredError) as caught:
        refreshed({"error": "invalid_grant"}, 400)
    assert caught.value.error == "invalid_grant"
    for word in ("invalid_client", "invalid_request", "unauthorized_client", "x"):
        with pytest.raises(TokenRefreshError) as caught:
            refreshed({"error": word}, 400)
        assert type(caught.value) is TokenRefreshError


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404])
def test_tokens_with_another_status_are_not_taken(status):
    with pytest.raises(TokenError):
        exchanged({"access_token": "a"}, status)


def test_a_refresh_without_a_refresh_token_keeps_the_one_used():
    assert refreshed({"access_token": "a"}).refresh_token == "old"
    assert refreshed({"access_token": "a", "refresh_token": ""}).refresh_token == "old"
    assert refreshed({"access_token": "a", "refresh_token": "new"}).refresh_token == "new"


def test_a_refresh_without_a_lifetime_has_none():
    assert refreshed({"access_token": "a"}).expires_in is None


bodies = st.binary() | json_values.map(lambda v: json.dumps(v).encode())
objects = st.dictionaries(st.sampled_from(MEMBERS), json_values | st.just("a"))


@given(
    bodies | objects.map(lambda v: json.dumps(v).encode()),
    st.sampled_from([200, 400, 401, 429, 500]),
)
def test_any_answer_is_tokens_or_an_error_of_ours(body, status):
    answer = WireReply(status, {}, body)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(TokenError):  # and no other
            assert read_tokens(answer, now=NOW).access_token.isprintable()
        with suppress(TokenRefreshError):
            assert read_refreshed(answer, now=NOW, refresh_token="old").refresh_token


def test_a_server_s_words_are_made_safe_to_print():
    with pytest.raises(TokenError) as caught:
        exchanged({"error": "e", "error_description": "a\x1b[2J\r\n" + "x" * 900}, 400)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_no_error_holds_what_the_answer_held():
    for body in (
        {"access_token": "canary", "token_type": "mac"},
        {"access_token": "canary", "expires_in": -1},
        {"access_token": ["canary"]},
    ):
        with pytest.raises(TokenError) as caught:
            exchanged(body)
        assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.__cause__}"


def test_a_code_is_exchanged_with_the_same_redirect_uri_and_the_verifier():
    request = code_exchange(
        "https://op.example/t",
        proof=PROOF,
        code="c",
        redirect_uri="http://127.0.0.1:1/cb",
        code_verifier="v",
    )
    assert fields(request) == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "http://127.0.0.1:1/cb",
        "code_verifier": "v",
        "client_id": "me",
    }


def test_without_pkce_no_verifier_is_sent():
    request = code_exchange(
        "https://op.example/t", proof=PROOF, code="c", redirect_uri="r", code_verifier=None
    )
    assert "code_verifier" not in fields(request)


def test_a_refresh_asks_for_no_other_scope():
    request = refresh_request("https://op.example/t", proof=PROOF, refresh_token="r")
    assert fields(request) == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "me",
    }
    assert "?" not in request.url
