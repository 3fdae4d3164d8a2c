"""A provider proves possession of whichever key is spoken with."""

import asyncio
import base64
import hashlib
import json
import logging

import pytest
from fakes.jose import CLIENT, ISSUER, b64
from fakes.wire import connected, reply

from pywry_auth.errors import (
    DiscoveryError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TransportError,
)
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import AuthorizationRequest
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.dpop import DPoPKey, DPoPNonces
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import speaking_with, spoken_key
from pywry_auth.testing.clock import START, VirtualClock


OPENID = f"{ISSUER}/.well-known/openid-configuration"
TOKEN, PAR = f"{ISSUER}/token", f"{ISSUER}/par"
ME = "https://api.example/me"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": TOKEN,
    "userinfo_endpoint": ME,
    "revocation_endpoint": f"{ISSUER}/revoke",
    "dpop_signing_alg_values_supported": ["RS256", "ES256"],
}
KEY, OTHER = DPoPKey.draw(), DPoPKey.draw()


def bound(**members):
    return reply({"access_token": "a1", "token_type": "DPoP", "refresh_token": "r2", **members})


def wants_nonce(nonce, status=400):
    headers = {"dpop-nonce": nonce, "www-authenticate": 'DPoP error="use_dpop_nonce"'}
    body = b'{"error": "use_dpop_nonce"}' if status == 400 else b""
    return WireReply(status, headers, body)


def with_nonce(answer, nonce):
    return WireReply(answer.status, {**answer.headers, "dpop-nonce": nonce}, answer.body)


def provider_at(answers=None, *, use=FeatureUse.WHEN_ANNOUNCED, document=None, **options):
    clock = VirtualClock()
    provider = GenericOIDCProvider(
        CLIENT,
        "",
        ISSUER,
        ["api"],
        dpop=use,
        clock=clock,
        require_id_token_validation=False,
        **options,
    )
    table = {
        OPENID: reply({**DOCUMENT, **(document or {})}),
        TOKEN: bound(),
        ME: reply({"sub": "alice"}),
        **(answers or {}),
    }
    return provider, connected(provider, table)


def run(work, key=KEY):
    async def proved():
        with speaking_with(key):
            return await work

    return asyncio.run(proved())


def claims(request):
    _, payload, _ = request.headers["dpop"].split(".")
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


def exchange(provider):
    return provider.exchange_code("code", "http://127.0.0.1:1/callback", "v" * 43)


def test_the_key_is_there_only_while_it_is_spoken_with():
    with speaking_with(KEY):
        with speaking_with(None):
            assert spoken_key() is None
        assert spoken_key() is KEY
    assert spoken_key() is None


def test_a_code_exchange_carries_a_proof_without_token_hash():
    provider, sender = provider_at()
    tokens = run(exchange(provider))
    assert is_bound(tokens)
    (request,) = sender.to(TOKEN)
    found = claims(request)
    assert (found["htm"], found["htu"], found["iat"]) == ("POST", TOKEN, int(START))
    assert not {"ath", "nonce"} & set(found)


def test_without_a_key_nothing_is_proved_and_bound_tokens_are_refused():
    provider, sender = provider_at()
    with pytest.raises(TokenError, match="DPoP"):
        run(exchange(provider), None)
    assert "dpop" not in sender.to(TOKEN)[0].headers
    run(provider.get_userinfo("a1"), None)
    assert sender.to(ME)[0].headers["authorization"] == "Bearer a1"


@pytest.mark.parametrize("token_type", ["DPoP", "dpop", "dpOp"])
def test_the_token_type_counts_in_any_case(token_type):
    provider, _ = provider_at({TOKEN: bound(token_type=token_type)})
    tokens = run(provider.refresh_tokens("r1"))
    assert is_bound(tokens)
    assert tokens.authorization_header == "DPoP a1"


def test_userinfo_gets_scheme_proof_and_token_hash():
    provider, sender = provider_at()
    run(provider.get_userinfo("a1"))
    (request,) = sender.to(ME)
    assert request.headers["authorization"] == "DPoP a1"
    found = claims(request)
    assert (found["htm"], found["htu"]) == ("GET", ME)
    assert found["ath"] == b64(hashlib.sha256(b"a1").digest())


