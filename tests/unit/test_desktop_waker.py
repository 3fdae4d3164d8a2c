import threading

from pywry_auth.desktop.waker import Waker


class HandClock:
    """A clock a test moves."""

    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time


def waker_threads():
    return [each for each in threading.enumerate() if each.name == "pywry-auth-waker"]


def test_it_wakes_once_when_the_instant_has_come():
    clock, woken = HandClock(), threading.Event()
    waker = Waker(clock)
    waker.set(clock.time, woken.set)
    assert woken.wait(10)


def test_a_clock_that_did_not_get_there_is_looked_at_again(monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.waker.SLICE", 0.01)
    looked = threading.Event()
    woken = threading.Event()

    class Watched(HandClock):
        looks = 0

        def now(self):
            self.looks += 1
            if self.looks > 5:
                looked.set()
            return self.time

    clock = Watched()
    waker = Waker(clock)
    waker.set(clock.time + 60, woken.set)
    assert looked.wait(10)
    assert not woken.is_set()
    clock.time += 61
    assert woken.wait(10)


def test_what_is_stopped_wakes_nobody_and_leaves_no_thread():
    clock, woken = HandClock(), threading.Event()
    waker = Waker(clock)
    waker.set(clock.time + 60, woken.set)
    threads = waker_threads()
    assert threads
    waker.stop()
    for thread in threads:
        thread.join(10)
    assert not [each for each in threads if each.is_alive()]
    assert not woken.is_set()


def test_setting_it_again_takes_the_place_of_what_was_set():
    clock, first, second = HandClock(), threading.Event(), threading.Event()
    waker = Waker(clock)
    waker.set(clock.time + 60, first.set)
    waker.set(clock.time, second.set)
    assert second.wait(10)
    assert not first.is_set()
    waker.stop()
