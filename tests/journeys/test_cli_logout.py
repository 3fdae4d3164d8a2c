"""``pywry-auth logout --everywhere``: here first, then on the provider's own page."""

import json

import pytest

from tests import keyring_env
from tests.cli_kit import Terminal
from tests.providers_kit import DjangoOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


@pytest.fixture
def signed_in(shell, op):
    shell = shell.browsing()
    ended = shell("login", "--issuer", op.issuer, "--client-id", "native", "--save", "work")
    assert ended.code == 0, ended.err
    assert shell.stored("work/1") is not None
    return shell


def counted(op, path):
    return sum(1 for event in op.events if event.get("event") == path)


def must_be_forgotten(shell):
    assert shell.stored("work/1") is None
    assert json.loads(shell.accounts.read_text())["accounts"] == []


def test_the_browser_ends_on_a_page_that_says_so(signed_in, op):
    asked = counted(op, "logout")
    ended = signed_in("logout", "--everywhere", "--json")
    assert ended.code == 0
    (one,) = ended.json["signed_out"]
    assert (one["revoked"], one["sign_out_page"]) == (True, "confirmed")
    assert "The page opens in your browser." in ended.err
    assert "You are signed out" in signed_in.last_page
    assert counted(op, "logout") == asked + 1
    must_be_forgotten(signed_in)


def test_without_the_option_no_page_is_opened(signed_in, op):
    asked = counted(op, "logout")
    ended = signed_in("logout", "--json")
    assert ended.json["signed_out"][0]["sign_out_page"] is None
    assert counted(op, "logout") == asked


def test_a_provider_that_is_away_is_left_all_the_same(signed_in, op):
    op.control(down=503)
    try:
        ended = signed_in("logout", "--everywhere", "--json")
    finally:
        op.control(down=0)
    assert ended.code == 0
    (one,) = ended.json["signed_out"]
    assert (one["revoked"], one["sign_out_page"]) == (False, "not_shown")
    assert "could not be shown" in ended.err
    must_be_forgotten(signed_in)


def test_a_page_nobody_finishes_is_not_waited_for_without_end(signed_in):
    ended = signed_in("logout", "--everywhere", "--timeout", "0.3", "--json", BROWSER="true")
    assert ended.code == 0
    assert ended.json["signed_out"][0]["sign_out_page"] == "timed_out"
    assert "in time" in ended.err
    must_be_forgotten(signed_in)


def test_ctrl_c_ends_the_wait_and_undoes_nothing(signed_in):
    terminal = Terminal(signed_in, "logout", "--everywhere", BROWSER="true", NO_COLOR="1")
    terminal.expect("Finish there")
    terminal.type("\x03")
    ended = terminal.end()
    assert ended.code == 0
    assert "nobody finished on the sign-out page" in ended.err
    must_be_forgotten(signed_in)


def test_a_terminal_alone_is_given_an_address(signed_in, op):
    terminal = Terminal(signed_in, "logout", "--everywhere", "--window", "paste", NO_COLOR="1")
    ended = terminal.end()
    assert ended.code == 0
    assert f"open {op.issuer}/logout/?client_id=native" in ended.err
    assert "id_token_hint" not in ended.err
    must_be_forgotten(signed_in)
