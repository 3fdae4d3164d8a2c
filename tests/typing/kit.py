"""
The test kit as an application's tests use it; never run, only type-checked.

    mypy --strict tests/typing/kit.py
"""

from typing import assert_type

from pywry_auth import SessionManager
from pywry_auth.testing import (
    USUAL,
    Conduct,
    Fault,
    HeadlessAgent,
    IdentityProvider,
    LockedKeyring,
    MemoryKeyring,
    Person,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
    Reply,
    SignedIn,
    VirtualClock,
    driving,
    fault_table,
    installed,
    sign_in,
)
from pywry_auth.tokens import OAuthTokenSet


def fixtures(
    auth_provider: IdentityProvider,
    auth_agent: HeadlessAgent,
    auth_session: SignedIn,
    auth_keyring: MemoryKeyring,
    auth_clock: VirtualClock,
    auth_fault: Fault,
    auth_server: ProgrammableProvider,
) -> None:
    assert_type(auth_provider.issuer_url, str)
    assert_type(auth_provider.calls, list[str])
    auth_provider.program(Fault.LOST_ANSWER)
    auth_provider.program(Conduct(refresh=RefreshPolicy.KEEP, id_token={"aud": Put("x")}))
    assert_type(auth_agent.show_window("http://127.0.0.1:1/", None), str)
    assert_type(auth_session.access_token(), str)
    assert_type(auth_session.renew(), OAuthTokenSet)
    assert_type(auth_session.session, SessionManager)
    assert_type(auth_keyring.entries("mine"), list[str])
    auth_clock.advance(3600)
    auth_clock.jump(-60.0)
    auth_clock.sleep_machine(8 * 3600)
    with auth_clock.flowing():
        pass
    assert_type(auth_fault.patience, float)
    assert_type(auth_server.add("mine", auth_fault, clock=auth_clock), str)


def by_hand() -> None:
    assert_type(Fault("lost-answer").effect.does, str)
    assert_type(fault_table(), str)
    with ProgrammableProvider() as server, driving(VirtualClock()) as clock:
        place = IdentityProvider(server, "mine", USUAL, clock=clock)
        assert_type((place.token_url, server.device_url("mine")), tuple[str, str])
        place.program(Conduct(first={"refresh": (Reply(503),)}))
        place.program(Conduct(person=Person("jane", "pw", totp=("123456",))))
        with installed(LockedKeyring()) as keyring:
            assert_type(keyring, LockedKeyring)
            keyring.unlock()
        assert_type(sign_in(place, agent=HeadlessAgent(Fault.PRECONNECTS)), SignedIn)
