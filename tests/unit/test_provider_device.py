"""What a provider does when somebody signs in with a code on another device."""

import asyncio

import pytest
from fakes.provider import ScriptedProvider
from fakes.wire import connected, reply

from pywry_auth.errors import (
    ConfigError,
    DiscoveryTransportError,
    TokenError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.providers import GenericOIDCProvider, GitHubProvider, GoogleProvider
from pywry_auth.providers.device import DeviceEndpoint
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.tokens import OAuthTokenSet


ISSUER = "https://id.example.com"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "device_authorization_endpoint": f"{ISSUER}/device",
}
BEGUN = {
    "device_code": "the-device-code",
    "user_code": "WDJB-MJHT",
    "verification_uri": f"{ISSUER}/activate",
    "expires_in": 600,
}


def provider(metadata=METADATA, begun=None, **options):
    made = GenericOIDCProvider("me", issuer_url=ISSUER, clock=VirtualClock(), **options)
    network = connected(
        made,
        {
            f"{ISSUER}/.well-known/openid-configuration": reply(metadata),
            f"{ISSUER}/device": begun or reply(BEGUN),
        },
    )
    return made, network


def test_the_endpoint_is_found_in_the_metadata():
    made, network = provider(scopes=["openid", "email"])
    found = asyncio.run(made.begin_device())
    assert made.device_url == f"{ISSUER}/device"
    assert found.device_code == "the-device-code"
    assert found.prompt.expires_at == VirtualClock().now() + 600
    assert network.form(f"{ISSUER}/device") == {"client_id": "me", "scope": "openid email"}


def test_an_endpoint_given_by_hand_beats_what_is_found():
    made, network = provider()
    made.device_url = f"{ISSUER}/other"
    network.program(f"{ISSUER}/other", reply(BEGUN))
    asyncio.run(made.begin_device())
    assert network.to(f"{ISSUER}/device") == []


def test_what_means_the_same_there_is_asked_there_too():
    params = {"audience": "https://api.example.com", "access_type": "offline", "prompt": "consent"}
    made, network = provider(authorize_params=params)
    asyncio.run(made.begin_device())
    form = network.form(f"{ISSUER}/device")
    assert form["audience"] == "https://api.example.com"
    assert form["prompt"] == "consent"
    assert "access_type" not in form


def test_what_google_does_not_know_is_not_sent_to_it():
    google = GoogleProvider("me", scopes=["openid"])
    home = google.issuer_url
    metadata = {**METADATA, "issuer": home}
    network = connected(
        google,
        {
            f"{home}/.well-known/openid-configuration": reply(metadata),
            f"{ISSUER}/device": reply(BEGUN),
        },
    )
    asyncio.run(google.begin_device())
    assert "prompt" in google.authorize_params
    assert set(network.form(f"{ISSUER}/device")) == {"client_id", "scope"}


def test_resources_are_named_with_the_code_and_with_every_question():
    made, network = provider(resources=["https://api.example.com", "https://b.example.com"])
    network.program(f"{ISSUER}/token", reply({"error": "authorization_pending"}, 400))
    asyncio.run(made.begin_device())
    asyncio.run(made.ask_device("x"))
    for url in (f"{ISSUER}/device", f"{ISSUER}/token"):
        assert network.to(url)[-1].body.count(b"resource=") == 2


def test_a_proof_that_is_required_and_cannot_be_made_asks_for_nothing():
    made, network = provider(dpop=FeatureUse.REQUIRED)
    with pytest.raises(TokenError, match="no key"):
        asyncio.run(made.begin_device())
    assert network.to(f"{ISSUER}/device") == []


def test_a_provider_without_the_endpoint_says_so_before_anything_is_sent():
    bare = {k: v for k, v in METADATA.items() if not k.startswith("device")}
    made, network = provider(bare)
    made.name = "work"
    with pytest.raises(ConfigError, match="work has no device authorization endpoint") as caught:
        asyncio.run(made.begin_device())
    assert caught.value.hint
    assert all(request.method == "GET" for request in network.sent)


def test_a_network_that_is_away_is_no_refusal():
    made, _ = provider(begun=TransportError("the cable is out"))
    with pytest.raises(TokenTransportError, match="the cable is out"):
        asyncio.run(made.begin_device())
    made, network = provider()
    network.program(f"{ISSUER}/.well-known/openid-configuration", TransportError("gone"))
    with pytest.raises(DiscoveryTransportError):
        asyncio.run(made.begin_device())


def test_the_question_goes_through_the_token_endpoints_one_door():
    made, network = provider()
    network.program(f"{ISSUER}/token", reply({"error": "authorization_pending"}, 400))
    doors = []

    class Watched(GenericOIDCProvider):
        async def _ask_token_endpoint(self, make):
            doors.append(make())
            return await super()._ask_token_endpoint(make)

    made.__class__ = Watched
    asyncio.run(made.begin_device())
    answer = asyncio.run(made.ask_device("the-device-code"))
    assert answer.status == 400
    assert len(doors) == len(network.to(f"{ISSUER}/token")) == 1
    assert network.form(f"{ISSUER}/token")["device_code"] == "the-device-code"


def test_tokens_of_a_provider_without_id_tokens_are_the_providers():
    github = GitHubProvider("me")
    tokens = asyncio.run(github.accept_device(OAuthTokenSet("at")))
    assert tokens.origin == github.origin()
    assert github.device_url == "https://github.com/login/device/code"


def test_every_standard_provider_can_do_it_and_one_of_ones_own_need_not():
    assert isinstance(GoogleProvider("me"), DeviceEndpoint)
    assert not isinstance(ScriptedProvider(VirtualClock()), DeviceEndpoint)
