"""What a worker and whoever started it tell each other: one JSON object a line, with the time."""

import json
import socket
import threading
import time
from collections.abc import Iterator


class Words:
    """The worker's end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def say(self, **word: object) -> None:
        """Tell it; what was told before a kill arrives all the same."""
        line = json.dumps({**word, "t": time.monotonic()}).encode() + b"\n"
        with self._lock:
            self._connection.sendall(line)

    def heard(self) -> Iterator[dict]:
        """Give what is told to us, until nobody is left to tell."""
        with self._connection.makefile("rb") as lines:
            for line in lines:
                yield json.loads(line)
