"""
Fixtures for an application's own tests; only this module needs pytest.

One line in ``conftest.py``, or in a test module, makes them known:

    pytest_plugins = ["pywry_auth.testing.pytest"]

==================  ==========================================================================
``auth_provider``   an identity provider of the test's own, on real HTTP
``auth_agent``      a browser without a screen: its ``show_window`` goes to ``run_native``
``auth_session``    somebody who has signed in there, with a session that renews
``auth_keyring``    a keyring in memory, in place of the desktop's
``auth_clock``      a clock that stands still; provider, session and all waiting go by it
``auth_fault``      runs the test once for each ``Fault``, which provider and agent then have
``auth_server``     the server behind all of it, one for the whole run
==================  ==========================================================================
"""

from collections.abc import Generator
from itertools import count

import pytest

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.agent import HeadlessAgent
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.conduct import USUAL
from pywry_auth.testing.faults import Fault
from pywry_auth.testing.identity_provider import IdentityProvider
from pywry_auth.testing.keyrings import MemoryKeyring, installed
from pywry_auth.testing.provider import ProgrammableProvider
from pywry_auth.testing.signed_in import SignedIn, sign_in
from pywry_auth.testing.virtual_loop import driving


_NUMBERS = count(1)


@pytest.fixture(scope="session")
def auth_server() -> Generator[ProgrammableProvider, None, None]:
    """Give the server of all identity providers of this run."""
    with ProgrammableProvider() as server:
        yield server


@pytest.fixture
def auth_clock() -> Generator[VirtualClock, None, None]:
    """
    Give a clock that stands still, until the test lets time pass with ``advance``.

    Renewals due meanwhile have happened when ``advance`` returns. An application's own provider
    or session needs it as ``clock=auth_clock``.
    """
    with driving(VirtualClock()) as clock:
        yield clock


@pytest.fixture(params=list(Fault), ids=str)
def auth_fault(request: pytest.FixtureRequest) -> Fault:
    """Give each fault in turn; ``auth_provider`` and ``auth_agent`` have it."""
    return Fault(request.param)


@pytest.fixture
def auth_provider(
    request: pytest.FixtureRequest, auth_server: ProgrammableProvider
) -> IdentityProvider:
    """Give an identity provider that knows nobody yet, with the test's clock or fault."""
    clock: Clock = SYSTEM_CLOCK
    if "auth_clock" in request.fixturenames:
        clock = request.getfixturevalue("auth_clock")
    fault = _fault_of(request)
    return IdentityProvider(auth_server, f"test-{next(_NUMBERS)}", fault or USUAL, clock=clock)


@pytest.fixture
def auth_agent(request: pytest.FixtureRequest) -> Generator[HeadlessAgent, None, None]:
    """Give a browser that signs in by itself, with the test's fault."""
    agent = HeadlessAgent(_fault_of(request))
    yield agent
    agent.join()


@pytest.fixture
def auth_session(
    auth_provider: IdentityProvider, auth_agent: HeadlessAgent
) -> Generator[SignedIn, None, None]:
    """Give somebody who has signed in at ``auth_provider``; raises what the sign-in raises."""
    signed_in = sign_in(auth_provider, agent=auth_agent)
    yield signed_in
    signed_in.close()


@pytest.fixture
def auth_keyring() -> Generator[MemoryKeyring, None, None]:
    """Give a healthy keyring in memory, which stands in for the desktop's meanwhile."""
    with installed(MemoryKeyring()) as keyring:
        yield keyring


def _fault_of(request: pytest.FixtureRequest) -> Fault | None:
    if "auth_fault" in request.fixturenames:
        return Fault(request.getfixturevalue("auth_fault"))
    return None
