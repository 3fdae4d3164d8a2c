"""Lets ten thousand tasks of one loop wait 100 ms for one shared task; asyncio alone."""

import asyncio
import json
import time


TASKS = 10_000
LATENCY = 0.1  # seconds


async def answer() -> str:
    await asyncio.sleep(LATENCY)
    return "the-access-token"


async def ask(shared: asyncio.Task[str]) -> str:
    return await asyncio.shield(shared)


async def storm() -> float:
    began = time.perf_counter()
    shared = asyncio.create_task(answer())
    await asyncio.gather(*[ask(shared) for _ in range(TASKS)])
    return time.perf_counter() - began


print(json.dumps({"served_ms": 1000 * asyncio.run(storm())}))
