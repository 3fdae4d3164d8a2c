"""What ``pywry-auth token`` costs when the stored token is good."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pywry_auth.account_index import Account
from pywry_auth.cli import selection
from pywry_auth.cli.dispatch import run
from pywry_auth.token_store.codec import encode
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


ROOT = Path(__file__).parents[2]
HEAVY = ("asyncio", "pydantic", "httpx", "cryptography", "joserfc", "webview", "tomlkit", "difflib")

#: a process whose only keyring is one that counts; it replaces what looks for a real one
PROGRAM = """
import json, sys
from pywry_auth.token_store import keyring_entries as store

class Counting:
    def __init__(self):
        self.asked = []
    def get_password(self, service, username):
        self.asked.append([service, username])
        return {record!r}
    def set_password(self, *anything):
        self.asked.append("set")
    def delete_password(self, *anything):
        self.asked.append("delete")

backend = Counting()
store._look_up = lambda: backend
from pywry_auth.cli import main
code = main({argv!r})
loaded = [name for name in {heavy!r} if name in sys.modules]
sys.stderr.write(json.dumps([code, backend.asked, loaded]))
"""

ORIGIN = TokenOrigin("https://id.example.com", "desktop", "1")


class Fixed:
    """A backend with one record."""

    def __init__(self, tokens):
        self.text = encode(tokens)

    def get_password(self, _service, _username):
        return self.text

    def set_password(self, *_anything):
        raise AssertionError("nothing is to be written")

    delete_password = set_password


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    file = tmp_path / "pywry-auth" / "providers.toml"
    file.parent.mkdir()
    file.write_text(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "desktop"\n'
    )
    selection.account_index().remember(Account("work", "1", "alice@example.com"))
    return tmp_path


@pytest.fixture
def keep(monkeypatch):
    def put(tokens):
        store = KeyringTokenStore("x", backend=Fixed(tokens))
        for module in ("token", "status", "engine", "renewing"):
            __import__(f"pywry_auth.cli.{module}")
            monkeypatch.setattr(
                sys.modules[f"pywry_auth.cli.{module}"], "token_store", lambda _output: store
            )

    return put


@pytest.mark.usefixtures("home")
def test_a_good_token_costs_one_keyring_read_and_nothing_heavy():
    record = encode(OAuthTokenSet("canary-access", expires_in=3600, origin=ORIGIN))
    program = PROGRAM.format(record=record, heavy=HEAVY, argv=["token", "work"])
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    code, asked, loaded = json.loads(ended.stderr)
    assert ended.stdout == "canary-access\n"
    assert code == 0
    assert asked == [["pywry-auth:cli", "work/1"]]
    assert loaded == []


@pytest.mark.parametrize(
    ("argv", "key"),
    [
        (["token", "robot"], "robot/robot"),
        (["credential", "git", "get"], "work/1"),
    ],
)
def test_a_good_token_is_given_to_a_program_as_quickly(home, argv, key):
    with (home / "pywry-auth" / "providers.toml").open("a") as file:
        file.write('git_hosts = ["git.example.com"]\n')
        file.write('[providers.robot]\ngrant = "client_credentials"\n')
        file.write('issuer_url = "https://id.example.com"\nclient_id = "robot"\n')
    origin = TokenOrigin("https://id.example.com", key.replace("work/1", "desktop").split("/")[-1])
    record = encode(OAuthTokenSet("canary-access", expires_in=3600, origin=origin))
    program = PROGRAM.format(record=record, heavy=HEAVY, argv=argv)
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input="protocol=https\nhost=git.example.com\n\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    code, asked, loaded = json.loads(ended.stderr)
    assert "canary-access\n" in ended.stdout
    assert (code, asked, loaded) == (0, [["pywry-auth:cli", key]], [])


@pytest.mark.usefixtures("home")
def test_the_token_stands_alone_on_standard_output(keep, capsys):
    keep(OAuthTokenSet("canary", expires_in=3600, scope="openid email", origin=ORIGIN))
    assert run(["token"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("canary\n", "")
    assert run(["token", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts.pop("expires_at") > 0
    assert facts == {
        "access_token": "canary",
        "token_type": "Bearer",
        "scopes": ["openid", "email"],
        "provider": "work",
        "account": "1",
        "label": "alice@example.com",
    }


@pytest.mark.usefixtures("home")
def test_another_provider_s_token_is_not_handed_out(keep, capsys):
    keep(OAuthTokenSet("canary", origin=TokenOrigin("https://other.example", "desktop", "1")))
    assert run(["token"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "another issuer or client" in said.err
    assert "canary" not in said.err


@pytest.mark.usefixtures("home")
def test_an_ended_token_that_nothing_renews_needs_a_person(keep, capsys):
    keep(OAuthTokenSet("canary", expires_in=10, issued_at=1.0, origin=ORIGIN))
    assert run(["token"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "hint: run pywry-auth login work" in said.err


@pytest.mark.parametrize(
    ("tokens", "state", "words", "code"),
    [
        (OAuthTokenSet("canary", expires_in=7300), "signed_in", "2 h left", 0),
        (OAuthTokenSet("canary", expires_in=200_000), "signed_in", "2 d left", 0),
        (OAuthTokenSet("canary", expires_in=150), "signed_in", "2 min left", 0),
        (OAuthTokenSet("canary"), "signed_in", "no end known", 0),
        (
            OAuthTokenSet("canary", refresh_token="canary-r", expires_in=1, issued_at=1.0),
            "renewable",
            "renewed when used",
            0,
        ),
        (OAuthTokenSet("canary", expires_in=1, issued_at=1.0), "signed_out", "signed out", 3),
        (
            OAuthTokenSet("canary", origin=TokenOrigin("https://other.example", "desktop", "1")),
            "signed_out",
            "signed out",
            3,
        ),
    ],
)
@pytest.mark.usefixtures("home")
def test_status_says_how_things_stand(keep, capsys, tokens, state, words, code):
    # Made long before it is used, where many tests run: its life begins now, unless it is over.
    keep(tokens if tokens.issued_at == 1.0 else replace(tokens, issued_at=time.time()))
    assert run(["status"]) == code
    said = capsys.readouterr()
    assert "alice@example.com" in said.out
    assert words in said.out
    assert run(["status", "--json"]) == code
    (account,) = json.loads(capsys.readouterr().out)["accounts"]
    assert account["state"] == state
    assert account["account"] == "1"
    assert "canary" not in said.out + said.err
