"""Two kinds of time."""

import time

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.clock import VirtualClock


def test_the_machine_s_clock_is_the_machine_s():
    before = time.time()
    assert before <= SYSTEM_CLOCK.now() <= time.time()
    before = time.monotonic()
    assert before <= SYSTEM_CLOCK.monotonic() <= time.monotonic()


def test_a_fake_clock_is_a_clock():
    clock: Clock = VirtualClock(5.0)
    clock.advance(2)
    assert (clock.now(), clock.monotonic()) == (7.0, 1002.0)
    clock.sleep_machine(10)
    assert (clock.now(), clock.monotonic()) == (17.0, 1002.0)
