"""A refresh token that is bound to a key keeps it, though the access token is bound to none."""

import asyncio
from dataclasses import replace

import pytest

from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import FeatureUse, GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing import (
    USUAL,
    Binding,
    HeadlessAgent,
    IdentityProvider,
    ProgrammableProvider,
    Proofs,
)
from pywry_auth.token_store import MemoryTokenStore


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


def test_it_is_proved_by_this_start_and_the_next_and_its_key_goes_with_it(op):
    place = IdentityProvider(op, "bearer", replace(USUAL, proofs=Proofs(binding=Binding.IGNORED)))
    store = MemoryTokenStore()

    def session():
        provider = GenericOIDCProvider(
            place.client_id, issuer_url=place.issuer_url, dpop=FeatureUse.WHEN_ANNOUNCED
        )
        return SessionManager(provider, store)

    first, agent = session(), HeadlessAgent()
    AuthFlowManager(first.provider, session_manager=first).run_native(
        agent.show_window, agent.close_window
    )
    agent.join()
    assert first.tokens.token_type == "Bearer"
    for each in (first, session()):
        asyncio.run(each.refresh())
        asyncio.run(each.refresh())
        assert "dpop" in {name.lower() for name in place.requests[-1].headers}
        assert each.tokens.authorization_header.startswith("Bearer ")
        assert asyncio.run(each.dpop_key()) is None  # what it presents needs no proof
    assert place.violations == []
    assert store.get("default#dpop") is not None
    asyncio.run(each.logout())
    assert store.get("default#dpop") is None
