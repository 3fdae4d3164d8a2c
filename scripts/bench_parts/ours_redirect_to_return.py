"""
Signs in twice with one provider object, and measures the second time from redirect to return.

Without an argument the window is a callable, the store is in memory. With ``qt`` or ``gtk`` the
window is the native one, the store is the keyring.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from pywry_auth import (
    AuthFlowManager,
    GenericOIDCProvider,
    KeyringTokenStore,
    MemoryTokenStore,
    SessionManager,
)
from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.wire import Reply, Request
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.testing import HeadlessAgent, Page


HERE = Path(__file__).parent


class Provider(GenericOIDCProvider):
    """Notes how long its requests wait for their replies."""

    waited = 0.0

    async def _send(self, request: WireRequest, *, within: float) -> WireReply:
        began = time.monotonic()
        try:
            return await super()._send(request, within=within)
        finally:
            self.waited += time.monotonic() - began


class Agent(HeadlessAgent):
    """A browser that notes when it goes to the callback; all else is none of ours."""

    went_at = 0.0

    def load(self, method: str, url: str, body: str = "") -> Page | None:
        if urlsplit(url).path == "/callback":
            self.went_at = time.monotonic()
        return super().load(method, url, body)


class Arrivals:
    """Notes when a real window's redirect has arrived; that window cannot be asked."""

    went_at = 0.0

    def watch(self) -> None:
        answer = CallbackListener._answer  # noqa: SLF001
        arrivals = self

        async def noting(listener: CallbackListener, request: Request) -> Reply:
            if request.path == "/callback":
                arrivals.went_at = time.monotonic()
            return await answer(listener, request)

        CallbackListener._answer = noting  # noqa: SLF001


def sign_in(provider: Provider, session: SessionManager, gui: str) -> dict[str, float]:
    """Sign in once; give what it took."""
    manager = AuthFlowManager(provider, session_manager=session, auth_timeout=20)
    provider.waited = 0.0
    if gui:
        from pywry_auth.window.webview import WebviewWindow

        agent = Arrivals()
        agent.watch()
        manager = AuthFlowManager(
            provider,
            session_manager=session,
            window=WebviewWindow(gui=gui, fallback=None),
            auth_timeout=20,
        )
        result = manager.run_native()
        returned_at = time.monotonic()
    else:
        agent = Agent()
        result = manager.run_native(agent.show_window, agent.close_window)
        returned_at = time.monotonic()
        agent.join()
    if not result.success or not result.user_info or not agent.went_at:
        raise SystemExit("nobody was signed in, so nothing was measured")
    whole = returned_at - agent.went_at
    return {"whole_ms": 1000 * whole, "own_ms": 1000 * (whole - provider.waited)}


gui = sys.argv[1] if sys.argv[1:] else ""
server = subprocess.Popen(
    [sys.executable, "-P", str(HERE / "serve_provider.py")],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)
try:
    provider = Provider("rp-client", issuer_url=server.stdout.readline().strip())
    store = KeyringTokenStore("bench") if gui else MemoryTokenStore()
    session = SessionManager(provider, store, provider.issuer_url)  # a key of its own
    sign_in(provider, session, gui)
    found = sign_in(provider, session, gui)
finally:
    server.stdin.close()
    server.wait(10)
print(json.dumps(found))
