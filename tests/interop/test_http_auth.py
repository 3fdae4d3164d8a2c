"""Requests to a real resource: the userinfo endpoint of oidc-provider (certified)."""

import asyncio
import time
from contextlib import ExitStack

import httpx
import pytest

from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from tests.providers_kit import OidcProviderOP, running
from tests.real_party import RealParty
from tests.resource_kit import FACES, KeyedSession


SCOPES = ["openid", "profile", "offline_access"]
CONSENT = {"prompt": "consent"}  # without it oidc-provider drops offline_access
DEADLINE = 15.0  # seconds for a token of two seconds to end


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture(params=FACES)
def face(request):
    return request.param


def signed_in(op, client_id, **options):
    provider = GenericOIDCProvider(
        client_id, issuer_url=op.issuer, scopes=SCOPES, authorize_params=CONSENT, **options
    )
    party = RealParty(op, provider)
    party.sign_in()
    return party


@pytest.fixture
def application(op):
    """Somebody whose access token has ended at the provider, which never said when it would."""
    op.control(accessTtl=2, edits={"authorization_code": {"expires_in": None}})
    party = signed_in(op, "native")
    op.control(accessTtl=3600, edits={})
    wait_for_the_end(op, party.stored().access_token)
    yield party
    party.close()


def wait_for_the_end(op, token):
    deadline = time.monotonic() + DEADLINE
    header = {"Authorization": f"Bearer {token}"}
    while httpx.get(f"{op.issuer}/me", headers=header, trust_env=False).status_code != 401:
        assert time.monotonic() < deadline, "the token did not end"
        time.sleep(0.05)


def refreshes(party):
    names = [str(event.name) for event in party.events]
    return names.count("refreshed")


def test_a_token_that_has_ended_there_is_renewed_and_the_request_repeated(op, application, face):
    assert application.stored().expires_in is None
    with face(application.session, [op.issuer]) as client:
        answer = client.get(f"{op.issuer}/me")
        assert (answer.status, answer.history) == (200, (401,))
        assert client.request("POST", f"{op.issuer}/me").history == ()
    assert '"name":"User alice"' in answer.text
    assert refreshes(application) == 1


def test_many_requests_renew_once_at_a_provider_that_sees_reuse(op, application, face):
    with face(application.session, [op.issuer]) as client:
        answers = client.many([f"{op.issuer}/me"] * 20)
    assert [answer.status for answer in answers] == [200] * 20
    assert refreshes(application) == 1


@pytest.fixture(params=[False, True], ids=["without nonces", "with nonces"])
def bound(op, request):
    """Somebody whose tokens are bound to a key, at a provider that may want nonces."""
    op.control(dpopNonce=request.param)
    with ExitStack() as until_the_end:
        until_the_end.callback(op.control, dpopNonce=False)
        party = signed_in(op, "native-dpop", dpop=FeatureUse.REQUIRED)
        until_the_end.callback(party.close)
        yield party


def test_a_bound_token_is_proved_and_renewed(op, bound, face):
    assert bound.stored().token_type == "DPoP"
    with face(bound.session, [op.issuer]) as client:
        first = client.get(f"{op.issuer}/me")
        asyncio.run(bound.session.refresh())
        second = client.request("POST", f"{op.issuer}/me")
    assert (first.status, second.status) == (200, 200)
    assert '"name":"User alice"' in second.text
    assert second.history == ()  # it knew the nonce


def test_the_next_start_proves_with_the_same_key(op, bound, face):
    key = asyncio.run(bound.session.dpop_key())
    bound.start_again()
    with face(bound.session, [op.issuer]) as client:
        assert client.get(f"{op.issuer}/me").status == 200
    assert asyncio.run(bound.session.dpop_key()).thumbprint == key.thumbprint


def test_a_bound_token_is_worth_nothing_without_its_key(op, bound, face):
    stranger = KeyedSession(bound.provider, bound.store)
    stranger.key = DPoPKey.draw()
    with face(stranger, [op.issuer]) as client:
        assert client.get(f"{op.issuer}/me").status == 401
