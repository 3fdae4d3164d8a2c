"""Workers in processes of their own, that can be watched, told, stopped, killed."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


HERE = Path(__file__).resolve().parent
PATIENCE = 60.0  # seconds for anything here, on a busy machine

Word = dict[str, object]


class Child:
    """One worker, and everything it has said."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[Word] = []
        self.ended = False
        self.pid = 0
        self._connection: socket.socket | None = None
        self._changed = threading.Condition()

    def has_said(self, name: str) -> bool:
        """Say whether it said *name*."""
        return any(name in word for word in list(self.said))

    def last(self, name: str) -> Word:
        """Give the last word with *name*, or an empty one."""
        return next((word for word in reversed(list(self.said)) if name in word), {})

    def wait_for(self, wanted: Callable[[Word], bool], seconds: float = PATIENCE) -> Word:
        """
        Give the first word that is *wanted*.

        Raises:
            TimeoutError: it was not said in time, or the worker ended first.
        """
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                found = next((word for word in self.said if wanted(word)), None)
                if found is not None:
                    return found
                left = end - time.monotonic()
                if left <= 0 or self.ended:
                    raise TimeoutError(f"{self.name} did not say it: {self.said[-5:]}")
                self._changed.wait(left)

    def wait_end(self, seconds: float = PATIENCE) -> bool:
        """Wait until it has ended; False when it has not."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended, seconds)

    def tell(self, **word: object) -> None:
        """Tell it something; a dead worker hears nothing."""
        self._born()
        with contextlib.suppress(OSError):
            self._connection.sendall(json.dumps(word).encode() + b"\n")

    def signal(self, number: int) -> None:
        """Send it a signal; a dead worker gets none."""
        self._born()
        with contextlib.suppress(ProcessLookupError):
            if not self.ended:
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it the hard way."""
        self.signal(signal.SIGKILL)

    def _born(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self.pid or self.ended, PATIENCE):
                raise TimeoutError(f"{self.name} was never born")

    def listen(self, connection: socket.socket, first: Word, lines: Iterator[bytes]) -> None:
        """Take down what it says, until it ends."""
        with self._changed:
            self._connection, self.pid = connection, first["pid"]
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            for line in lines:
                with self._changed:
                    self.said.append(json.loads(line))
                    self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()
        connection.close()


class Nursery:
    """Starts workers, and ends them all."""

    def __init__(self, env: Mapping[str, str], *, cold: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nursery-")
        address = f"{self._folder.name}/s"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen(64)
        self._children: dict[int, Child] = {}
        self._numbers = itertools.count(1)
        full = {name: value for name, value in {**os.environ, **env}.items() if value}
        self._zygote = subprocess.Popen(
            [sys.executable, "-P", str(HERE / "zygote.py"), address, *["--cold"] * cold],
            env=full,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._zygote.stdout.readline() != "ready\n":
            raise RuntimeError("the workers cannot be started; see the lines above")
        threading.Thread(target=self._accept, daemon=True).start()

    def start(self, work: str, name: str, **job: object) -> Child:
        """Start a worker."""
        number = next(self._numbers)
        child = self._children[number] = Child(f"{name} #{number}")
        line = json.dumps({"id": number, "work": work, **job})
        self._zygote.stdin.write(line + "\n")
        self._zygote.stdin.flush()
        return child

    def bury(self, child: Child) -> None:
        """Kill it if it lives, and forget it."""
        child.kill()
        child.wait_end()
        self._children = {n: one for n, one in self._children.items() if one is not child}

    def close(self) -> None:
        """End every worker."""
        for child in list(self._children.values()):
            with contextlib.suppress(TimeoutError):
                child.kill()
        self._zygote.stdin.close()
        self._zygote.wait(10)
        self._zygote.stdout.close()
        self._listener.close()
        self._folder.cleanup()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._hear, args=(connection,), daemon=True).start()

    def _hear(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection.makefile("rb") as lines:
            first = json.loads(next(lines))
            self._children[first["id"]].listen(connection, first, lines)


@contextmanager
def nursery(env: Mapping[str, str], *, cold: bool = False) -> Iterator[Nursery]:
    """
    Give a nursery.

    Args:
        env: what its workers see; "" removes a variable.
        cold: whether each worker imports by itself what a renewal needs, as a fresh program does.
    """
    made = Nursery(env, cold=cold)
    try:
        yield made
    finally:
        made.close()
