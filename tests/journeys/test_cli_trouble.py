"""What a person at the command line sees when something is wrong: a sentence, a hint, a code."""

import json
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pywry_auth.account_index import Account
from tests import keyring_env, screen
from tests.cli_kit import Shell, children_of, lives
from tests.providers_kit import DjangoOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"}


class Wrong(BaseHTTPRequestHandler):
    """Discovery documents nobody should believe, by the first word of the path."""

    def do_GET(self):
        if not self.path.endswith("/.well-known/openid-configuration"):
            self.send_error(404)
            return
        metadata = {
            "issuer": "https://other.example",
            "authorization_endpoint": "https://other.example/authorize",
            "token_endpoint": "https://other.example/token",
            "jwks_uri": "https://other.example/keys",
        }
        body = {
            "broken": b'{"issuer": "canary-document',
            "list": b"[]",
            "html": b"<!doctype html><title>Sign in to the hotel's network</title>",
            "other": json.dumps(metadata).encode(),
        }.get(self.path.split("/")[1])
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def wrong():
    with ThreadingHTTPServer(("127.0.0.1", 0), Wrong) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


@pytest.fixture
def shell(session, tmp_path):
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    shell = Shell(tmp_path, session | own)
    # Whoever opens a browser in these tests has come too far.
    shell.env["BROWSER"] = f"touch {tmp_path / 'opened'} %s"
    yield shell
    shell.leave()
    with keyring_env.in_environment(session):
        kept = keyring_env.entries_of("pywry-auth:cli")
        keyring_env.wipe("pywry-auth:cli")
    assert kept == []
    assert not (tmp_path / "opened").exists()
    assert not shell.accounts.exists()


def in_both_forms(shell, words, code):
    """Run it for a person, then for a program; give the error of the second."""
    told = shell(*words)
    assert told.code == code, told.err
    assert told.out == ""
    last = told.err.splitlines()[-2:]
    assert last[0].startswith("error: "), told.err
    assert last[1].startswith("hint: "), told.err
    ended = shell(*words, "--json")
    assert ended.code == code
    error = ended.error
    assert set(error) == {"code", "message", "hint"}
    assert last == [f"error: {error['message']}", f"hint: {error['hint']}"]
    return error


def login(issuer):
    return ["login", "--issuer", issuer, "--client-id", "native", "--save", "work"]


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        ("broken", "discovery_error", "no valid JSON"),
        ("list", "discovery_error", "no valid JSON"),
        ("html", "discovery_error", "no valid JSON"),
        ("other", "discovery_error", "another issuer"),
        ("nowhere", "discovery_error", "no metadata at this issuer (status 404)"),
    ],
)
def test_metadata_that_cannot_be_believed_ends_the_sign_in(shell, wrong, place, code, words):
    error = in_both_forms(shell, login(f"{wrong}/{place}"), 1)
    assert error["code"] == code
    assert words in error["message"]
    assert "canary" not in error["message"]
    assert not shell.providers.exists()


@pytest.mark.parametrize(
    ("issuer", "code", "words"),
    [
        ("http://id.example.com", 2, "not encrypted"),
        ("nonsense", 2, "no complete https address"),
        ("", 2, "nothing says where to sign in"),
        ("ftp://id.example.com", 2, "issuer_url"),
    ],
)
def test_an_issuer_that_cannot_be_used_is_wrong_usage(shell, issuer, code, words):
    assert words in in_both_forms(shell, login(issuer), code)["message"]


def test_an_issuer_nobody_answers_at_is_told(shell):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but does not listen
        port = taken.getsockname()[1]
        error = in_both_forms(shell, login(f"http://127.0.0.1:{port}"), 1)
    assert error["code"] == "discovery_transport_error"
    assert f"127.0.0.1:{port} cannot be reached" in error["message"]


def test_a_port_that_is_taken_is_told(shell, op):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = in_both_forms(shell, [*login(op.issuer), "--ports", str(port)], 1)
    assert f"{port} is in use" in error["message"]


