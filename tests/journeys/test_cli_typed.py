"""Options beside a provider's settings, at the command line: they count, or are refused."""

import json
import shlex

import pytest
from fakes.jose import private_key

from pywry_auth.account_index import Account
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import keyring_env
from tests.cli_kit import Shell
from tests.journeys.tools_kit import Guarded, serving


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

NO_KEYRING = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}
SECRET = {"ROBOT_SECRET": "canary-robot-secret"}
ROBOT = ("--grant", "client_credentials", "--client-secret-env", "ROBOT_SECRET")


class Counting(Guarded):
    """A token endpoint whose tokens say which request they answer."""

    def respond(self, request):
        form = request.form
        said = {"access_token": f"canary-{len(self.seen)}", "token_type": "bearer"}
        said |= {"expires_in": 600, "scope": form.get("scope", "plain")}
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as env:
        yield env


@pytest.fixture
def shell(session, tmp_path):
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    shell = Shell(tmp_path, session | own | {"BROWSER": f"touch {tmp_path / 'opened'} %s"})
    shell.secrets |= {"canary-robot-secret", "canary horse"}
    yield shell
    shell.leave()
    with keyring_env.in_environment(session):
        keyring_env.wipe("pywry-auth:cli")
    assert not (tmp_path / "opened").exists()


@pytest.fixture
def server():
    with serving(Counting()) as server:
        yield server


@pytest.fixture
def robot(shell, server):
    """Give a shell in which a machine has its token."""
    shell.configure(
        f'[providers.robot]\ngrant = "client_credentials"\ntoken_url = "{server.url}/token"\n'
        'client_id = "rs"\nclient_secret_env = "ROBOT_SECRET"\n'
    )
    assert shell("token", "robot", **SECRET).out == "canary-1\n"
    return shell


@pytest.fixture
def person(shell, server):
    """Give a shell in which alice signed in on a page."""
    shell.configure(
        f'[providers.work]\ntoken_url = "{server.url}/token"\nclient_id = "desktop"\n'
        f'authorize_url = "{server.url}/authorize"\n'
    )
    origin = TokenOrigin(f"{server.url}/token", "desktop", "1")
    kept = OAuthTokenSet("canary-alice", expires_in=600, scope="openid email", origin=origin)
    shell.put("work/1", kept)
    shell.accounts_are(Account("work", "1", "alice"))
    return shell


@pytest.mark.parametrize(
    "words",
    [
        ("--scopes", "admin"),
        ("--audience", "https://api.example.com"),
        ("--client-secret-env", "OTHER_SECRET"),
        ("--auth-method", "client_secret_basic"),
        ("--no-store",),
    ],
)
def test_what_is_typed_is_asked_for_and_not_kept(robot, server, words):
    kept = robot.stored("robot/rs")
    ended = robot("token", "robot", *words, OTHER_SECRET="canary-robot-secret", **SECRET)
    assert (ended.code, ended.out) == (0, "canary-2\n"), ended.err
    ended = robot("exec", "robot", *words, "--", "printenv", "PYWRY_AUTH_TOKEN", **SECRET)
    if "OTHER_SECRET" not in words:
        assert (ended.code, ended.out) == (0, "canary-3\n"), ended.err
    asked = len(server.seen)
    assert robot("token", "robot", **SECRET).out == "canary-1\n"
    assert robot.stored("robot/rs") == kept
    assert len(server.seen) == asked


def test_another_key_or_grant_of_a_program_is_another_request(robot, server):
    typed = [
        ("--private-key-file", "nope.pem"),
        ("--grant", "token_exchange", "--subject-token-file", "nope"),
        ("--client-secret-env", "NOT_SET"),
    ]
    for words in typed:
        ended = robot("token", "robot", *words, **SECRET)
        assert (ended.code, ended.out) == (2, ""), words
        assert "nope" in ended.err or "NOT_SET" in ended.err
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--private-key-file", "nope.pem"), 2, "there is no private key"),
        (("--client-secret-env", "NOT_SET"), 2, "NOT_SET"),
        (("--username", "bob"), 2, "--username is for --grant password"),
        (("--audience", "x"), 2, "--audience is for --grant client_credentials or token_exchange"),
        (("--grant", "password"), 3, "run pywry-auth login work --grant password"),
        (("--scopes", "email admin"), 3, "was not granted admin"),
        (("--client-id", "other"), 3, "another issuer or client"),
    ],
)
def test_a_person_s_token_is_not_given_for_what_was_typed_otherwise(person, words, code, told):
    ended = person("token", "work", *words)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err
    assert person("token", "work", "--scopes", "email").out == "canary-alice\n"


def test_another_user_name_is_another_record(shell, server):
    shell.configure(
        f'[providers.work]\ngrant = "password"\ntoken_url = "{server.url}/token"\n'
        'client_id = "terminal"\nusername = "alice"\npassword_env = "PW"\n'
    )
    assert shell("token", "work", PW="canary horse").out == "canary-1\n"
    assert shell("token", "work", "--username", "bob", PW="canary horse").out == "canary-2\n"
    assert shell("token", "work").out == "canary-1\n"
    assert shell("token", "work", "--username", "bob").out == "canary-2\n"
    nobody = shell("token", "work", "--username", "carol")
    assert (nobody.code, nobody.out) == (3, "")
    assert nobody.err.startswith("error: carol is not signed in at work\n")


