"""
A programmable identity provider for tests, yours as well as ours.

    @pytest.fixture(scope="session")
    def op():
        with ProgrammableProvider() as provider:
            yield provider

    def test_my_application_signs_in(op):
        issuer_url = op.add("mine", Conduct(refresh=RefreshPolicy.ROTATE))
        agent = HeadlessAgent()
        ...  # sign in with show_window=agent.show_window
        assert op.violations("mine") == []

``Conduct`` says what an issuer does; the edits (``Put``, ``Drop``, ``Append``, ``FromNow``,
``SwapCase``, ``Listed``) change single members of what it sends.
"""

from pywry_auth.testing.agent import HeadlessAgent, Page
from pywry_auth.testing.conduct import (
    CORRECT,
    Alg,
    ClientAuthMethod,
    Conduct,
    HmacSecret,
    KeyPlan,
    RefreshPolicy,
    Registration,
    Reply,
    Rotation,
    Signing,
    Tamper,
)
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Listed, Put, SwapCase
from pywry_auth.testing.provider import ProgrammableProvider
from pywry_auth.testing.seen import SeenRequest


__all__ = [
    "CORRECT",
    "Alg",
    "Append",
    "ClientAuthMethod",
    "Conduct",
    "Drop",
    "Edit",
    "FromNow",
    "HeadlessAgent",
    "HmacSecret",
    "KeyPlan",
    "Listed",
    "Page",
    "ProgrammableProvider",
    "Put",
    "RefreshPolicy",
    "Registration",
    "Reply",
    "Rotation",
    "SeenRequest",
    "Signing",
    "SwapCase",
    "Tamper",
]
