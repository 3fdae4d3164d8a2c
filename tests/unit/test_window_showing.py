"""From what the window's process says to what the sign-in is told."""

import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.callables import CallableWindow
from pywry_auth.window.environment import CHILD_MARK
from pywry_auth.window.paste import PasteWindow
from pywry_auth.window.webview import WebviewWindow
from tests.window_site import Remembering


URL = "https://accounts.example.com/authorize?state=s3cret"
NEXT = "https://accounts.example.com/authorize?state=s3cret&again"

SPEAK = """
import json, os, sys
config = json.loads(sys.stdin.readline())
def say(event, fact=""):
    print(json.dumps({"event": event, "fact": fact}), flush=True)
def rest():
    sys.stdin.read()
"""


SHOWN_ELSEWHERE = "The sign-in window could not be shown. The sign-in goes on in your browser."


class Actor:
    """A window whose process is a few lines of Python."""

    def __init__(self, script: str, *, fallback: bool = True, **options: object) -> None:
        self.listener = Remembering(NEXT)
        self.opened: Future[str] = Future()
        browser = BrowserWindow(lambda url: self.opened.set_result(url) is None)
        self.view = WebviewWindow(
            child_command=[sys.executable, "-c", SPEAK + script],
            fallback=browser if fallback else None,
            **options,
        )
        self.view.show(URL, self.listener)

    def ended(self) -> bool:
        return self.view._showing.process.wait(15)


@pytest.fixture
def act():
    everything: list[Actor] = []

    def make(script: str, **options: object) -> Actor:
        everything.append(Actor(script, **options))
        return everything[-1]

    yield make
    for one in everything:
        one.view.close()
        assert one.ended()


def test_the_person_closing_is_told_once_and_the_process_ends(act):
    one = act("say('ready', 'qtwebengine'); say('painted'); say('closed', 'user'); rest()")
    assert one.listener.reason() is None
    assert one.ended()
    assert one.listener.count == 1
    assert one.view.renderer == "qtwebengine"
    assert one.view.kind is WindowKind.WEBVIEW


def test_an_end_before_anything_was_drawn_opens_the_browser(act):
    one = act("say('ready', 'qtwebengine'); sys.exit(3)")
    assert one.opened.result(15) == NEXT
    assert one.listener.notices[0] == SHOWN_ELSEWHERE
    assert one.view.kind is WindowKind.BROWSER
    assert one.listener.count == 0


def test_an_end_afterwards_is_an_error_with_the_facts(act):
    one = act(
        "say('ready', 'x'); say('painted'); print('last words', config['url'], file=sys.stderr);"
        "sys.exit(3)"
    )
    reason = one.listener.reason()
    assert reason is not None
    assert reason.exit_code == 3
    assert reason.detail == "last words https://accounts.example.com/authorize"
    assert not one.opened.done()


def test_without_another_window_the_error_is_told(act):
    one = act("say('failed', 'no engine'); sys.exit(1)", fallback=False)
    reason = one.listener.reason()
    assert reason is not None
    assert (reason.exit_code, reason.detail) == (1, "no engine")


def test_a_process_that_never_says_anything_is_given_up(act):
    one = act("rest()", patience=0.3)
    assert one.opened.result(15) == NEXT
    assert "did not appear in time" in one.listener.notices[0]
    assert one.ended()


def test_a_window_that_stays_empty_is_given_up(act):
    one = act("say('ready', 'x'); say('loaded'); rest()", patience=0.3)
    assert one.opened.result(15) == NEXT
    assert "stayed empty" in one.listener.notices[0]


def test_a_window_that_was_drawn_is_never_given_up(act):
    one = act("say('ready', 'x'); say('loaded'); say('painted'); say('seen')", patience=5.0)
    reason = one.listener.reason()  # of its end, not of the watchdog's
    assert reason is not None
    assert one.view._showing._watchdog is None


def test_the_person_may_go_on_in_the_browser(act):
    one = act("say('ready', 'x'); say('painted'); say('browser'); rest()")
    assert one.opened.result(15) == NEXT
    assert one.ended()
    assert one.listener.count == 0


def test_a_provider_that_refuses_windows_is_shown_in_the_browser_once_and_said_why(act):
    one = act(
        "say('ready', 'x'); say('painted'); say('refused'); say('refused'); say('browser'); rest()"
    )
    assert one.opened.result(15) == NEXT
    assert one.ended()
    assert one.listener.notices[0] == (
        "The provider accepts sign-in in a browser only. The sign-in goes on in your browser."
    )
    assert one.listener.fresh == 1
    assert one.view.kind is WindowKind.BROWSER
    assert one.listener.count == 0


def test_a_refusal_without_another_window_ends_nothing(act):
    one = act(
        "say('ready', 'x'); say('painted'); say('refused'); say('closed', 'user')", fallback=False
    )
    assert one.listener.reason() is None
    assert one.listener.notices == []


def test_what_the_page_says_is_passed_on_to_who_wants_to_hear_it():
    class Hearing(Remembering):
        def __init__(self) -> None:
            super().__init__()
            self.codes: list[str] = []

        def troubled(self, code: str) -> None:
            self.codes.append(code)

    listener = Hearing()
    script = "say('ready', 'x'); say('trouble', 'a'); say('trouble'); say('closed', 'user'); rest()"
    view = WebviewWindow(child_command=[sys.executable, "-c", SPEAK + script])
    view.show(URL, listener)
    assert listener.reason() is None
    assert listener.codes == ["a", ""]
    assert view._showing.process.wait(15)


