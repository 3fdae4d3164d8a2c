"""One whole day with everything logged, printed and watched, and nothing secret to be found."""

import base64
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from pywry_auth.account_index import Account
from pywry_auth.token_store import KeyringTokenStore
from tests import keyring_env
from tests.cli_kit import Shell, children_of
from tests.journeys.test_sign_in import Acme, Node
from tests.providers_kit import OidcProviderOP
from tests.screen import Screen, missing_tools, until
from tests.web_walker import Walker


ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "talkative_app.py"
CLIENT_SECRET = "a client secret with $igns & spaces"
SHORTEST = 8  # characters of a secret worth looking for
PIECE = 13  # characters that reprlib leaves at each end of a long text
PROVIDERS_WORDS = {"code", "code_verifier", "refresh_token", "access_token", "id_token"}
LONG = 60.0  # seconds for anything a loaded machine may take

pytestmark = [
    pytest.mark.window,
    pytest.mark.keyring,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(bool(OidcProviderOP.missing()), reason=str(OidcProviderOP.missing())),
]

CLIENT = {
    "client_id": "talkative",
    "client_secret": CLIENT_SECRET,
    "application_type": "native",
    "token_endpoint_auth_method": "client_secret_basic",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
}

# a browser that confides where it was sent, before somebody there says no
BROWSER = """
import json, os, sys
from tests import cli_browser
url = cli_browser.destination(sys.argv[1])
with open(os.environ["SECRETS"], "a") as file:
    file.write(json.dumps({"url": url}) + "\\n")
cli_browser.main(url)
"""


class Confidences:
    """What the application said in confidence, and what the provider gave and was given."""

    def __init__(self, path, given=()):
        self.path = path
        self.given = given  # grows
        path.touch()

    def lines(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def of(self, name):
        return [line[name] for line in self.lines() if name in line]

    def all(self):
        """Give every secret, also in the ways it may be written; addresses by what is in them."""
        found = {CLIENT_SECRET}
        for line in self.lines():
            for name, value in line.items():
                found |= {value} if name not in {"url", "walk", "redirect"} else secrets_in(value)
        for event in list(self.given):
            gave = event.get("secrets", {})
            found |= {gave[name] for name in PROVIDERS_WORDS & gave.keys()}
        found = {secret.removeprefix("Basic ") for secret in found}
        found |= {quote(secret, safe="") for secret in found}
        found |= {base64.b64encode(secret.encode()).decode() for secret in found}
        return {secret for secret in found if len(secret) >= SHORTEST}

    def found_in(self, text):
        """Name what of the secrets, or of either end of one, is in *text*."""
        return {piece for secret in self.all() for piece in pieces_of(secret) if piece in text}


def secrets_in(url):
    params = httpx.URL(url).params
    return {url, *(params[name] for name in ("state", "nonce", "code") if name in params)}


def pieces_of(secret):
    if len(secret) < 3 * PIECE:
        return {secret}
    # Tokens of one kind begin alike; not beyond their first dot, and so neither does an address.
    head = secret if secret.startswith(("ey", "http")) else secret[:PIECE]
    return {secret, head, secret[-PIECE:]}


def around(pieces, text):
    """What surrounds the first of *pieces*, for whoever must find out where it came from."""
    place = min((text.index(piece) for piece in pieces), default=0)
    return text[max(0, place - 400) : place + 200]


class Watcher:
    """Looks at the arguments and the environment of every process below one, all the time."""

    def __init__(self, pid):
        self._pid = pid
        self._stop = threading.Event()
        self.seen = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._stop.set()
        self._thread.join()

    @property
    def text(self):
        return "\n".join(list(self.seen))

    @property
    def programs(self):
        return {text.split()[0] for text in list(self.seen) if text.split()}

    def _watch(self):
        while not self._stop.wait(0.03):
            for pid in family(self._pid):
                self._look_at(Path(f"/proc/{pid}/cmdline"))
                self._look_at(Path(f"/proc/{pid}/environ"))

    def _look_at(self, path):
        with contextlib.suppress(OSError):
            text = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            self.seen.setdefault(text)


def family(pid):
    return [pid, *(grandchild for child in children_of(pid) for grandchild in family(child))]


class Talkative(Acme):
    """The talkative application, with what it wrote."""

    def __init__(self, desk, screen, folder, **configuration):
        self.screen = screen
        self.errors = folder / "stderr.txt"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(APP)],
                env=desk,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._say(json.dumps(configuration))

    def begin(self, command):
        self._say(command)

    def ended(self):
        return self.process.stdout.readline().strip()

    def do(self, command):
        self.begin(command)
        return self.ended()

    def answer(self):
        return self.errors.read_text()

    def close(self):
        self.process.stdin.close()
        self.process.wait(LONG)
        self.process.stdout.close()

    def _say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


