"""
Renews a session again and again, at a provider that answers at once, with a store in memory.

With ``across`` the store says that other processes use it too, so that the lock is a file; with
``alone`` it says nothing, so that the lock is in this process.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from fast_provider import FastProvider

from pywry_auth import MemoryTokenStore, OAuthTokenSet, SessionManager


TIMES = 200


async def measure(store: MemoryTokenStore) -> float:
    provider = FastProvider()
    session = SessionManager(provider, store)
    await session.save_tokens(OAuthTokenSet("access", refresh_token="refresh", expires_in=3600))
    await session.refresh()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await session.refresh()
        took.append(time.perf_counter() - began)
    if provider.requests != TIMES + 1:
        raise SystemExit(f"{provider.requests} requests for {TIMES + 1} renewals")
    return statistics.median(took)


with tempfile.TemporaryDirectory() as folder:
    os.environ["XDG_DATA_HOME"] = folder  # the lock is made there
    store = MemoryTokenStore()
    if sys.argv[1] == "across":
        store.identity = f"file:{folder}/tokens.json"
    took = asyncio.run(measure(store))
    locks = list(Path(folder).rglob("*.lock"))
    if bool(locks) != (sys.argv[1] == "across"):
        raise SystemExit(f"locked by {locks}")
print(json.dumps({"refresh_ms": 1000 * took}))
