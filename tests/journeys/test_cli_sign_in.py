"""A whole life at the command line: real provider, real keyring, real processes."""

import json
import re
import shlex
import signal
import subprocess
import threading

import httpx
import pytest

from pywry_auth.account_index import Account
from tests import keyring_env
from tests.cli_kit import COMMAND, Terminal
from tests.providers_kit import DjangoOP, running
from tests.web_walker import Walker


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


@pytest.fixture
def shell(new_shell):
    return new_shell.browsing()


@pytest.fixture
def signed_in(shell, op):
    ended = shell("login", "--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert ended.code == 0, ended.err
    assert shell.stored("work/1") is not None
    return shell


def counted(op, path):
    return sum(1 for event in op.events if event.get("event") == path)


def test_a_life_from_the_first_sign_in_to_the_last_sign_out(shell, op):
    ended = shell("login", "--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert ended.code == 0, ended.err
    assert ended.out == "signed in as alice@example.test at work\n"
    assert "Ctrl-C cancels" in ended.err
    assert "signed in" in shell.last_page.lower()
    first = shell.stored("work/1")

    what_is_signed_in_can_be_read(shell, first.access_token)
    second = an_ended_token_is_renewed_once(shell, op)
    assert second.access_token != first.access_token

    ended = shell("logout")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "signed out alice@example.test at work\n"
    assert shell.stored("work/1") is None
    header = {"Authorization": f"Bearer {second.access_token}"}
    userinfo = httpx.get(f"{op.issuer}/userinfo/", headers=header, follow_redirects=True)
    assert userinfo.status_code in {401, 403}

    ended = shell("token", "--json")
    assert ended.code == 3
    assert ended.error["code"] == "credential_missing"
    assert ended.error["hint"] == "run pywry-auth login work"
    assert shell("status").code == 3
    assert shell("logout").code == 3
    written = [path for path in shell.home.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in written)
    assert not [1 for secret in shell.secrets if secret.encode() in kept]


def what_is_signed_in_can_be_read(shell, access_token):
    ended = shell("status", "--json")
    assert ended.code == 0
    (account,) = ended.json["accounts"]
    assert account["provider"] == "work"
    assert account["label"] == "alice@example.test"
    assert account["state"] == "signed_in"
    assert account["has_refresh_token"] is True
    ended = shell("token")
    assert (ended.code, ended.out, ended.err) == (0, f"{access_token}\n", "")
    ended = shell("whoami", "--json")
    assert ended.code == 0
    assert ended.json["userinfo"]["name"] == "Alice Doe"
    assert "Alice Doe" in shell("whoami", "work").out


def an_ended_token_is_renewed_once(shell, op):
    shell.expire("work/1")
    assert shell("status", "--json").json["accounts"][0]["state"] == "renewable"
    before = counted(op, "token")
    ended = shell("token", "work")
    assert (ended.code, ended.err) == (0, "")
    renewed = shell.stored("work/1")
    assert ended.out == f"{renewed.access_token}\n"
    assert shell("token").out == ended.out
    assert counted(op, "token") == before + 1
    return renewed


def test_several_commands_at_once_renew_once(signed_in, op):
    signed_in.expire("work/1")
    before = counted(op, "token")
    processes = [signed_in.start("token") for _ in range(4)]
    ended = [signed_in.finish(process) for process in processes]
    assert [one.code for one in ended] == [0] * 4, [one.err for one in ended]
    assert len({one.out for one in ended}) == 1
    assert counted(op, "token") == before + 1


def test_a_session_the_provider_ended_needs_a_person(signed_in):
    tokens = signed_in.stored("work/1")
    assert signed_in("logout").code == 0
    signed_in.put("work/1", tokens)
    signed_in.accounts_are(Account("work", "1", "alice"))
    signed_in.expire("work/1")
    for _ in range(2):
        ended = signed_in("token", "--json")
        assert ended.code == 3
        assert ended.error["code"] in {"reauth_required", "token_expired"}
        assert ended.error["hint"] == "run pywry-auth login work"
    ended = signed_in("login", "--if-needed")
    assert ended.code == 0
    assert ended.out.startswith("signed in as")


def test_nobody_is_asked_again_where_that_is_not_needed(signed_in):
    ended = signed_in("login", "--if-needed", "--json", BROWSER="false")
    assert ended.code == 0
    assert ended.json["window"] is None
    signed_in.expire("work/1")
    assert signed_in("login", "--if-needed", BROWSER="false").code == 0


def test_a_provider_that_is_away_leaves_everything_as_it_is(signed_in, op):
    signed_in.expire("work/1")
    before = signed_in.stored("work/1")
    op.control(down=503)
    try:
        ended = signed_in("token", "--json")
        assert ended.code == 1
        assert ended.error["code"] == "refresh_transport_error"
        assert ended.error["hint"]
    finally:
        op.control(down=0)
    assert signed_in.stored("work/1") == before
    assert signed_in("token").code == 0


def test_signing_out_without_a_network_forgets_and_says_what_it_could_not_do(signed_in, op):
    op.control(down=503)
    try:
        ended = signed_in("logout", "--json")
    finally:
        op.control(down=0)
    assert ended.code == 0
    assert ended.json["signed_out"][0]["revoked"] is False
    assert "did not confirm" in ended.err
    assert signed_in.stored("work/1") is None


def test_a_sign_in_that_was_not_saved_is_renewed_and_revoked_all_the_same(shell, op):
    ended = shell("login", "--issuer", op.issuer, "--client-id", "native")
    assert ended.code == 0
    assert "--save NAME" in ended.err
    assert not shell.providers.exists()
    before = shell.stored("default/1").access_token
    shell.expire("default/1")
    ended = shell("token")
    assert ended.code == 0
    assert ended.out.strip() not in {"", before}
    assert shell("whoami").code == 0
    assert shell("logout", "--json").json["signed_out"][0]["revoked"] is True


def test_signing_out_works_whatever_became_of_the_configuration(signed_in):
    signed_in.providers.unlink()
    ended = signed_in("logout", "--all", "--json")
    assert ended.code == 0
    assert ended.json["signed_out"][0]["revoked"] is True
    assert signed_in.stored("work/1") is None


def test_signing_out_of_a_provider_that_is_configured_wrong_forgets(signed_in):
    signed_in.configure(
        '[providers.work]\nissuer_url = "http://id.example.com"\nclient_id = "native"\n'
    )
    ended = signed_in("logout", "--all", "--json")
    assert ended.code == 0
    assert ended.json["signed_out"][0]["revoked"] is None
    assert "not revoked" in ended.err
    assert signed_in.stored("work/1") is None
    assert json.loads(signed_in.accounts.read_text())["accounts"] == []


def test_a_person_who_says_no_is_told_so_and_nothing_is_kept(shell, op):
    words = ("login", "--issuer", op.issuer, "--client-id", "native", "--save", "work", "--json")
    ended = shell(*words, CLI_BROWSER_DENIES="1")
    assert ended.code == 1
    assert ended.error["code"] == "callback_error"
    assert "said no" in ended.error["hint"]
    assert "signed in" not in shell.last_page.lower()
    assert not shell.providers.exists()
    assert not shell.accounts.exists()
    with keyring_env.in_environment(shell.env):
        assert keyring_env.entries_of("pywry-auth:cli") == []
    assert shell("status").code == 3


def test_another_provider_never_gets_what_is_stored_under_its_name(signed_in, op):
    file = signed_in.providers
    file.write_text(file.read_text().replace("native", "device"))
    for words in (["token"], ["whoami"], ["login"]):
        ended = signed_in(*words, "--json")
        assert ended.code == 3, words
        assert "another issuer or client" in ended.error["message"]
    ended = signed_in("whoami", "--issuer", f"{op.issuer}/other", "--client-id", "native", "work")
    assert ended.code == 3


def test_several_accounts_at_one_provider_are_told_apart(signed_in):
    tokens = signed_in.stored("work/1")
    signed_in.put("work/2", tokens)
    signed_in.accounts_are(Account("work", "2", "bob@example.test"), Account("work", "1", "alice"))
    assert len(signed_in("status", "--json").json["accounts"]) == 2
    (only,) = signed_in("status", "--account", "alice", "--json").json["accounts"]
    assert only["account"] == "1"
    assert signed_in("token", "--json").json["account"] == "2"
    assert signed_in("token", "--account", "alice", "--json").json["account"] == "1"
    ended = signed_in("token", "--account", "carol")
    assert ended.code == 3
    assert "bob@example.test, alice" in ended.err
    ended = signed_in("logout", "--account", "bob@example.test", "--no-revoke")
    assert ended.code == 0
    assert "still signed in at work: alice" in ended.err
    assert signed_in.stored("work/2") is None
    assert signed_in("logout", "--all").code == 0
    assert signed_in("status").code == 3


def test_a_configured_provider_nobody_is_signed_in_at_is_listed(shell):
    shell.configure('[providers.work]\nissuer_url = "https://id.example.com"\nclient_id = "a"\n')
    ended = shell("status")
    assert ended.code == 3
    assert re.search(r"^work +- +signed out", ended.out, re.MULTILINE)
    assert ended.err == "not authenticated: nobody is signed in\nhint: run pywry-auth login work\n"
    ended = shell("status", "--json")
    assert ended.code == 3
    assert ended.json["accounts"][0]["state"] == "signed_out"
    assert ended.err == ""


@pytest.mark.parametrize("words", ["status", "token", "--help"])
def test_whoever_stops_reading_ends_the_command_quietly(signed_in, words):
    ended = subprocess.run(
        ["sh", "-c", f"{shlex.join(COMMAND)} {words} | true"],
        env=signed_in.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.stderr == ""


class Redirected(Walker):
    """A person who copies the address of the last page instead of opening it."""

    def address(self, url):
        request = self._client.build_request("GET", url)
        while request.url.path != "/callback":
            request = self._next(self._client.send(request))
        return str(request.url)


def test_a_person_on_another_machine_pastes_the_address_back(shell, op):
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    terminal = Terminal(shell, "login", "work", BROWSER="")
    said = terminal.expect("Address of the last page: ")
    assert "There is no display here." in said
    url = re.search(rf"{op.issuer}/\S+", said)[0]
    with Redirected(op.issuer, user=op.user, password=op.password, deny=False) as person:
        address = person.address(url)
    terminal.until_unseen()
    terminal.type("https://somewhere.example/?code=x&state=y\n")
    terminal.expect("That is not the address")
    terminal.expect("waits for.\r\nAddress of the last page: ")
    terminal.until_unseen()
    terminal.type(f"{address}\n")
    ended = terminal.end()
    assert ended.code == 0
    assert "signed in as alice@example.test at work" in ended.err
    code = httpx.URL(address).params["code"]
    assert code not in ended.err
    assert shell.stored("work/1") is not None


def test_ctrl_c_at_the_prompt_is_cancelled(shell, op):
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    terminal = Terminal(shell, "login", "--window", "paste")
    terminal.expect("Address of the last page: ")
    terminal.until_unseen()
    terminal.type("\x03")
    assert terminal.end().code == 4


def test_a_terminal_shows_the_seconds_that_are_left(shell, op):
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    terminal = Terminal(shell, "login", "--timeout", "50", BROWSER="true", NO_COLOR="1")
    terminal.expect("48 s left, Ctrl-C cancels")
    terminal.type("\x03")
    ended = terminal.end()
    assert ended.code == 4
    assert "\r\x1b[2Kwaiting for you in your browser: 48 s left" in ended.err
    assert ended.err.endswith("\x1b[2Kerror: cancelled\r\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_wait_is_cancelled(shell, op, number):
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    process = shell.start("login", BROWSER="true")
    waiting = threading.Event()
    said = []

    def listen():
        for line in process.stderr:
            said.append(line)
            if "Finish there" in line:
                waiting.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert waiting.wait(30), said
    process.send_signal(number)
    assert process.wait(30) == 4
    listener.join(10)
    process.stdout.close()
    process.stderr.close()
    assert said[-1] == "error: cancelled\n"
    assert "Traceback" not in "".join(said)


def test_a_time_that_is_over_is_told_with_what_to_do(shell, op):
    shell.configure(f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n')
    ended = shell("login", "--timeout", "0.3", "--json", BROWSER="true")
    assert ended.code == 4
    assert ended.error["code"] == "timeout"
    assert "--timeout" in ended.error["hint"]


def test_the_demo_tells_its_story_to_the_end(shell):
    ended = shell("demo", "--window", "browser", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["relogin"] == "silent"
    assert ended.json["relogin_refreshes"] == 1
    assert "an identity provider runs at http://127.0.0.1:" in ended.err
    with keyring_env.in_environment(shell.env):
        assert keyring_env.entries_of("pywry-auth:demo") == []