@pytest.fixture
def home(tmp_path):
    for name in ("home", "tmp", "cache"):
        (tmp_path / "seen" / name).mkdir(parents=True)
    return tmp_path / "seen"


@pytest.fixture
def session(home):
    with keyring_env.private_keyring() as session:
        yield {
            **session,
            "HOME": str(home / "home"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),  # the keyring's daemon has its own
            "TMPDIR": str(home / "tmp"),
        }


def written_in(*folders):
    """Everything in the files below *folders*."""
    files = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return b"\n".join(path.read_bytes() for path in files).decode(errors="replace")


def walk(op, url, *, deny=False):
    with Walker(op.issuer, user="alice", password="any", deny=deny) as walker:
        walker.to_callback(url)


def test_nothing_secret_is_anywhere_but_in_the_keyring(session, home, tmp_path):
    log = home / "log.txt"
    with Screen() as screen, OidcProviderOP(clients=[CLIENT]) as op:
        secrets = Confidences(tmp_path / "secrets.jsonl", op.events)
        desk = {**os.environ, **session, "PYTHONPATH": str(ROOT), "DISPLAY": ""}
        desk = {k: v for k, v in screen.environment_over(desk).items() if v}
        app = Talkative(
            desk,
            screen,
            home,
            issuer=op.issuer,
            client_id="talkative",
            client_secret=CLIENT_SECRET,
            secrets=str(secrets.path),
            log=str(log),
        )
        with contextlib.closing(app), Watcher(app.process.pid) as watcher:
            titles = a_day(app, op, secrets)
            shell = the_shell(session, home, tmp_path, secrets)
            keep_for_the_command_line(shell, session, secrets)
            command_line = a_day_at_the_command_line(shell, op, secrets)
            assert app.do("refresh_twice") == "ReauthRequiredError"
            assert app.do("logout") == "done"
            the_day_was_full(log.read_text(), app.answer(), watcher, secrets)
            for where, text in {
                "log": log.read_text(),
                "standard error": app.answer(),
                "arguments and environments": watcher.text,
                "titles": titles,
                "command line": command_line,
                "files": written_in(home),
                "run-time files": written_in(session["XDG_RUNTIME_DIR"]),
            }.items():
                found = secrets.found_in(text)
                assert not found, f"{where}: {around(found, text)}"
            requests_carry_nothing_in_their_address(log.read_text())
            leaks_would_have_been_found(app, home, log, watcher, secrets)


def a_day(app, op, secrets):
    """Sign in, refresh, be refused, fail to sign in; gives the titles of the windows."""
    person = Node()
    app.begin("sign_in")
    person.sign_in(app)
    person.allow(app)
    titles = " ".join(window.title for window in app.screen.windows())
    assert app.ended() == "done", app.answer()[-2000:]
    assert app.do("refresh") == "done"
    assert fails(app, op, secrets, deny=True) == "CallbackError"
    op.control(edits={"authorization_code": {"id_token": "a.b.c"}})
    assert fails(app, op, secrets) == "TokenError"
    op.control(edits={})
    return titles


def fails(app, op, secrets, *, deny=False):
    before = len(secrets.of("walk"))
    app.begin("fail_to_sign_in")
    until(lambda: len(secrets.of("walk")) > before, "the application asks somebody to sign in")
    url = secrets.of("walk")[-1]
    redirect = secrets.of("redirect")[-1]  # a pushed request does not name it
    a_stranger = {"state": "not-the-state-at-all", "code": secrets.of("code")[-1]}
    httpx.get(redirect, params=a_stranger, trust_env=False)
    walk(op, url, deny=deny)
    return app.ended()


def the_shell(session, home, tmp_path, secrets):
    browser = tmp_path / "browser.py"
    browser.write_text(BROWSER)
    own = {
        "BROWSER": f"{sys.executable} {browser} %s",
        "SECRETS": str(secrets.path),
        "WORK_SECRET": CLIENT_SECRET,
        "PYWRY_AUTH_DEBUG": "1",
    }
    return Shell(home / "home", session | own)


