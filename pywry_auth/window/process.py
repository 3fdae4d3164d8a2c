"""One running window process: what it says, how it ended, how it is stopped."""

import os
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from subprocess import PIPE, Popen
from typing import IO

from pywry_auth.errors import ConfigError
from pywry_auth.window.messages import WindowEvent


GRACE = 4.0  # seconds the process gets to end by itself; its own limit is a second shorter
LAST_WORDS = 20  # lines of standard error worth repeating
QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")

#: CREATE_NEW_PROCESS_GROUP and CREATE_NO_WINDOW; Ctrl-C is for the application, not for its window
WINDOWS_FLAGS = 0x0000_0200 | 0x0800_0000


class ChildProcess:
    """
    A process that was handed its configuration, with the threads that listen to it.

    Args:
        command: what to run; holds nothing of the sign-in.
        environment: all of the process's environment.
        first_line: the configuration, written to its standard input.
        on_event: called with each event, on a thread of this object's own.
        on_end: called once, after the last event, with the exit status and the last words.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        first_line: bytes,
        on_event: Callable[[WindowEvent], None],
        on_end: Callable[[int, str], None],
    ) -> None:
        self._on_event = on_event
        self._on_end = on_end
        self._ended = threading.Event()
        self._closing = threading.Lock()
        self._sending = threading.Lock()
        self._words: deque[str] = deque(maxlen=LAST_WORDS)
        self._process = Popen(  # noqa: S603  # the program's own interpreter, or what it named
            list(command),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=dict(environment),
            start_new_session=os.name == "posix",
            creationflags=WINDOWS_FLAGS if os.name == "nt" else 0,
        )
        self._input, self._output, self._errors = _pipes(self._process)
        self._send(first_line)
        self._listener = _daemon("pywry-auth-window-words", self._keep_last_words)
        _daemon("pywry-auth-window", self._listen)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Tell it something more, from any thread; nothing happens when it has ended."""
        with self._sending:
            self._send(line)

    def close(self) -> None:
        """Ask it to end, and see to it that it does; returns at once. May be repeated."""
        if not self._closing.acquire(blocking=False):
            return
        try:
            self._input.close()
        except OSError:
            self._ended.wait(0)  # it ended first; nothing is left to ask
        if not self._ended.is_set():
            _daemon("pywry-auth-window-end", self._insist)

    def kill(self) -> None:
        """End it now, with its helpers, whatever it is doing."""
        if os.name == "posix" and not self._ended.is_set():
            self._signal_group(signal.SIGKILL)  # Popen's own would reap it under _wait_for_end
        else:
            self._process.kill()
        self.close()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended and was reaped; False when it has not."""
        return self._ended.wait(seconds)

    def _send(self, line: bytes) -> None:
        try:
            self._input.write(line)
            self._input.flush()
        except (OSError, ValueError):
            return  # it is dead already, or was closed; its end says so

    def _listen(self) -> None:
        for line in self._output:
            try:
                event = WindowEvent.read(line)
            except ConfigError:
                continue  # an engine's chatter
            self._on_event(event)
        self._finish()

    def _finish(self) -> None:
        self._wait_for_end()
        self._listener.join(1.0)
        self._output.close()
        self._ended.set()
        code = self._process.returncode
        self._on_end(code, QUERY.sub(r"\1", "\n".join(self._words)))

    def _wait_for_end(self) -> None:
        # Its helpers are in its group. They end with it, unless it was killed at a bad moment.
        if sys.platform == "linux":
            with suppress(ChildProcessError):  # it was reaped while somebody looked after it
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            self._signal_group(signal.SIGKILL)
        self._process.wait()

    def _keep_last_words(self) -> None:
        for line in self._errors:
            self._words.append(line.decode(errors="replace").rstrip())
        self._errors.close()

    def _insist(self) -> None:
        if self._ended.wait(GRACE):
            return
        self._process.terminate()
        if self._ended.wait(1.0):
            return
        self._process.kill()

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return  # nobody is left


def _pipes(process: Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise OSError("the pipes to the window's process were not made")
    return process.stdin, process.stdout, process.stderr


def _daemon(name: str, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread
