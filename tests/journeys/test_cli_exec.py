"""``pywry-auth exec`` around real commands."""

import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from pywry_auth.account_index import Account
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import keyring_env
from tests.cli_kit import Shell
from tests.providers_kit import DjangoOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX"),
]

TOKEN = "canary-access-token"
ORIGIN = TokenOrigin("https://id.example.com", "desktop", "1")
#: says in one line of JSON what a command was given
LOOK = """
import json, os, sys
print(json.dumps({"env": dict(os.environ), "argv": sys.argv[1:], "pid": os.getpid(),
                  "read": sys.stdin.read()}))
sys.exit(7)
"""


@pytest.fixture
def shell(new_shell):
    """A shell whose person signed in at a provider that need not be asked."""
    new_shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "desktop"\n'
    )
    new_shell.put("work/1", OAuthTokenSet(TOKEN, expires_in=3600, origin=ORIGIN))
    new_shell.accounts_are(Account("work", "1", "alice@example.com"))
    new_shell.secrets.add(TOKEN)
    return new_shell


def script(shell, text):
    path = shell.home / "command"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_command_finds_the_token_in_its_environment_alone(shell):
    ended = shell("exec", "work", "--", sys.executable, "-c", LOOK, "--json", "--", "a b")
    assert ended.code == 7
    seen = json.loads(ended.out)
    assert seen["env"].pop("PYWRY_AUTH_TOKEN") == TOKEN
    assert seen["argv"] == ["--json", "--", "a b"]
    assert TOKEN not in json.dumps(seen)
    expected = shell.environment
    assert {name: seen["env"].get(name) for name in expected} == expected
    assert ended.err == ""


def test_several_variables_hold_it_and_none_else(shell):
    words = ("exec", "--env", "A_TOKEN", "--env", "B_TOKEN", "--account", "alice@example.com")
    seen = json.loads(shell(*words, "--", sys.executable, "-c", LOOK).out)
    held = {name for name, value in seen["env"].items() if value == TOKEN}
    assert held == {"A_TOKEN", "B_TOKEN"}


def test_a_command_takes_our_place(shell):
    process = shell.start("exec", "--", sys.executable, "-c", LOOK)
    assert json.loads(shell.finish(process).out)["pid"] == process.pid


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_meets_the_command_and_is_seen_by_our_caller(shell, number):
    waiting = script(shell, "echo up\nexec sleep 60")
    process = shell.start("exec", "--", waiting)
    assert process.stdout.readline() == "up\n"
    process.send_signal(number)
    assert shell.finish(process).code == -number


def test_a_command_may_answer_a_signal_in_its_own_way(shell):
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
        "print('up', flush=True)\ntime.sleep(60)"
    )
    process = shell.start("exec", "--", sys.executable, "-c", code)
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    assert shell.finish(process).code == 9


def test_a_shell_sees_128_and_the_number(shell):
    line = f'{sys.executable} -m pywry_auth exec -- sh -c "kill -TERM \\$\\$"; echo $?'
    ended = shell("exec", "--", "sh", "-c", line)
    assert ended.out == "143\n"


def test_a_broken_pipe_ends_the_command_as_it_would_without_us(shell):
    # Python ignores SIGPIPE; a command that inherited that would go on writing to nobody.
    assert shell("exec", "--", "sh", "-c", "kill -PIPE $$; echo alive").code == -signal.SIGPIPE


def test_a_command_that_is_not_there_is_told(shell):
    ended = shell("exec", "--", "no-such-command-anywhere")
    assert (ended.code, ended.out) == (127, "")
    assert ended.err.splitlines() == [
        "error: there is no command 'no-such-command-anywhere'",
        "hint: check PATH",
    ]


def test_a_file_that_is_no_program_is_told(shell):
    path = shell.home / "notes.txt"
    path.write_text("hello")
    path.chmod(stat.S_IRUSR)
    ended = shell("exec", "--", str(path))
    assert ended.code == 126
    assert "cannot be run (PermissionError)" in ended.err


def test_nobody_signed_in_starts_nothing(new_shell):
    new_shell.configure(
        '[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "desktop"\n'
    )
    ended = new_shell("exec", "work", "--", "touch", str(new_shell.home / "ran"))
    assert ended.code == 3
    assert "hint: run pywry-auth login work" in ended.err
    assert not (new_shell.home / "ran").exists()


@pytest.mark.parametrize("name", ["A=canary", "1A", "", "A B", "Ä"])
def test_what_is_no_variable_is_refused_and_not_repeated(shell, name):
    ended = shell("exec", f"--env={name}", "--", "touch", str(shell.home / "ran"))
    assert ended.code == 2
    assert "canary" not in ended.err
    assert not (shell.home / "ran").exists()


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


def test_a_token_that_ended_is_renewed_first(new_shell, op):
    shell = new_shell.browsing()
    words = ("--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert shell("login", *words).code == 0
    [account] = shell("status", "--json").json["accounts"]
    key = f"work/{account['account']}"
    before = shell.stored(key).access_token
    shell.expire(key)
    ended = shell("exec", "work", "--", "printenv", "PYWRY_AUTH_TOKEN")
    after = shell.stored(key).access_token
    assert (ended.code, ended.out) == (0, f"{after}\n")
    assert after != before


def test_where_nothing_can_take_our_place_the_command_is_waited_for(tmp_path):
    """As on Windows; the codes of signals are those of shells."""
    code = (
        "import sys\nfrom pywry_auth.cli.child import wait_for_child\n"
        "sys.exit(wait_for_child(sys.argv[1:], {'PATH': '/bin:/usr/bin', 'T': 'x'}))"
    )
    shell = Shell(tmp_path)
    for line, status in (("exit 7", 7), ("kill -TERM $$", 143), ('test "$T" = x', 0)):
        assert run_python(shell, code, "sh", "-c", line).wait(10) == status
    process = run_python(shell, code, "sh", "-c", f"touch {tmp_path}/up; exec sleep 60")
    while not (tmp_path / "up").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)  # the terminal's business with the command
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 143
    shell.leave()


def run_python(shell, code, *args):
    process = subprocess.Popen(
        [sys.executable, "-c", code, *args],
        env=os.environ | {"PYTHONPATH": shell.environment["PYTHONPATH"]},
    )
    shell.started.append(process)
    return process
