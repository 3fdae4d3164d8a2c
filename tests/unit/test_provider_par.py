"""A provider hands the request over before anybody sees it."""

import asyncio
import logging
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from fakes.jose import CLIENT, ISSUER, private_key
from fakes.wire import connected, reply

from pywry_auth.errors import (
    CallbackError,
    ConfigError,
    DiscoveryError,
    DiscoveryTransportError,
    TransportError,
)
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import AuthorizationRequest
from pywry_auth.protocol.client_auth import PrivateKeyJwt, SecretBasic
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.testing.clock import VirtualClock


OPENID = f"{ISSUER}/.well-known/openid-configuration"
AUTHORIZE, TOKEN, PAR = (f"{ISSUER}/{path}" for path in ("authorize", "token", "par"))
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": AUTHORIZE,
    "token_endpoint": TOKEN,
    "revocation_endpoint": f"{ISSUER}/revoke",
}
OFFERS = {"pushed_authorization_request_endpoint": PAR}
DEMANDS = {"require_pushed_authorization_requests": True}
OFFLINE = TransportError("nobody answered")


def pushed(number=1):
    return reply({"request_uri": f"urn:request:{number}", "expires_in": 60}, 201)


def provider_at(document=None, *answers, **options):
    provider = GenericOIDCProvider(CLIENT, "", ISSUER, clock=VirtualClock(), **options)
    table = {OPENID: reply({**DOCUMENT, **(OFFERS if document is None else document)})}
    return provider, connected(provider, {**table, PAR: list(answers or [pushed()])})


def attempt():
    return AuthorizationRequest.begin(
        "http://127.0.0.1:1/callback", openid=True, pkce=PKCEChallenge.generate(), issuer=ISSUER
    )


def url_of(provider, request=None):
    async def ask():
        await provider.prepare()
        return await provider.authorization_url(request or attempt())

    return asyncio.run(ask())


def names_in(url):
    return sorted(name for name, _ in parse_qsl(urlsplit(url).query))


def test_an_announced_endpoint_is_used_and_the_browser_learns_nothing():
    provider, sender = provider_at()
    request = attempt()
    url = url_of(provider, request)
    assert parse_qsl(urlsplit(url).query) == [
        ("client_id", CLIENT),
        ("request_uri", "urn:request:1"),
    ]
    sent = sender.form(PAR)
    assert sent.pop("code_challenge") == request.challenge.challenge
    assert sent == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": request.redirect_uri,
        "state": request.state,
        "nonce": request.nonce,
        "scope": "openid email profile",
        "code_challenge_method": "S256",
    }


def test_a_second_call_hands_the_same_request_over_once_more():
    provider, sender = provider_at(None, pushed(1), pushed(2))
    request = attempt()
    first, second = url_of(provider, request), url_of(provider, request)
    assert (first[-1], second[-1]) == ("1", "2")
    assert sender.form(PAR, 0) == sender.form(PAR, 1)


def test_the_client_proves_itself_as_at_the_token_endpoint():
    provider, sender = provider_at(client_auth=SecretBasic(CLIENT, "s"))
    url_of(provider)
    assert sender.to(PAR)[0].headers["authorization"].startswith("Basic ")
    key = private_key("ES256").as_pem(private=True).decode()
    provider, sender = provider_at(client_auth=PrivateKeyJwt(CLIENT, key))
    url_of(provider)
    url_of(provider)
    assertions = {sender.form(PAR, index)["client_assertion"] for index in (0, 1)}
    assert len(assertions) == 2


def test_further_parameters_and_resources_go_along():
    provider, sender = provider_at(
        authorize_params={"prompt": "consent"}, resources=["urn:a", "https://b.example/c"]
    )
    url_of(provider)
    found = parse_qs(sender.to(PAR)[0].body.decode())
    assert found["prompt"] == ["consent"]
    assert found["resource"] == ["urn:a", "https://b.example/c"]


def test_nothing_announced_nothing_handed_over():
    provider, sender = provider_at({})
    assert "state" in names_in(url_of(provider))
    assert sender.to(PAR) == []


@pytest.mark.parametrize(
    ("document", "options"),
    [({**DEMANDS}, {}), ({}, {"par": FeatureUse.REQUIRED})],
    ids=["by the provider", "by us"],
)
def test_a_demand_without_an_endpoint_ends_the_sign_in(document, options):
    provider, _ = provider_at(document, **options)
    with pytest.raises(DiscoveryError, match="handed over") as caught:
        url_of(provider)
    assert type(caught.value) is DiscoveryError


def test_off_is_off_unless_the_provider_demands_it():
    provider, sender = provider_at(par=FeatureUse.OFF)
    assert "state" in names_in(url_of(provider))
    assert sender.to(PAR) == []
    provider, sender = provider_at({**OFFERS, **DEMANDS}, par=FeatureUse.OFF)
    with pytest.raises(DiscoveryError, match="par is off"):
        url_of(provider)
    assert sender.to(PAR) == []


def test_an_address_given_by_hand_is_used_without_any_announcement():
    provider, sender = provider_at({}, par_url=PAR)
    assert names_in(url_of(provider)) == ["client_id", "request_uri"]
    assert len(sender.to(PAR)) == 1
    with pytest.raises(ConfigError):
        GenericOIDCProvider(CLIENT, "", ISSUER, par_url="http://op.example/par")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_endpoint_announced_by_mistake_is_done_without_and_the_log_says_so(status, caplog):
    provider, _ = provider_at(None, reply(b"", status))
    with caplog.at_level(logging.WARNING):
        assert "state" in names_in(url_of(provider))
    assert [record.message for record in caplog.records] == ["par.absent"]


@pytest.mark.parametrize(
    ("document", "options"),
    [({**OFFERS, **DEMANDS}, {}), (OFFERS, {"par": FeatureUse.REQUIRED}), ({}, {"par_url": PAR})],
    ids=["by the provider", "by us", "by hand"],
)
@pytest.mark.parametrize("status", [404, 405])
def test_what_must_be_handed_over_is_never_sent_in_the_open(status, document, options):
    provider, _ = provider_at(document, reply(b"", status), **options)
    with pytest.raises(CallbackError):
        url_of(provider)


@pytest.mark.parametrize("answer", [OFFLINE, reply(b"", 503), reply(b"", 429)])
def test_nobody_there_is_no_reason_to_send_it_in_the_open(answer):
    provider, _ = provider_at(None, answer)
    with pytest.raises(DiscoveryTransportError) as caught:
        url_of(provider)
    assert type(caught.value) is DiscoveryTransportError


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_an_error_with_the_provider_s_word(status):
    provider, _ = provider_at(None, reply({"error": "invalid_scope"}, status))
    with pytest.raises(CallbackError, match="invalid_scope") as caught:
        url_of(provider)
    assert caught.value.error == "invalid_scope"


def test_an_endpoint_s_own_query_stays():
    provider, _ = provider_at({**OFFERS, "authorization_endpoint": f"{AUTHORIZE}?p=policy"})
    assert names_in(url_of(provider)) == ["client_id", "p", "request_uri"]


def test_the_redirect_of_an_endpoint_is_not_followed():
    provider, sender = provider_at(None, WireReply(307, {"location": "/elsewhere"}, b""))
    with pytest.raises(CallbackError):
        url_of(provider)
    assert len(sender.to(PAR)) == 1
