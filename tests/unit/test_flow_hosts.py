"""A hosting thread that leaves takes its sign-in along."""

import time

import pytest
from fakes.clock import FakeClock
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, visit

from pywry_auth import AuthFlowManager, AuthFlowState
from pywry_auth.token_store import MemoryTokenStore


class Leaving(FakeWindow):
    """A window whose thread has something better to do once the page is there."""

    def __init__(self, error):
        super().__init__()
        self._error = error

    def host(self, outcome):
        del outcome
        self.shown.wait(5)
        raise self._error


@pytest.mark.parametrize(
    "error", [RuntimeError("broken toolkit"), KeyboardInterrupt(), SystemExit()]
)
def test_whatever_ends_the_hosting_thread_ends_the_sign_in(error):
    provider = ScriptedProvider(FakeClock(time.time()))
    provider.authorize_url = "https://op.example/authorize"
    window, store = Leaving(error), MemoryTokenStore()
    manager = AuthFlowManager(provider, store, window=window, auth_timeout=30)
    with pytest.raises(type(error)):
        manager.run_native()
    assert not window.open
    assert visit(window.redirect_uri) == 0
    assert manager.flow_state in {AuthFlowState.FAILED, AuthFlowState.CANCELLED}
