"""``pywry-auth credential git``, asked by git itself, for repositories behind a password."""

import os
import subprocess
import sys

import pytest

from pywry_auth.account_index import Account
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import keyring_env
from tests.cli_kit import LIMIT, Ended
from tests.journeys.tools_kit import GitHost, missing, serving
from tests.providers_kit import DjangoOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(bool(missing("git")), reason=missing("git")),
]

HELPER = f"!{sys.executable} -m pywry_auth credential git"
TOKEN = "canary-access-token"
ORIGIN = TokenOrigin("https://id.example.com", "desktop", "1")


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


@pytest.fixture
def host(tmp_path):
    with serving(GitHost(tmp_path)) as host:
        yield host


def git(shell, *words, helper=HELPER, said="", **env):
    """Run git as a person does whose only helper is ours."""
    config = shell.home / "gitconfig"
    config.write_text("[user]\nname = Alice\nemail = alice@example.com\n")
    alone = {
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_TRACE": "",
    }
    ended = subprocess.run(
        ["git", "-c", f"credential.helper={helper}", *words],
        env=shell.environment | alone | env,
        input=said,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        cwd=shell.home,
    )
    return shell.judged(Ended(ended.returncode, ended.stdout, ended.stderr))


def signed_in(shell, host, *, more="", **members):
    """Let somebody be signed in at a provider that need not be asked."""
    shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "desktop"\n'
        f'git_hosts = ["git.example.com", "{host.url}"]\n{more}'
    )
    tokens = OAuthTokenSet(TOKEN, **{"expires_in": 3600, "origin": ORIGIN, **members})
    shell.put("work/1", tokens)
    shell.accounts_are(Account("work", "1", "alice@example.com"))
    shell.secrets.add(TOKEN)
    return tokens


def test_a_clone_and_a_push_go_through_with_the_token(shell, host):
    signed_in(shell, host)
    assert git(shell, "clone", "-q", host.repository, "notes").code == 0
    (shell.home / "notes" / "a.txt").write_text("hello")
    for words in (("add", "a.txt"), ("commit", "-qm", "a"), ("push", "-q", "origin", "HEAD:main")):
        ended = git(shell, "-C", "notes", *words)
        assert ended.code == 0, ended.err
    assert git(shell, "clone", "-q", host.repository, "again").code == 0
    assert (shell.home / "again" / "a.txt").read_text() == "hello"
    assert {one.pair for one in host.seen if one.authorization} == {("oauth2", TOKEN)}


def test_a_name_of_the_configuration_is_shown_beside_the_token(shell, host):
    signed_in(shell, host, more='git_username = "x-token-auth"\n')
    assert git(shell, "clone", "-q", host.repository, "notes").code == 0
    assert {one.pair[0] for one in host.seen if one.authorization} == {"x-token-auth"}


