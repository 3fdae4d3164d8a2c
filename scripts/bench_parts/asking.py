"""
How many requests a client of httpx makes in a second, beside one whose header never changes.

Both ask in turn, some requests at a time: what slows down the machine for a moment slows down both.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx


TOKEN = "the-access-token"
WARM = 100  # requests before; the connection is there, httpx has imported what it uses
BLOCK = 40  # requests of one, then of the other
PAIRS = 40


@dataclass(frozen=True)
class Block:
    """What some requests took, in seconds for all of them."""

    wall: float
    cpu: float


def tell(client: httpx.Client, url: str) -> None:
    """Print what *client* manages."""
    with client, httpx.Client(trust_env=False, headers=_HEADER) as plain:
        sides = (client, plain)
        for each in sides:
            _ask(each, url, WARM)
        _tell([tuple(_ask(each, url, BLOCK) for each in sides) for _ in range(PAIRS)])


def tell_async(make: Callable[[], httpx.AsyncClient], url: str) -> None:
    """Print what the client that *make* gives manages, on a loop of its own."""

    async def measure() -> None:
        async with make() as client, httpx.AsyncClient(trust_env=False, headers=_HEADER) as plain:
            sides = (client, plain)
            for each in sides:
                await _await(each, url, WARM)
            pairs = []
            for _ in range(PAIRS):
                ours = await _await(client, url, BLOCK)
                pairs.append((ours, await _await(plain, url, BLOCK)))
            _tell(pairs)

    asyncio.run(measure())


_HEADER = {"Authorization": f"Bearer {TOKEN}"}


def _ask(client: httpx.Client, url: str, count: int) -> Block:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        _check(client.get(url))
    return Block(time.perf_counter() - wall, time.process_time() - cpu)


async def _await(client: httpx.AsyncClient, url: str, count: int) -> Block:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        _check(await client.get(url))
    return Block(time.perf_counter() - wall, time.process_time() - cpu)


def _check(response: httpx.Response) -> None:
    if response.status_code != httpx.codes.OK:
        raise SystemExit(f"the resource said {response.status_code}, so nothing was measured")


def _tell(pairs: list[tuple[Block, Block]]) -> None:
    per_second = statistics.median(BLOCK / ours.wall for ours, _ in pairs)
    share = statistics.median(plain.wall / ours.wall for ours, plain in pairs)
    more = statistics.median((ours.cpu - plain.cpu) / BLOCK for ours, plain in pairs)
    print(json.dumps({"asked_rps": per_second, "share_x": share, "more_us": 1e6 * more}))