@pytest.mark.parametrize("fallback", [PasteWindow(), CallableWindow(lambda _url, _config: "w")])
def test_every_window_that_takes_over_gets_an_address_nobody_has_opened(fallback):
    listener = Remembering(NEXT)
    script = SPEAK + "say('ready', 'x'); say('painted'); say('browser'); rest()"
    view = WebviewWindow(child_command=[sys.executable, "-c", script], fallback=fallback)
    view.show(URL, listener)
    assert view._showing.process.wait(15)
    assert fallback._something_happened.wait(15)
    assert fallback._url == NEXT
    view.close()


def test_a_sign_in_that_is_over_opens_no_browser():
    opened: list[str] = []
    listener = Remembering(None)
    script = SPEAK + "say('ready', 'x'); say('painted'); say('browser'); rest()"
    view = WebviewWindow(
        child_command=[sys.executable, "-c", script],
        fallback=BrowserWindow(lambda url: opened.append(url) is None),
    )
    view.show(URL, listener)
    assert view._showing.process.wait(15)
    view.close()
    assert (listener.fresh, opened, listener.count) == (1, [], 0)


def test_a_window_that_is_there_can_be_brought_to_the_front(act):
    one = act(
        "say('ready', 'x'); say('painted'); print(sys.stdin.readline(), file=sys.stderr)\n"
        "sys.exit(3)",
        fallback=False,
    )
    one.view.raise_()
    reason = one.listener.reason()
    assert reason is not None
    assert '"order": "forward"' in reason.detail
    one.view.raise_()
    WebviewWindow(gui="qt").raise_()


def test_loading_the_first_page_again_goes_to_a_fresh_address_each_time(act):
    one = act(
        "say('ready', 'x'); say('painted'); say('again')\n"
        "first = sys.stdin.readline(); say('again'); again = sys.stdin.readline()\n"
        "print(first, again, file=sys.stderr); sys.exit(3)",
        fallback=False,
    )
    reason = one.listener.reason()
    assert reason is not None
    assert reason.detail.count("accounts.example.com/authorize") == 2
    assert one.listener.fresh == 2


def test_the_hosting_thread_goes_over_to_the_window_that_takes_over():
    class Hosting(BrowserWindow):
        hosted = threading.Event()

        def host(self, outcome):
            self.hosted.set()
            return super().host(outcome)

    listener, outcome = Remembering(NEXT), Future()
    other = Hosting(lambda _url: True)
    view = WebviewWindow(child_command=[sys.executable, "-c", "0"], fallback=other)
    view.show(URL, listener)
    host = threading.Thread(target=lambda: view.host(outcome))
    host.start()
    assert other.hosted.wait(15)
    outcome.set_result("done")
    host.join(15)
    assert not host.is_alive()


def test_a_stubborn_process_is_stopped_anyway(act, monkeypatch):
    monkeypatch.setattr("pywry_auth.window.process.GRACE", 0.2)
    one = act(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); say('ready', 'x')\n"
        "while True: time.sleep(60)"
    )
    one.view.close()
    assert one.ended()


def test_chatter_on_the_line_changes_nothing(act):
    one = act("print('libGL warning'); print('[1]'); say('odd'); say('closed', 'user'); rest()")
    assert one.listener.reason() is None


def test_one_window_object_serves_one_sign_in_after_the_other(act):
    one = act("say('ready', 'x'); say('painted'); say('closed', 'user'); rest()")
    assert one.listener.reason() is None
    again = Remembering()
    one.view.show(URL, again)
    assert again.reason() is None


def test_a_program_that_cannot_be_started_is_said_at_once():
    view = WebviewWindow(child_command=["/nowhere/at/all"])
    with pytest.raises(WindowError) as caught:
        view.show(URL, Remembering())
    assert "s3cret" not in repr(caught.value) + caught.value.detail
    view.close()


def test_a_frozen_copy_that_forgot_freeze_support_does_not_start_the_next(monkeypatch):
    monkeypatch.setenv(CHILD_MARK, "1")
    with pytest.raises(WindowError) as caught:
        WebviewWindow().show(URL, Remembering())
    assert "freeze_support" in caught.value.hint


def test_an_interpreter_without_a_path_asks_for_a_command(monkeypatch):
    monkeypatch.setattr(sys, "executable", None)
    with pytest.raises(WindowError) as caught:
        WebviewWindow().show(URL, Remembering())
    assert "child_command" in caught.value.hint


def test_a_toolkit_nobody_knows_is_refused():
    with pytest.raises(ConfigError):
        WebviewWindow(gui="tk")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_interrupting_the_host_cancels_the_sign_in():
    script = """
import os, signal, sys, threading
from concurrent.futures import Future
from pywry_auth.window.webview import WebviewWindow
outcome = Future()
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    WebviewWindow().host(outcome)
except KeyboardInterrupt:
    sys.exit(0 if outcome.cancelled() else 1)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=20, check=False)
    assert done.returncode == 0


def test_a_window_takes_qt_where_both_toolkits_are_installed(monkeypatch):
    from pywry_auth.window import ladder, launching

    def everything():
        return ladder.Surroundings(
            has_display=True,
            toolkits=("gtk", "qt"),
            has_browser=True,
            has_terminal=False,
        )

    monkeypatch.setattr(launching, "look_around", everything)
    monkeypatch.delenv("PYWRY_AUTH_GUI", raising=False)
    monkeypatch.delenv("PYWEBVIEW_GUI", raising=False)
    assert WebviewWindow()._gui == "qt"
    assert WebviewWindow(gui="gtk")._gui == "gtk"
    monkeypatch.setenv("PYWRY_AUTH_GUI", "gtk")
    assert WebviewWindow()._gui == "gtk"
