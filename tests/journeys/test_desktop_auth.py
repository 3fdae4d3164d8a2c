"""The one object an application holds: real windows, real providers, a real keyring."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import keyring_env, providers_kit
from tests.journeys.test_sign_in import differing, free_port, has_content
from tests.screen import missing_tools, until


ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "desk_app.py"
TITLE = "Acme Notes"
LONG = 60.0  # seconds for a whole sign-in on a loaded machine
BLINK = 0.002  # of all bits: a caret
SHORT_LIFE = 2  # seconds of an access token that is to end between two starts

LACKS = next(
    filter(
        None,
        [
            keyring_env.lacks(),
            providers_kit.OidcProviderOP.missing(),
            providers_kit.DjangoOP.missing(),
        ],
    ),
    "",
)

pytestmark = [
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(LACKS), reason=LACKS),
]


@pytest.fixture
def desk(screen, tmp_path):
    """The environment of a desktop: a screen, an unlocked keyring, a home of its own."""
    with keyring_env.private_keyring() as session:
        own = {"XDG_DATA_HOME": str(tmp_path / "data"), "DISPLAY": "", "PYTHONPATH": str(ROOT)}
        env = {**os.environ, **session, **own}
        yield {k: v for k, v in screen.environment_over(env).items() if v}


class App:
    """The application in a process of its own, told what to do line by line."""

    def __init__(self, desk, screen, gui, *options, **providers):
        self.screen = screen
        named = [
            part for name, url in providers.items() for part in ("--provider", f"{name}={url}")
        ]
        self.process = subprocess.Popen(
            [sys.executable, str(APP), *named, *map(str, options)],
            env={**desk, "PYWRY_AUTH_GUI": gui},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, verb, **given):
        self.process.stdin.write(json.dumps({"verb": verb, **given}) + "\n")
        self.process.stdin.flush()

    def end(self):
        line = self.process.stdout.readline()
        assert line, f"the application ended: {self.process.poll()}"
        return json.loads(line)

    def do(self, verb, **given):
        self.begin(verb, **given)
        answer = self.end()
        assert "ok" in answer, answer
        return answer["ok"]

    def shows(self):
        """Wait until the window shows a page that has come to rest."""
        window = self.screen.window(TITLE)
        before, deadline = b"", time.monotonic() + LONG
        while time.monotonic() < deadline:
            now = self.screen.pixels(window)
            if has_content(now) and differing(before, now) < BLINK:
                return
            before = now
            time.sleep(0.25)
        raise AssertionError("the window never came to rest")

    def type_name_and_password(self, name, password="correct horse"):
        self.shows()
        self.screen.type(name)
        self.screen.press("Tab")
        self.screen.type(password)
        self.screen.press("Return")

    def gone(self):
        until(lambda: not self.titled(), "the window is gone")

    def titled(self):
        return [each for each in self.screen.windows() if TITLE in each.title]


@contextlib.contextmanager
def started(desk, screen, gui, *options, **providers):
    app = App(desk, screen, gui, *options, **providers)
    try:
        yield app
    finally:
        app.process.stdin.close()
        try:
            app.process.wait(LONG)
        except subprocess.TimeoutExpired:
            app.process.kill()
            app.process.wait()
            raise
        finally:
            app.process.stdout.close()


def signs_in_at_node(app, name, verb="sign_in"):
    app.begin(verb, provider="node")
    app.type_name_and_password(name)
    app.shows()
    app.screen.press("Return")  # Continue has the focus
    answer = app.end()
    assert "ok" in answer, answer
    app.gone()
    return answer["ok"]


def signs_in_at_django(app, verb="sign_in"):
    app.begin(verb, provider="django")
    app.type_name_and_password("alice")
    app.shows()
    app.screen.press("Tab", "Tab", "Return")  # Cancel comes first
    answer = app.end()
    assert "ok" in answer, answer
    app.gone()
    return answer["ok"]


def test_a_new_process_finds_who_signed_in_and_the_provider_ending_it_all(desk, screen, gui):
    with providers_kit.OidcProviderOP(accessTtl=SHORT_LIFE) as op:
        with started(desk, screen, gui, node=op.issuer) as app:
            assert app.do("silent") is None
            account = signs_in_at_node(app, "alice")
            assert account == "node/alice"
            refresh_token = _stored(desk, account).refresh_token
        with started(desk, screen, gui, node=op.issuer) as app:
            assert app.do("silent") == account
            assert app.do("state") == "signed_in"
            assert app.titled() == []
            refresh_token = _stored(desk, account).refresh_token or refresh_token
        _revoke(op, refresh_token)
        time.sleep(SHORT_LIFE)  # the access token's own life, by the clock of both sides
        with started(desk, screen, gui, node=op.issuer) as app:
            app.begin("silent", within=0)
            answer = app.end()
            assert answer["ok"] is None
            assert answer["events"] == ["needs_sign_in"]
            assert app.do("accounts") == [account]
            assert app.titled() == []


def test_a_provider_that_still_knows_the_person_is_asked_without_a_window(desk, screen, gui):
    port = free_port()
    client = {
        "client_id": "desk",
        "application_type": "web",  # of native ones this provider asks for consent each time
        "token_endpoint_auth_method": "none",
        "redirect_uris": [f"http://127.0.0.1:{port}/callback"],
        "grant_types": ["authorization_code"],
    }
    options = ("--client", "desk", "--offline", 0, "--port", port)
    with providers_kit.OidcProviderOP(accessTtl=SHORT_LIFE, clients=[client]) as op:
        with started(desk, screen, gui, *options, node=op.issuer) as app:
            account = signs_in_at_node(app, "alice")
        time.sleep(SHORT_LIFE)
        with started(desk, screen, gui, *options, node=op.issuer) as app:
            assert app.do("silent", within=30) == account
            assert app.titled() == []
            app.do("forget_sessions")
        time.sleep(SHORT_LIFE)
        with started(desk, screen, gui, *options, node=op.issuer) as app:
            assert app.do("silent", within=30) is None
            assert app.do("state") == "signed_out"
            assert app.do("accounts") == [account]
            assert app.titled() == []


def test_two_accounts_at_one_provider_and_one_at_another(desk, screen, gui):
    with (
        providers_kit.OidcProviderOP() as node,
        providers_kit.DjangoOP() as django,
    ):
        both = {"node": node.issuer, "django": django.issuer}
        with started(desk, screen, gui, **both) as app:
            alice = signs_in_at_node(app, "alice")
            bob = signs_in_at_node(app, "bob", verb="add")
            other = signs_in_at_django(app, verb="add")
            assert app.do("accounts") == [other, bob, alice]
            assert app.do("switch", key=alice) == alice
        with started(desk, screen, gui, **both) as app:
            assert app.do("silent") == alice
            assert sorted(app.do("accounts")) == sorted([alice, bob, other])
            first = app.do("token")
            assert app.do("switch", key=bob) == bob
            assert app.do("token") != first
            app.do("sign_out")
            assert app.do("accounts") == [alice, other]
            assert app.do("state") == "signed_in"
        with keyring_env.in_environment(desk):
            kept = " ".join(keyring_env.entries_of("pywry-auth:acme-notes"))
            assert "bob" not in kept


def test_a_keyring_that_was_locked_costs_nobody_their_session(desk, screen):
    with providers_kit.OidcProviderOP() as op:
        with started(desk, screen, "qt", node=op.issuer) as app:
            account = signs_in_at_node(app, "alice")
        with keyring_env.in_environment(desk):
            keyring_env.lock()
        # Without a display nothing can ask for the password, as in a session over ssh.
        with started({**desk, "DISPLAY": ""}, screen, "qt", node=op.issuer) as app:
            app.begin("silent")
            answer = app.end()
            assert answer["error"] == "StoreUnavailableError"
            assert answer["hint"]
            assert app.do("accounts") == [account]


def _stored(desk, key):
    from pywry_auth import KeyringTokenStore

    with keyring_env.in_environment(desk):
        return KeyringTokenStore("pywry-auth:acme-notes").slot(key).load()


def _revoke(op, refresh_token):
    endpoint = httpx.get(op.discovery_url).json()["revocation_endpoint"]
    form = {"client_id": "native", "token": refresh_token, "token_type_hint": "refresh_token"}
    httpx.post(endpoint, data=form).raise_for_status()
