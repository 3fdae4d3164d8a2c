"""The first run in a terminal: a few questions, asked and answered in lines."""

import io
import sys
from dataclasses import replace

import pytest

from pywry_auth.desktop.wizard.terminal import run_in_terminal
from pywry_auth.desktop.wizard.wizard import FirstRunWizard
from pywry_auth.errors import TokenTransportError
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE
from tests.fakes.wizard import FakeControl


class Typing:
    """A person who answers each question with the next of their lines."""

    def __init__(self, *lines):
        self.lines = list(lines)
        self.read = []

    def ask(self, question):
        self.read.append(question)
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        if isinstance(line, type):
            raise line
        return line

    def say(self, text):
        self.read.append(text)

    def run(self, control):
        return run_in_terminal(control, ask=self.ask, say=self.say)


def signing_in(result=ADA, choices=(GOOGLE, GITHUB)):
    control = FakeControl(choices)
    control.instantly = result
    return control


def test_a_person_chooses_by_number_and_is_signed_in():
    control, person = signing_in(), Typing("2", "")
    assert person.run(control) == ADA
    assert control.begun == ["github"]
    assert "Welcome to Acme Notes" in person.read
    assert "  2  GitHub" in person.read
    assert "  - See your name and picture" in person.read
    assert any("You are signed in as Ada Lovelace." in line for line in person.read)


def test_a_name_that_a_provider_chose_tells_the_terminal_nothing():
    control = signing_in(replace(ADA, name="Ada\x1b[2J\rroot"), choices=(GOOGLE,))
    person = Typing("")
    person.run(control)
    assert any("You are signed in as Ada [2J root." in line for line in person.read)


def test_what_is_no_number_is_asked_again():
    control = signing_in()
    assert Typing("x", "0", "3", "\u0661", "1", "").run(control) == ADA
    assert control.begun == ["google"]


def test_with_one_provider_nothing_is_chosen():
    assert Typing("").run(signing_in(choices=(GOOGLE,))) == ADA


def test_another_account_is_a_plus_away():
    control = signing_in(BOB, choices=(GOOGLE,))
    assert Typing("+", "").run(control) == BOB
    assert control.begun == ["google", "+google"]


@pytest.mark.parametrize(
    "lines", [("",), (), (KeyboardInterrupt,), ("1", KeyboardInterrupt)], ids=str
)
def test_who_gives_up_is_nobody(lines):
    assert Typing(*lines).run(signing_in()) is None


def test_a_failure_is_said_in_words():
    person = Typing("1")
    assert person.run(signing_in(TokenTransportError("not reached"))) is None
    assert "connection" in person.read[-1]


def test_the_wizard_asks_in_the_terminal_where_it_is_told_to(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("pywry_auth.window.ladder._has_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    control = signing_in(choices=(GOOGLE,))
    assert FirstRunWizard(control, window="paste", folder=tmp_path).run() == ADA
    assert "Welcome to Acme Notes" in capsys.readouterr().err