@pytest.mark.parametrize(
    ("url", "call", "status"),
    [
        (TOKEN, exchange, 400),
        (TOKEN, lambda provider: provider.refresh_tokens("r1"), 400),
        (ME, lambda provider: provider.get_userinfo("a1"), 401),
    ],
    ids=["code", "refresh", "userinfo"],
)
def test_a_demanded_nonce_is_sent_with_the_same_request_once_more(url, call, status):
    right = reply({"sub": "alice"}) if url == ME else bound()
    provider, sender = provider_at({url: [wants_nonce("n1", status), right]})
    run(call(provider))
    first, second = sender.to(url)
    assert (first.body, first.method) == (second.body, second.method)
    assert "nonce" not in claims(first)
    assert claims(second)["nonce"] == "n1"
    assert claims(first)["jti"] != claims(second)["jti"]


def test_a_server_that_never_has_enough_is_asked_twice():
    provider, sender = provider_at({TOKEN: wants_nonce("n")})
    with pytest.raises(TokenRefreshError) as caught:
        run(provider.refresh_tokens("r1"))
    assert type(caught.value) is TokenRefreshError
    assert caught.value.error == "use_dpop_nonce"
    assert len(sender.to(TOKEN)) == 2


def test_a_nonce_is_taken_from_every_answer_and_used_from_then_on():
    provider, sender = provider_at(
        {TOKEN: [with_nonce(bound(), "n1"), with_nonce(reply({"error": "x"}, 400), "n2"), bound()]}
    )
    run(provider.refresh_tokens("r1"))
    with pytest.raises(TokenRefreshError):
        run(provider.refresh_tokens("r2"))
    run(provider.refresh_tokens("r2"))
    found = [claims(request).get("nonce") for request in sender.to(TOKEN)]
    assert found == [None, "n1", "n2"]


def test_nonces_of_server_and_resource_are_kept_apart():
    provider, sender = provider_at(
        {
            TOKEN: [wants_nonce("as"), bound()],
            ME: [wants_nonce("rs", 401), reply({"sub": "alice"})],
        }
    )
    for _ in range(2):
        run(provider.refresh_tokens("r1"))
        run(provider.get_userinfo("a1"))
    found = [(r.url, claims(r).get("nonce")) for r in sender.sent if r.url != OPENID]
    assert found == [
        (TOKEN, None),
        (TOKEN, "as"),
        (ME, None),
        (ME, "rs"),
        (TOKEN, "as"),
        (ME, "rs"),
    ]


class BusyNonces(DPoPNonces):
    """Somebody on another loop gets a nonce just after whoever asks."""

    def learn(self, url, headers):
        super().learn(url, headers)
        super().learn(url, {"dpop-nonce": "somebody-s"})


def test_a_request_is_repeated_with_the_nonce_of_its_own_answer():
    provider, sender = provider_at({TOKEN: [wants_nonce("mine"), bound()]})
    provider._prover._nonces = BusyNonces()
    run(provider.refresh_tokens("r1"))
    assert [claims(request).get("nonce") for request in sender.to(TOKEN)] == [None, "mine"]


def test_each_of_many_sessions_speaks_with_its_own_key():
    provider, sender = provider_at()

    async def one(key):
        with speaking_with(key):
            await asyncio.sleep(0)
            await provider.refresh_tokens(key.thumbprint)

    async def all_of_them():
        await provider.prepare()
        await asyncio.gather(*(one(key) for key in (KEY, OTHER) * 10))

    asyncio.run(all_of_them())
    for request in sender.to(TOKEN):
        head = json.loads(base64.urlsafe_b64decode(request.headers["dpop"].split(".")[0] + "=="))
        key = KEY if KEY.thumbprint.encode() in request.body else OTHER
        assert head["jwk"] == dict(key.public_jwk)


