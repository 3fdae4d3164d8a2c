"""Tokens for programs at the command line, from real providers and a real keyring."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from fakes.jose import private_key

from pywry_auth.account_index import Account
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import keyring_env
from tests.cli_kit import LIMIT, Ended, Shell, Terminal
from tests.journeys.tools_kit import Guarded, serving
from tests.providers_kit import DjangoOP, OidcProviderOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
KEY = private_key("ES256")
PUBLIC = KEY.as_dict(private=False) | {"kid": "k1"}
PASSWORD, WRONG = "correct horse", "canary wrong horse"
NO_REDIRECT = {"redirect_uris": [], "response_types": []}
CLIENTS = [
    NO_REDIRECT
    | {
        "client_id": "robot-key",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "grant_types": ["client_credentials"],
        "jwks": {"keys": [PUBLIC]},
    },
    NO_REDIRECT
    | {
        "client_id": "robot-basic",
        "client_secret": "canary-robot-secret",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["client_credentials", EXCHANGE],
    },
    NO_REDIRECT
    | {
        "client_id": "robot-jwt",
        "token_endpoint_auth_method": "none",
        "grant_types": [JWT_BEARER],
    },
]


@pytest.fixture(scope="module")
def django():
    yield from running(DjangoOP)


@pytest.fixture(scope="module")
def certified():
    yield from running(OidcProviderOP, clients=CLIENTS, assertionKeys=[PUBLIC])


@pytest.fixture(scope="module")
def session():
    with keyring_env.private_keyring() as env:
        yield env


@pytest.fixture
def shell(session, tmp_path):
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    shell = Shell(tmp_path, session | own | {"BROWSER": f"touch {tmp_path / 'opened'} %s"})
    shell.secrets |= {WRONG, PASSWORD, "canary-robot-secret", "rs-secret"}
    yield shell
    shell.leave()
    with keyring_env.in_environment(session):
        keyring_env.wipe("pywry-auth:cli")
    assert not (tmp_path / "opened").exists()


def asked(op):
    """How often the token endpoint was asked until now."""
    return sum(event.get("event", "").strip("/") in {"token", "grant"} for event in op.events)


def told(shell, *words, said="", **env):
    """Run a command whose standard input is a pipe."""
    ended = subprocess.run(
        [sys.executable, "-m", "pywry_auth", *words],
        env=shell.environment | env,
        input=said,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        cwd=shell.home,
    )
    return shell.judged(Ended(ended.returncode, ended.stdout, ended.stderr))


# a client in its own name


ROBOT = ("--grant", "client_credentials", "--client-id", "rs", "--client-secret-env", "RS_SECRET")
SECRET = {"RS_SECRET": "rs-secret"}


def test_a_program_has_a_token_without_a_sign_in_and_asks_once(shell, django):
    robot(shell, django)
    words = ("token", "robot")
    before = asked(django)
    first = shell(*words, "--json", **SECRET)
    assert first.code == 0, first.err
    stored = shell.stored("robot/rs")
    assert first.json["access_token"] == stored.access_token
    assert (first.json["provider"], first.json["account"]) == ("robot", "rs")
    for _ in range(2):
        assert shell(*words, **SECRET).out == f"{stored.access_token}\n"
    assert asked(django) == before + 1
    shell.expire("robot/rs")
    assert shell(*words, **SECRET).out == f"{shell.stored('robot/rs').access_token}\n"
    assert shell.stored("robot/rs").access_token != stored.access_token
    assert asked(django) == before + 2


def robot(shell, op, more=""):
    shell.configure(
        f'[providers.robot]\ngrant = "client_credentials"\nissuer_url = "{op.issuer}"\n'
        f'client_id = "rs"\nclient_secret_env = "RS_SECRET"\n{more}'
    )


def test_exec_and_helpers_need_no_sign_in_of_a_program_either(shell, django):
    robot(shell, django, 'git_hosts = ["git.example.com"]\ndocker_hosts = ["r.example.com"]\n')
    ended = shell("exec", "robot", "--", "printenv", "PYWRY_AUTH_TOKEN", **SECRET)
    assert ended.code == 0, ended.err
    token = shell.stored("robot/rs").access_token
    assert ended.out == f"{token}\n"
    git = "protocol=https\nhost=git.example.com\n\n"
    assert f"password={token}\n" in told(shell, "credential", "git", "get", said=git, **SECRET).out
    assert shell("credential", "kubectl", "robot", **SECRET).json["status"]["token"] == token
    listed = told(shell, "credential", "docker", "list", **SECRET)
    assert listed.json == {"r.example.com": "oauth2"}
    rejected = git.replace("\n\n", f"\npassword={token}\n\n")
    assert told(shell, "credential", "git", "erase", said=rejected, **SECRET).code == 0
    again = told(shell, "credential", "git", "get", said=git, **SECRET).out
    assert f"password={token}\n" not in again
    assert f"password={shell.stored('robot/rs').access_token}\n" in again


def test_a_program_is_listed_and_signed_out_like_anybody(shell, django):
    robot(shell, django)
    assert shell("status", "robot").code == 3
    assert shell("token", "robot", **SECRET).code == 0
    [one] = shell("status", "robot", "--json").json["accounts"]
    assert (one["account"], one["state"], one["access_valid"]) == ("rs", "signed_in", True)
    ended = shell("logout", "robot", "--json", **SECRET)
    assert ended.code == 0, ended.err
    assert ended.json["signed_out"][0]["revoked"] is True
    assert shell.stored("robot/rs") is None
    assert shell("status", "robot").code == 3


def test_nobody_is_asked_who_a_program_is(shell, django):
    robot(shell, django)
    assert shell("token", "robot", **SECRET).code == 0
    shell.stored("robot/rs")
    ended = shell("whoami", "robot", **SECRET)
    assert (ended.code, ended.out) == (2, "")
    assert "a program's own" in ended.err


def test_a_program_needs_no_window_to_be_well(shell, django):
    robot(shell, django)
    ended = shell("doctor", "robot", "--json", **SECRET)
    checks = {one["check"]: one["outcome"] for one in ended.json["findings"]}
    assert ended.code == 0, checks
    assert {"settings", "store", "provider"} <= set(checks)
    assert not {"window", "loopback", "registration"} & set(checks)


def test_what_a_program_asks_for_otherwise_is_not_what_it_has_afterwards(shell, django):
    robot(shell, django, 'scopes = "api:read"\n')
    first = shell("token", "robot", "--json", **SECRET).json
    kept = shell.stored("robot/rs")
    assert first["scopes"] == ["api:read"]
    wider = shell("token", "robot", "--scopes", "api:read email", "--json", **SECRET).json
    assert set(wider["scopes"]) == {"api:read", "email"}
    run = shell(
        "exec", "robot", "--scopes", "email", "--", "printenv", "PYWRY_AUTH_TOKEN", **SECRET
    )
    assert run.out.strip() not in {first["access_token"], wider["access_token"], ""}
    assert shell.stored("robot/rs") == kept
    assert shell("token", "robot", "--json", **SECRET).json == first
    before = asked(django)
    same = ("--scopes", " api:read", "--client-id", "rs", "--issuer", f"{django.issuer}/")
    assert shell("token", "robot", *same, "--json", **SECRET).json == first  # nothing differs
    assert asked(django) == before


def test_a_wrong_secret_keeps_nothing(shell, django):
    shell.secrets.add("canary-secret")
    robot(shell, django)
    for words in (("token", "robot"), ("login", "robot")):
        ended = shell(*words, RS_SECRET="canary-secret")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("error: the token endpoint answered 401")
    assert shell.stored("robot/rs") is None
    assert not shell.accounts.exists()


def test_a_secret_that_is_not_there_is_told_before_anything_is_sent(shell, django):
    robot(shell, django)
    before = len(django.events)
    ended = shell("token", "robot")
    assert (ended.code, ended.out) == (2, "")
    assert "RS_SECRET" in ended.err
    assert len(django.events) == before


def certified_robot(shell, op, client, more):
    shell.configure(
        f'[providers.robot]\nissuer_url = "{op.issuer}"\nclient_id = "{client}"\n'
        f'scopes = "api:read"\n{more}'
    )


def private_file(shell, name="key.json", content=None):
    path = shell.providers.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content or json.dumps(KEY.as_dict(private=True)))
    path.chmod(0o600)
    return path


def test_a_client_proves_itself_with_a_key_of_its_own(shell, certified):
    private_file(shell)
    more = 'grant = "client_credentials"\nprivate_key_file = "key.json"\nkey_id = "k1"\n'
    certified_robot(shell, certified, "robot-key", more)
    ended = shell("token", "robot", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["scopes"] == ["api:read"]


def test_a_key_may_be_pem_and_typed_from_here(shell, certified):
    pem = KEY.as_pem(private=True).decode()
    (shell.home / "key.pem").write_text(pem)
    (shell.home / "key.pem").chmod(0o600)
    words = ("token", "--issuer", certified.issuer, "--grant", "client_credentials")
    words += ("--client-id", "robot-key", "--private-key-file", "key.pem", "--key-id", "k1")
    ended = shell(*words)
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(
    ("mode", "content", "words"),
    [
        (0o640, None, "others on this machine can read the private key"),
        (0o604, None, "others on this machine can read the private key"),
        (0o600, '{"kty": 3}', "is no private key"),
        (0o600, "nonsense", ""),
    ],
)
def test_a_key_that_cannot_be_trusted_is_refused(shell, certified, mode, content, words):
    private_file(shell, content=content).chmod(mode)
    more = 'grant = "client_credentials"\nprivate_key_file = "key.json"\n'
    certified_robot(shell, certified, "robot-key", more)
    ended = shell("token", "robot")
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_a_link_to_a_key_is_not_followed(shell, certified):
    path = private_file(shell)
    path.with_name("link.json").symlink_to(path)
    more = 'grant = "client_credentials"\nprivate_key_file = "link.json"\n'
    certified_robot(shell, certified, "robot-key", more)
    assert shell("token", "robot").code == 2


def test_an_assertion_is_signed_each_time(shell, certified):
    private_file(shell)
    more = 'grant = "jwt_bearer"\nprivate_key_file = "key.json"\nkey_id = "k1"\n'
    certified_robot(shell, certified, "robot-jwt", f'{more}assertion_subject = "alice"\n')
    first = shell("token", "robot")
    assert first.code == 0, first.err
    shell.stored("robot/robot-jwt")
    shell.expire("robot/robot-jwt")
    assert shell("token", "robot").out != first.out
    alone = shell("token", "robot", "--no-store")
    assert alone.code == 0, alone.err


def test_a_token_of_a_file_is_exchanged_and_read_again_each_time(shell, certified):
    env = {"ROBOT_SECRET": "canary-robot-secret"}
    private_file(shell)
    more = 'grant = "jwt_bearer"\nprivate_key_file = "key.json"\nkey_id = "k1"\n'
    certified_robot(shell, certified, "robot-jwt", f'{more}assertion_subject = "alice"\n')
    subject = shell("token", "robot", **env)
    assert subject.code == 0, subject.err
    file = private_file(shell, "subject", subject.out)
    certified_robot(
        shell,
        certified,
        "robot-basic",
        'grant = "token_exchange"\nclient_secret_env = "ROBOT_SECRET"\n'
        'subject_token_file = "subject"\nauth_method = "client_secret_basic"\n',
    )
    ended = shell("token", "robot", **env)
    assert ended.code == 0, ended.err
    assert ended.out != subject.out
    file.unlink()
    assert shell("token", "robot", **env).out == ended.out  # still good
    shell.stored("robot/robot-basic")
    shell.expire("robot/robot-basic")
    gone = shell("token", "robot", **env)
    assert (gone.code, gone.out) == (2, "")
    assert "there is no subject token in" in gone.err


# a person's password


def terminal(shell, op, more=""):
    shell.configure(
        f'[providers.work]\ngrant = "password"\nissuer_url = "{op.issuer}"\n'
        f'client_id = "terminal"\nusername = "alice"\n{more}'
    )


def signed_in(shell, op):
    terminal(shell, op)
    ended = told(shell, "login", "work", "--password-stdin", said=f"{PASSWORD}\n")
    assert ended.code == 0, ended.err
    return shell.stored("work/alice")


def test_4b_59_a_password_that_is_typed_signs_in_and_is_never_shown(shell, django):
    terminal(shell, django)
    person = Terminal(shell, "login", "work")
    person.expect("Password for alice at work: ")
    person.until_unseen()
    person.type(f"{PASSWORD}\r")
    ended = person.end()
    assert ended.code == 0, ended.err
    assert "signed in as alice at work" in ended.err
    assert PASSWORD not in ended.err
    assert shell.stored("work/alice").refresh_token is not None
    assert not shell("token", "work").err


def plain(text):
    """Take the colours out."""
    return re.sub(r"\x1b\[\d*m", "", text)


def test_4b_59_a_wrong_password_leaves_the_live_session_as_it_was(shell, django):
    before = signed_in(shell, django)
    status = shell("status", "--json").out
    wrong = [
        told(shell, "login", "work", "--password-stdin", said=f"{WRONG}\n"),
        shell("login", "work", "--password-env", "PW", PW=WRONG),
    ]
    person = Terminal(shell, "login", "work")
    person.expect("Password for alice at work: ")
    person.until_unseen()
    person.type(f"{WRONG}\r")
    wrong.append(person.end())
    for ended in wrong:
        assert ended.code == 1
        assert "signed in" not in ended.out + ended.err
        assert ": the token endpoint answered 400" in plain(ended.err)
    assert shell.stored("work/alice") == before
    assert shell("status", "--json").out == status
    assert shell("token", "work").out == f"{before.access_token}\n"


def test_4b_59_a_login_makes_the_grant_whatever_is_stored(shell, django):
    before = signed_in(shell, django)
    asked_before = asked(django)
    after = signed_in(shell, django)
    assert after.access_token != before.access_token
    assert asked(django) == asked_before + 1
    ended = told(shell, "login", "work", "--if-needed", "--json")
    assert (ended.code, ended.json["window"]) == (0, None)
    assert asked(django) == asked_before + 1


def test_a_session_is_renewed_without_its_password(shell, django):
    before = signed_in(shell, django)
    shell.expire("work/alice")
    ended = shell("token", "work")
    after = shell.stored("work/alice")
    assert (ended.code, ended.out) == (0, f"{after.access_token}\n")
    assert after.refresh_token != before.refresh_token


def test_a_session_that_the_provider_ended_needs_its_person(shell, django):
    tokens = signed_in(shell, django)
    ending = {"token": tokens.refresh_token, "client_id": "terminal"}
    httpx.post(f"{django.issuer}/revoke_token/", data=ending).raise_for_status()
    shell.expire("work/alice")
    ended = shell("token", "work")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.endswith("hint: run pywry-auth login work\n")
    terminal(shell, django, 'password_env = "PW"\n')
    again = shell("token", "work", PW=PASSWORD)  # which needs nobody
    assert (again.code, again.out) == (0, f"{shell.stored('work/alice').access_token}\n")


def test_a_password_of_a_variable_needs_no_person(shell, django):
    terminal(shell, django, 'password_env = "PW"\n')
    ended = shell("exec", "work", "--", "true", PW=PASSWORD)
    assert ended.code == 0, ended.err
    assert shell.stored("work/alice") is not None
    ended = shell("token", "work")  # which is good, with or without a password
    assert ended.code == 0


def test_4b_58_what_is_protected_needs_a_login_first(shell, django):
    terminal(shell, django, 'git_hosts = ["git.example.com"]\n')
    before = len(django.events)
    git = "protocol=https\nhost=git.example.com\n\n"
    for ended in (
        shell("token", "work"),
        shell("exec", "work", "--", "touch", "ran"),
        shell("whoami", "work"),
        shell("credential", "kubectl", "work"),
        told(shell, "credential", "git", "get", said=git),
    ):
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.splitlines()[-1] == "hint: run pywry-auth login work"
    assert not (shell.home / "ran").exists()
    assert len(django.events) == before


def test_4b_58_status_tells_of_both_tokens_and_logout_empties_the_store(shell, django):
    terminal(shell, django)
    ended = shell("status", "work")
    assert ended.code == 3
    assert ended.err.startswith("not authenticated: nobody is signed in at work\n")
    tokens = signed_in(shell, django)
    shell.put(
        "work/alice",
        OAuthTokenSet(
            tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=tokens.expires_at,
            refresh_expiry=4102444800,
            origin=tokens.origin,
        ),
    )
    ended = shell("status", "work")
    end = tokens.access_expiry.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ended.code == 0
    assert f"valid until {end}" in ended.out
    assert "valid until 2100-01-01T00:00:00Z" in ended.out
    [one] = shell("status", "work", "--json").json["accounts"]
    assert (one["access_valid"], one["access_expiry"]) == (True, end)
    assert (one["refresh_valid"], one["refresh_expiry"]) == (True, "2100-01-01T00:00:00Z")
    shell.expire("work/alice")
    [one] = shell("status", "work", "--json").json["accounts"]
    assert (one["access_valid"], one["refresh_valid"]) == (False, True)
    assert "renewed when used" in shell("status", "work").out
    assert shell("logout", "work").code == 0
    assert shell.stored("work/alice") is None
    with keyring_env.in_environment(shell.env):
        assert keyring_env.entries_of("pywry-auth:cli") == []
    assert shell("status", "work").code == 3


def test_nobody_can_be_asked_where_there_is_no_terminal(shell, django):
    terminal(shell, django)
    ended = shell("login", "work")
    assert (ended.code, ended.out) == (2, "")
    assert "--password-stdin" in ended.err


@pytest.mark.parametrize("typed", ["\x03", "\x04"])
def test_whoever_leaves_the_question_is_not_signed_in(shell, django, typed):
    terminal(shell, django)
    person = Terminal(shell, "login", "work")
    person.expect("Password for alice at work: ")
    person.until_unseen()
    person.type(typed)
    assert person.end().code == 4
    assert shell.stored("work/alice") is None


def test_a_user_name_that_nobody_gave_is_asked_for(shell, django):
    words = ("login", "--issuer", django.issuer, "--client-id", "terminal", "--grant", "password")
    person = Terminal(shell, *words, "--save", "home")
    person.expect("User name at home: ")
    person.type("alice\r")
    person.expect("Password for alice at home: ")
    person.until_unseen()
    person.type(f"{PASSWORD}\r")
    ended = person.end()
    assert ended.code == 0, ended.err
    written = shell.providers.read_text()
    assert 'grant = "password"' in written
    assert "alice" not in written  # typed once, for this sign-in
    assert PASSWORD not in written
    assert shell("token", "home").out == f"{shell.stored('home/alice').access_token}\n"


def test_two_people_may_be_signed_in_at_one_provider(shell):
    with serving(TwoPeople()) as server:
        shell.configure(
            f'[providers.work]\ngrant = "password"\ntoken_url = "{server.url}/token"\n'
            'client_id = "terminal"\n'
        )
        for name in ("alice", "bob"):
            words = ("login", "work", "--password-stdin", "--account", name)
            ended = told(shell, *words, said=f"{PASSWORD}\n")
            assert ended.out == f"signed in as {name} at work\n"
        for name in ("alice", "bob"):
            ended = shell("token", "work", "--account", name)
            assert ended.out == f"canary-{name}-password\n"
            shell.expire(f"work/{name}")
            ended = shell("token", "work", "--account", name)
            assert ended.out == f"canary-{name}-refresh_token\n"
        assert shell("token", "work", "--account", "carol").code == 3


class TwoPeople(Guarded):
    """A token endpoint that knows whose refresh token it is."""

    def respond(self, request):
        form = request.form
        name = form.get("username") or form["refresh_token"].removeprefix("canary-refresh-")
        said = {
            "access_token": f"canary-{name}-{form['grant_type']}",
            "refresh_token": f"canary-refresh-{name}",
            "token_type": "bearer",
            "expires_in": 600,
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


class CodeWanted(Guarded):
    """A token endpoint that wants a password with the one-time code of the moment."""

    def respond(self, request):
        form = request.form
        good = form.get("password") == PASSWORD and form.get("totp") == "123456"
        reply = {"access_token": f"canary-{len(self.seen)}", "token_type": "bearer"}
        said = reply | {"expires_in": 600} if good else {"error": "invalid_grant"}
        return 200 if good else 400, {"Content-Type": "application/json"}, json.dumps(said).encode()


@pytest.fixture
def coded(shell):
    with serving(CodeWanted()) as server:
        shell.configure(
            f'[providers.work]\ngrant = "password"\ntoken_url = "{server.url}/token"\n'
            'client_id = "terminal"\nusername = "alice"\ntotp = true\n'
        )
        yield server


def test_a_one_time_code_is_asked_for_unseen(shell, coded):
    person = Terminal(shell, "login", "work")
    person.expect("Password for alice at work: ")
    person.until_unseen()
    person.type(f"{PASSWORD}\r")
    person.expect("One-time code: ")
    person.type("123456\r")
    ended = person.end()
    assert ended.code == 0, ended.err
    assert "123456" not in ended.err
    assert [one.form["totp"] for one in coded.seen] == ["123456"]


def test_a_one_time_code_comes_from_a_pipe_or_a_variable(shell, coded):
    piped = told(shell, "login", "work", "--password-stdin", said=f"{PASSWORD}\n123456\n")
    assert piped.code == 0, piped.err
    words = ("login", "work", "--password-env", "PW", "--totp-env", "CODE")
    assert shell(*words, PW=PASSWORD, CODE="123456").code == 0
    wrong = shell(*words, PW=PASSWORD, CODE="654321")
    assert wrong.code == 1
    assert "654321" not in wrong.err
    nobody = told(shell, "login", "work", "--password-env", "PW", PW=PASSWORD)
    assert nobody.code == 2  # there is no code, and nobody to ask
    assert len(coded.seen) == 3
    assert shell.stored("work/alice") is not None
    assert shell("logout", "work").code == 0  # at a place that revokes nothing
    assert shell.stored("work/alice") is None


def test_what_was_refused_is_told_with_what_was_sent(shell, django, coded):
    code = shell("login", "work", "--password-env", "PW", "--totp-env", "CODE", PW=WRONG, CODE="1")
    assert code.err.endswith(
        "hint: check the user name, the password in PW and the one-time code in CODE\n"
    )
    piped = told(shell, "login", "work", "--password-stdin", said=f"{PASSWORD}\n")
    assert (piped.code, len(coded.seen)) == (2, 1)
    assert "second line" in piped.err
    shell.configure(shell.providers.read_text().replace("totp = true", ""))
    missing = told(shell, "login", "work", "--password-stdin", "--json", said=f"{PASSWORD}\n")
    assert missing.error["error"] == "invalid_grant"
    assert missing.error["hint"].endswith("if a one-time code is wanted too, add --totp")
    terminal(shell, django)
    wrong = told(shell, "login", "work", "--password-stdin", "--json", said=f"{WRONG}\n")
    assert (wrong.code, wrong.error["error"]) == (1, "invalid_grant")
    assert wrong.error["error_description"] == "Invalid credentials given."
    assert "variable" not in wrong.error["hint"]


# trouble


class Thinking(Guarded):
    """A token endpoint that answers when it is told to."""

    def __init__(self):
        super().__init__()
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def respond(self, _request):
        self.asked.set()
        self.may_answer.wait(LIMIT)
        said = {"access_token": "canary-late", "token_type": "bearer", "refresh_token": "canary-r2"}
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


def test_ctrl_c_ends_with_one_word_and_loses_no_refresh_token(shell):
    with serving(Thinking()) as server:
        shell.configure(
            f'[providers.work]\ngrant = "password"\ntoken_url = "{server.url}/token"\n'
            'client_id = "terminal"\nusername = "alice"\n'
        )
        origin = TokenOrigin(f"{server.url}/token", "terminal", "alice")
        kept = OAuthTokenSet(
            "a", refresh_token="canary-r1", expires_in=1, issued_at=1.0, origin=origin
        )
        shell.put("work/alice", kept)
        shell.accounts_are(Account("work", "alice"))
        process = shell.start("token", "work")
        assert server.asked.wait(LIMIT)
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline() == "error: cancelled\n"
        server.may_answer.set()
        ended = shell.finish(process)
    assert (ended.code, ended.out) == (4, "")
    assert shell.stored("work/alice").refresh_token == "canary-r2"  # the other one is spent


def test_without_a_network_what_is_valid_is_served_and_nothing_is_lost(shell, django):
    robot(shell, django)
    assert shell("token", "robot", **SECRET).code == 0
    tokens = shell.stored("robot/rs")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but does not listen
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        shell.configure(shell.providers.read_text().replace(django.issuer, nowhere))
        origin = TokenOrigin(nowhere, "rs")
        short = OAuthTokenSet(tokens.access_token, expires_in=50, origin=origin)  # soon to end
        shell.put("robot/rs", short)
        assert shell("token", "robot", **SECRET).out == f"{tokens.access_token}\n"
        shell.expire("robot/rs")
        before = shell.stored("robot/rs")
        ended = shell("token", "robot", **SECRET)
    assert (ended.code, ended.out) == (1, "")
    assert "hint: " in ended.err
    assert shell.stored("robot/rs") == before


def test_another_provider_s_tokens_are_neither_used_nor_replaced(shell, django):
    robot(shell, django)
    theirs = OAuthTokenSet("canary", origin=TokenOrigin("https://other.example", "rs"))
    shell.put("robot/rs", theirs)
    for words in (("token", "robot"), ("login", "robot")):
        ended = shell(*words, **SECRET)
        assert (ended.code, ended.out) == (3, "")
        assert "another issuer or client" in ended.err
    assert shell.stored("robot/rs") == theirs


def test_tokens_of_another_token_endpoint_are_neither_used_nor_replaced(shell):
    here = 'grant = "client_credentials"\nclient_id = "rs"\nclient_secret_env = "RS_SECRET"\n'
    with serving(Guarded()) as server:
        shell.configure(f'[providers.robot]\n{here}token_url = "{server.url}/token"\n')
        for life in (3600, 1):
            theirs = OAuthTokenSet(
                "canary",
                expires_in=life,
                origin=TokenOrigin("https://other.example/token", "rs"),
            )
            shell.put("robot/rs", theirs)
            for words in (("token", "robot"), ("login", "robot")):
                ended = shell(*words, **SECRET)
                assert (ended.code, ended.out) == (3, "")
                assert "another issuer or client" in ended.err
            assert shell.stored("robot/rs") == theirs
        assert server.seen == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('grant = "implicit"', "grant of robot is none"),
        ("grant = 3", "grant of robot is no text"),
        ('grant = "client_credentials"\nauth_method = 3', "auth_method of robot is no text"),
        ('grant = "client_credentials"', "cannot prove which one it is"),
        ('grant = "client_credentials"\nauth_method = "secret"', "auth_method of robot is none"),
        (
            'grant = "client_credentials"\nauth_method = "client_secret_post"',
            "robot has no client secret",
        ),
        (
            'grant = "client_credentials"\nauth_method = "private_key_jwt"',
            "robot has no private key",
        ),
        (
            'grant = "client_credentials"\nprivate_key_file = "none.pem"',
            "there is no private key",
        ),
        ('grant = "client_credentials"\ndpop = "required"', "robot requires dpop"),
        ('grant = "password"\ntotp = "yes"\nusername = "x"', "totp of robot is no yes or no"),
    ],
)
def test_settings_that_describe_no_grant_are_wrong_usage(shell, django, line, words):
    shell.configure(
        f'[providers.robot]\nissuer_url = "{django.issuer}"\nclient_id = "rs"\n{line}\n'
    )
    ended = shell("token", "robot")
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_what_a_grant_is_made_of_must_be_somewhere(shell, django):
    for kind, setting in (("token_exchange", "subject_token_env"), ("jwt_bearer", "assertion_env")):
        shell.configure(
            f'[providers.robot]\nissuer_url = "{django.issuer}"\nclient_id = "rs"\n'
            f'grant = "{kind}"\n'
        )
        ended = shell("token", "robot")
        assert (ended.code, ended.out) == (3, "")
        assert f"name a variable with {setting}" in ended.err


def test_a_refresh_token_from_elsewhere_begins_once(shell, django):
    elsewhere = signed_in(shell, django).refresh_token
    shell.secrets.add(elsewhere)
    shell.configure(
        f'[providers.other]\ngrant = "refresh_token"\nissuer_url = "{django.issuer}"\n'
        'client_id = "terminal"\nrefresh_token_env = "RT"\n'
    )
    first = shell("token", "other", RT=elsewhere)
    assert first.code == 0, first.err
    shell.stored("other/terminal")
    shell.expire("other/terminal")
    second = shell("token", "other", RT=elsewhere)  # which is spent, and not sent again
    assert second.code == 0, second.err
    assert second.out != first.out


def test_4b_60_no_env_file_changes_where_anything_goes(shell, django):
    robot(shell, django)
    evil = "http://127.0.0.1:9"
    (shell.home / ".env").write_text(
        "".join(
            f"{prefix}{name}={evil}\n"
            for prefix in ("PYWRY_AUTH_", "PYWRY_OAUTH2__", "CDSE_", "")
            for name in ("ISSUER_URL", "TOKEN_URL", "STS_URL", "CONFIG", "CLIENT_ID")
        )
    )
    (shell.home / "providers.toml").write_text(f'[providers.robot]\nissuer_url = "{evil}"\n')
    ended = shell("token", "robot", **SECRET)
    assert ended.code == 0, ended.err
    unnamed = ("token", "--issuer", django.issuer, *ROBOT)
    assert shell(*unnamed, **SECRET).code == 0


def test_4b_60_no_secret_is_an_argument_or_can_be_read_anywhere(shell, django):
    """Whatever goes wrong, and with everything told that can be."""
    terminal(shell, django)
    shell.secrets |= {"canary-typed"}
    loud = {"PYWRY_AUTH_DEBUG": "1"}
    options = ("--password", "--totp-code", "--refresh-token", "--client-secret")
    typed = [shell("login", "work", option, "canary-typed") for option in options]
    typed += [shell("login", "work", f"{option}=canary-typed") for option in options]
    assert {ended.code for ended in typed} == {2}
    assert not [ended for ended in typed if "canary-typed" in ended.out + ended.err]
    runs = [
        told(shell, "login", "work", "--password-stdin", said=f"{WRONG}\n", **loud),
        shell("login", "work", "--password-env", WRONG, **loud),
        shell("login", "work", "--password-env", "PW", PW=WRONG, **loud),
        told(shell, "login", "work", "--password-stdin", said=f"{PASSWORD}\n", **loud),
        shell("status", "--json", **loud),
        shell("login", "--help"),
        shell("token", "--help"),
    ]
    tokens = shell.stored("work/alice")
    secrets = (WRONG, PASSWORD, tokens.access_token, tokens.refresh_token)
    files = [
        path.read_bytes().decode("latin-1") for path in shell.home.rglob("*") if path.is_file()
    ]
    everything = "\n".join([*(ended.out + ended.err for ended in runs), *files])
    assert [secret for secret in secrets if secret in everything] == []
    assert len(files) > 1


def test_4b_35_programs_that_start_at_once_share_one_request(shell, django):
    robot(shell, django)
    assert shell("token", "robot", **SECRET).code == 0
    shell.stored("robot/rs")
    shell.expire("robot/rs")
    before = asked(django)
    started = [shell.start("token", "robot", **SECRET) for _ in range(4)]
    ended = [shell.finish(one) for one in started]
    assert {one.code for one in ended} == {0}
    assert {one.out for one in ended} == {f"{shell.stored('robot/rs').access_token}\n"}
    assert asked(django) == before + 1


def test_a_password_s_session_has_its_person_s_facts(shell, django):
    terminal(shell, django, 'scopes = "openid email"\n')
    ended = told(shell, "login", "work", "--password-stdin", said=f"{PASSWORD}\n")
    assert ended.code == 0, ended.err
    shell.stored("work/alice")
    found = shell("whoami", "work", "--json")
    assert found.code == 0, found.err
    assert found.json["userinfo"]["email"] == "alice@example.test"
    assert shell("logout", "work", "--json").json["signed_out"][0]["revoked"] is True
