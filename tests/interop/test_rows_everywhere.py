"""What every provider must be good for: signing in once, being fresh, signing out."""

import asyncio

import httpx
import pytest

from pywry_auth.errors import CallbackError, ReauthRequiredError
from pywry_auth.providers import GenericOIDCProvider
from tests.providers_kit import ALL, CanailleOP, DjangoOP, OidcProviderOP, running
from tests.real_party import RealParty, member


SCOPES = {OidcProviderOP: ["openid", "profile", "email", "offline_access"]}
CONSENT = {"prompt": "consent"}
PARAMS = {OidcProviderOP: CONSENT, CanailleOP: CONSENT}  # the latter remembers who said yes
NAMES = {OidcProviderOP: "User alice", DjangoOP: "Alice Doe", CanailleOP: "Alice Doe"}


@pytest.fixture(scope="module", params=ALL, ids=lambda kind: kind.__name__)
def op(request):
    yield from running(request.param)


@pytest.fixture
def application(op):
    provider = GenericOIDCProvider(
        "native",
        issuer_url=op.issuer,
        scopes=SCOPES.get(type(op)),
        authorize_params=PARAMS.get(type(op)),
    )
    rp = RealParty(op, provider)
    yield rp
    rp.close()


def redeem(rp, refresh_token):
    data = {"grant_type": "refresh_token", "client_id": "native", "refresh_token": refresh_token}
    return httpx.post(rp.provider.token_url, data=data, trust_env=False)


def test_a_person_signs_in_and_is_known(application, op):
    result = application.sign_in()
    claims = member(result.tokens.id_token, 1)
    assert result.user_info["sub"] == claims["sub"] == result.tokens.origin.subject
    assert result.user_info["name"] == NAMES[type(op)]
    assert claims["nonce"] == application.person.asked["nonce"]
    assert application.stored() == result.tokens
    arrived = application.person.answers[0]
    assert arrived.request.url.params["iss"] == op.issuer
    assert arrived.has_redirect_location


def test_the_second_start_needs_nobody(application):
    first = application.sign_in().tokens
    application.start_again()
    assert asyncio.run(application.session.initialize()) == first
    assert application.access_token() == first.access_token
    assert len(application.person.opened) == 1


def test_two_refreshes_in_a_row_use_the_newest_token(application):
    first = application.sign_in().tokens
    second, third = application.refresh(), application.refresh()
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert application.stored() == third
    if isinstance(application.op, CanailleOP):
        return  # its access tokens of one second are one token, which the refresh revokes
    header = {"Authorization": f"Bearer {third.access_token}"}
    said = httpx.get(
        application.provider.userinfo_url, headers=header, trust_env=False, follow_redirects=True
    )
    assert said.json()["sub"] == first.origin.subject


def test_a_refused_refresh_token_needs_a_person(application, op):
    if isinstance(op, CanailleOP):
        pytest.skip("canaille ends nothing when a refresh token is used twice")
    tokens = application.sign_in().tokens
    assert redeem(application, tokens.refresh_token).is_success
    with pytest.raises(ReauthRequiredError):
        application.refresh()
    application.start_again()
    assert asyncio.run(application.session.initialize()).refresh_token is None


def test_sign_out_revokes_and_forgets(application, op):
    if isinstance(op, CanailleOP):
        pytest.skip("canaille lets no public client revoke")
    tokens = application.sign_in().tokens
    assert application.sign_out() is True
    assert application.stored() is None
    assert redeem(application, tokens.refresh_token).json()["error"] == "invalid_grant"


def test_sign_out_forgets_though_the_provider_refuses_to_revoke(application, op):
    if not isinstance(op, CanailleOP):
        pytest.skip("this provider revokes")
    application.sign_in()
    assert application.sign_out() is False
    assert application.stored() is None


def test_a_person_may_say_no(application, op):
    application.person.denies = True
    with pytest.raises(CallbackError) as caught:
        application.sign_in()
    assert caught.value.error == "access_denied"
    assert application.stored() is None
    said = application.person.answers[0].request.url.params
    assert said.get("iss", op.issuer) == op.issuer  # Django leaves it out here