def test_a_refused_token_is_renewed_for_the_next_try_and_nobody_signs_out(shell, host, op):
    shell = shell.browsing()
    words = ("--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert shell("login", *words).code == 0
    with shell.providers.open("a") as file:
        file.write(f'git_hosts = ["{host.url}"]\n')
    [account] = shell("status", "--json").json["accounts"]
    key = f"work/{account['account']}"
    first = shell.stored(key).access_token
    host.refused.add(first)  # though it is good for an hour by its time
    assert git(shell, "clone", "-q", host.repository, "notes").code != 0
    assert {one.pair[1] for one in host.seen if one.authorization} == {first}
    assert shell("status").code == 0
    assert git(shell, "clone", "-q", host.repository, "notes").code == 0
    second = shell.stored(key).access_token
    assert host.seen[-1].pair[1] == second != first


def test_a_refused_token_that_nothing_renews_stays_with_advice(shell, host):
    tokens = signed_in(shell, host)
    host.refused.add(TOKEN)
    ended = git(shell, "clone", "-q", host.repository, "notes")
    assert ended.code != 0
    assert "hint: run pywry-auth login work" in ended.err
    assert shell.stored("work/1") == tokens


def test_another_token_than_the_stored_one_that_was_refused_changes_nothing(shell, host):
    tokens = signed_in(shell, host, refresh_token="canary-refresh")
    refused = f"protocol=http\nhost=127.0.0.1:{host.port}\nusername=oauth2\npassword=an-old-one\n\n"
    assert git(shell, "credential", "reject", said=refused).code == 0
    assert shell.stored("work/1") == tokens
    git(shell, "credential", "reject", said=refused.replace("an-old-one", TOKEN))
    assert not shell.stored("work/1").access_valid()
    assert shell.stored("work/1").refresh_token == "canary-refresh"


def test_another_host_is_not_shown_the_token(shell, host, tmp_path):
    signed_in(shell, host)
    (tmp_path / "other").mkdir()
    with serving(GitHost(tmp_path / "other")) as stranger:
        assert git(shell, "clone", "-q", stranger.repository, "notes").code != 0
        assert TOKEN not in str([one.authorization for one in stranger.seen])
        assert {one.pair[1] for one in stranger.seen if one.authorization} <= {""}


@pytest.mark.parametrize(
    "server",
    [
        "protocol=http\nhost=git.example.com",  # not encrypted
        "protocol=https\nhost=git.example.com:8443",
        "protocol=https\nhost=git.example.com.evil.example",
        "protocol=https\nhost=evil.example",
        "protocol=https\nhost=sub.git.example.com",
        "protocol=https\nhost=git.example.com@evil.example",
        "protocol=https\nhost=evil.example/git.example.com",
        "protocol=https\nhost=GIT.example.com%2eevil.example",
        "protocol=ftp\nhost=git.example.com",
        "protocol=https",
        "host=git.example.com",
        "",
    ],
)
def test_a_bearer_never_leaves_its_origin(shell, host, server):
    signed_in(shell, host)
    ended = asked(shell, "get", f"{server}\n\n")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def asked(shell, operation, said, *words):
    """Ask as git does."""
    ended = subprocess.run(
        [sys.executable, "-m", "pywry_auth", "credential", "git", *words, operation],
        env=shell.environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        cwd=shell.home,
    )
    return shell.judged(Ended(ended.returncode, ended.stdout, ended.stderr))


def test_git_hears_name_token_and_end(shell, host):
    tokens = signed_in(shell, host)
    said = "capability[]=authtype\nprotocol=https\nhost=git.example.com\npath=a/b.git\n\n"
    lines = [f"password_expiry_utc={int(tokens.expires_at)}"]
    assert asked(shell, "get", said).out.splitlines() == [
        "username=oauth2",
        f"password={TOKEN}",
        *lines,
    ]
    # A newer git says how the server asked; only where it takes a bearer is it given one.
    bearer = said.replace("\n\n", "\nwwwauth[]=Basic realm=x\nwwwauth[]=Bearer realm=x\n\n")
    assert asked(shell, "get", bearer).out.splitlines() == [
        "capability[]=authtype",
        "authtype=Bearer",
        f"credential={TOKEN}",
        *lines,
    ]
    basic = said.replace("\n\n", "\nwwwauth[]=Basic realm=x\n\n")
    assert asked(shell, "get", basic).out.startswith("username=oauth2\n")


def test_a_token_without_an_end_says_none(shell, host):
    signed_in(shell, host, expires_in=None)
    said = "protocol=https\nhost=git.example.com\n\n"
    assert "password_expiry_utc" not in asked(shell, "get", said).out


def test_somebody_s_own_name_in_the_address_is_their_business(shell, host):
    signed_in(shell, host)
    address = "protocol=https\nhost=git.example.com\nusername={}\n\n"
    assert asked(shell, "get", address.format("bob")).out == ""
    for name in ("oauth2", "alice@example.com"):
        found = asked(shell, "get", address.format(name)).out
        assert found.startswith(f"username={name}\npassword={TOKEN}\n")


@pytest.mark.parametrize("operation", ["store", "capability", "whatever-comes-next"])
def test_what_else_git_may_ask_is_ignored(shell, host, operation):
    tokens = signed_in(shell, host)
    said = f"protocol=https\nhost=git.example.com\nusername=x\npassword={TOKEN}\n\n"
    ended = asked(shell, operation, said)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert shell.stored("work/1") == tokens


def test_nobody_signed_in_is_told_on_standard_error_alone(shell, host):
    signed_in(shell, host)
    shell.accounts_are()
    ended = asked(shell, "get", "protocol=https\nhost=git.example.com\n\n")
    assert (ended.code, ended.out) == (3, "")
    assert "hint: run pywry-auth login work" in ended.err


def test_where_no_host_is_allowed_that_is_said(shell, host):
    signed_in(shell, host)
    shell.configure('[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "x"\n')
    for words in ((), ("--provider", "work")):
        ended = asked(shell, "get", "protocol=https\nhost=git.example.com\n\n", *words)
        assert (ended.code, ended.out) == (2, "")
        assert "hint: add git_hosts = " in ended.err


@pytest.mark.parametrize(
    "hosts", ['"git.example.com"', "[3]", '["http://git.example.com"]', '["*.example.com"]', "[]"]
)
def test_hosts_that_are_none_are_refused(shell, host, hosts):
    signed_in(shell, host)
    shell.configure(shell.providers.read_text().replace("git_hosts = [", f"git_hosts = {hosts} #"))
    ended = asked(shell, "get", "protocol=https\nhost=git.example.com\n\n")
    assert (ended.code, ended.out) == (2, "")
    assert "git_hosts" in ended.err


def test_the_first_provider_that_has_the_host_answers(shell, host):
    signed_in(shell, host)
    shell.configure(
        'default = "work"\n[providers.other]\nissuer_url = "https://o.example"\nclient_id = "o"\n'
        f'git_hosts = ["only.example"]\n{shell.providers.read_text()}'
    )
    assert TOKEN in asked(shell, "get", "protocol=https\nhost=git.example.com\n\n").out
    ended = asked(shell, "get", "protocol=https\nhost=only.example\n\n")
    assert "run pywry-auth login other" in ended.err
    named = asked(shell, "get", "protocol=https\nhost=only.example\n\n", "--provider", "work")
    assert (named.code, named.out) == (0, "")


def test_a_token_bound_to_a_key_is_not_given_away(shell, host):
    signed_in(shell, host, token_type="DPoP")
    ended = asked(shell, "get", "protocol=https\nhost=git.example.com\n\n")
    assert (ended.code, ended.out) == (1, "")
    assert "bound to a key" in ended.err


def test_a_token_cannot_add_lines_of_its_own(shell, host):
    signed_in(shell, host)
    shell.put("work/1", OAuthTokenSet("canary\nurl=https://evil.example", origin=ORIGIN))
    ended = asked(shell, "get", "protocol=https\nhost=git.example.com\n\n")
    assert (ended.code, ended.out) == (1, "")
    assert "canary" not in ended.err


def test_git_s_own_trace_shows_that_no_secret_was_an_argument(shell, host):
    signed_in(shell, host)
    trace = shell.home / "trace"
    assert git(shell, "clone", "-q", host.repository, "n", GIT_TRACE=str(trace)).code == 0
    seen = trace.read_text()
    assert "credential git get" in seen
    assert TOKEN not in seen
    assert os.environ.get("PYWRY_AUTH_TOKEN") is None


@pytest.mark.parametrize("kind", ["git", "docker"])
def test_a_provider_s_name_where_the_tool_says_what_it_wants_is_told(shell, kind):
    shell.configure('[providers.robot]\nclient_id = "rs"\ngit_hosts = ["git.example.com"]\n')
    ended = shell("credential", kind, "robot")
    assert (ended.code, ended.out) == (2, "")
    assert "--provider robot" in ended.err
    assert shell("credential", "git", "what-newer-releases-ask").code == 0
