"""A client that registers itself."""

import json

import pytest

from pywry_auth.errors import ConfigError, RegistrationError, StoredDataError, TransportError
from pywry_auth.protocol.registration import (
    ClientMetadata,
    RegisteredClient,
    deletion_request,
    read_registration,
    registration_request,
    require_deleted,
)
from pywry_auth.protocol.wire import WireReply


ISSUER = "https://op.example"
ENDPOINT = f"{ISSUER}/register"
MINE = f"{ISSUER}/register/c1"


def read(body, status=201, asked=None):
    text = body if isinstance(body, str) else json.dumps(body)
    return read_registration(
        WireReply(status, {}, text.encode()),
        issuer=ISSUER,
        registration_url=ENDPOINT,
        asked=asked or ClientMetadata(),
    )


def test_a_native_public_client_is_what_is_asked_for():
    request = registration_request(ENDPOINT, ClientMetadata(client_name="Ledger"))
    assert (request.method, request.url) == ("POST", ENDPOINT)
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert json.loads(request.body) == {
        "client_name": "Ledger",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "post_logout_redirect_uris": ["http://127.0.0.1/logged-out"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "native",
        "token_endpoint_auth_method": "none",
    }


def test_further_members_beat_those_we_know():
    metadata = ClientMetadata(extra={"application_type": "web", "contacts": ["a@b"]})
    assert metadata.members["application_type"] == "web"
    assert metadata.members["contacts"] == ["a@b"]


def test_an_initial_access_token_goes_into_the_header():
    request = registration_request(ENDPOINT, ClientMetadata(), initial_access_token="iat")
    assert request.headers["authorization"] == "Bearer iat"
    for bad in ("a b", "a\r\nx: y", "é"):
        with pytest.raises(ConfigError):
            registration_request(ENDPOINT, ClientMetadata(), initial_access_token=bad)


def test_what_the_server_made_of_it_is_what_counts():
    found = read(
        {
            "client_id": "c1",
            "client_secret": "s3cret",
            "client_secret_expires_at": 1700000000,
            "registration_access_token": "rat",
            "registration_client_uri": MINE,
            "token_endpoint_auth_method": "client_secret_post",
            "redirect_uris": ["http://127.0.0.1/cb"],
            "scope": "openid",
            "more": 1,
        }
    )
    assert found == RegisteredClient(
        issuer=ISSUER,
        client_id="c1",
        client_secret="s3cret",
        expires_at=1700000000,
        registration_access_token="rat",
        registration_client_uri=MINE,
        token_endpoint_auth_method="client_secret_post",
        redirect_uris=("http://127.0.0.1/cb",),
        scope="openid",
    )
    assert "s3cret" not in repr(found)
    assert "rat" not in repr(found).replace("registration", "")


def test_a_short_answer_means_what_was_asked_for():
    found = read({"client_id": "c1", "client_secret_expires_at": 0}, 200)
    assert found.expires_at is None
    assert found.token_endpoint_auth_method == "none"
    assert found.redirect_uris == ("http://127.0.0.1/callback",)
    assert read({"client_id": "c", "client_secret": "s"}).token_endpoint_auth_method == (
        "client_secret_basic"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        {"client_id": ""},
        {"client_id": 7},
        {"client_id": "c\n"},
        {"client_id": "c", "registration_access_token": "a b"},
        {"client_id": "c", "token_endpoint_auth_method": "client_secret_basic"},
        {"client_id": "c", "registration_client_uri": "http://op.example/c"},
        {"client_id": "c", "registration_client_uri": "https://elsewhere.example/c"},
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_used_registers_nothing(body):
    with pytest.raises(RegistrationError):
        read(body)


def test_a_refusal_says_why():
    with pytest.raises(RegistrationError) as caught:
        read({"error": "invalid_redirect_uri", "error_description": "no\nloopback"}, 400)
    assert caught.value.error == "invalid_redirect_uri"
    assert str(caught.value).endswith("(invalid_redirect_uri): no loopback")
    with pytest.raises(RegistrationError, match="status 403"):
        read("<html>", 403)


@pytest.mark.parametrize("status", [429, 500])
def test_a_server_that_cannot_now_may_be_asked_again(status):
    with pytest.raises(TransportError):
        read("", status)
    with pytest.raises(TransportError):
        require_deleted(WireReply(status, {}, b""))


def test_a_registration_is_taken_back_with_its_own_token():
    mine = RegisteredClient(
        ISSUER, "c1", registration_access_token="rat", registration_client_uri=MINE
    )
    request = deletion_request(mine)
    assert (request.method, request.url) == ("DELETE", MINE)
    assert request.headers["authorization"] == "Bearer rat"
    require_deleted(WireReply(204, {}, b""))
    with pytest.raises(RegistrationError):
        require_deleted(WireReply(401, {}, b'{"error": "invalid_token"}'))
    for useless in (
        RegisteredClient(ISSUER, "c1"),
        RegisteredClient(ISSUER, "c1", "", None, "rat"),
    ):
        with pytest.raises(ConfigError):
            deletion_request(useless)


def test_what_is_written_down_is_read_again():
    mine = RegisteredClient(ISSUER, "c1", "s", 17.0, "rat", MINE, "none", ("http://x/",), "openid")
    assert RegisteredClient.read(mine.to_json()) == mine
    for damaged in ("", "{}", "[]", '{"issuer": 1, "client_id": "c"}'):
        with pytest.raises(StoredDataError):
            RegisteredClient.read(damaged)
