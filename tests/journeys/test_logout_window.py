"""Signing out in the real window that a person signed in with."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pywry_auth.flow import AuthFlowManager, LogoutFlow, LogoutState
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.webview import WebviewWindow
from tests.providers_kit import OidcProviderOP, running
from tests.screen import Screen, missing_tools, until


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

PATIENCE = 60.0  # seconds; two engines start on a loaded machine
FOCUS = 0.8  # seconds; a page takes the focus a moment after it is drawn


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture
def screen(monkeypatch, tmp_path):
    with Screen() as screen:
        for name, value in screen.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        yield screen


@pytest.fixture
def session(op):
    provider = GenericOIDCProvider("native", issuer_url=op.issuer)
    session = SessionManager(provider, MemoryTokenStore())
    yield session
    asyncio.run(session.logout(revoke=False))
    asyncio.run(provider.close())


@pytest.fixture
def beside():
    """Do things on a thread of its own, as an application would."""
    with ThreadPoolExecutor(1) as executor:
        yield executor.submit


def page_after(op, path, times):
    """Wait until the provider has served *path* so often, and the page has the focus."""

    def served():
        paths = [str(event.get("event", "")) for event in list(op.events)]
        return sum(1 for one in paths if one == path or one.startswith(f"{path}/")) >= times

    until(served, f"{path} is there for the {times}. time", PATIENCE)
    time.sleep(FOCUS)


def new_window(gui):
    return WebviewWindow(gui=gui, profile="mine")


@pytest.mark.parametrize("gui", ["qt", "gtk"])
def test_a_person_signs_out_where_they_signed_in(op, screen, session, beside, gui):
    op.events.clear()
    manager = AuthFlowManager(
        session.provider, session_manager=session, window=new_window(gui), auth_timeout=PATIENCE
    )
    signing_in = beside(manager.run_native)
    screen.window("Sign In")
    page_after(op, "interaction", 1)
    screen.type("alice")
    screen.press("Tab")
    screen.type("pw")
    screen.press("Return")
    page_after(op, "interaction", 3)  # the form was sent, the question is there
    screen.press("Return")
    assert signing_in.result(PATIENCE).success

    flow = LogoutFlow(session, window=new_window(gui), timeout=PATIENCE)
    signing_out = beside(flow.run)
    until(lambda: session.tokens is None, "it ended here", PATIENCE)
    page_after(op, "session/end", 1)
    assert not signing_out.done()  # the provider asks first
    screen.press("Return")
    assert signing_out.result(PATIENCE).state is LogoutState.CONFIRMED
    op.wait_for(lambda event: event.get("event") == "end_session.success")

    # The window's own cookies ended: nobody is asked, because nobody is there.
    again = LogoutFlow(session, window=new_window(gui), timeout=PATIENCE)
    assert again.run().state is LogoutState.CONFIRMED
    until(lambda: screen.windows() == [], "the windows are gone", PATIENCE)