def test_the_code_is_bound_already_when_it_is_asked_for():
    provider, sender = provider_at(
        {PAR: [wants_nonce("n1"), reply({"request_uri": "urn:x", "expires_in": 60}, 201)]},
        document={"pushed_authorization_request_endpoint": PAR},
    )
    request = AuthorizationRequest.begin(
        "http://127.0.0.1:1/cb", openid=False, pkce=PKCEChallenge.generate(), issuer=ISSUER
    )

    async def url():
        await provider.prepare()
        return await provider.authorization_url(request)

    run(url())
    first, second = sender.to(PAR)
    assert sender.form(PAR)["dpop_jkt"] == KEY.thumbprint
    assert claims(second)["nonce"] == "n1"
    assert first.body == second.body
    assert f"dpop_jkt={KEY.thumbprint}" in provider.build_authorize_url(
        "r", "s", None, {"dpop_jkt": KEY.thumbprint}
    )


def test_a_bearer_answer_is_a_downgrade_the_log_tells_of(caplog):
    provider, _ = provider_at({TOKEN: bound(token_type="Bearer")})
    with caplog.at_level(logging.WARNING):
        tokens = run(exchange(provider))
    assert not is_bound(tokens)
    assert "dpop.downgraded" in [record.message for record in caplog.records]


@pytest.mark.parametrize(
    ("call", "error"),
    [(exchange, TokenError), (lambda provider: provider.refresh_tokens("r"), TokenRefreshError)],
    ids=["code", "refresh"],
)
def test_a_bearer_answer_is_refused_where_a_proof_is_required(call, error):
    provider, _ = provider_at({TOKEN: bound(token_type="Bearer")}, use=FeatureUse.REQUIRED)
    with pytest.raises(error, match="proof was required") as caught:
        run(call(provider))
    assert type(caught.value) is error


def test_where_a_proof_is_required_nothing_is_sent_without_a_key():
    provider, sender = provider_at(use=FeatureUse.REQUIRED)
    with pytest.raises(TokenError, match="no key"):
        run(exchange(provider), None)
    with pytest.raises(ReauthRequiredError, match="no key"):
        run(provider.refresh_tokens("r1"), None)
    assert sender.to(TOKEN) == []


def test_a_refused_proof_ends_no_session():
    provider, _ = provider_at({TOKEN: reply({"error": "invalid_dpop_proof"}, 400)})
    with pytest.raises(TokenRefreshError) as caught:
        run(provider.refresh_tokens("r1"))
    assert type(caught.value) is TokenRefreshError
    assert "clock" in caught.value.hint


def test_an_unreachable_server_stays_a_matter_of_the_network():
    provider, _ = provider_at({TOKEN: [wants_nonce("n"), TransportError("gone")]})
    with pytest.raises(RefreshTransportError):
        run(provider.refresh_tokens("r1"))


def test_the_proof_is_dated_by_the_provider_s_clock():
    provider, sender = provider_at()
    provider.clock_offset = 420.0
    run(provider.refresh_tokens("r1"))
    assert claims(sender.to(TOKEN)[0])["iat"] == int(START) + 420


@pytest.mark.parametrize(
    ("use", "announced", "alg"),
    [
        (FeatureUse.OFF, ["ES256"], None),
        (FeatureUse.WHEN_ANNOUNCED, ["ES256"], "ES256"),
        (FeatureUse.WHEN_ANNOUNCED, ["EdDSA", "RS256"], "EdDSA"),
        (FeatureUse.WHEN_ANNOUNCED, ["ES256K"], None),
        (FeatureUse.WHEN_ANNOUNCED, None, None),
        (FeatureUse.REQUIRED, None, "ES256"),
        (FeatureUse.REQUIRED, ["PS256"], "PS256"),
    ],
)
def test_a_key_is_drawn_where_setting_and_provider_agree(use, announced, alg):
    provider, _ = provider_at(use=use, document={"dpop_signing_alg_values_supported": announced})
    key = asyncio.run(provider.new_dpop_key())
    assert (key and key.alg) == alg


def test_a_required_key_that_nobody_can_make_ends_the_sign_in():
    provider, _ = provider_at(
        use=FeatureUse.REQUIRED, document={"dpop_signing_alg_values_supported": ["ES256K"]}
    )
    with pytest.raises(DiscoveryError, match="DPoP"):
        asyncio.run(provider.new_dpop_key())


def test_revocation_carries_no_proof():
    provider, sender = provider_at({f"{ISSUER}/revoke": reply(b"")})
    assert run(provider.revoke_token("r1"))
    assert "dpop" not in sender.to(f"{ISSUER}/revoke")[0].headers
