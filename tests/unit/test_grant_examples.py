"""Programs without a window, as their authors would write them."""

import os
import stat

import httpx
import pytest
from fakes.token_server import TokenServer

from pywry_auth import (
    ClientCredentialsAuth,
    DeviceCodeAuth,
    PasswordAuth,
    RefreshTokenAuth,
    TokenManager,
    TokenSet,
)
from pywry_auth.grants import FileTokenStore
from pywry_auth.testing.clock import VirtualClock


TOKEN_URL = "https://identity.example/token"


@pytest.fixture
def server():
    return TokenServer()


@pytest.mark.parametrize(
    "grant",
    [
        PasswordAuth("alice@example.com", "correct horse"),
        PasswordAuth("alice@example.com", "correct horse", totp="123456"),
        RefreshTokenAuth("eyJhbGci..."),
        ClientCredentialsAuth("nightly-job", "its-secret"),
    ],
)
def test_each_grant_makes_a_header(server, grant):
    with server.client as http:
        manager = TokenManager(grant, http=http, token_url=TOKEN_URL)
        assert manager.authorization_header() == "Bearer access-1"
    assert len(server.forms) == 1


def test_a_device_grant_shows_a_code_and_asks_until_it_is_confirmed():
    device = {
        "device_code": "device-1",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://identity.example/device",
        "expires_in": 60,
        "interval": 1,
    }
    server = TokenServer(httpx.Response(200, json=device), {})
    shown = []
    grant = DeviceCodeAuth(
        "printer",
        device_url="https://identity.example/device",
        show=lambda prompt: shown.append(
            f"go to {prompt.verification_uri}, type {prompt.user_code}"
        ),
    )
    manager = TokenManager(grant, http=server.client, token_url=TOKEN_URL)
    assert manager.authorization_header() == "Bearer access-1"
    assert shown == ["go to https://identity.example/device, type WDJB-MJHT"]


def test_two_calls_make_one_request(server):
    manager = TokenManager(
        PasswordAuth("alice@example.com", "correct horse"), http=server.client, token_url=TOKEN_URL
    )
    first = manager.authorization_header()
    second = manager.authorization_header()
    assert first == second
    assert len(server.requests) == 1


def test_a_skew_renews_early():
    server, clock = TokenServer({"expires_in": 600}), VirtualClock()
    manager = TokenManager(
        PasswordAuth("alice@example.com", "correct horse"),
        http=server.client,
        token_url=TOKEN_URL,
        expiry_skew=120,
        clock=clock,
    )
    manager.authorization_header()
    clock.advance(470)
    assert manager.authorization_header() == "Bearer access-1"
    clock.advance(20)
    assert manager.authorization_header() == "Bearer access-2"


def test_a_resource_that_says_401_is_asked_again_with_a_fresh_token(server):
    manager = TokenManager(
        PasswordAuth("alice@example.com", "correct horse"), http=server.client, token_url=TOKEN_URL
    )
    resource = httpx.Client(
        transport=httpx.MockTransport(
            lambda request: httpx.Response(
                200 if request.headers["authorization"] == "Bearer access-2" else 401
            )
        )
    )
    header = manager.authorization_header()
    answer = resource.get("https://api.example/me", headers={"Authorization": header})
    if answer.status_code == 401:
        header = manager.force_refresh(rejected=header)
        answer = resource.get("https://api.example/me", headers={"Authorization": header})
    assert answer.status_code == 200


def test_clear_forgets(server):
    manager = TokenManager(
        PasswordAuth("alice@example.com", "correct horse"), http=server.client, token_url=TOKEN_URL
    )
    manager.authorization_header()
    manager.clear()
    assert manager.tokens is None
    assert manager.authorization_header() == "Bearer access-2"


def test_two_managers_with_one_file_make_one_grant(server, tmp_path):
    store = FileTokenStore(tmp_path / "tokens.json")
    grant = ClientCredentialsAuth("nightly-job", "its-secret")
    first = TokenManager(grant, http=server.client, token_url=TOKEN_URL, store=store)
    second = TokenManager(
        grant, http=server.client, token_url=TOKEN_URL, store=FileTokenStore(store.path)
    )
    assert first.authorization_header() == second.authorization_header()
    assert len(server.requests) == 1


def test_a_token_set_says_what_is_valid():
    tokens = TokenSet("access", refresh_token="refresh", expires_in=20, refresh_expires_in=3600)
    assert tokens.access_valid()
    assert not tokens.access_valid(skew=30)
    assert tokens.refresh_valid()
    assert not tokens.refresh_valid(skew=3601)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_the_file_is_its_owner_s_alone(server, tmp_path):
    store = FileTokenStore(tmp_path / "private" / "tokens.json")
    TokenManager(
        ClientCredentialsAuth("nightly-job", "its-secret"),
        http=server.client,
        token_url=TOKEN_URL,
        store=store,
    ).authorization_header()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
