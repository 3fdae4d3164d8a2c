"""What a person is told about where the page opens."""

import logging

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth import GoogleProvider
from pywry_auth.flow.windows import best_window
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.ladder import INSTALL, Surroundings
from tests.window_site import Remembering


@pytest.fixture(autouse=True)
def browser_without_a_display(monkeypatch):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "PYWRY_AUTH_WINDOW"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "far away")  # wherever this runs, there is no display
    monkeypatch.setenv("BROWSER", "true")


def heard(provider: OAuthProvider, **config: object) -> tuple[str, ...]:
    told: list[str] = []
    window = best_window(None, provider, config, on_notice=told.append)
    assert window.kind is WindowKind.BROWSER
    return tuple(told)


def test_where_the_page_opens_is_said_once_as_a_sentence():
    assert heard(ScriptedProvider(VirtualClock())) == (
        "There is no display here. The page opens in your browser.",
    )


def test_a_provider_that_refuses_windows_is_named_as_the_reason():
    assert heard(GoogleProvider("me")) == (
        "The provider accepts sign-in in a browser only. The page opens in your browser.",
    )


def test_it_is_said_in_the_language_of_the_application():
    (german,) = heard(GoogleProvider("me"), language="de")
    assert german == (
        "Der Anbieter lässt die Anmeldung nur in einem Browser zu. "
        "Die Seite wird in Ihrem Browser geöffnet."
    )


def test_what_to_install_is_said_where_that_is_all_that_lacks(monkeypatch, caplog):
    here = Surroundings(has_display=True, toolkits=(), has_browser=True, has_terminal=False)
    monkeypatch.setattr("pywry_auth.flow.windows.look_around", lambda: here)
    caplog.set_level(logging.INFO, "pywry_auth")
    (notice,) = heard(ScriptedProvider(VirtualClock()))
    assert INSTALL in notice
    (record,) = [each for each in caplog.records if each.message == "flow.no_native_window"]
    assert INSTALL in record.reason


def test_what_was_asked_for_by_name_needs_no_notice():
    told: list[str] = []
    best_window(WindowKind.BROWSER, ScriptedProvider(VirtualClock()), {}, on_notice=told.append)
    assert told == []


def test_the_browser_announces_itself_in_the_language_of_the_application():
    listener = Remembering()
    BrowserWindow(lambda _url: True, language="de")._open("https://x/", listener)
    assert listener.notices == [
        "Die Seite ist in Ihrem Browser geöffnet. Schließen Sie den Vorgang dort ab."
    ]