@pytest.mark.parametrize(
    ("command", "text", "words"),
    [
        ("login", "[providers.work\n", "line 1"),
        ("token", "[providers.work\n", "line 1"),
        ("whoami", "[providers.work\n", "line 1"),
        ("logout", "[providers.work\n", "line 1"),
        ("status", "[providers.work\n", "line 1"),
        ("login", 'default = "wrok"\n[providers.work]\n', "default"),
        ("token", 'default = "wrok"\n[providers.work]\n', "default"),
        ("status", "providers = 1\n", "no table"),
        ("token", "providers = 1\n", "no table"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_every_command(shell, command, text, words):
    shell.configure(text)
    error = in_both_forms(shell, [command], 2)
    assert words in error["message"]
    assert "providers.toml" in error["message"]


def test_a_setting_that_is_wrong_names_itself(shell):
    shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "a"\nwindow = "x"\n'
        'isuer = "y"\n'
    )
    error = in_both_forms(shell, ["login"], 2)
    assert "window" in error["message"]
    assert "did you mean issuer_url?" in shell("login").err


def test_a_secret_others_can_read_is_refused(shell):
    file = shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "a"\n'
        'client_secret = "canary-secret"\n'
    )
    shell.secrets.add("canary-secret")
    file.chmod(0o644)
    error = in_both_forms(shell, ["login"], 2)
    assert "chmod 600" in error["hint"]


@pytest.mark.parametrize("command", ["login", "token", "whoami", "status", "logout"])
def test_without_a_keyring_nothing_is_kept_elsewhere(shell, op, command):
    shell.env |= NO_BUS
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    if command != "login":
        shell.accounts_are(Account("work", "1", "alice"))
    error = in_both_forms(shell, [command], 1)
    assert error["code"] == "encryption_unavailable"
    assert "Secret Service" in error["hint"]
    assert "another store" not in error["hint"]
    if command != "login":
        assert json.loads(shell.accounts.read_text())["accounts"]
        shell.accounts.unlink()


def test_a_locked_keyring_is_found_out_before_any_window(op, tmp_path):
    with keyring_env.private_keyring() as env:
        own = {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_DATA_HOME": str(tmp_path / "d")}
        shell = Shell(tmp_path, env | own)
        shell.env["BROWSER"] = f"touch {tmp_path / 'opened'} %s"
        shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
        with keyring_env.in_environment(env):
            keyring_env.secret_service().set_password("something", "else", "x")
            keyring_env.lock()
        error = in_both_forms(shell, ["login"], 1)
        assert error["code"] == "store_unavailable"
        assert "unlock" in error["hint"]
        shell.accounts_are(Account("work", "1", "alice"))
        for command in ("token", "status", "whoami", "logout"):
            assert in_both_forms(shell, [command], 1)["code"] == "store_unavailable"
        assert json.loads(shell.accounts.read_text())["accounts"]
        assert not (tmp_path / "opened").exists()


def test_nothing_to_show_a_page_with_is_told(shell, op):
    shell.env["BROWSER"] = ""
    error = in_both_forms(shell, login(op.issuer), 1)
    assert error["code"] == "window_error"
    assert "there is no display" in error["message"]


def test_a_window_asked_for_by_name_that_cannot_be_is_told(shell, op):
    error = in_both_forms(shell, [*login(op.issuer), "--window", "webview"], 1)
    assert error["hint"] == "leave --window out to use what works here"


def test_the_environment_may_choose_the_window(shell, op):
    ended = shell(*login(op.issuer), "--json", PYWRY_AUTH_WINDOW="webview")
    assert ended.code == 1
    assert "the webview window cannot be shown" in ended.error["message"]


@pytest.mark.window
@pytest.mark.skipif(bool(screen.missing_tools()), reason=f"not installed: {screen.missing_tools()}")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_takes_the_window_along(shell, op, number):
    with screen.Screen() as display:
        shell.env |= {"DISPLAY": display.display, "BROWSER": ""}
        process = shell.start(*login(op.issuer))
        seen = []

        def window_is_there():
            seen[:] = children_of(process.pid)
            assert process.poll() is None, process.stderr.read()
            return any(window.title == "Sign In" for window in display.windows())

        screen.until(window_is_there, "the sign-in window appears", 40)
        assert seen
        assert all(lives(pid) for pid in seen)
        process.send_signal(number)
        ended = shell.finish(process)
        assert ended.code == 4
        assert ended.err.endswith("error: cancelled\n")
        assert not [pid for pid in seen if lives(pid)]


@pytest.mark.window
@pytest.mark.skipif(bool(screen.missing_tools()), reason=f"not installed: {screen.missing_tools()}")
def test_a_window_that_is_closed_is_cancelled(shell, op):
    with screen.Screen() as display:
        shell.env |= {"DISPLAY": display.display, "BROWSER": ""}
        process = shell.start(*login(op.issuer), "--json")

        def window_is_there():
            assert process.poll() is None, process.stderr.read()
            return any(window.title == "Sign In" for window in display.windows())

        screen.until(window_is_there, "the sign-in window appears", 40)
        display.ask_to_close(display.window("Sign In"))
        ended = shell.finish(process)
        assert ended.code == 4
        assert ended.error["code"] == "cancelled"
        assert ended.error["message"] == "the sign-in window was closed"
