import io
import json
import sys
import threading

import pytest

from pywry_auth.account_index import Account
from pywry_auth.cli.countdown import Countdown, sentence
from pywry_auth.cli.in_window import PLACES
from pywry_auth.cli.output import ERASE_LINE, Output, table
from pywry_auth.window.base import WindowKind


class Screen(io.StringIO):
    """A terminal that remembers what was written to it."""

    def isatty(self):
        return True


@pytest.fixture
def on_screen(monkeypatch):
    def begin():
        # Within the test, because pytest puts its own stream in place before it.
        found = Screen()
        monkeypatch.setattr(sys, "stderr", found)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        return found

    return begin


def test_words_go_to_standard_error_and_data_to_standard_output(capsys):
    output = Output()
    output.data({"a": 1}, "one")
    output.note("by the way")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("one\n", "by the way\n")


def test_json_is_one_line_that_any_terminal_can_show(capsys):
    Output(as_json=True).data({"name": "Zoë \u202e"}, "not this")
    said = capsys.readouterr().out
    assert said.isascii()
    assert json.loads(said) == {"name": "Zoë \u202e"}


def test_an_error_ends_with_its_hint(capsys):
    Output().problem("fallen", "the sky is down", "wait")
    assert capsys.readouterr().err == "error: the sky is down\nhint: wait\n"


def test_an_error_in_json_has_one_shape(capsys):
    Output(as_json=True).problem("fallen", "the sky is down")
    said = capsys.readouterr()
    wanted = {"error": {"code": "fallen", "message": "the sky is down", "hint": ""}}
    assert json.loads(said.out) == wanted
    assert said.err == ""


def test_red_is_for_terminals_that_want_it(on_screen, monkeypatch):
    screen = on_screen()
    output = Output()
    output.problem("code", "message")
    assert screen.getvalue() == "\x1b[31merror\x1b[0m: message\n"
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        screen.seek(0)
        screen.truncate()
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            output.problem("code", "message")
        assert screen.getvalue() == "error: message\n"


@pytest.mark.parametrize("bad", ["\x1b]0;title\x07", "\r", "\x9b2J", "\u202e", "\x00"])
def test_what_a_provider_says_cannot_steer_the_terminal(bad, capsys):
    output = Output()
    output.data({}, f"name {bad}")
    output.note(f"note {bad}")
    output.problem("code", f"message {bad}", f"hint {bad}")
    said = capsys.readouterr()
    for char in set(bad) - set("]0;title2J"):
        assert char not in said.out + said.err


def test_a_standing_line_is_replaced_and_taken_away(on_screen):
    screen = on_screen()
    output = Output()
    output.stand("3 s left")
    output.stand("2 s left")
    output.note("done")
    output.stand("")
    assert screen.getvalue() == (f"{ERASE_LINE}3 s left{ERASE_LINE}2 s left{ERASE_LINE}done\n")


def test_a_standing_line_never_wraps(on_screen, monkeypatch):
    screen = on_screen()
    monkeypatch.setenv("COLUMNS", "20")
    Output().stand("x" * 50)
    assert screen.getvalue() == ERASE_LINE + "x" * 19


def test_where_nothing_can_be_replaced_nothing_stands(capsys):
    Output().stand("3 s left")
    assert capsys.readouterr().err == ""


def test_a_program_without_a_console_says_nothing_and_goes_on(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    output = Output()
    output.data({}, "text")
    output.note("words")
    output.stand("words")
    output.problem("code", "message", "hint")


def test_a_table_lines_up():
    assert table([("A", "BC"), ("LONG", "")]) == "A     BC\nLONG"


def test_the_countdown_says_where_to_go_on_and_goes_away(on_screen):
    screen = on_screen()
    shown = threading.Event()

    class Watched(Output):
        def stand(self, words):
            super().stand(words)
            shown.set()

    output = Watched()
    with Countdown(output, 90, lambda: PLACES[WindowKind.BROWSER]):
        assert shown.wait(5)
    assert "waiting for you in your browser: 90 s left, Ctrl-C cancels" in screen.getvalue()
    assert screen.getvalue().endswith(ERASE_LINE)


def test_the_countdown_leaves_the_line_to_a_person_who_types(on_screen):
    screen = on_screen()
    asked = threading.Event()

    def place():
        asked.set()
        return PLACES.get(WindowKind.PASTE, "")

    with Countdown(Output(), 90, place):
        assert asked.wait(5)
    assert screen.getvalue() == ""


def test_the_countdown_never_shows_less_than_nothing():
    assert "0 s left" in sentence("here", -3.2)


def test_what_a_provider_calls_a_person_cannot_pass_for_a_line_of_ours(capsys):
    name = "eve\nroot  signed in\x1b[2J\u202e"
    rows = table([("ACCOUNT", "STATE"), (name, "signed in")])
    assert len(rows.splitlines()) == 2
    assert Account("work", "s", name).display_name.isprintable()
    Output().problem("code", "no\nhint: run this", "a\nb")
    assert len(capsys.readouterr().err.splitlines()) == 2
