"""Our pages are there for as long as somebody waits for what comes of them."""

from concurrent.futures import Future

import pytest
from fakes.staying import LIMIT, FakeStaying
from fakes.wizard import FakeControl

from pywry_auth.desktop.pages.opening import Opening, WindowWish
from pywry_auth.errors import AuthFlowCancelled
from pywry_auth.window.ladder import Surroundings
from tests.screen import until


class FakeVisit:
    def __init__(self, server, stage):
        self.outcome = Future()
        self.calls = []
        self._made_for = (stage, server)

    def start(self):
        self.calls.append("start")

    def leave(self):
        self.calls.append("leave")
        self.outcome.set_result(None)

    def end(self):
        self.calls.append("end")
        for one in self._made_for:
            one.close()


def opening(window, visit, pageless=lambda: None):
    wish = WindowWish.of(window, None, (480, 640))
    return Opening(FakeControl(), wish, visit=visit, pageless=pageless)


def test_who_closes_the_pages_while_they_are_made_is_heard():
    visits, window, done = [], FakeStaying(), Future()

    def made(server, stage):
        pages.close()
        visits.append(FakeVisit(server, stage))
        return visits[-1]

    pages = opening(window, made)
    pages.begin(done.set_result)
    assert done.result(LIMIT) is None
    assert visits[0].calls == ["start", "leave", "end"]
    assert window.closed


def test_pages_that_were_closed_can_be_opened_again():
    visits = []

    def made(server, stage):
        visits.append(FakeVisit(server, stage))
        if len(visits) == 1:
            pages.close()
        else:
            visits[-1].outcome.set_result(None)
        return visits[-1]

    pages = opening(FakeStaying(), made)
    assert pages.run() is None
    assert pages.run() is None
    assert visits[1].calls == ["start", "end"]


def test_where_the_pages_cannot_be_made_the_window_goes():
    window = FakeStaying()

    def made(_server, _stage):
        raise AuthFlowCancelled("made for this test")

    with pytest.raises(AuthFlowCancelled):
        opening(window, made).run()
    assert window.closed


def test_where_no_page_can_be_shown_the_other_way_is_taken(monkeypatch):
    nothing = Surroundings(has_display=False, toolkits=(), has_browser=False, has_terminal=True)
    monkeypatch.setattr("pywry_auth.desktop.pages.opening.look_around", lambda: nothing)
    taken = []
    pages = opening("auto", FakeVisit, lambda: taken.append(1))
    assert pages.run() is None
    assert taken == [1]


def test_an_application_that_closes_takes_its_open_pages_along():
    ends = []

    class Closing(FakeControl):
        def before_close(self, end):
            ends.append(end)
            return lambda: ends.remove(end)

    visits, window, done = [], FakeStaying(), Future()

    def made(server, stage):
        visits.append(FakeVisit(server, stage))
        return visits[-1]

    wish = WindowWish.of(window, None, (480, 640))
    pages = Opening(Closing(), wish, visit=made, pageless=lambda: None)
    pages.begin(done.set_result)
    until(lambda: bool(ends) and visits[0].calls == ["start"], "they are open")
    ends[0]()
    assert done.result(LIMIT) is None
    assert visits[0].calls == ["start", "leave", "end"]
    assert ends == []
