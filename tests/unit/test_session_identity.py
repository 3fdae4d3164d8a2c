"""A refreshed ID token may renew a sign-in, never replace it by another one."""

import pytest
from fakes.jose import CLIENT, ISSUER, claims, public_jwk, sign
from fakes.wire import connected, reply

from pywry_auth.errors import TokenRefreshError
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.session.record import succeeded
from pywry_auth.testing.clock import START, VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


TOKEN = f"{ISSUER}/token"
OTHER = f"{CLIENT}-2"


def play(id_token, scenario, **options):
    """Sign alice in, let the next refresh bring *id_token*, and go on with *scenario*."""
    clock, store = VirtualClock(), MemoryTokenStore()
    provider = GenericOIDCProvider(CLIENT, issuer_url=ISSUER, clock=clock, **options)
    document = {"issuer": ISSUER, "token_endpoint": TOKEN, "jwks_uri": f"{ISSUER}/jwks"}
    first = {"access_token": "a1", "refresh_token": "r1", "id_token": original()}
    second = {"access_token": "a2", "refresh_token": "r2", "id_token": id_token}
    connected(
        provider,
        {
            f"{ISSUER}/.well-known/openid-configuration": reply(document),
            f"{ISSUER}/jwks": reply({"keys": [public_jwk("RS256")]}),
            TOKEN: [reply(first), reply(second)],
        },
    )
    session = SessionManager(provider, store, clock=clock)

    async def whole():
        await session.save_tokens(await provider.exchange_code("c", "http://127.0.0.1:1/cb"))
        await scenario(session)

    on_package_loop(whole, clock)
    return store.get("default")


def original():
    return sign(claims(START, nonce="n", auth_time=5))


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "mallory"},
        {"iss": ISSUER + "1"},
        {"aud": OTHER},
        {"aud": [CLIENT, OTHER], "azp": CLIENT},
        {"auth_time": 6},
        {"nonce": "other"},
    ],
    ids=str,
)
def test_another_identity_is_refused_and_nothing_is_stored(changes):
    async def scenario(session):
        with pytest.raises(TokenRefreshError):
            await session.refresh()

    swapped = sign(claims(START, **{"nonce": "n", "auth_time": 5, **changes}))
    stored = play(swapped, scenario)
    assert (stored.access_token, stored.refresh_token) == ("a1", "r1")
    assert stored.origin.subject == "alice"


@pytest.mark.parametrize(
    "id_token",
    [None, original(), sign(claims(START, exp=START + 900)), sign(claims(START, auth_time=5))],
    ids=["none", "the same", "later", "no nonce"],
)
def test_the_same_identity_is_taken_and_kept(id_token):
    async def scenario(session):
        assert (await session.refresh()).access_token == "a2"

    stored = play(id_token, scenario)
    assert stored.refresh_token == "r2"
    assert stored.id_token == (id_token or original())
    assert stored.origin.subject == "alice"


def test_with_validation_off_claims_are_used_for_nothing():
    async def scenario(session):
        assert (await session.refresh()).access_token == "a2"

    stored = play(sign(claims(START, sub="mallory")), scenario, require_id_token_validation=False)
    assert stored.origin.subject == ""


def test_a_subject_known_from_userinfo_only_is_kept_and_compared():
    old = OAuthTokenSet("a", refresh_token="r", origin=TokenOrigin(ISSUER, CLIENT, "alice"))
    silent = OAuthTokenSet("b", origin=TokenOrigin(ISSUER, CLIENT))
    other = OAuthTokenSet("b", origin=TokenOrigin(ISSUER, CLIENT, "mallory"))
    assert succeeded(old, silent, compare=True).origin.subject == "alice"
    assert succeeded(old, silent, compare=True).refresh_token == "r"
    with pytest.raises(TokenRefreshError):
        succeeded(old, other, compare=True)


def test_a_stored_id_token_that_is_none_is_a_refresh_error():
    old = OAuthTokenSet("a", id_token="garbage")
    with pytest.raises(TokenRefreshError):
        succeeded(old, OAuthTokenSet("b", id_token=original()), compare=True)
