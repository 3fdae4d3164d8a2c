"""The tests of the example; run them like your own: ``pytest``."""

import pytest
from notes_app import NotesApp

from pywry_auth import GenericOIDCProvider
from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.testing import Fault, LockedKeyring, MissingKeyring, installed


pytestmark = pytest.mark.usefixtures("auth_keyring")


@pytest.fixture
def start(auth_provider):
    """Start the program, as often as a test wants."""
    started = []

    def start(clock=SYSTEM_CLOCK, patience=60.0):
        provider = GenericOIDCProvider(
            auth_provider.client_id, issuer_url=auth_provider.issuer_url, clock=clock
        )
        app = NotesApp(provider, clock=clock, patience=patience)
        started.append(app)
        return app

    yield start
    for app in started:
        app.sign_out()
        app.close()


def sign_in(app, agent):
    return app.sign_in(agent.show_window, agent.close_window)


def test_the_user_signs_in_once_and_the_next_start_is_silent(start, auth_agent, auth_provider):
    app = start()
    assert not app.start()
    assert sign_in(app, auth_agent)
    assert app.status == "signed in as Jane Doe"
    assert start().start()
    assert auth_provider.calls.count("authorize") == 1
    assert auth_provider.violations == []


def test_an_hour_later_the_user_notices_nothing(start, auth_clock, auth_agent):
    app = start(auth_clock)
    sign_in(app, auth_agent)
    first = app.headers()
    auth_clock.advance(3600)
    assert app.headers() != first
    assert app.status == "signed in"


def test_a_night_of_sleep_ends_with_a_fresh_token(start, auth_clock, auth_agent, auth_provider):
    app = start(auth_clock)
    sign_in(app, auth_agent)
    auth_clock.sleep_machine(8 * 3600)
    assert app.headers()
    assert auth_provider.calls.count("token") == 2


def test_an_outage_costs_nobody_the_session(start, auth_clock, auth_agent, auth_provider):
    app = start(auth_clock)
    sign_in(app, auth_agent)
    auth_provider.program(Fault.RENEWAL_DOWN)
    auth_clock.advance(7200)
    assert app.headers() == {}
    assert app.status.startswith("offline")
    auth_provider.program(Fault.ROTATION)
    auth_clock.advance(3600)
    assert app.headers()
    assert app.status == "signed in"


def test_an_ended_session_asks_for_a_sign_in(start, auth_clock, auth_agent, auth_provider):
    app = start(auth_clock)
    sign_in(app, auth_agent)
    auth_provider.end_sessions()
    auth_clock.advance(7200)
    assert app.headers() == {}
    assert app.status == "please sign in again"


def test_signing_out_is_said_to_the_provider(start, auth_agent, auth_provider):
    app = start()
    sign_in(app, auth_agent)
    app.sign_out()
    assert auth_provider.calls[-1] == "revoke"
    assert not start().start()


@pytest.mark.parametrize("keyring", [LockedKeyring, MissingKeyring])
def test_a_keyring_that_does_not_open_is_explained(start, keyring):
    with installed(keyring()):
        app = start()
        assert not app.start()
    assert app.status.startswith("cannot open the keyring")


def test_nothing_that_goes_wrong_stops_the_program(start, auth_agent, auth_fault):
    """Runs once for each fault the kit knows."""
    app = start(patience=auth_fault.patience)
    if auth_fault.effect.sign_in is None:
        assert sign_in(app, auth_agent)
        assert app.headers()
    else:
        assert not sign_in(app, auth_agent)
        assert app.status.startswith(("not signed in", "you seem to be offline"))
