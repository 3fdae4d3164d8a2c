"""The package's loop on the test's own thread, with time turned by hand."""

import asyncio
import selectors
import threading
from collections.abc import Awaitable, Callable
from unittest.mock import patch

from fakes.clock import FakeClock

from pywry_auth.runtime import LOOP


REAL_SLICE = 0.001  # seconds of real time between looks at what another thread did


class _ImpatientSelector(selectors.DefaultSelector):
    def select(self, timeout=None):
        return super().select(REAL_SLICE if timeout is None else min(timeout, REAL_SLICE))


class HandTurnedLoop(asyncio.SelectorEventLoop):
    """Timers go off when the clock is advanced, never because of real time."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(_ImpatientSelector())
        self._fake_clock = clock

    def time(self) -> float:
        return self._fake_clock.monotonic()


async def settle(rounds: int = 30) -> None:
    """Let everything run that can run without time passing."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def pass_time(clock: FakeClock, seconds: float, *, step: float = 5.0) -> None:
    """Let *seconds* pass in steps, so that timers set by timers go off too."""
    left = seconds
    while left > 0:
        clock.advance(min(step, left))
        left -= step
        await settle()


def on_package_loop(scenario: Callable[[], Awaitable[object]], clock: FakeClock) -> None:
    """Run *scenario* as if this thread were the package's loop, and time stood still."""
    loop = HandTurnedLoop(clock)
    with (
        patch.object(LOOP, "_loop", loop),
        patch.object(LOOP, "_thread", threading.current_thread()),
    ):
        try:
            loop.run_until_complete(_whole(scenario))
        finally:
            loop.close()


async def _whole(scenario: Callable[[], Awaitable[object]]) -> None:
    try:
        await scenario()
    finally:
        await settle()  # what is due now begins, so that it can be ended
        while left := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await settle()
