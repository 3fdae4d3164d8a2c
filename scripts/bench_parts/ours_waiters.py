"""
Lets ten thousand tasks of one loop wait for one renewal, at a token endpoint that takes 100 ms.

The endpoint is a process of its own. What is measured ends when the last task has its token.
"""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

from pywry_auth import (
    AuthFlowManager,
    GenericOIDCProvider,
    MemoryTokenStore,
    SessionManager,
)
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.testing import HeadlessAgent


HERE = Path(__file__).parent
TASKS = 10_000
LATENCY = 0.1  # seconds
RENEWALS = 2  # one to begin with, one for everybody


class Provider(GenericOIDCProvider):
    """Counts what the token endpoint is asked."""

    asked = 0

    async def _send(self, request: WireRequest, *, within: float) -> WireReply:
        self.asked += request.url == self.token_url
        return await super()._send(request, within=within)


class Clock:
    """The machine's clock, until a day has passed."""

    ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic()


async def storm(session: SessionManager, clock: Clock) -> float:
    """Let the token end, and everybody ask for one; give what that took."""
    await session.refresh()  # what every process does once is done
    clock.ahead = 7200.0
    began = time.perf_counter()
    tokens = await asyncio.gather(*[session.get_access_token() for _ in range(TASKS)])
    took = time.perf_counter() - began
    if len(set(tokens)) != 1:
        raise SystemExit(f"{len(set(tokens))} different tokens")
    return took


server = subprocess.Popen(
    [sys.executable, "-P", str(HERE / "serve_provider.py"), str(LATENCY)],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)
try:
    # Checking a signature is measured elsewhere.
    provider = Provider(
        "rp-client",
        issuer_url=server.stdout.readline().strip(),
        require_id_token_validation=False,
    )
    clock = Clock()
    session = SessionManager(provider, MemoryTokenStore(), clock=clock)
    agent = HeadlessAgent()
    flow = AuthFlowManager(provider, session_manager=session, auth_timeout=20)
    flow.run_native(agent.show_window, agent.close_window)
    agent.join()
    provider.asked = 0
    took = asyncio.run(storm(session, clock))
finally:
    server.stdin.close()
    server.wait(10)
if provider.asked != RENEWALS:
    raise SystemExit(f"{provider.asked - 1} requests for one renewal")
print(json.dumps({"served_ms": 1000 * took}))
