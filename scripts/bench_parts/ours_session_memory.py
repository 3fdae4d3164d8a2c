"""
Keeps ten thousand sessions at one provider in one store, and counts what each of them takes.

Once as they are after signing in, once after each of them was renewed. With ``--top`` it says which
lines allocated most.
"""

import asyncio
import gc
import json
import secrets
import sys
import tracemalloc
from pathlib import Path

from pywry_auth import MemoryTokenStore, OAuthTokenSet, SessionManager


sys.path.append(str(Path(__file__).parent))

from fast_provider import FastProvider


SESSIONS = 10_000
TEXT = 2048  # characters of all tokens of a session together


def tokens_of() -> OAuthTokenSet:
    return OAuthTokenSet(
        secrets.token_hex(TEXT // 4),
        refresh_token=secrets.token_hex(TEXT // 8),
        id_token=secrets.token_hex(TEXT // 8),
        expires_in=3600,
    )


async def keep(
    provider: FastProvider, store: MemoryTokenStore, keys: range
) -> list[SessionManager]:
    made = []
    for number in keys:
        session = SessionManager(provider, store, f"user-{number}")
        await session.save_tokens(tokens_of())
        await session.get_access_token()
        made.append(session)
    return made


async def renew(sessions: list[SessionManager]) -> None:
    for session in sessions:
        await session.refresh()


def taken() -> float:
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / SESSIONS


provider = FastProvider(TEXT)
store = MemoryTokenStore()
warm = asyncio.run(keep(provider, store, range(10)))
asyncio.run(renew(warm))
gc.collect()
tracemalloc.start(1)
before = tracemalloc.get_traced_memory()[0]
sessions = asyncio.run(keep(provider, store, range(10, 10 + SESSIONS)))
signed_in = taken()
asyncio.run(renew(sessions))
renewed = taken()
if "--top" in sys.argv:
    for line in tracemalloc.take_snapshot().statistics("lineno")[:25]:
        print(line, file=sys.stderr)
print(json.dumps({"session_bytes": signed_in, "renewed_bytes": renewed}))
