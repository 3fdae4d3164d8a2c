"""A person at a terminal who signs in on another device: real processes, a real keyring."""

import re
import signal
from dataclasses import replace

import pytest

from pywry_auth.testing import Conduct, Drop, ProgrammableProvider, Put, RefreshPolicy, Reply
from tests import keyring_env
from tests.cli_kit import Terminal


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]

PENDING = Reply(400, '{"error": "authorization_pending"}')
QUICK = {"interval": Put(1)}
CONFIRMED = Conduct(
    device=QUICK,
    refresh=RefreshPolicy.ROTATE,
    token={"expires_in": Put(3600)},
    first={"device_token": (PENDING,)},
)
NOBODY = Conduct(device=QUICK, replies={"device_token": PENDING})
SCOPES = ("--scopes", "openid email")
BLOCKS = "▀▄█"


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


def login(issuer, *more):
    named = ("login", "work", "--issuer", issuer, "--client-id", "rp-client", "--save", "work")
    return [*named, *SCOPES, "--device", *more]


def user_code(op, mode):
    return next(value for value in op.issued(mode) if re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", value))


def device_code(op, mode):
    return next(value for value in op.issued(mode) if value.startswith("device-"))


def nothing_is_kept(shell):
    assert not shell.providers.exists()
    assert not shell.accounts.exists()
    with keyring_env.in_environment(shell.env):
        return keyring_env.entries_of("pywry-auth:cli") == []


def test_a_script_gets_plain_words_and_a_person_signed_in(shell, op):
    ended = shell(*login(op.add("plain", CONFIRMED)))
    assert ended.code == 0, ended.err
    assert ended.out == "signed in as janedoe@example.com at work\n"
    code = user_code(op, "plain")
    assert f"{code}   ({' '.join(code)})" in ended.err
    assert f"{op.base_url}/plain/device\n" in ended.err
    assert f"only if the page is one of {op.base_url.removeprefix('http://')}" in ended.err
    assert not set(BLOCKS) & set(ended.err)
    assert "\x1b" not in ended.err
    assert device_code(op, "plain") not in ended.err
    assert op.violations("plain") == []
    kept = shell.stored("work/248289761001")
    assert kept.refresh_token


def test_a_provider_may_say_that_its_people_use_another_device(shell, op):
    words = [word for word in login(op.add("named", CONFIRMED)) if word != "--device"]
    ended = shell(*words, "--grant", "device")
    assert ended.code == 0, ended.err
    assert user_code(op, "named") in ended.err
    assert 'grant = "device"' in shell.providers.read_text()
    kept = shell.stored("work/248289761001")
    assert shell("token", "work").out == f"{kept.access_token}\n"
    assert op.violations("named") == []


def test_what_a_code_brought_is_renewed_and_revoked_like_any_sign_in(shell, op):
    ended = shell(*login(op.add("life", CONFIRMED), "--json"))
    assert ended.code == 0, ended.err
    assert ended.json["window"] == "device"
    assert ended.json["has_refresh_token"] is True
    first = shell.stored("work/248289761001")
    shell.expire("work/248289761001")
    ended = shell("token", "work")
    assert ended.code == 0, ended.err
    assert ended.out.strip() not in {"", first.access_token}
    assert shell("logout", "--json").json["signed_out"][0]["revoked"] is True
    assert op.violations("life") == []


def test_a_scope_that_a_code_did_not_bring_is_named(shell, op):
    less = replace(CONFIRMED, token={"expires_in": Put(3600), "scope": Put("openid")})
    ended = shell(*login(op.add("less", less)))
    assert ended.code == 0, ended.err
    assert "asked for, but not granted: email" in ended.err


def test_a_terminal_shows_code_and_picture_and_counts_down(shell, op):
    terminal = Terminal(
        shell, *login(op.add("tty", CONFIRMED)), COLUMNS="100", LINES="60", PYTHONIOENCODING="utf-8"
    )
    seen = terminal.expect("s left, Ctrl-C cancels")
    ended = terminal.end()
    assert ended.code == 0, ended.err
    assert "signed in as janedoe@example.com at work" in ended.err
    assert seen.count("\x1b[38;5;16;48;5;231m") >= 13  # the rows of the picture
    assert user_code(op, "tty") in seen
    assert "scan the code above" in seen
    assert f"waiting for you at {op.base_url.removeprefix('http://')}: " in seen
    assert device_code(op, "tty") not in ended.err


@pytest.mark.parametrize(
    "env",
    [
        {"NO_COLOR": "1", "COLUMNS": "100", "LINES": "60"},
        {"TERM": "dumb", "COLUMNS": "100", "LINES": "60"},
        {"COLUMNS": "30", "LINES": "60"},
        {"PYTHONIOENCODING": "ascii", "COLUMNS": "100", "LINES": "60"},
    ],
    ids=["no-colour", "dumb", "narrow", "ascii"],
)
def test_a_terminal_that_cannot_show_a_picture_gets_none(shell, op, env):
    terminal = Terminal(shell, *login(op.add("bare", CONFIRMED)), **env)
    ended = terminal.end()
    assert ended.code == 0, ended.err
    assert "48;5;231" not in ended.err
    assert "scan" not in ended.err
    assert user_code(op, "bare") in ended.err


def test_a_person_who_says_no_is_told_so_and_nothing_is_kept(shell, op):
    no = Conduct(device=QUICK, replies={"device_token": Reply(400, '{"error": "access_denied"}')})
    ended = shell(*login(op.add("no", no), "--json"))
    assert ended.code == 1
    assert ended.error["code"] == "callback_error"
    assert "said no" in ended.error["hint"]
    assert nothing_is_kept(shell)


def test_a_code_nobody_confirms_is_timed_out(shell, op):
    short = Conduct(
        device={"interval": Put(1), "expires_in": Put(2)}, replies={"device_token": PENDING}
    )
    ended = shell(*login(op.add("late", short), "--json"))
    assert ended.code == 4
    assert ended.error["code"] == "timeout"
    assert nothing_is_kept(shell)


def test_a_shorter_wait_can_be_asked_for(shell, op):
    ended = shell(*login(op.add("short", NOBODY), "--timeout", "0.5", "--json"))
    assert ended.code == 4
    assert "0.5 seconds" in ended.error["message"]
    assert nothing_is_kept(shell)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(shell, op, number):
    process = shell.start(*login(op.add("gone", NOBODY)))
    assert op.wait_for("gone", "token", timeout=30)
    process.send_signal(number)
    ended = shell.finish(process)
    assert ended.code == 4
    assert ended.err.endswith("error: cancelled\n")
    assert nothing_is_kept(shell)


def test_ctrl_c_leaves_a_clean_line(shell, op):
    terminal = Terminal(shell, *login(op.add("typed", NOBODY)))
    terminal.expect("s left, Ctrl-C cancels")
    terminal.type("\x03")
    ended = terminal.end()
    assert ended.code == 4
    assert "cancelled\r\n" in ended.err
    assert nothing_is_kept(shell)


def test_a_provider_without_codes_is_wrong_usage(shell, op):
    bare = Conduct(discovery={"device_authorization_endpoint": Drop()})
    ended = shell(*login(op.add("bare-op", bare), "--json"))
    assert ended.code == 2
    assert "work has no device authorization endpoint" in ended.error["message"]
    assert ended.error["hint"]


def test_a_window_and_a_code_at_once_are_wrong_usage(shell, op):
    ended = shell(*login(op.base_url), "--window", "browser")
    assert ended.code == 2
    assert "--device needs no window" in ended.err


def test_where_no_page_can_be_shown_the_way_out_is_named(shell, op):
    words = [word for word in login(op.add("nowhere", CONFIRMED)) if word != "--device"]
    ended = shell(*words, "--json")
    assert ended.code == 1
    assert ended.error["code"] == "window_error"
    assert ended.error["hint"] == "run pywry-auth login work --device"
    bare = Conduct(discovery={"device_authorization_endpoint": Drop()})
    op.add("bare-op", bare)
    ended = shell(*[w.replace("/nowhere", "/bare-op") for w in words], "--json")
    assert "--device" not in ended.error["hint"]
