import sys
import threading
from dataclasses import replace

from pywry_auth.desktop.face_feed import FaceFeed
from pywry_auth.desktop.values import AuthState, AuthStatus
from tests.fakes.desktop import ADA, FakeSignIn


class Wakes:
    """Counts, and does nothing else."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1


def as_(name):
    return AuthStatus(AuthState.SIGNED_IN, replace(ADA, name=name))


def test_the_first_face_is_that_of_now():
    control = FakeSignIn()
    control.signed_in()
    assert FaceFeed(control, Wakes()).start().label == "Ada Lovelace"


def test_many_changes_wake_once_until_the_face_was_taken():
    control, wakes = FakeSignIn(), Wakes()
    feed = FaceFeed(control, wakes)
    feed.start()
    wakes.count = 0
    for n in range(100):
        control.show(as_(f"Ada {n}"))
    assert wakes.count == 1
    assert feed.take().label == "Ada 99"
    control.show(as_("Ada"))
    assert wakes.count == 2


def test_after_closing_nobody_is_woken_and_nobody_watches():
    control, wakes = FakeSignIn(), Wakes()
    feed = FaceFeed(control, wakes)
    feed.start()
    feed.close()
    feed.close()
    wakes.count = 0
    control.signed_in()
    assert wakes.count == 0
    assert control.watched == 0


def test_a_change_that_comes_while_it_closes_wakes_nobody():
    control, wakes = FakeSignIn(), Wakes()
    feed = FaceFeed(control, wakes)
    feed.start()
    held = next(iter(control._watchers.values()))
    feed.close()
    wakes.count = 0
    held(as_("late"))  # the control had begun to tell us
    assert wakes.count == 0


def test_news_that_cross_on_two_threads_end_with_the_latest():
    control = FakeSignIn()
    woken = threading.Event()
    feed = FaceFeed(control, woken.set)
    feed.start()

    def pour(part):
        for n in range(300):
            control.show(as_(f"{part} {n}"))
            if n % 7 == 0:
                feed.take()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        pourers = [threading.Thread(target=pour, args=(part,)) for part in "abcd"]
        for pourer in pourers:
            pourer.start()
        for pourer in pourers:
            pourer.join()
    finally:
        sys.setswitchinterval(interval)
    assert feed.take().label == control.status.account.name


def test_an_older_look_never_replaces_a_newer_one():
    control, wakes = FakeSignIn(), Wakes()
    feed = FaceFeed(control, wakes)
    feed.start()
    tell = feed._changed
    look = feed._look

    def slow_look():
        found = look()
        feed._look = look
        control._status = as_("newer")
        tell(control._status)  # overtakes while the first look is under way
        return found

    control._status = as_("older")
    feed._look = slow_look
    tell(control._status)
    assert feed.take().label == "newer"
