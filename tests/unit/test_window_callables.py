"""The caller's own window."""

import threading
from concurrent.futures import Future

import pytest

from pywry_auth.window.base import WindowKind
from pywry_auth.window.callables import CallableWindow
from tests.window_site import Remembering


class Caller:
    def __init__(self, *, fails: bool = False) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.outcome: Future[str] = Future()
        self.fails = fails

    def show(self, url, config):
        self.calls.append(("show", url, config, threading.get_ident()))
        if self.fails:
            raise RuntimeError("no window today")
        self.outcome.set_result("done")
        return "label"

    def close(self, label):
        self.calls.append(("close", label, threading.get_ident()))


def test_both_functions_are_called_on_the_callers_thread():
    caller = Caller()
    window = CallableWindow(caller.show, caller.close, {"width": 900})
    threading.Timer(0.02, window.show, ("https://x/", Remembering())).start()
    assert window.host(caller.outcome) == "done"
    here = threading.get_ident()
    config = {"title": "Sign In", "width": 900, "height": 700, "center": True, "resizable": True}
    assert caller.calls == [("show", "https://x/", config, here), ("close", "label", here)]
    assert window.kind is WindowKind.CALLABLE


def test_a_window_that_does_not_open_ends_the_sign_in():
    caller = Caller(fails=True)
    window = CallableWindow(caller.show, caller.close)
    window.show("https://x/", Remembering())
    with pytest.raises(RuntimeError, match="no window today"):
        window.host(caller.outcome)
    assert caller.outcome.cancelled()
    assert [call[0] for call in caller.calls] == ["show"]


def test_the_window_is_closed_when_the_sign_in_fails():
    closed: list[str] = []
    outcome: Future[str] = Future()

    def show(_url, _config):
        outcome.set_exception(ValueError("refused"))
        return "label"

    window = CallableWindow(show, closed.append)
    window.show("https://x/", Remembering())
    with pytest.raises(ValueError, match="refused"):
        window.host(outcome)
    assert closed == ["label"]


def test_a_sign_in_that_fails_before_the_window_opens_none():
    caller = Caller()
    caller.outcome.set_exception(ValueError("no network"))
    with pytest.raises(ValueError, match="no network"):
        CallableWindow(caller.show, caller.close).host(caller.outcome)
    assert caller.calls == []


def test_a_program_without_a_close_function_is_served_too():
    caller = Caller()
    window = CallableWindow(caller.show)
    window.show("https://x/", Remembering())
    window.close()
    assert window.host(caller.outcome) == "done"


def test_one_object_serves_one_sign_in_after_the_other():
    urls: list[str] = []
    outcomes = [Future(), Future()]

    def show(url, _config):
        outcomes[len(urls)].set_result(url)
        urls.append(url)
        return "label"

    window = CallableWindow(show)
    for url, outcome in zip(("https://a/", "https://b/"), outcomes, strict=True):
        window.show(url, Remembering())
        assert window.host(outcome) == url
