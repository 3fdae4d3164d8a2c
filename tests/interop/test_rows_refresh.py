"""What a correct provider may ask of a session, asked by oidc-provider (certified)."""

import asyncio

import httpx
import pytest

from pywry_auth.errors import ReauthRequiredError, RefreshTransportError, TokenRefreshError
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionEventName
from tests.providers_kit import OidcProviderOP, running
from tests.real_party import RealParty, member


OFFLINE = ["openid", "profile", "offline_access"]
CONSENT = {"prompt": "consent"}  # without it oidc-provider drops offline_access


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture
def application(op):
    provider = GenericOIDCProvider(
        "native", issuer_url=op.issuer, scopes=OFFLINE, authorize_params=CONSENT
    )
    rp = RealParty(op, provider)
    yield rp
    op.control(edits={}, rotate=True, down=0, accessTtl=3600, idTtl=3600)
    rp.close()


@pytest.fixture
def signed_in(application):
    application.sign_in()
    return application


def redeem(op, refresh_token):
    """Use a refresh token behind the client's back."""
    return httpx.post(
        f"{op.issuer}/token",
        data={
            "grant_type": "refresh_token",
            "client_id": "native",
            "refresh_token": refresh_token,
        },
        trust_env=False,
    )


def userinfo(op, access_token):
    header = {"Authorization": f"Bearer {access_token}"}
    return httpx.get(f"{op.issuer}/me", headers=header, trust_env=False)


def test_the_second_start_is_silent(signed_in):
    shown = len(signed_in.person.opened)
    first = signed_in.stored()
    signed_in.start_again()
    assert asyncio.run(signed_in.session.initialize()) == first
    assert signed_in.access_token() == first.access_token
    assert len(signed_in.person.opened) == shown


def test_a_refresh_brings_tokens_that_work(signed_in, op):
    first = signed_in.stored()
    op.control(idTtl=1800)  # signatures of the same claims are the same
    second = signed_in.refresh()
    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token
    assert second.id_token != first.id_token
    assert signed_in.stored() == second
    assert userinfo(op, second.access_token).json()["name"] == "User alice"
    old, new = (member(tokens.id_token, 1) for tokens in (first, second))
    assert (old["iss"], old["sub"], old["aud"]) == (new["iss"], new["sub"], new["aud"])


def test_the_newest_refresh_token_is_used_each_time(signed_in, op):
    used = [signed_in.stored().refresh_token]
    used += [signed_in.refresh().refresh_token for _ in range(5)]
    assert len(set(used)) == 6
    assert userinfo(op, signed_in.access_token()).status_code == 200
    # and had an older one been used, the whole family would have ended
    assert redeem(op, used[0]).json()["error"] == "invalid_grant"
    with pytest.raises(ReauthRequiredError):
        signed_in.refresh()


def test_an_ended_access_token_is_renewed_once_at_the_next_start(op, application):
    op.control(accessTtl=60)
    first = application.sign_in().tokens
    op.control(accessTtl=3600)
    application.start_again(seconds_later=61)
    given = asyncio.run(application.session.initialize())
    assert given.access_token != first.access_token
    assert application.access_token() == given.access_token
    assert [str(event.name) for event in application.events][-2:] == ["refreshed", "saved"]
    assert len(application.person.opened) == 1


def test_an_answer_without_an_id_token_keeps_the_old_one(signed_in, op):
    first = signed_in.stored()
    op.control(edits={"refresh_token": {"id_token": None}})
    second = signed_in.refresh()
    assert second.id_token == first.id_token
    op.control(edits={}, idTtl=1800)
    assert signed_in.refresh().id_token != first.id_token


@pytest.mark.parametrize("edit", [{"refresh_token": None}, {}], ids=["none", "the same"])
def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(signed_in, op, edit):
    op.control(rotate=False, edits={"refresh_token": edit})
    first = signed_in.stored()
    for _ in range(2):
        assert signed_in.refresh().refresh_token == first.refresh_token
    assert signed_in.stored().access_token != first.access_token


def test_keys_replaced_meanwhile_are_read_again(signed_in, op):
    first = signed_in.stored()
    op.control(newKeys=True)
    second = signed_in.refresh()
    assert member(first.id_token, 0)["kid"] != member(second.id_token, 0)["kid"]


@pytest.mark.parametrize("edit", [{"token_type": "BEARER"}, {"expires_in": "900"}, {"scope": None}])
def test_a_refreshed_answer_may_be_written_in_other_ways(signed_in, op, edit):
    first = signed_in.stored()
    op.control(edits={"refresh_token": edit})
    second = signed_in.refresh()
    assert second.access_token != first.access_token
    assert second.scope == first.scope


def test_a_provider_that_is_down_costs_nothing(signed_in, op):
    first = signed_in.stored()
    op.control(down=503)
    with pytest.raises(RefreshTransportError) as caught:
        signed_in.refresh()
    assert caught.value.retry_after == 1
    assert signed_in.stored() == first
    op.control(down=0)
    signed_in.start_again()
    assert signed_in.refresh().access_token != first.access_token


def test_a_refused_refresh_token_needs_a_person_and_is_not_sent_again(signed_in, op):
    assert redeem(op, signed_in.stored().refresh_token).is_success
    with pytest.raises(ReauthRequiredError):
        signed_in.refresh()
    sent = len(signed_in.told("token"))
    with pytest.raises(ReauthRequiredError):
        signed_in.refresh()
    assert len(signed_in.told("token")) == sent
    assert SessionEventName.REAUTH_REQUIRED in [event.name for event in signed_in.events]


def test_an_id_token_of_another_client_is_not_taken_over(signed_in, op):
    first = signed_in.stored()
    op.control(edits={"refresh_token": {"id_token": first.access_token}})
    with pytest.raises(TokenRefreshError) as caught:
        signed_in.refresh()
    assert not isinstance(caught.value, ReauthRequiredError)
    assert signed_in.stored() == first


def test_sign_out_revokes_both_tokens_the_refresh_token_first(signed_in, op):
    tokens = signed_in.stored()
    assert signed_in.sign_out()
    asked = [(event["hint"], event["status"]) for event in signed_in.told("revoking")]
    assert asked[-2:] == [("refresh_token", 200), ("access_token", 200)]
    assert signed_in.stored() is None
    assert redeem(op, tokens.refresh_token).json()["error"] == "invalid_grant"
    assert userinfo(op, tokens.access_token).status_code == 401
