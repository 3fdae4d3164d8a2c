"""A page that is opened elsewhere, with an answer that is pasted back."""

import threading
from concurrent.futures import Future
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import Protocol, TypeVar

from pywry_auth.errors import InputCancelledError, WindowError
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind, WindowListener
from pywry_auth.window.terminal import EndOfInputError, Terminal


T = TypeVar("T")

MISTAKES = 2  # a wrong line may be a slip, three are not

INSTRUCTIONS = """
To sign in, open this address in a browser, on any device:

  {url}

At the end the browser may say that it cannot connect. That is as it should be: copy the
whole address out of its address bar and paste it here. It is not shown while you paste.
If the page says that the request is too old, press Return here for a new address.

"""
PROMPT = "Address of the last page: "


class Prompter(Protocol):
    """The terminal as this window needs it."""

    def say(self, text: str) -> None:
        """Show *text*."""
        ...

    def unseen(self) -> AbstractContextManager[None]:
        """Show nothing of what is typed meanwhile."""
        ...

    def read_line(self) -> str | None:
        """Give one line; None after ``wake``; ``EndOfInputError`` at the end."""
        ...

    def wake(self) -> None:
        """End a ``read_line`` of another thread."""
        ...


class PasteWindow:
    """
    The terminal: prints the address, takes the redirect from whoever opened it.

    For machines without a browser (SSH, containers). The redirect may also arrive by itself, where
    ports are forwarded; then nothing has to be pasted.
    """

    def __init__(self, prompter: Prompter | None = None) -> None:
        self._given = prompter
        self._prompter: Prompter | None = None
        self._url = ""
        self._listener: WindowListener | None = None
        self._something_happened = threading.Event()

    @property
    def kind(self) -> WindowKind:
        """Always the terminal."""
        return WindowKind.PASTE

    def show(self, url: str, listener: WindowListener) -> None:
        """Leave *url* for the thread that hosts."""
        self._url, self._listener = url, listener
        self._something_happened.set()

    def close(self) -> None:
        """Stop asking."""
        self._wake()

    def host(self, outcome: Future[T]) -> T:
        """
        Ask on this thread until *outcome* is there.

        Raises:
            InputCancelledError: the person left with Ctrl-C or Ctrl-D.
        """
        self._prompter = self._given or Terminal()
        outcome.add_done_callback(lambda _outcome: self._wake())
        try:
            with self._prompter.unseen():
                self._ask(outcome)
        except (KeyboardInterrupt, EndOfInputError):
            outcome.cancel()
            self._prompter.say("\n")
            raise InputCancelledError(
                "nothing was pasted", hint="start again when you have the address"
            ) from None
        finally:
            self._something_happened.clear()
            self._prompter = None
        return wait_for(outcome)

    def _ask(self, outcome: Future[T]) -> None:
        while not self._something_happened.wait(60):
            pass  # a wait with a limit can be interrupted on Windows too
        prompter, listener = self._prompter, self._listener
        if prompter is None or listener is None or outcome.done():
            return
        prompter.say(INSTRUCTIONS.format(url=self._url))
        mistakes = 0
        while mistakes <= MISTAKES:
            prompter.say(PROMPT)
            line = prompter.read_line()
            prompter.say("\n")
            if line is None or outcome.done():
                return
            verdict = _judged(line.strip(), prompter, listener)
            if verdict is _Verdict.OVER:
                return
            mistakes += verdict is _Verdict.MISTAKE
        listener.closed(WindowError("what was pasted three times is not the redirect"))

    def _wake(self) -> None:
        self._something_happened.set()
        prompter = self._prompter
        if prompter is not None:
            prompter.wake()


class _Verdict(Enum):
    OVER = auto()
    MISTAKE = auto()
    NEW_ADDRESS = auto()


def _judged(line: str, prompter: Prompter, listener: WindowListener) -> _Verdict:
    if not line:
        url = listener.fresh_url()
        if url is None:
            return _Verdict.OVER
        prompter.say(INSTRUCTIONS.format(url=url))
        return _Verdict.NEW_ADDRESS
    if listener.pasted(line):
        prompter.say("Thank you.\n")
        return _Verdict.OVER
    prompter.say("That is not the address this sign-in waits for.\n")
    return _Verdict.MISTAKE