def test_a_password_that_is_typed_otherwise_is_not_kept_either(shell, server):
    words = ("token", "--token-url", f"{server.url}/token", "--client-id", "terminal")
    words += ("--grant", "password", "--username", "alice", "--password-env", "PW")
    assert shell(*words, PW="canary horse").out == "canary-1\n"
    assert shell(*words, PW="canary horse", **NO_KEYRING).out == "canary-2\n"
    ended = shell(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "PW" in ended.err


def test_two_programs_in_one_script_get_in_nobodys_way(shell, server):
    with serving(Counting()) as other:
        for _ in range(2):
            for one in (server, other):
                at = ("--token-url", f"{one.url}/token", "--client-id", "rs")
                ended = shell("token", *at, *ROBOT, **SECRET)
                assert (ended.code, ended.out) == (0, f"canary-{len(one.seen)}\n"), ended.err
    assert shell.stored("default/rs") is None
    assert not shell.accounts.exists()


def test_a_program_needs_no_keyring(robot, server):
    at = ("--token-url", f"{server.url}/token", "--client-id", "rs")
    assert robot("token", *at, *ROBOT, **SECRET, **NO_KEYRING).code == 0
    assert robot("token", "robot", "--no-store", **SECRET, **NO_KEYRING).code == 0
    ended = robot("exec", "robot", "--no-store", "--", "true", **SECRET, **NO_KEYRING)
    assert ended.code == 0
    without = robot("token", "robot", **SECRET, **NO_KEYRING)
    assert (without.code, without.out) == (1, "")
    assert "--no-store" in without.err.splitlines()[-1]
    assert "choose another store" not in without.err
    unset = robot("token", "robot", **NO_KEYRING)  # which is the first thing to mend
    assert unset.code == 2
    assert "ROBOT_SECRET" in unset.err
    nowhere = robot("token", "--client-id", "rs", *ROBOT, **SECRET, **NO_KEYRING)
    assert nowhere.code == 2
    assert nowhere.err.endswith("hint: add --issuer URL, or --token-url URL\n")


def test_whoever_needs_a_person_needs_a_keyring(person):
    ended = person("token", "work", **NO_KEYRING)
    assert ended.code == 1
    assert "--no-store" not in ended.err
    for words in ((), ("--grant", "password", "--username", "alice")):
        ended = person("token", "work", *words, "--no-store")
        assert (ended.code, ended.out) == (2, "")
    ended = person("token", "work", "--grant", "refresh_token", "--no-store")
    assert ended.code == 2
    assert "would lose the refresh token" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("--device",),
        ("--window", "webview"),
        ("--ports", "8765"),
        ("--timeout", "9"),
        ("--scopes", "admin"),
    ],
)
def test_a_sign_in_of_a_program_ignores_nothing(robot, server, words):
    ended = robot("login", "robot", *words, **SECRET)
    assert (ended.code, ended.out) == (2, "")
    assert words[0] in ended.err
    assert len(server.seen) == 1
    if words[0] != "--scopes":
        return
    assert "hint: run pywry-auth token robot --scopes admin," in ended.err
    assert robot("login", "robot", *words, "--save", "robot", **SECRET).code == 0
    assert robot("token", "robot", "--json", **SECRET).json["scopes"] == ["admin"]


def test_a_program_that_no_file_knows_is_signed_in_under_a_name_alone(shell, server):
    at = ("--token-url", f"{server.url}/token", "--client-id", "rs", *ROBOT)
    ended = shell("login", *at, **SECRET)
    assert (ended.code, server.seen) == (2, [])
    line, _, save = ended.err.splitlines()[-1].removeprefix("hint: run ").partition(", which ")
    assert shell(*shlex.split(line)[1:], **SECRET).out == "canary-1\n"
    assert save.endswith("--save NAME")
    assert shell("login", *at, "--save", "NAME", **SECRET).code == 0
    assert shell("token", "NAME", **SECRET).out == "canary-2\n"


def test_what_to_type_next_can_be_typed(shell, server):
    """Two unnamed people's providers: the hint keeps both."""
    origin = TokenOrigin("https://other.example", "native", "1")
    shell.put("default/1", OAuthTokenSet("canary", expires_in=600, origin=origin))
    shell.accounts_are(Account("default", "1"))
    at = ("--token-url", f"{server.url}/token", "--client-id", "terminal", "--grant", "password")
    at += ("--username", "alice", "--password-env", "PW")
    origin = TokenOrigin("https://other.example", "terminal")
    shell.put("default/alice", OAuthTokenSet("canary", expires_in=600, origin=origin))
    ended = shell("login", *at, PW="canary horse")
    assert ended.code == 3
    hint = ended.err.splitlines()[-1].removeprefix("hint: run ")
    for command in hint.split(", then "):
        ended = shell(*shlex.split(command)[1:], PW="canary horse")
        assert ended.code == 0, ended.err
    assert ended.out == "canary-1\n"


def test_a_sign_in_that_ended_is_repeated_as_it_was_typed(shell, server):
    at = ("--token-url", f"{server.url}/token", "--client-id", "terminal", "--grant", "password")
    at += ("--username", "alice")
    ended = shell("token", *at)
    assert ended.code == 3
    line = ended.err.splitlines()[-1].removeprefix("hint: run ")
    assert shlex.split(line) == [
        "pywry-auth",
        "login",
        "--client-id",
        "terminal",
        *at[4:6],
        *at[:2],
        *at[6:],
    ]
    assert shell(*shlex.split(line)[1:], "--password-env", "PW", PW="canary horse").code == 0
    assert shell("token", *at).out == "canary-1\n"


def test_a_key_is_looked_at_before_anything_is_sent(shell, server):
    key = shell.home / "key.json"
    key.write_text(json.dumps(private_key("ES256").as_dict(private=True)))
    key.chmod(0o600)
    at = ("token", "--token-url", f"{server.url}/token", "--client-id", "rs", "--grant")
    for grant in ("client_credentials", "jwt_bearer"):
        assert shell(*at, grant, "--private-key-file", "key.json", **NO_KEYRING).code == 0
    assert len(server.seen) == 2
