"""``pywry-auth doctor``: what a person, a script, whoever helps them get to see."""

import json
import os
import re
import signal
import socket
import subprocess
import zipfile

import pytest

from tests import keyring_env, screen
from tests.cli_kit import Shell, Terminal
from tests.providers_kit import OidcProviderOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(bool(OidcProviderOP.missing()), reason=str(OidcProviderOP.missing())),
]

CANARY = "canary-secret-of-the-client"
NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
CHECKS = [
    "settings",
    "store",
    "loopback",
    "loopback_proxy",
    "window",
    "registration",
    "dns",
    "connection",
    "tls",
    "clock",
    "provider",
]


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture
def shell(session, tmp_path, op):
    home = tmp_path / "home-of-canary-person"
    home.mkdir()
    own = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")}
    shell = Shell(home, session | own | {"BROWSER": "true"})
    shell.configure(
        f'[providers.work]\nissuer_url = "{op.issuer}"\nclient_id = "native"\n'
        f'client_secret = "{CANARY}"\nauthorize_params = {{ login_hint = "ada@canary.test" }}\n'
    ).chmod(0o600)
    yield shell
    shell.leave()
    with keyring_env.in_environment(session):
        left = keyring_env.entries_of("pywry-auth:cli")
    assert left == []
    assert not (home / "touched").exists()


def test_a_machine_where_people_can_sign_in_is_told_so(shell, op):
    ended = shell("doctor", "work")
    assert ended.code == 0, ended.out
    lines = ended.out.splitlines()
    assert lines[0] == f"work ({op.issuer})"
    signs = [line[2:4] for line in lines[2:-2] if line[2:3].strip()]
    assert len(signs) == len(CHECKS)
    assert "\N{BALLOT X} " not in signs
    assert "The provider's answer can arrive." in ended.out
    assert re.fullmatch(r"People can sign in.*\. \(\d+\.\d s\)", lines[-1])
    assert ended.err == ""
    assert "\x1b" not in ended.out


def test_signs_are_plain_where_the_terminal_knows_no_others(shell):
    ended = shell("doctor", "work", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert ended.out.isascii()
    assert "  ok settings " in ended.out


def test_a_script_gets_every_fact(shell, op):
    ended = shell("doctor", "work", "--json")
    assert (ended.code, ended.err) == (0, "")
    told = ended.json
    assert [one["check"] for one in told["findings"]] == CHECKS
    # A busy machine is slow, which is told.
    assert not [x for x in told["findings"] if x["outcome"] != "ok" and "slow" not in x["sentence"]]
    assert (told["ok"], told["window"], told["provider"]) == (True, "browser", "work")
    by_name = {one["check"]: one["facts"] for one in told["findings"]}
    assert by_name["registration"]["redirect_uri"] == "http://127.0.0.1/callback"
    assert by_name["provider"]["issuer"] == op.issuer
    assert told["system"]["python"]
    assert CANARY not in ended.out


def test_what_keeps_people_out_is_told_with_what_to_do(shell):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = shell("doctor", "work", "--ports", port, **NO_BUS)
    assert ended.code == 1
    assert "\N{BALLOT X}  store" in ended.out
    assert "\N{BALLOT X}  loopback " in ended.out
    words = " ".join(ended.out.split())
    assert f"-> {port} is in use by another program" in words
    assert "apt install gnome-keyring" in words
    assert "another store by name" not in words  # which is for programmers
    assert "Nobody can sign in: 2 to mend" in words


def test_without_a_provider_this_machine_is_looked_at(shell):
    shell.providers.unlink()
    ended = shell("doctor")
    assert ended.code == 0
    assert ended.out.startswith("this machine; name a provider")
    assert "dns" not in ended.out


def test_which_provider_is_no_failure_where_there_are_several(shell):
    one = 'issuer_url = "https://id.example.com"\nclient_id = "x"\n'
    shell.configure(f"[providers.work]\n{one}[providers.home]\n{one}")
    ended = shell("doctor", "--json")
    assert ended.json["provider"] is None
    assert "settings" not in {finding["check"] for finding in ended.json["findings"]}


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ('issuer_url = "http://id.example.com"\nclient_id = "a"\n', "https"),
        ('issuer_url = "https://id.example.com"\n', "client_id"),
        ("issuer_url = [\n", "providers.toml"),
    ],
)
def test_settings_that_cannot_be_used_are_one_more_thing_that_is_found(shell, table, word):
    shell.configure(f"[providers.work]\n{table}")
    ended = shell("doctor", "work", "--json")
    assert ended.code == 1
    first, *others = ended.json["findings"]
    assert (first["check"], first["outcome"]) == ("settings", "failed")
    assert word in first["fix"]
    assert "store" in {one["check"] for one in others}


