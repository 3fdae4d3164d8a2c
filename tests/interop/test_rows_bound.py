"""Requests handed over, tokens bound to a key: asked by oidc-provider (certified)."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from pywry_auth.errors import CallbackError, ReauthRequiredError, TokenError
from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.client_auth import PrivateKeyJwt
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import speaking_with
from pywry_auth.runtime import LOOP
from pywry_auth.token_store import JsonFileTokenStore
from pywry_auth.token_store.base import key_entry
from tests.providers_kit import OidcProviderOP, running
from tests.real_party import RealParty, member


OFFLINE = ["openid", "profile", "offline_access"]
CONSENT = {"prompt": "consent"}  # without it oidc-provider drops offline_access
API = "urn:demo:api"
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ROOT = Path(__file__).parents[2]
NEXT_START = Path(__file__).with_name("next_start.py")
ALGORITHMS = ("PS256", "ES256", "EdDSA")


def clients():
    public = ECKey.import_key(PEM).as_dict(private=False)
    for alg in ALGORITHMS:
        yield {
            "client_id": f"fapi-{alg}",
            "application_type": "native",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks": {"keys": [{**public, "use": "sig"}]},
            "dpop_bound_access_tokens": True,
            "require_pushed_authorization_requests": True,
            "id_token_signed_response_alg": alg,
        }


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP, requirePar=True, dpopNonce=True, clients=list(clients()))


@pytest.fixture
def party(op):
    made = []

    def make(client_id="native-dpop", *, store=None, **options):
        provider = GenericOIDCProvider(
            client_id,
            issuer_url=op.issuer,
            **{
                "scopes": OFFLINE,
                "authorize_params": CONSENT,
                "dpop": FeatureUse.REQUIRED,
                **options,
            },
        )
        made.append(RealParty(op, provider, **({} if store is None else {"store": store})))
        return made[-1]

    yield make
    op.control(edits={}, dpopNonce=True)
    for one in made:
        one.close()


def fapi(alg):
    return {"client_auth": PrivateKeyJwt(f"fapi-{alg}", PEM, "ES256")}


async def userinfo(rp):
    with speaking_with(await rp.session.dpop_key()):
        return await rp.provider.get_userinfo(await rp.session.get_access_token())


def must_sign_in(rp):
    result = rp.sign_in()
    assert result.user_info["sub"] == "alice"
    assert is_bound(result.tokens)
    assert set(rp.person.opened[-1].partition("?")[2].replace("=", "&").split("&")) >= {
        "client_id",
        "request_uri",
    }
    assert "state" not in rp.person.opened[-1]
    return result.tokens


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_fapi2_from_the_first_request_to_the_second_refresh(party, alg):
    rp = party(f"fapi-{alg}", **fapi(alg))
    first = must_sign_in(rp)
    assert member(first.id_token, 0)["alg"] == alg
    second, third = rp.refresh(), rp.refresh()
    assert len({first.access_token, second.access_token, third.access_token}) == 3
    assert LOOP.run(userinfo(rp))["name"] == "User alice"
    rp.start_again()
    assert asyncio.run(rp.session.initialize()) == third
    assert is_bound(rp.refresh())


def test_a_public_client_s_refresh_token_is_of_no_use_without_its_key(party):
    rp = party(dpop=FeatureUse.WHEN_ANNOUNCED)
    must_sign_in(rp)
    assert is_bound(rp.refresh())
    rp.store.drop(key_entry("default"))
    rp.start_again()
    assert asyncio.run(rp.session.initialize()) is not None
    with pytest.raises(ReauthRequiredError):
        rp.refresh()


def test_without_nonces_nothing_is_asked_twice(party, op):
    op.control(dpopNonce=False)
    rp = party()
    before = len(rp.told("token"))
    must_sign_in(rp)
    rp.refresh()
    assert len(rp.told("token")) == before + 2


def test_a_client_that_proves_nothing_is_told_why_it_gets_nothing(party):
    rp = party(dpop=FeatureUse.OFF)
    with pytest.raises(TokenError) as caught:
        rp.sign_in()
    assert caught.value.error is not None
    assert rp.stored() is None


def test_a_refused_request_opens_no_page(party):
    rp = party(scopes=["openid"], authorize_params={"acr_values": "x", "claims": "no json"})
    with pytest.raises(CallbackError):
        rp.sign_in()
    assert rp.person.opened == []


def test_an_unknown_resource_is_named_before_any_page_opens(party):
    rp = party(resources=["urn:nobody:knows"])
    with pytest.raises(CallbackError) as caught:
        rp.sign_in()
    assert caught.value.error == "invalid_target"
    assert rp.person.opened == []


def test_tokens_are_for_the_resource_that_was_named(party):
    rp = party(scopes=["openid", "offline_access", "api:read"], resources=[API])
    tokens = rp.sign_in().tokens
    assert member(tokens.access_token, 1)["aud"] == API
    again = rp.refresh()
    assert member(again.access_token, 1)["aud"] == API
    assert (
        member(again.access_token, 1)["cnf"]["jkt"] == asyncio.run(rp.session.dpop_key()).thumbprint
    )


def test_an_application_s_own_requests_are_proved_and_repeated_for_a_nonce(party, op):
    rp = party()
    must_sign_in(rp)
    rp.start_again()
    asyncio.run(rp.session.initialize())
    auth = HttpxAuth(rp.session, allowed_origins=[op.issuer])
    before = len(rp.told("me"))
    with httpx.Client(auth=auth, trust_env=False) as client:
        for _ in range(2):
            said = client.get(f"{op.issuer}/me").raise_for_status().json()
            assert said["sub"] == "alice"
        rp.refresh()
        assert client.get(f"{op.issuer}/me").is_success
    assert [event["status"] for event in rp.told("me")[before:]] == [401, 200, 200, 200]


def test_signing_out_revokes_bound_tokens_and_takes_the_key_along(party):
    rp = party()
    must_sign_in(rp)
    assert rp.sign_out() is True
    assert rp.stored() is None
    assert rp.store.get(key_entry("default")) is None


def next_start(op, folder, *words):
    done = subprocess.run(
        [sys.executable, NEXT_START, op.issuer, str(folder), *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_second_process_refreshes_with_the_stored_key_and_signing_out_removes_it(
    party, op, tmp_path
):
    store = JsonFileTokenStore(tmp_path / "tokens")
    rp = party(store=store)
    must_sign_in(rp)
    thumbprint = asyncio.run(rp.session.dpop_key()).thumbprint
    first = next_start(op, tmp_path, "refresh", "refresh", "userinfo")
    assert first == {"keys": ["default"], "bound": True, "key": thumbprint, "sub": "alice"}
    last = next_start(op, tmp_path, "logout")
    assert last["keys"] == []
    assert asyncio.run(store.load(key_entry("default"))) is None
