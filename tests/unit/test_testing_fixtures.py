"""The fixtures an application gets with one line."""

import subprocess
import sys
import threading
import time
from dataclasses import replace

import keyring
import pytest

from pywry_auth.errors import (
    AuthFlowTimeout,
    ReauthRequiredError,
    RefreshTransportError,
    StoreUnavailableError,
)
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing import (
    USUAL,
    ClientAuthMethod,
    Conduct,
    Fault,
    HeadlessAgent,
    IdentityProvider,
    LockedKeyring,
    MemoryKeyring,
    ProgrammableProvider,
    Registration,
    SignedIn,
    VirtualClock,
    installed,
    sign_in,
)
from pywry_auth.testing.clock import START
from pywry_auth.token_store import KeyringTokenStore, MemoryTokenStore


pytest_plugins = ["pywry_auth.testing.pytest"]


def test_somebody_is_signed_in(auth_session: SignedIn, auth_provider: IdentityProvider) -> None:
    token = auth_session.access_token()
    assert token in auth_provider.issued
    assert auth_provider.calls == ["discovery", "authorize", "token", "jwks", "userinfo"]
    assert auth_provider.violations == []
    assert auth_session.agent.pages[-1].status == 200


def test_each_test_has_a_provider_of_its_own(auth_provider: IdentityProvider) -> None:
    assert auth_provider.calls == []


def test_a_renewal_is_one_line(auth_session: SignedIn, auth_provider: IdentityProvider) -> None:
    first = auth_session.access_token()
    assert auth_session.renew().access_token != first
    assert "refreshed" in [event.name for event in auth_session.events]
    auth_provider.program(Fault.SESSION_ENDED)
    with pytest.raises(ReauthRequiredError):
        auth_session.renew()


def test_keys_may_change_under_a_session(
    auth_session: SignedIn, auth_provider: IdentityProvider
) -> None:
    auth_provider.rotate_keys()
    auth_session.renew()
    assert auth_provider.calls.count("jwks") == 2


def test_an_ended_session_is_seen(auth_session: SignedIn, auth_provider: IdentityProvider) -> None:
    auth_provider.end_sessions()
    with pytest.raises(ReauthRequiredError):
        auth_session.renew()
    assert auth_provider.wait_for("token", times=2)
    assert auth_provider.requests[-1].endpoint == "token"


def test_provider_and_session_go_by_the_clock_that_is_asked_for(
    auth_session: SignedIn, auth_clock: VirtualClock, auth_provider: IdentityProvider
) -> None:
    assert auth_provider.clock is auth_clock
    assert auth_session.session.tokens is not None
    assert auth_session.session.tokens.issued_at == START
    first = auth_session.access_token()
    auth_clock.advance(3600)
    assert auth_session.access_token() != first
    assert auth_provider.calls.count("token") == 2


def test_the_keyring_is_in_memory(auth_keyring: MemoryKeyring) -> None:
    assert keyring.get_keyring() is auth_keyring
    store = KeyringTokenStore("kit")
    assert store.slot().load() is None
    with installed(LockedKeyring()), pytest.raises(StoreUnavailableError):
        KeyringTokenStore("kit").slot().load()
    assert keyring.get_keyring() is auth_keyring


@pytest.mark.parametrize("auth_fault", [Fault.FLAPPING_TOKEN_ENDPOINT], indirect=True)
def test_one_fault_can_be_asked_for(
    auth_fault: Fault, auth_session: SignedIn, auth_provider: IdentityProvider
) -> None:
    assert auth_fault is Fault.FLAPPING_TOKEN_ENDPOINT
    for _ in range(2):
        with pytest.raises(RefreshTransportError):
            auth_session.renew()
    auth_session.renew()
    assert auth_provider.violations == []


SEEN: set[Fault] = set()


def test_without_a_choice_every_fault_comes(
    auth_fault: Fault, auth_agent: HeadlessAgent, auth_provider: IdentityProvider
) -> None:
    SEEN.add(auth_fault)
    assert auth_agent._tricks == auth_fault.tricks
    assert auth_provider._server._issuers[auth_provider._mode].memory.conduct == auth_fault.conduct


def test_it_was_every_fault() -> None:
    assert set(Fault) == SEEN


def test_a_store_of_ones_own_is_used() -> None:
    store = MemoryTokenStore()
    with ProgrammableProvider() as server:
        signed_in = sign_in(IdentityProvider(server, "mine"), store=store)
        assert store.get("default") == signed_in.session.tokens
        signed_in.close()
        assert store.get("default") is None


