"""An application that registers itself at oidc-provider, and asks what its tokens are worth."""

import asyncio

import pytest

from pywry_auth.errors import RegistrationError, TokenError
from pywry_auth.protocol.client_auth import SecretBasic
from pywry_auth.protocol.registration import ClientMetadata
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.registration import (
    ClientFile,
    delete_client,
    provider_for_client,
    register_client,
)
from tests.providers_kit import DjangoOP, OidcProviderOP, running
from tests.real_party import RealParty


RS = SecretBasic("rs", "rs-secret")
INITIAL = "an-initial-access-token"


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture(scope="module")
def guarded():
    yield from running(OidcProviderOP, initialAccessToken=INITIAL)


@pytest.fixture(scope="module", params=[OidcProviderOP, DjangoOP], ids=lambda kind: kind.__name__)
def either(request):
    yield from running(request.param)


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
def test_a_registered_client_signs_in_until_it_is_taken_back(op, tmp_path, method):
    file = ClientFile(tmp_path / "client.json")
    metadata = ClientMetadata(client_name="Ledger", token_endpoint_auth_method=method)
    client = asyncio.run(file.client(op.issuer, metadata))
    assert bool(client.client_secret) is (method != "none")
    assert client.registration_client_uri.startswith(op.issuer)
    rp = RealParty(op, provider_for_client(client, ["openid", "profile"]))
    assert rp.sign_in().user_info["name"] == "User alice"
    rp.close()
    assert asyncio.run(file.client(op.issuer, metadata)) == client
    asyncio.run(delete_client(client))
    with pytest.raises(RegistrationError):
        asyncio.run(delete_client(client))


def test_a_refused_registration_says_why(op):
    metadata = ClientMetadata(redirect_uris=["http://somewhere.example/callback"])
    with pytest.raises(RegistrationError) as caught:
        asyncio.run(register_client(op.issuer, metadata))
    assert caught.value.error == "invalid_redirect_uri"


def test_a_provider_that_lets_not_everybody_register_wants_its_token(guarded):
    with pytest.raises(RegistrationError):
        asyncio.run(register_client(guarded.issuer))
    client = asyncio.run(register_client(guarded.issuer, initial_access_token=INITIAL))
    assert client.token_endpoint_auth_method == "none"


def test_a_token_is_worth_something_until_it_is_revoked(either):
    if isinstance(either, OidcProviderOP):
        provider = GenericOIDCProvider("native", issuer_url=either.issuer)
        resource = GenericOIDCProvider("rs", "rs-secret", either.issuer, client_auth=RS)
    else:  # does not announce where
        provider = GenericOIDCProvider("native", issuer_url=either.issuer)
        resource = GenericOIDCProvider("rs", "rs-secret", either.issuer, client_auth=RS)
        resource.introspection_url = f"{either.issuer}/introspect/"
    rp = RealParty(either, provider)
    tokens = rp.sign_in().tokens

    async def asked():
        async with resource:
            return await resource.introspect_token(
                tokens.access_token, token_type_hint="access_token"
            )

    found = asyncio.run(asked())
    assert found.active
    assert found.client_id == "native"
    assert set(found.scopes) == set(tokens.scopes)
    assert found.exp is not None
    rp.sign_out()
    assert not asyncio.run(asked()).active
    rp.close()


def test_a_client_that_may_not_ask_is_told_so(op):
    stranger = GenericOIDCProvider("rs", "wrong", op.issuer, client_auth=SecretBasic("rs", "wrong"))

    async def ask():
        async with stranger:
            await stranger.introspect_token("any")

    with pytest.raises(TokenError) as caught:
        asyncio.run(ask())
    assert caught.value.error == "invalid_client"
