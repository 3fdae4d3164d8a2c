"""Several processes of one application, with one real keyring: who leaves in one leaves in all."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pywry_auth.account_index import AccountIndex
from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.naming import Places
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.testing.conduct import usually
from pywry_auth.window.callables import CallableWindow
from pywry_auth.window.profiles import is_empty, profile_folder
from tests import keyring_env


pytest_plugins = ["pywry_auth.testing.pytest"]

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

PLACES = Places("acme-notes")
LIMIT = 60.0  # seconds for anything a loaded machine may take
SIBLING = Path(__file__).with_name("sibling.py")


class Sibling:
    """Another process of the application."""

    def __init__(self, op):
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            [sys.executable, str(SIBLING), op.issuer_url, op.client_id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        self.account = None

    def ready(self):
        self.account = self._line()
        return self

    def tell(self, word):
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def ask(self, word):
        self.tell(word)
        return self._line()

    def heard(self):
        return self._line()

    def leave(self):
        self._process.stdin.close()

    def close(self):
        self.leave()
        try:
            self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _line(self):
        alarm = threading.Timer(LIMIT, self._process.kill)
        alarm.start()
        try:
            return json.loads(self._process.stdout.readline())
        finally:
            alarm.cancel()


@pytest.fixture(scope="module")
def keyring():
    with keyring_env.private_keyring() as env:
        yield env


@pytest.fixture
def app(keyring, auth_provider, auth_agent):
    """The process of this test, where somebody has signed in."""
    with keyring_env.in_environment(keyring):
        provider = GenericOIDCProvider(
            auth_provider.client_id, auth_provider.client_secret, auth_provider.issuer_url
        )
        window = CallableWindow(auth_agent.show_window, auth_agent.close_window)
        auth = DesktopAuth("Acme Notes", {"work": provider}, window=window)
        auth.sign_in()
        yield auth
        auth.panic()
        auth.close()
        keyring_env.wipe(PLACES.service_name)


@pytest.fixture
def start(app, auth_provider):
    started = []

    def begin(count=1):
        found = [Sibling(auth_provider) for _ in range(count)]
        started.extend(found)
        for sibling in found:
            assert sibling.ready().account == app.account.key
        return found

    yield begin
    for sibling in started:  # all at once: an interpreter takes a while to end
        sibling.leave()
    for sibling in started:
        sibling.close()


def nothing_is_stored():
    return keyring_env.entries_of(PLACES.service_name) == []


def test_panic_in_one_process_ends_the_other_one(app, start, auth_provider):
    [sibling] = start()
    (profile_folder(PLACES.profile("work")) / "Cookies").write_text("who you are")
    assert sibling.ask("held")
    tokens = [app.session().tokens.refresh_token, app.session().tokens.access_token]
    report = app.panic()
    assert report.is_complete
    assert auth_provider.calls.count("revoke") == len(tokens)
    asked = len(auth_provider.requests)
    assert sibling.ask("refresh") == {"error": "TokenExpiredError"}
    assert sibling.ask("held") is None
    assert sibling.ask("token") == {"error": "TokenExpiredError"}
    assert sibling.ask("silent") is None
    assert len(auth_provider.requests) == asked
    assert nothing_is_stored()
    assert is_empty(PLACES.profile("work"))


def test_a_sign_out_in_one_process_ends_the_other_one(app, start):
    [sibling] = start()
    app.sign_out()
    assert sibling.ask("silent") is None
    assert sibling.ask("refresh") == {"error": "TokenExpiredError"}
    assert nothing_is_stored()


def test_the_panic_of_a_sibling_ends_this_process(app, start):
    [sibling] = start()
    assert sibling.ask("panic") == [["revoked"], []]
    assert app.silent(0) is None
    assert app.account is None
    assert nothing_is_stored()


def test_the_keyring_may_be_locked_meanwhile(app, start, auth_provider):
    """What could not be deleted is used by nobody, and goes with the next press."""
    [sibling] = start()
    before = len(auth_provider.requests)
    AccountIndex(PLACES.accounts).leave()  # all that a panic can do where the keyring refuses
    assert sibling.ask("refresh") == {"error": "TokenExpiredError"}
    assert sibling.ask("silent") is None
    assert len(auth_provider.requests) == before
    assert not nothing_is_stored()
    assert app.panic().is_complete
    assert nothing_is_stored()


def test_a_sibling_in_the_middle_of_a_renewal_keeps_nothing_of_it(app, start, auth_provider):
    [sibling] = start()
    auth_provider.program(usually(delays={"refresh": 1.0}))
    sibling.tell("refresh")
    assert auth_provider.wait_for("token", times=2)
    app.panic()
    assert sibling.heard() == {"error": "TokenExpiredError"}
    assert sibling.ask("held") is None
    assert sibling.ask("silent") is None
    assert nothing_is_stored()
    # The old ones by the one process, what the renewal brought by the other.
    assert auth_provider.wait_for("revoke", times=4)
    assert auth_provider.violations == []


def test_who_signs_in_again_is_taken_up_by_the_siblings(app, start):
    [sibling] = start()
    key = app.account.key
    app.panic()
    assert sibling.ask("silent") is None
    app.sign_in()
    assert sibling.ask("silent") == key


def test_ten_siblings_all_stop(app, start, auth_provider):
    siblings = start(10)
    app.panic()
    asked = len(auth_provider.requests)
    for word in ("refresh", "token", "silent"):
        for sibling in siblings:
            sibling.tell(word)
        answers = [sibling.heard() for sibling in siblings]
        expected = None if word == "silent" else {"error": "TokenExpiredError"}
        assert answers == [expected] * 10
    assert len(auth_provider.requests) == asked
    assert nothing_is_stored()
