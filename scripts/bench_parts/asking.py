"""How many requests a client of httpx makes in a second, one after the other."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import httpx


WARM = 100  # requests before; the connection is there, httpx has imported what it uses
COUNT = 2000


def tell(client: httpx.Client, url: str) -> None:
    """Print what *client* manages."""
    with client:
        _ask(client, url, WARM)
        began, used = time.perf_counter(), time.process_time()
        _ask(client, url, COUNT)
        _tell(time.perf_counter() - began, time.process_time() - used)


def tell_async(make: Callable[[], httpx.AsyncClient], url: str) -> None:
    """Print what the client that *make* gives manages, on a loop of its own."""

    async def measure() -> None:
        async with make() as client:
            await _await(client, url, WARM)
            began, used = time.perf_counter(), time.process_time()
            await _await(client, url, COUNT)
            _tell(time.perf_counter() - began, time.process_time() - used)

    asyncio.run(measure())


def _ask(client: httpx.Client, url: str, count: int) -> None:
    for _ in range(count):
        _check(client.get(url))


async def _await(client: httpx.AsyncClient, url: str, count: int) -> None:
    get: Callable[[str], Awaitable[httpx.Response]] = client.get
    for _ in range(count):
        _check(await get(url))


def _check(response: httpx.Response) -> None:
    if response.status_code != httpx.codes.OK:
        raise SystemExit(f"the resource said {response.status_code}, so nothing was measured")


def _tell(seconds: float, used: float) -> None:
    print(json.dumps({"asked_rps": COUNT / seconds, "request_us": 1e6 * used / COUNT}))
