"""A sign-in on another device at real providers: one process asks, another browser confirms."""

import asyncio
import threading
import time

import httpx
import pytest

from pywry_auth.errors import CallbackError
from pywry_auth.flow import AuthFlowState, DeviceFlow
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.session import SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import KeyringTokenStore, MemoryTokenStore
from tests import keyring_env
from tests.providers_kit import DjangoOP, OidcProviderOP, running
from tests.real_party import member


PATIENCE = 30.0  # seconds; nothing here takes that long


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP, deviceInterval=1)


class OtherDevice:
    """A phone, with a browser that knows alice."""

    def __init__(self, op, *, denies=False):
        self.op = op
        self.denies = denies
        self.prompts = []
        self._walks = []

    def show(self, prompt):
        self.prompts.append(prompt)
        walk = threading.Thread(target=self._walk, args=(prompt,), daemon=True)
        self._walks.append(walk)
        walk.start()

    def _walk(self, prompt):
        # Who has no complete address types the code, which the form takes from the query too.
        typed = f"{prompt.verification_uri}?user_code={prompt.user_code}"
        self.op.walk_device(prompt.verification_uri_complete or typed, deny=self.denies)

    def arrive(self):
        for walk in self._walks:
            walk.join(PATIENCE)
            assert not walk.is_alive()


def provider_at(op, **more):
    return GenericOIDCProvider(
        "native",
        issuer_url=op.issuer,
        scopes=["openid", "profile", "email", "offline_access"],
        authorize_params={"prompt": "consent"},  # else oidc-provider drops offline_access
        **more,
    )


def test_a_person_confirms_elsewhere_and_stays_signed_in(op):
    provider, store, phone = provider_at(op), MemoryTokenStore(), OtherDevice(op)
    session = SessionManager(provider, store)
    flow = DeviceFlow(provider, session_manager=session, show=phone.show, auth_timeout=PATIENCE)
    result = flow.run()
    phone.arrive()
    assert flow.flow_state is AuthFlowState.COMPLETED
    (prompt,) = phone.prompts
    assert prompt.verification_uri.startswith(op.issuer)
    claims = member(result.tokens.id_token, 1)
    assert "nonce" not in claims
    assert result.tokens.origin.subject == claims["sub"]
    assert store.get("default") == result.tokens
    renewed = asyncio.run(session.refresh())
    assert renewed.access_token != result.tokens.access_token
    assert store.get("default") == renewed
    again = SessionManager(provider, store)
    assert asyncio.run(again.initialize()) == renewed
    assert result.user_info["name"] == "User alice"
    for one in (session, again):
        asyncio.run(one.logout(revoke=False))
    asyncio.run(provider.close())


def test_the_tokens_of_a_device_can_be_bound_to_a_key(op):
    provider, phone = provider_at(op, dpop=FeatureUse.REQUIRED), OtherDevice(op)
    session = SessionManager(provider, MemoryTokenStore())
    flow = DeviceFlow(provider, session_manager=session, show=phone.show, auth_timeout=PATIENCE)
    result = flow.run()
    phone.arrive()
    assert result.tokens.token_type == "DPoP"
    assert result.user_info["name"] == "User alice"
    renewed = asyncio.run(session.refresh())
    assert renewed.token_type == "DPoP"
    assert renewed.access_token != result.tokens.access_token
    asyncio.run(session.logout())
    asyncio.run(provider.close())


def test_a_person_who_says_no_is_not_signed_in(op):
    provider, store, phone = provider_at(op), MemoryTokenStore(), OtherDevice(op, denies=True)
    flow = DeviceFlow(provider, store, show=phone.show, auth_timeout=PATIENCE)
    with pytest.raises(CallbackError) as caught:
        flow.run()
    assert caught.value.error == "access_denied"
    phone.arrive()
    assert asyncio.run(store.list_keys()) == []
    asyncio.run(provider.close())


@pytest.mark.slow  # five seconds: this provider's interval is what it is
def test_a_provider_that_announces_no_endpoint_and_gives_no_id_token():
    for op in running(DjangoOP):
        provider = GenericOIDCProvider("device", issuer_url=op.issuer, scopes=["email"])
        provider.device_url = f"{op.issuer}/device-authorization/"
        store, phone = MemoryTokenStore(), OtherDevice(op)
        session = SessionManager(provider, store)
        result = DeviceFlow(provider, session_manager=session, show=phone.show).run()
        phone.arrive()
        (prompt,) = phone.prompts
        assert prompt.verification_uri_complete == ""
        assert result.tokens.id_token is None
        renewed = asyncio.run(session.refresh())
        assert store.get("default") == renewed
        assert renewed.access_token != result.tokens.access_token
        asyncio.run(session.logout(revoke=False))
        asyncio.run(provider.close())


@pytest.mark.keyring
@pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
def test_the_tokens_are_in_a_real_keyring_and_found_by_the_next_start(op):
    phone, provider = OtherDevice(op), provider_at(op)
    with keyring_env.private_keyring() as env, keyring_env.in_environment(env):
        store = KeyringTokenStore("pywry-auth:device-test")
        result = DeviceFlow(provider, store, show=phone.show).run()
        phone.arrive()
        key = f"alice@{op.issuer}"
        assert store.slot(key).load() == result.tokens
        later = VirtualClock(time.time() + 86_000)  # the access token has ended
        session = SessionManager(provider, store, session_key=key, clock=later)
        fresh = asyncio.run(session.get_access_token())
        assert fresh != result.tokens.access_token
        header = {"Authorization": f"Bearer {fresh}"}
        said = httpx.get(provider.userinfo_url, headers=header, trust_env=False)
        assert said.json()["sub"] == "alice"
        assert store.slot(key).load().access_token == fresh
        asyncio.run(session.logout())
        assert store.slot(key).load() is None
    asyncio.run(provider.close())
