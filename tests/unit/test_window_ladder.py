"""Which window shows the page."""

import subprocess
import sys
from pathlib import Path

import pytest

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.choose import make_window
from pywry_auth.window.ladder import (
    Choice,
    Surroundings,
    choose,
    chosen_gui,
    look_around,
    surroundings,
)
from pywry_auth.window.paste import PasteWindow
from pywry_auth.window.webview import WebviewWindow


AUTO, WEBVIEW = WindowKind.AUTO, WindowKind.WEBVIEW
BROWSER, PASTE = WindowKind.BROWSER, WindowKind.PASTE


def here(env=None, **changes):
    facts = {
        "platform": "linux",
        "toolkits": ("qt", "gtk"),
        "has_terminal": True,
        **changes,
    }
    return surroundings(env if env is not None else {"DISPLAY": ":0"}, **facts)


def test_the_native_window_comes_first_and_needs_no_excuse():
    assert choose(AUTO, here()) == Choice(WEBVIEW)
    assert choose(WEBVIEW, here()) == Choice(WEBVIEW)


def test_a_provider_that_refuses_windows_gets_the_browser_and_the_person_the_reason():
    choice = choose(AUTO, here(), provider="google", refuses_embedded=True)
    assert choice == Choice(BROWSER, "google accepts sign-in in a browser only")


def test_asking_such_a_provider_for_a_window_by_name_is_a_mistake():
    with pytest.raises(ConfigError, match="google refuses"):
        choose(WEBVIEW, here(), provider="google", refuses_embedded=True)


def test_without_a_toolkit_the_browser_opens_and_the_extra_is_named():
    choice = choose(AUTO, here(toolkits=()))
    assert choice.kind is BROWSER
    assert 'pip install "pywry-auth[qt]"' in choice.reason


@pytest.mark.parametrize("env", [{}, {"SSH_CONNECTION": "a b c d"}])
def test_without_a_display_the_answer_is_pasted(env):
    assert choose(AUTO, here(env)) == Choice(PASTE, "there is no display")


def test_a_forwarded_display_shows_the_window():
    assert choose(AUTO, here({"SSH_TTY": "x", "DISPLAY": "localhost:10"})).kind is WEBVIEW


def test_an_editor_that_names_a_browser_in_a_container_is_trusted():
    assert choose(AUTO, here({"BROWSER": "/vscode/open"})).kind is BROWSER


def test_windows_shows_the_browser_for_the_linux_inside_it():
    assert choose(AUTO, here({"WSL_DISTRO_NAME": "Debian"})).kind is BROWSER


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_bring_their_own_engine(platform):
    assert choose(AUTO, here({}, platform=platform, toolkits=())).kind is WEBVIEW
    remote = here({"SSH_CONNECTION": "x"}, platform=platform)
    assert choose(AUTO, remote).kind is PASTE


def test_nothing_at_all_is_an_error_with_advice():
    with pytest.raises(
        WindowError, match="there is no display; no browser can be opened without a display"
    ) as caught:
        choose(AUTO, here({}, has_terminal=False))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("kind", "where", "why"),
    [
        (WEBVIEW, here({}), "there is no display"),
        (WEBVIEW, here(toolkits=()), "no window toolkit"),
        (BROWSER, here({}), "no browser can be opened without a display"),
        (BROWSER, here({"SSH_TTY": "x"}), "no browser can be opened without a display"),
        (PASTE, here(has_terminal=False), "standard input is no terminal"),
    ],
)
def test_a_window_asked_for_by_name_is_never_replaced(kind, where, why):
    with pytest.raises(WindowError, match=why):
        choose(kind, where)


def test_qt_comes_before_gtk_unless_somebody_says_otherwise():
    assert chosen_gui({}, ("qt", "gtk")) == "qt"
    assert chosen_gui({}, ("gtk",)) == "gtk"
    assert chosen_gui({}, ("native",)) is None
    assert chosen_gui({"PYWEBVIEW_GUI": "gtk"}, ("qt", "gtk")) == "gtk"
    assert chosen_gui({"PYWEBVIEW_GUI": "gtk", "PYWRY_AUTH_GUI": "QT"}, ("gtk",)) == "qt"
    assert chosen_gui({"PYWEBVIEW_GUI": "edgechromium"}, ("qt",)) == "qt"
    with pytest.raises(ConfigError):
        chosen_gui({"PYWRY_AUTH_GUI": "tk"}, ("qt",))


def test_each_window_has_the_next_one_behind_it():
    window = make_window(WEBVIEW, here(), env={})
    assert isinstance(window, WebviewWindow)
    assert isinstance(window._fallback, BrowserWindow)
    alone = Surroundings(has_display=True, toolkits=("qt",), has_browser=False, has_terminal=True)
    assert isinstance(make_window(WEBVIEW, alone, env={})._fallback, PasteWindow)
    assert isinstance(make_window(BROWSER, here()), BrowserWindow)
    assert isinstance(make_window(PASTE, here()), PasteWindow)
    with pytest.raises(ConfigError):
        make_window(AUTO, here())


def test_looking_around_loads_nothing_heavy():
    script = """
import sys
import pywry_auth.window.choose, pywry_auth.window.webview
from pywry_auth.window.ladder import look_around
look_around()
heavy = {"webview", "pydantic", "asyncio", "httpx", "PySide6", "qtpy", "platformdirs"}
sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=30, check=False)
    assert done.returncode == 0


def test_this_machine_is_looked_at_as_it_is():
    seen = look_around({"DISPLAY": ":7"})
    assert seen.has_display
    assert not look_around({}).has_display
