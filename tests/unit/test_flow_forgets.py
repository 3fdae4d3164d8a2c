"""Signing out takes the provider's cookies along, where a native window has kept any."""

import asyncio
import time

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth import AuthFlowManager, LogoutFlow, NotSilent, SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.profiles import is_empty, profile_folder
from pywry_auth.window.webview import WebviewWindow


@pytest.fixture
def session(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("work", "home"):
        (profile_folder(name) / "cookies").write_text("who=alice")
    provider = ScriptedProvider(VirtualClock(time.time()))
    provider.end_session_url = ""
    session = SessionManager(provider, MemoryTokenStore())
    asyncio.run(session.save_tokens(provider.tokens()))
    return session


@pytest.mark.parametrize("by_name", [True, False])
def test_the_accounts_own_browsing_data_goes_and_no_other(session, by_name):
    window = None if by_name else WebviewWindow(profile="work", gui="qt")
    profile = "work" if by_name else None
    LogoutFlow(session, window=window, profile=profile).run()
    assert is_empty("work")
    assert not is_empty("home")
    flow = AuthFlowManager(
        session.provider, session_manager=session, window=window, profile=profile
    )
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NO_PROFILE


def test_a_private_window_has_nothing_to_forget(session):
    LogoutFlow(session, window=WebviewWindow(gui="qt")).run()
    assert not is_empty("work")
    assert not is_empty("home")
