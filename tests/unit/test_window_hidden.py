"""A window nobody sees: bounded, quiet, and gone afterwards."""

import json
import sys
import threading
import time

import pytest

from pywry_auth.errors import WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.profiles import forget_profile, profile_folder
from pywry_auth.window.webview import WebviewWindow
from tests.window_site import Remembering


URL = "https://accounts.example.com/authorize?prompt=none&state=s3cret"

SPEAK = """
import json, os, sys
config = json.loads(sys.stdin.readline())
def say(event, fact=""):
    print(json.dumps({"event": event, "fact": fact}), flush=True)
"""


@pytest.fixture
def profile(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (profile_folder("work") / "cookies").touch()
    return "work"


def hidden(profile, script="sys.stdin.read()", *, within=20.0):
    view = WebviewWindow(
        profile=profile, gui="qt", child_command=[sys.executable, "-c", SPEAK + script]
    )
    return view.hidden(within)


def shown(window):
    listener = Remembering()
    window.show(URL, listener)
    return listener


def test_a_page_that_leads_nowhere_is_killed_and_said_once(profile):
    window = hidden(profile, "say('failed', 'name'); say('failed', 'other'); sys.stdin.read()")
    listener = shown(window)
    reason = listener.reason()
    assert isinstance(reason, WindowError)
    assert reason.detail == "name"
    assert window.process.wait(15)
    assert listener.count == 1


def test_at_the_bound_the_process_is_killed_though_it_answers_nothing(profile):
    script = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
say('ready', 'qtwebengine')
while True: time.sleep(60)
"""
    window = hidden(profile, script, within=0.3)
    listener = shown(window)
    assert listener.reason().detail == "late"
    assert window.process.wait(15)


def test_the_end_of_its_process_is_told_with_the_facts(profile):
    window = hidden(profile, "print('no engine', file=sys.stderr); sys.exit(134)")
    reason = shown(window).reason()
    window.close()
    assert (reason.exit_code, reason.detail) == (134, "no engine")


def test_closing_it_lets_the_engine_write_its_cookies_and_tells_nobody(profile, tmp_path):
    written = tmp_path / "written"
    script = f"sys.stdin.read(); open({str(written)!r}, 'w').close()"
    window = hidden(profile, script)
    listener = shown(window)
    window.close()
    window.close()
    assert window.process.wait(15)
    assert written.exists()
    assert listener.count == 0


def test_a_process_that_cannot_be_started_is_said_at_once(profile):
    window = WebviewWindow(profile=profile, child_command=["/nowhere/at/all"]).hidden(5)
    with pytest.raises(WindowError) as caught:
        window.show(URL, Remembering())
    assert "s3cret" not in repr(caught.value) + caught.value.detail
    for timer in [one for one in threading.enumerate() if isinstance(one, threading.Timer)]:
        assert timer.finished.is_set()


def test_closed_before_it_began_no_process_stays(profile, monkeypatch):
    window = hidden(profile)
    start = window._start

    def slowly(*arguments):
        process = start(*arguments)
        window.close()
        return process

    monkeypatch.setattr(window, "_start", slowly)
    listener = shown(window)
    assert window.process.wait(15)
    assert listener.count == 0


def test_the_child_is_told_to_hide_and_gets_no_screen(profile, tmp_path):
    told = tmp_path / "told"
    script = f"""
with open({str(told)!r} + '.new', 'w') as file:
    json.dump([config, dict(os.environ)], file)
os.rename({str(told)!r} + '.new', {str(told)!r})
sys.stdin.read()
"""
    window = hidden(profile, script)
    shown(window)
    end = time.monotonic() + 15
    while not told.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    config, env = json.loads(told.read_text())
    window.close()
    assert config["hidden"] is True
    assert config["can_hand_over"] is False
    assert config["storage"] == str(profile_folder("work"))
    if sys.platform == "linux":
        assert env["QT_QPA_PLATFORM"] == "offscreen"
        assert not env.get("DISPLAY")
        assert not env.get("WAYLAND_DISPLAY")
    assert window.kind is WindowKind.WEBVIEW
    assert window.process.wait(15)


def test_where_nothing_is_kept_there_is_no_hidden_window(profile):
    assert hidden(None) is None
    assert hidden("another") is None
    assert hidden(profile) is not None
    forget_profile(profile)
    assert hidden(profile) is None
