"""The system browser."""

import sys
import threading
import webbrowser
from concurrent.futures import Future

import pytest

from pywry_auth.window import browser
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import NOTICE, BrowserWindow, browser_command, clean_environment
from tests.window_site import Remembering


def which(*names):
    return lambda name: f"/bin/{name}" if name in names else None


def test_a_browser_that_never_returns_does_not_hold_anybody_up():
    release = threading.Event()
    window = BrowserWindow(lambda _url: release.wait(20))
    window.show("https://x/", Remembering())
    outcome: Future[str] = Future()
    outcome.set_result("done")
    assert window.host(outcome) == "done"
    release.set()


def told(listener, opener):
    BrowserWindow(opener)._open("https://x/?state=s3cret", listener)
    return listener


def test_an_opened_browser_is_announced():
    listener = told(Remembering(), lambda _url: True)
    assert listener.notices == [NOTICE]
    assert listener.count == 0


def test_a_browser_that_cannot_be_opened_ends_the_sign_in():
    def fails(url):
        raise webbrowser.Error(f"could not run x {url}")

    for opener in (lambda _url: False, fails):
        reason = told(Remembering(), opener).reason()
        assert reason is not None
        assert "s3cret" not in f"{reason!r} {reason.detail} {reason.hint}"


class Hiding(Remembering):
    """A listener that can hide an address."""

    def private_url(self, url):
        assert url == "https://x/?state=s3cret"
        return "http://127.0.0.1:1/begin/once"


def test_the_systems_browser_is_given_an_address_that_says_nothing(monkeypatch):
    given = []
    monkeypatch.setattr(browser, "open_in_browser", lambda url: given.append(url) is None)
    assert told(Hiding(), None).notices == [NOTICE]
    assert told(Remembering(), None).notices == [NOTICE]
    assert given == ["http://127.0.0.1:1/begin/once", "https://x/?state=s3cret"]


def test_a_browser_that_the_caller_opens_is_given_the_address_itself():
    given = []
    told(Hiding(), lambda url: given.append(url) is None)
    assert given == ["https://x/?state=s3cret"]


def test_it_is_always_the_browser():
    assert BrowserWindow().kind is WindowKind.BROWSER


def test_under_windows_subsystem_the_browser_is_a_windows_program():
    command = browser_command({}, wsl=True, frozen=False, which=which("wslview", "rundll32.exe"))
    assert command == ("/bin/wslview",)
    command = browser_command({}, wsl=True, frozen=False, which=which("rundll32.exe"))
    assert command == ("/bin/rundll32.exe", "url.dll,FileProtocolHandler")
    assert browser_command({}, wsl=True, frozen=False, which=which()) is None


def test_a_named_browser_is_always_respected():
    assert browser_command({"BROWSER": "x"}, wsl=True, frozen=True, which=which("wslview")) is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need no detour")
def test_a_frozen_application_starts_the_browser_without_its_own_libraries():
    command = browser_command({}, wsl=False, frozen=True, which=which("xdg-open"))
    assert command == ("/bin/xdg-open",)
    assert browser_command({}, wsl=False, frozen=False, which=which("xdg-open")) is None


def test_the_library_path_from_before_the_application_is_restored():
    env = {
        "LD_LIBRARY_PATH": "/bundle",
        "LD_LIBRARY_PATH_ORIG": "/usr/lib/x",
        "DYLD_LIBRARY_PATH": "/bundle",
        "DYLD_LIBRARY_PATH_ORIG": "",
        "_PYI_ARCHIVE_FILE": "a",
        "_MEIPASS2": "b",
        "HOME": "/root",
    }
    assert clean_environment(env) == {"LD_LIBRARY_PATH": "/usr/lib/x", "HOME": "/root"}
    assert clean_environment({"LD_LIBRARY_PATH": "/own"}) == {"LD_LIBRARY_PATH": "/own"}
