"""The alarm goes by the wall clock."""

import asyncio
import gc
import weakref

import pytest

from pywry_auth import alarm as alarm_module
from pywry_auth.alarm import SLICE, Alarm
from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle


class Sleeper:
    def __init__(self):
        self.rung = 0
        self.awake = asyncio.Event()

    def ring(self):
        self.rung += 1
        self.awake.set()


@pytest.fixture
def clock():
    return VirtualClock()


def play(clock, scenario):
    async def whole():
        sleeper = Sleeper()
        await scenario(Alarm(sleeper.ring, clock), sleeper)

    on_package_loop(whole, clock)


def test_it_rings_once_when_its_time_has_come(clock):
    async def scenario(alarm, sleeper):
        alarm.set(100)
        await pass_time(clock, 99)
        assert (sleeper.rung, alarm.is_set) == (0, True)
        await pass_time(clock, 2)
        assert (sleeper.rung, alarm.is_set) == (1, False)
        await pass_time(clock, 500)
        assert sleeper.rung == 1

    play(clock, scenario)


def test_it_rings_within_a_slice_after_the_machine_slept(clock):
    async def scenario(alarm, sleeper):
        alarm.set(3600)
        clock.sleep_machine(8 * 3600)
        await settle()
        assert sleeper.rung == 0
        await pass_time(clock, SLICE + 1)
        assert sleeper.rung == 1

    play(clock, scenario)


def test_a_clock_that_is_set_back_delays_it_by_no_more_than_a_slice(clock):
    async def scenario(alarm, sleeper):
        alarm.set(600)
        clock.sleep_machine(-86_400)
        await pass_time(clock, 590)
        assert sleeper.rung == 0
        await pass_time(clock, SLICE + 10)
        assert sleeper.rung == 1

    play(clock, scenario)


def test_one_that_is_set_after_the_clock_was_set_back_rings_on_time(clock):
    async def scenario(alarm, sleeper):
        alarm.set(10_000)
        clock.sleep_machine(-86_400)
        later = Alarm(sleeper.ring, clock)
        later.set(100)
        await pass_time(clock, 99, step=1)
        assert sleeper.rung == 0
        await pass_time(clock, 2, step=1)
        assert sleeper.rung == 1

    play(clock, scenario)


def test_ten_thousand_alarms_need_one_timer(clock):
    async def scenario():
        sleeper = Sleeper()
        alarms = [Alarm(sleeper.ring, clock) for _ in range(10_000)]
        for number, alarm in enumerate(alarms):
            alarm.set(100 + (number * 7919) % 1000)
        loop = asyncio.get_running_loop()
        assert len([timer for timer in loop._scheduled if not timer.cancelled()]) == 1
        await pass_time(clock, 600)
        assert 4900 < sleeper.rung < 5100
        await pass_time(clock, 600)
        assert sleeper.rung == 10_000

    on_package_loop(scenario, clock)


def test_one_that_is_set_again_and_again_leaves_nothing_behind(clock):
    async def scenario():
        sleeper = Sleeper()
        alarms = [Alarm(sleeper.ring, clock) for _ in range(100)]
        for number in range(20_000):
            alarms[number % 100].set(50 + number % 7)
        board = alarm_module._boards().get().of(clock)
        assert len(board._heap) <= 2 * 100 + alarm_module.CROWD + 1
        await pass_time(clock, 100)
        assert sleeper.rung == 100

    on_package_loop(scenario, clock)


def test_one_that_is_set_while_others_ring_is_not_lost(clock):
    async def scenario():
        sleeper = Sleeper()
        second = Alarm(sleeper.ring, clock)
        first = Alarm(lambda: second.set(5), clock)
        first.set(10)
        await pass_time(clock, 30)
        assert sleeper.rung == 1

    on_package_loop(scenario, clock)


def test_setting_it_again_forgets_the_earlier_time(clock):
    async def scenario(alarm, sleeper):
        alarm.set(10)
        alarm.set(100)
        await pass_time(clock, 50)
        assert sleeper.rung == 0
        alarm.set(None)
        await pass_time(clock, 500)
        assert (sleeper.rung, alarm.is_set) == (0, False)

    play(clock, scenario)


def test_a_stopped_one_stays_silent(clock):
    async def scenario(alarm, sleeper):
        alarm.set(1)
        alarm.stop()
        alarm.stop()
        await pass_time(clock, 60)
        assert sleeper.rung == 0

    play(clock, scenario)


def test_it_keeps_nobody_alive(clock):
    async def scenario():
        sleeper = Sleeper()
        sleeper.alarm = Alarm(sleeper.ring, clock)
        sleeper.alarm.set(10)
        gone = weakref.ref(sleeper)
        del sleeper
        gc.collect()
        assert gone() is None
        await pass_time(clock, 60)

    on_package_loop(scenario, clock)


def test_with_the_machine_s_own_clock_it_rings_too():
    async def scenario():
        sleeper = Sleeper()
        alarm = Alarm(sleeper.ring, SYSTEM_CLOCK)
        alarm.set(0)
        await sleeper.awake.wait()
        assert sleeper.rung == 1

    asyncio.run(scenario())