def keep_for_the_command_line(shell, session, secrets):
    """Give the command line the tokens that the application holds."""
    with keyring_env.in_environment(session):
        tokens = KeyringTokenStore("talkative").slot("default").load()
    shell.put("work/alice", tokens)
    shell.accounts_are(Account("work", "alice", "alice"))
    assert tokens.access_token in secrets.of("access")


def a_day_at_the_command_line(shell, op, secrets):
    """Look, ask, fail to sign in; gives everything that was printed."""
    work = f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "talkative"\n'
    shell.configure(
        f'{work}client_secret_env = "WORK_SECRET"\nscopes = "openid profile offline_access"\n'
    )
    status = shell("status", "--json")
    assert status.json["accounts"][0]["state"] == "signed_in"
    whoami = shell("whoami", "work", "--json")
    assert whoami.json["userinfo"]["name"] == "User alice", whoami.err
    nowhere = shell("login", "--issuer", "http://127.0.0.1:1", "--client-id", "talkative")
    assert nowhere.code == 1
    denied = shell("login", "work", CLI_BROWSER_DENIES="1")
    assert (denied.code, "denied" in denied.err) == (1, True), denied.err
    assert len(secrets.of("url")) >= 4  # the browser was there, and confided
    ended = (status, whoami, nowhere, denied)
    return "\n".join(f"{one.out}\n{one.err}" for one in ended)


def the_day_was_full(log, errors, watcher, secrets):
    """What is searched holds what a day holds, or nothing would be proven by finding nothing."""
    for words in (
        "flow.began",
        "session.lost",
        "HTTP Request: POST",
        "send_request_headers.complete",
        "receive_response_headers.complete",
        "asyncio WARNING Executing",
        "it failed",
    ):
        assert words in log, words
    for words in ("Traceback", "CallbackError", "TokenError", "ReauthRequiredError"):
        assert words in errors, words
    assert any("QtWebEngineProcess" in program for program in watcher.programs)
    assert "pywry_auth.window.child" in watcher.text
    for kind, least in {"access": 3, "refresh": 3, "id_token": 2, "code": 2, "verifier": 3}.items():
        assert len(set(secrets.of(kind))) >= least, kind
    assert len([event for event in secrets.given if "secrets" in event]) >= 4
    assert {"url", "state", "nonce", "proof"} <= {name for line in secrets.lines() for name in line}


def requests_carry_nothing_in_their_address(log):
    asked = re.findall(r"httpx INFO HTTP Request: (\w+) (\S+)", log)
    assert {urlsplit(url).path for method, url in asked if method == "POST"} == {
        "/request",
        "/token",
        "/token/revocation",
    }
    assert [url for _, url in asked if "/me" in url]
    assert not [url for _, url in asked if urlsplit(url).query or urlsplit(url).fragment]


def leaks_would_have_been_found(app, home, log, watcher, secrets):
    """One leak in each place, made on purpose, is found there."""
    assert app.do("leak") == "done"
    until(lambda: secrets.found_in(watcher.text), "the watcher sees a leaking process")
    until(lambda: "LEAK=" in watcher.text, "the watcher sees a leaking environment")
    assert len([text for text in watcher.seen if secrets.found_in(text)]) == 2
    assert app.do("stop_leaking") == "done"
    assert secrets.found_in(log.read_text())
    assert secrets.found_in(app.answer())
    assert secrets.found_in(written_in(home / "data"))


def test_either_end_of_a_long_secret_is_enough_to_find_it(tmp_path):
    secrets = Confidences(tmp_path / "secrets.jsonl")
    code = "".join(chr(65 + n % 26) for n in range(50))
    url = "https://id.example.com/auth?state=0123456789-state"
    secrets.path.write_text(json.dumps({"code": code, "url": url}) + "\n")
    assert secrets.found_in(f"<Task result={code[:PIECE]}...>")
    assert secrets.found_in(f"...{code[-PIECE:]}")
    assert secrets.found_in("a=0123456789-state&b")
    assert secrets.found_in(base64.b64encode(code.encode()).decode())
    assert not secrets.found_in("https://id.example.com/auth and nothing else")
