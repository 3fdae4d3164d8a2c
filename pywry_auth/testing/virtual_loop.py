"""The package's loop, with time that goes by a virtual clock."""

import asyncio
import selectors
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import wait
from contextlib import contextmanager
from contextvars import Context
from heapq import heappop, heappush
from typing import TypeVar, TypeVarTuple

from pywry_auth.clock import Clock
from pywry_auth.runtime import LOOP, THREAD_NAME
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.http_face import HANGING, LATE


T = TypeVar("T")
Ts = TypeVarTuple("Ts")

REAL_SLICE = 0.001  # seconds of real time between looks at what another thread did
ROUNDS = 30  # turns of the loop in which everything runs that needs no time
GRACE = 1.0  # real seconds after which a blocking call is helped with virtual time
STEP = 5.0  # seconds that pass at a time where nothing but time can end a wait
#: threads whose work the loop waits for
WORKERS = frozenset({"pywry-auth-work", "pywry-auth-lock", "headless-agent"})


class _ImpatientSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait no longer than a slice: the clock may have been moved."""
        return super().select(REAL_SLICE if timeout is None else min(timeout, REAL_SLICE))


class VirtualLoop(asyncio.SelectorEventLoop):
    """
    An event loop whose timers go off when the clock is moved, never because of real time.

    Args:
        clock: what its timers go by.
    """

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_ImpatientSelector())
        self._virtual = clock
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._connected: list[socket.socket] = []
        self._hanging: list[socket.socket | threading.Thread] = []

    def time(self) -> float:
        """Give the clock's monotonic time."""
        return self._virtual.monotonic()

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Note when a timer goes off."""
        handle = super().call_at(when, callback, *args, context=context)
        heappush(self._timers, (handle.when(), id(handle), handle))
        return handle

    async def sock_connect(self, sock: socket.socket, address: object) -> None:
        """Note what this program is connected to: a server may still answer there."""
        self._connected.append(sock)
        await super().sock_connect(sock, address)  # pyright: ignore[reportArgumentType] - the base knows its type

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that takes real time, and is worth waiting for."""
        return any(one not in self._hanging for one in self._under_way())

    def give_up(self) -> None:
        """Do not wait any more for what is under way now."""
        self._hanging = self._under_way()

    def _under_way(self) -> list[socket.socket | threading.Thread]:
        self._connected = [sock for sock in self._connected if sock.fileno() >= 0]
        threads = threading.enumerate()
        late = {one.name.removeprefix(LATE) for one in threads if one.name.startswith(LATE)}
        awaited = [sock for sock in self._connected if str(sock.getsockname()[1]) not in late]
        return [*awaited, *(one for one in threads if one.name in WORKERS)]

    @property
    def next_timer(self) -> float | None:
        """The monotonic time of the next timer after those that are due, or None."""
        while self._timers and (
            self._timers[0][2].cancelled() or self._timers[0][0] <= self.time()
        ):
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None


async def settle(rounds: int = ROUNDS) -> None:
    """Let everything run that can run without time passing."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def pass_time(clock: VirtualClock, seconds: float, *, step: float = 5.0) -> None:
    """Let *seconds* pass in steps, so that timers set by timers go off too."""
    left = seconds
    while left > 0:
        clock.move(min(step, left))
        left -= step
        await settle()


@contextmanager
def _as_package_loop(loop: VirtualLoop, thread: threading.Thread) -> Generator[None, None, None]:
    from unittest.mock import patch

    with patch.object(LOOP, "_loop", loop), patch.object(LOOP, "_thread", thread):
        yield


def on_package_loop(scenario: Callable[[], Awaitable[object]], clock: VirtualClock) -> None:
    """
    Run *scenario* as if this thread were the package's loop, and time stood still.

    For tests of what runs on the loop; inside, ``await pass_time(clock, seconds)`` lets time pass.
    """
    loop = VirtualLoop(clock)
    with _as_package_loop(loop, threading.current_thread()):
        try:
            loop.run_until_complete(_whole(scenario))
        finally:
            loop.close()


async def _whole(scenario: Callable[[], Awaitable[object]]) -> None:
    try:
        await scenario()
    finally:
        await _ended()


async def _ended() -> None:
    await settle()  # what is due now begins, so that it can be ended
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await settle()


@contextmanager
def driving(clock: VirtualClock) -> Generator[VirtualClock, None, None]:
    """
    Let the package's own waiting go by *clock*, from any thread but the package's own.

    Sessions made inside belong to the loop that ends with it.
    """
    loop = VirtualLoop(clock)
    thread = threading.Thread(target=loop.run_forever, name=THREAD_NAME, daemon=True)
    driver = _Driver(clock, loop)
    with _as_package_loop(loop, thread):
        thread.start()
        clock.driven_by(driver.advance)
        try:
            yield clock
        finally:
            clock.driven_by(None)
            driver.on_loop(_ended())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


def run_in(clock: Clock, work: Coroutine[object, object, T]) -> T:
    """
    Run *work* on the package's loop while this thread waits.

    Virtual time stands still meanwhile, unless nothing else can end the wait.
    """
    if not isinstance(clock, VirtualClock):
        return LOOP.run(work)
    LOOP.refuse_here(work)
    future = LOOP.submit(work)
    wait({future}, GRACE)
    while not future.done():
        clock.advance(STEP)
    return future.result()


class _Driver:
    """Moves a clock from timer to timer of the loop on another thread."""

    def __init__(self, clock: VirtualClock, loop: VirtualLoop) -> None:
        self._clock = clock
        self._loop = loop

    def on_loop(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def advance(self, seconds: float) -> None:
        if LOOP.is_here:  # whoever is on the loop cannot wait for it
            self._clock.move(seconds)
            return
        end = self._clock.monotonic() + seconds
        while True:
            due = self._next_timer_once_quiet()
            now = self._clock.monotonic()
            if now >= end:
                return
            self._clock.move((end if due is None else max(now, min(end, due))) - now)

    def _next_timer_once_quiet(self) -> float | None:
        """Wait until only time can change something."""
        until = time.monotonic() + HANGING
        is_busy, due = self.on_loop(self._look())
        while is_busy and time.monotonic() < until:
            time.sleep(REAL_SLICE)
            is_busy, due = self.on_loop(self._look())
        if is_busy:
            self._loop.call_soon_threadsafe(self._loop.give_up)
        return due

    async def _look(self) -> tuple[bool, float | None]:
        await settle()
        is_busy = self._loop.is_busy
        await settle()  # what ended just now has its consequences
        return is_busy, self._loop.next_timer
