"""Programs that end right after a sign-in can wait for the browser's last page."""

import threading
import urllib.request
from urllib.parse import parse_qs, urlsplit

from pywry_auth.errors import CallbackError
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.providers.github import GitHubProvider


def denied(url):
    """Answer as a provider whose person said no; give the redirect's address."""
    asked = parse_qs(urlsplit(url).query)
    return f"{asked['redirect_uri'][0]}?error=access_denied&state={asked['state'][0]}"


def test_a_program_can_wait_until_the_last_page_was_read():
    pages = []

    def browse(address):
        with urllib.request.urlopen(address, timeout=10) as reply:
            pages.append(reply.read().decode())

    def show(url, _config):
        threading.Thread(target=browse, args=(denied(url),)).start()
        return "window"

    flow = AuthFlowManager(GitHubProvider("client"), auth_timeout=10)
    try:
        flow.run_native(show)
    except CallbackError as exc:
        assert exc.error == "access_denied"
    assert flow.farewell(10)
    assert "access_denied" in pages[0]


def test_nothing_is_waited_for_before_the_first_sign_in():
    assert AuthFlowManager(GitHubProvider("client")).farewell(0)