@pytest.mark.parametrize("method", [ClientAuthMethod.SECRET_BASIC, ClientAuthMethod.SECRET_POST])
def test_a_client_with_a_secret_signs_in_too(
    auth_server: ProgrammableProvider, method: ClientAuthMethod
) -> None:
    client = Registration(client_secret="s" * 32, auth=method)
    place = IdentityProvider(auth_server, f"secret-{method}", replace(USUAL, client=client))
    signed_in = sign_in(place)
    signed_in.renew()
    signed_in.close()
    assert place.violations == []


def test_an_application_brings_its_own_provider(auth_provider: IdentityProvider) -> None:
    mine = GenericOIDCProvider(
        auth_provider.client_id, issuer_url=auth_provider.issuer_url, scopes=["openid", "mail"]
    )
    signed_in = sign_in(auth_provider, provider=mine)
    assert signed_in.provider is mine
    assert auth_provider.requests[1].params["scope"] == "openid mail"
    signed_in.close()


def test_a_usual_provider_gives_an_hour_and_rotates(auth_session: SignedIn) -> None:
    tokens = auth_session.session.tokens
    assert tokens is not None
    assert (tokens.expires_in, USUAL.life) == (3600, 3600)
    assert auth_session.renew().refresh_token != tokens.refresh_token


def test_time_goes_on_though_a_server_hangs(
    auth_session: SignedIn, auth_clock: VirtualClock, auth_provider: IdentityProvider
) -> None:
    auth_provider.program(Conduct(delays={"refresh": 3600}))

    def renew() -> None:
        with pytest.raises(RefreshTransportError):
            auth_session.renew()

    renewing = threading.Thread(target=renew)
    renewing.start()
    assert auth_provider.wait_for("token", times=2)
    began = time.monotonic()
    auth_clock.advance(60)
    renewing.join(10)
    assert not renewing.is_alive()
    assert time.monotonic() - began < 60
    auth_provider.program(USUAL)


@pytest.mark.parametrize("auth_fault", [Fault.SLOW_TOKEN_ENDPOINT], indirect=True)
def test_time_waits_for_a_server_that_is_only_slow(
    auth_fault: Fault, auth_session: SignedIn, auth_clock: VirtualClock
) -> None:
    assert auth_fault.conduct.delays
    first = auth_session.access_token()
    auth_clock.advance(3600)
    assert auth_session.access_token() != first
    assert "refresh_failed" not in [event.name for event in auth_session.events]


def test_a_renewal_at_a_server_that_hangs_ends_by_itself(
    auth_session: SignedIn, auth_clock: VirtualClock, auth_provider: IdentityProvider
) -> None:
    auth_provider.program(Conduct(delays={"refresh": 3600}))
    with pytest.raises(RefreshTransportError):
        auth_session.renew()
    assert START < auth_clock.now() < START + 600


@pytest.mark.parametrize("auth_fault", [Fault.NOBODY_THERE], indirect=True)
def test_a_blocking_call_ends_where_time_flows(
    auth_provider: IdentityProvider,
    auth_agent: HeadlessAgent,
    auth_clock: VirtualClock,
    auth_fault: Fault,
) -> None:
    assert auth_fault is Fault.NOBODY_THERE
    with auth_clock.flowing(), pytest.raises(AuthFlowTimeout):
        sign_in(auth_provider, agent=auth_agent)
    assert auth_clock.now() >= START + 120


def test_a_sign_in_is_quick_enough_where_time_flows(
    auth_provider: IdentityProvider, auth_agent: HeadlessAgent, auth_clock: VirtualClock
) -> None:
    with auth_clock.flowing():
        signed_in = sign_in(auth_provider, agent=auth_agent)
    assert signed_in.access_token()
    signed_in.close()


def test_nothing_of_the_kit_is_left_when_a_test_is_over() -> None:
    assert LOOP.run(_time()) != VirtualClock().monotonic()


async def _time() -> float:
    import asyncio

    return asyncio.get_running_loop().time()


def test_importing_the_kit_loads_nothing_heavy() -> None:
    code = "import sys, pywry_auth.testing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"asyncio", "http.server", "keyring", "cryptography", "pytest", "httpx", "pydantic"}
    assert not heavy & set(done.stdout.split())


def test_the_kit_needs_pytest_in_one_module_only() -> None:
    from pathlib import Path

    import pywry_auth.testing as kit

    importing = [
        path.name
        for path in Path(kit.__path__[0]).glob("*.py")
        if "import pytest" in path.read_text("utf-8").splitlines()
    ]
    assert importing == ["pytest.py"]