def test_a_provider_nobody_configured_yet_can_be_looked_at(shell, op):
    shell.providers.unlink()
    ended = shell("doctor", "--issuer", op.issuer, "--client-id", "YOUR_CLIENT_ID", "--json")
    assert ended.code == 1
    [failed] = [one for one in ended.json["findings"] if one["outcome"] == "failed"]
    assert failed["check"] == "registration"


def test_a_name_that_is_wrong_is_wrong_usage(shell):
    ended = shell("doctor", "wrok", "--json")
    assert ended.code == 2
    assert ended.error["hint"] == "did you mean work?"


# The bundle


def read(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_bundle_helps_and_holds_nothing_of_the_person(shell, op):
    ended = shell(
        "doctor",
        "work",
        "--bundle",
        "trouble.zip",
        HTTPS_PROXY="http://canary:canary@proxy.example:3128",
        USER="canary-person",
        LOGNAME="canary-person",
    )
    assert ended.code == 0, ended.out
    assert "wrote trouble.zip" in ended.err
    path = shell.home / "trouble.zip"
    assert path.stat().st_mode & 0o077 == 0
    files = read(path)
    for name, text in files.items():
        assert "canary" not in text.lower(), name
        assert str(shell.home) not in text, name
        assert "?" not in "".join(re.findall(r"https?://\S+", text)).replace("?[removed]", ""), name
    assert json.loads(files["settings.json"])["client_id"] == "native"
    assert json.loads(files["settings.json"])["client_secret"] == "[removed]"
    assert json.loads(files["findings.json"])["provider"] == "work"
    assert "HTTPS_PROXY" in json.loads(files["system.json"])["variables_set"]
    assert op.issuer in files["findings.json"]
    assert len(files["findings.txt"].splitlines()) == len(CHECKS)
    assert files["log.txt"]


def test_a_bundle_replaces_no_file(shell):
    (shell.home / "mine.zip").write_bytes(b"mine")
    ended = shell("doctor", "work", "--bundle", "mine.zip", "--json")
    assert ended.code == 2
    assert "exists already" in ended.error["message"]
    assert (shell.home / "mine.zip").read_bytes() == b"mine"
    ended = shell("doctor", "work", "--bundle", "no/such/folder.zip")
    assert ended.code == 2


# Terminals


def test_a_terminal_shows_colours_and_how_far_it_is(shell):
    terminal = Terminal(shell, "doctor", "work")
    ended = terminal.end()
    assert ended.code == 0
    assert "\x1b[32m\N{CHECK MARK} \x1b[0m loopback" in ended.err
    assert "looked at: " in ended.err
    last = ended.err.rpartition("\x1b[2K")[2]
    assert "looked at" not in last


def test_nobody_gets_colours_who_does_not_want_them(shell):
    ended = Terminal(shell, "doctor", "work", NO_COLOR="1").end()
    assert ended.code == 0
    assert "\x1b[32m" not in ended.err
    assert "\N{CHECK MARK}  loopback" in ended.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_doctor_that_is_sent_away_leaves_nothing(shell, number):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = shell.start(
            "doctor", "--issuer", issuer, "--client-id", "x", "--config", os.devnull
        )
        connection, _ = silent.accept()
        connection.close()
        connection, _ = silent.accept()
        process.send_signal(number)
        ended = shell.finish(process)
        connection.close()
    assert ended.code == 4
    assert ended.err.endswith("error: cancelled\n")


@pytest.mark.window
@pytest.mark.skipif(bool(screen.missing_tools()), reason=f"not installed: {screen.missing_tools()}")
def test_a_deep_look_paints_in_a_window_nobody_sees(shell):
    with screen.Screen() as display:
        ended = shell("doctor", "work", "--deep", "--json", DISPLAY=display.display)
        assert display.windows() == []
    found = {one["check"]: one for one in ended.json["findings"]}
    assert found["painting"]["outcome"] == "ok"
    assert found["painting"]["facts"]["renderer"]
    assert ended.json["window"] == "webview"


def test_whoever_stops_reading_ends_it_quietly(shell):
    command = f"{os.sys.executable} -m pywry_auth doctor work | true"
    ended = subprocess.run(
        ["sh", "-c", command],
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.stderr == ""
