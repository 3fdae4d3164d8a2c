"""Programs that end right after a sign-in can wait for the browser's last page."""

import sys
import threading
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pywry_auth.errors import CallbackError
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.providers.github import GitHubProvider
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.webview import WebviewWindow


def denied(url):
    """Answer as a provider whose person said no; give the redirect's address."""
    asked = parse_qs(urlsplit(url).query)
    return f"{asked['redirect_uri'][0]}?error=access_denied&state={asked['state'][0]}"


def test_a_program_can_wait_until_the_last_page_was_read():
    pages, browsers = [], []

    def show(url, _config):
        browse = lambda: pages.append(httpx.get(denied(url), follow_redirects=True).text)  # noqa: E731
        browsers.append(threading.Thread(target=browse))
        browsers[0].start()
        return "window"

    flow = AuthFlowManager(GitHubProvider("client"), auth_timeout=10)
    with pytest.raises(CallbackError, match="access_denied"):
        flow.run_native(show)
    assert flow.farewell(10)
    browsers[0].join(10)
    assert "Access was not allowed on the sign-in page" in pages[0]


def test_nothing_is_waited_for_before_the_first_sign_in():
    assert AuthFlowManager(GitHubProvider("client")).farewell(0)


PRESSED = """
import json, sys
sys.stdin.readline()
for event in ("ready", "painted", "browser"):
    print(json.dumps({"event": event, "fact": ""}), flush=True)
sys.stdin.read()
"""


def test_whoever_went_on_in_the_browser_reads_there_how_it_ended():
    pages, browsers = [], []

    def browse(url):
        page = lambda: pages.append(httpx.get(denied(url), follow_redirects=True).text)  # noqa: E731
        browsers.append(threading.Thread(target=page))
        browsers[0].start()
        return True

    window = WebviewWindow(
        child_command=[sys.executable, "-c", PRESSED], fallback=BrowserWindow(browse)
    )
    flow = AuthFlowManager(GitHubProvider("client"), auth_timeout=20, window=window)
    with pytest.raises(CallbackError, match="access_denied"):
        flow.run_native()
    assert flow.farewell(10)
    browsers[0].join(10)
    assert "Access was not allowed on the sign-in page" in pages[0]
    assert flow.window_kind is WindowKind.BROWSER
