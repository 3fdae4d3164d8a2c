"""The scripted provider of our unit tests does what a real one does at a real server."""

import asyncio
from collections.abc import Iterator

import pytest

from pywry_auth.errors import ReauthRequiredError, RefreshTransportError
from pywry_auth.providers import OAuthProvider
from pywry_auth.testing import Fault, IdentityProvider, ProgrammableProvider, VirtualClock, sign_in
from pywry_auth.tokens import OAuthTokenSet
from tests.fakes.provider import ScriptedProvider


class RenewingProviderContract:
    """
    What a session needs of a provider.

    Subclasses give ``provider``; ``first``, the tokens of a sign-in there; and ``fail``, which
    makes the next renewals fail as an error of that class.
    """

    def test_a_renewal_replaces_both_tokens(
        self, provider: OAuthProvider, first: OAuthTokenSet
    ) -> None:
        second = asyncio.run(provider.refresh_tokens(first.refresh_token))
        third = asyncio.run(provider.refresh_tokens(second.refresh_token))
        assert len({tokens.access_token for tokens in (first, second, third)}) == 3
        assert len({tokens.refresh_token for tokens in (first, second, third)}) == 3

    def test_renewed_tokens_live_an_hour_from_now(
        self, provider: OAuthProvider, first: OAuthTokenSet, clock: VirtualClock
    ) -> None:
        clock.advance(100)
        tokens = asyncio.run(provider.refresh_tokens(first.refresh_token))
        assert (tokens.expires_in, tokens.issued_at) == (3600, clock.now())
        assert tokens.token_type.lower() == "bearer"

    def test_tokens_say_whose_they_are(self, provider: OAuthProvider, first: OAuthTokenSet) -> None:
        assert first.origin is not None
        assert first.origin == provider.origin(first.origin.subject)

    @pytest.mark.parametrize("error", [RefreshTransportError, ReauthRequiredError])
    def test_a_renewal_fails_with_the_error_of_its_kind(
        self, provider: OAuthProvider, first: OAuthTokenSet, fail, error
    ) -> None:
        fail(error)
        with pytest.raises(error) as caught:
            asyncio.run(provider.refresh_tokens(first.refresh_token))
        assert type(caught.value) is error

    def test_a_renewal_that_found_nobody_spent_nothing(
        self, provider: OAuthProvider, first: OAuthTokenSet, fail
    ) -> None:
        fail(RefreshTransportError)
        with pytest.raises(RefreshTransportError):
            asyncio.run(provider.refresh_tokens(first.refresh_token))
        fail(None)
        assert asyncio.run(provider.refresh_tokens(first.refresh_token)).access_token

    def test_a_revocation_is_confirmed(self, provider: OAuthProvider, first: OAuthTokenSet) -> None:
        assert asyncio.run(provider.revoke_token(first.refresh_token)) is True


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


class TestScriptedProvider(RenewingProviderContract):
    @pytest.fixture
    def provider(self, clock: VirtualClock) -> ScriptedProvider:
        return ScriptedProvider(clock)

    @pytest.fixture
    def first(self, provider: ScriptedProvider) -> OAuthTokenSet:
        return provider.tokens()

    @pytest.fixture
    def fail(self, provider: ScriptedProvider):
        return lambda error: provider.script.append(error("it failed")) if error else None


class TestGenericProvider(RenewingProviderContract):
    @pytest.fixture
    def place(self, clock: VirtualClock) -> Iterator[IdentityProvider]:
        with ProgrammableProvider() as server:
            yield IdentityProvider(server, "mine", clock=clock)

    @pytest.fixture
    def signed_in(self, place: IdentityProvider):
        signed_in = sign_in(place)
        yield signed_in
        place.program(Fault.ROTATION)
        signed_in.close()

    @pytest.fixture
    def provider(self, signed_in) -> OAuthProvider:
        return signed_in.provider

    @pytest.fixture
    def first(self, signed_in) -> OAuthTokenSet:
        return signed_in.session.tokens

    @pytest.fixture
    def fail(self, place: IdentityProvider):
        faults = {
            None: Fault.ROTATION,
            RefreshTransportError: Fault.RENEWAL_CUT,
            ReauthRequiredError: Fault.SESSION_ENDED,
        }
        return lambda error: place.program(faults[error])
