"""Paste-back in a terminal."""

import contextlib
import os
import threading
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import InputCancelledError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.paste import PasteWindow
from pywry_auth.window.terminal import (
    EndOfInputError,
    LineBuffer,
    Terminal,
    read_keys,
)
from tests.window_site import Remembering


URL = "https://accounts.example.com/authorize?state=s"


class Script:
    """A terminal whose person answers by the book."""

    def __init__(self, *answers: object) -> None:
        self.said: list[str] = []
        self.answers = list(answers)

    def say(self, text: str) -> None:
        self.said.append(text)

    @contextlib.contextmanager
    def unseen(self):
        self.said.append("<echo off>")
        try:
            yield
        finally:
            self.said.append("<echo on>")

    def read_line(self):
        answer = self.answers.pop(0)
        if isinstance(answer, type):
            raise answer
        return answer

    def wake(self) -> None:
        self.answers.append(None)


class Judge(Remembering):
    """Ends the sign-in as soon as something is accepted, or given up."""

    def __init__(self) -> None:
        super().__init__()
        self.outcome: Future[str] = Future()

    def pasted(self, text):
        accepted = super().pasted(text)
        if accepted:
            self.outcome.set_result("done")
        return accepted

    def closed(self, reason: WindowError | None = None):
        super().closed(reason)
        self.outcome.set_exception(reason)


def host(*answers, fresh=None):
    judge, script = Judge(), Script(*answers)
    judge.next_url = fresh
    window = PasteWindow(script)
    window.show(URL, judge)
    try:
        return judge, script, window.host(judge.outcome)
    except Exception as exc:  # noqa: BLE001  # handed to the test as it is
        return judge, script, exc


def test_the_address_is_shown_and_the_answer_taken():
    judge, script, result = host("  right \n")
    assert result == "done"
    assert judge.pasted_texts == ["right"]
    assert URL in "".join(script.said)


def test_two_mistakes_are_forgiven():
    judge, _, result = host("wrong", "wronger", "right")
    assert result == "done"
    assert judge.pasted_texts == ["wrong", "wronger", "right"]


def test_return_on_an_empty_line_gives_a_new_address_and_is_no_mistake():
    judge, script, result = host("", "", "wrong", "", "wrong", "right", fresh=f"{URL}&again")
    assert result == "done"
    assert judge.fresh == 3
    assert "".join(script.said).count(f"{URL}&again") == 3


def test_where_the_sign_in_is_over_no_new_address_is_given_and_nothing_asked():
    judge, script = Judge(), Script("", "never read")

    def over():
        judge.outcome.set_exception(ValueError("the provider is gone"))

    judge.fresh_url = over
    window = PasteWindow(script)
    window.show(URL, judge)
    with pytest.raises(ValueError, match="gone"):
        window.host(judge.outcome)
    assert "never read" in script.answers


def test_three_mistakes_end_the_sign_in():
    judge, _, result = host("wrong", "wrong", "wrong", "right")
    assert isinstance(result, WindowError)
    assert judge.count == 1


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, EndOfInputError])
def test_leaving_the_prompt_cancels(leaving):
    judge, _, result = host("wrong", leaving)
    assert isinstance(result, InputCancelledError)
    assert judge.outcome.cancelled()


def test_a_redirect_that_arrives_by_itself_ends_the_asking():
    outcome: Future[str] = Future()

    class Waiting(Script):
        def read_line(self):
            outcome.set_result("by itself")
            return self.answers.pop(0)

    script = Waiting()
    window = PasteWindow(script)
    window.show(URL, Judge())
    assert window.host(outcome) == "by itself"
    assert window.kind is WindowKind.PASTE


def test_nothing_is_shown_between_the_questions_either():
    _, script, _ = host("wrong", "right")
    spoken = [said for said in script.said if said.startswith("<") or "Address of" in said]
    assert spoken[0] == "<echo off>"
    assert spoken[-1] == "<echo on>"
    assert spoken.count("<echo off>") == 1


def test_a_sign_in_that_fails_before_the_page_asks_nothing():
    script, outcome = Script(), Future()
    outcome.set_exception(ValueError("no network"))
    with pytest.raises(ValueError, match="no network"):
        PasteWindow(script).host(outcome)
    assert script.said == ["<echo off>", "<echo on>"]


def test_erasing_works_as_people_expect():
    buffer = LineBuffer()
    assert buffer.feed("abc\x7fd\b") is None
    assert buffer.feed("e\r") == "abe"
    assert buffer.feed("nonsense\x15right\n") == "right"
    assert buffer.feed("\x1b[200~pasted\x1b[201~\n") == "pasted"
    with pytest.raises(KeyboardInterrupt):
        buffer.feed("a\x03")
    assert LineBuffer().feed("a\x04\n") == "a"
    with pytest.raises(EndOfInputError):
        LineBuffer().feed("\x04")


@given(st.text(st.characters(min_codepoint=32, exclude_characters="\x7f"), max_size=9000))
def test_a_line_of_any_length_arrives_whole(text):
    buffer = LineBuffer()
    pieces = [text[i : i + 1000] for i in range(0, len(text), 1000)]
    assert all(buffer.feed(piece) is None for piece in pieces)
    assert buffer.feed("\n") == text


def test_keys_of_a_windows_console_become_a_line():
    keys = iter("right\r")
    assert read_keys(lambda: True, lambda: next(keys), threading.Event()) == "right"
    awake = threading.Event()
    awake.set()
    assert read_keys(lambda: False, lambda: "x", awake) is None


@pytest.mark.skipif(os.name != "posix", reason="pseudo terminals")
def test_a_real_terminal_takes_long_lines_and_shows_nothing(monkeypatch):
    import pty
    import termios

    ours, theirs = pty.openpty()
    terminal = Terminal()
    with os.fdopen(theirs, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        before = termios.tcgetattr(theirs)
        line = "https://127.0.0.1/callback?code=" + "c" * 9000
        lines: list[str | None] = []

        def read() -> None:
            with terminal.unseen():
                lines.append(terminal.read_line())

        reader = threading.Thread(target=read)
        reader.start()
        while termios.tcgetattr(theirs)[3] & termios.ICANON:
            pass
        for start in range(0, len(line), 500):
            os.write(ours, line[start : start + 500].encode())
        os.write(ours, b"\n")
        reader.join(15)
        assert lines == [line]
        assert termios.tcgetattr(theirs) == before
        os.set_blocking(ours, False)
        with pytest.raises(BlockingIOError):
            os.read(ours, 100)
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="pseudo terminals")
def test_waking_ends_a_read_that_waits(monkeypatch):
    import pty

    ours, theirs = pty.openpty()
    terminal = Terminal()
    with os.fdopen(theirs, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        lines: list[str | None] = []
        reader = threading.Thread(target=lambda: lines.append(terminal.read_line()))
        reader.start()
        while terminal._wake_end is None:
            pass
        terminal.wake()
        reader.join(15)
        terminal.wake()  # again, when nobody reads any more
        assert lines == [None]
    os.close(ours)
