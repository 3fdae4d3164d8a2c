"""How long one call takes, measured in blocks of calls."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable


BLOCKS = 15  # their median leaves out those in which the machine did something else


def tell_calls(call: Callable[[], object], count: int) -> None:
    """Print how many microseconds *call* takes."""
    call()
    _tell([_block(call, count) for _ in range(BLOCKS)])


def tell_awaits(call: Callable[[], Awaitable[object]], count: int) -> None:
    """Print how many microseconds awaiting *call* takes; needs a running loop of its own."""

    async def measure() -> list[float]:
        await call()
        return [await _awaited_block(call, count) for _ in range(BLOCKS)]

    _tell(asyncio.run(measure()))


def _block(call: Callable[[], object], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - began) / count


async def _awaited_block(call: Callable[[], Awaitable[object]], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        await call()
    return (time.process_time() - began) / count


def _tell(seconds: list[float]) -> None:
    print(json.dumps({"call_us": 1e6 * statistics.median(seconds)}))
