"""Alarms that go by the wall clock, so that a machine's sleep cannot delay them."""

import heapq
import weakref
from collections.abc import Callable
from functools import cache

from pywry_auth.clock import Clock
from pywry_auth.runtime import PerLoop


SLICE = 30.0  # seconds; timers stand still while a machine sleeps, so the clock is looked at again
CROWD = 64  # places on a board that are not worth a look
SET_BACK = 1.0  # seconds; corrections smaller than that happen all day


class Alarm:
    """
    Rings once at a wall-clock instant; belongs to the loop it is set on.

    A clock that is set back delays it no longer than it would have taken anyway.

    Args:
        ring: called when the time has come.
        clock: tells the time.
    """

    __slots__ = ("__weakref__", "_clock", "_ticket", "ring")

    def __init__(self, ring: Callable[[], None], clock: Clock) -> None:
        self.ring = ring
        self._clock = clock
        self._ticket = 0

    @property
    def is_set(self) -> bool:
        """Whether it is going to ring."""
        return self._ticket != 0

    def set(self, delay: float | None) -> None:
        """Ring *delay* seconds from now, and not at any earlier set time; None never rings."""
        self._ticket = 0 if delay is None else _boards().get().of(self._clock).add(self, delay)

    def stop(self) -> None:
        """Do not ring."""
        self._ticket = 0

    def holds(self, ticket: int) -> bool:
        """Say whether *ticket* is the one it was set with last."""
        return self._ticket == ticket

    def ring_for(self, ticket: int) -> None:
        """Ring, if it was not set again or stopped since it got *ticket*."""
        if self.holds(ticket):
            self._ticket = 0
            self.ring()


class _Boards:
    """The boards of one loop; there is more than one clock only in tests."""

    def __init__(self) -> None:
        self._boards: list[_Board] = []

    def of(self, clock: Clock) -> "_Board":
        for board in self._boards:
            if board.clock is clock:
                return board
        board = _Board(clock)
        self._boards = [*(old for old in self._boards if old.is_used), board]
        return board


class _Board:
    """
    Every alarm of one loop in one heap, with one timer for the next of them.

    Times on it never go backwards: what the wall clock is set back by is counted on top.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._heap: list[tuple[float, int, weakref.ref[Alarm]]] = []
        self._count = 0
        self._set_back = 0.0
        self._crowded = CROWD
        self._seen = (clock.now(), clock.monotonic())
        self._handle = None
        self._wakes_at = 0.0

    @property
    def is_used(self) -> bool:
        return bool(self._heap)

    def add(self, alarm: Alarm, delay: float) -> int:
        if len(self._heap) >= self._crowded:
            self._clear_out()
        now = self._look()
        self._count += 1
        at = now + delay
        # The board keeps nobody alive: a session nobody holds any more is not renewed.
        heapq.heappush(self._heap, (at, self._count, weakref.ref(alarm)))
        if self._handle is None or at < self._wakes_at:
            self._sleep(now)
        return self._count

    def _clear_out(self) -> None:
        # An alarm that is set again leaves its old place behind.
        held = ((place, place[2]()) for place in self._heap)
        self._heap = [place for place, alarm in held if alarm and alarm.holds(place[1])]
        heapq.heapify(self._heap)
        self._crowded = 2 * len(self._heap) + CROWD

    def _look(self) -> float:
        now, monotonic = self.clock.now(), self.clock.monotonic()
        moved = (now - self._seen[0]) - (monotonic - self._seen[1])
        self._seen = (now, monotonic)
        if moved < -SET_BACK:  # forward may as well be a machine that slept
            self._set_back -= moved
        return now + self._set_back

    def _sleep(self, now: float) -> None:
        import asyncio

        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._heap:
            delay = min(SLICE, max(0.0, self._heap[0][0] - now))
            self._wakes_at = now + delay
            self._handle = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._handle = None
        now = self._look()
        due: list[tuple[int, weakref.ref[Alarm]]] = []
        while self._heap and self._heap[0][0] <= now:
            due.append(heapq.heappop(self._heap)[1:])
        self._sleep(now)
        for ticket, ref in due:
            alarm = ref()
            if alarm is not None:
                alarm.ring_for(ticket)


@cache
def _boards() -> PerLoop[_Boards]:
    return PerLoop(_Boards)  # made with the first alarm: asyncio is loaded no earlier
