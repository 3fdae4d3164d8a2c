"""The demo's identity provider, seen from the process that starts it."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from types import TracebackType
from typing import IO, Self
from urllib.parse import urlsplit

from pywry_auth.demo.site import missing_extra
from pywry_auth.errors import AuthenticationError


START_SECONDS = 30.0
END_SECONDS = 5.0

Event = Mapping[str, object]


class EmbeddedProvider:
    """
    A running identity provider; a context manager that ends it.

    Args:
        access_ttl: life of its access tokens, in seconds.
        port: where it listens; a free one when 0.
        on_event: told each request it answered, on a thread of its own.

    Raises:
        ConfigError: the extra it needs is not installed.
        AuthenticationError: it did not come up.
    """

    def __init__(
        self,
        *,
        access_ttl: int = 3600,
        port: int = 0,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        missing = missing_extra()
        if missing is not None:
            raise missing
        self._on_event = on_event
        self._events: list[Event] = []
        self._told = threading.Condition()
        self._marks = 0
        self._process = subprocess.Popen(  # noqa: S603  our own module, no foreign argument
            [
                sys.executable,
                "-P",
                "-m",
                "pywry_auth.demo.provider",
                "--access-ttl",
                str(access_ttl),
                "--port",
                str(port),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if self._process.stdout is None:  # never: it was asked for above
            raise AuthenticationError("the demo's identity provider has no voice")
        self._listener = threading.Thread(
            target=self._listen, args=(self._process.stdout,), daemon=True
        )
        self._listener.start()
        try:
            self._ready = self._first_words()
        except BaseException:
            self.stop()
            raise

    @property
    def issuer(self) -> str:
        """Where it is."""
        return str(self._ready["issuer"])

    @property
    def client_id(self) -> str:
        """The registration of the demo's application."""
        return str(self._ready["client_id"])

    @property
    def user(self) -> str:
        """The one person it knows."""
        return str(self._ready["user"])

    @property
    def password(self) -> str:
        """That person's password, which is no secret."""
        return str(self._ready["password"])

    @property
    def refreshes(self) -> int:
        """How many refreshes it has answered with tokens, the one just answered included."""
        self._catch_up()
        with self._told:
            return sum(_is_refresh(event) for event in self._events)

    def _catch_up(self) -> None:
        """Hear everything said so far: what is told of a request of ours comes after it."""
        self._marks += 1
        mark = f"mark-{self._marks}"
        connection = HTTPConnection(urlsplit(self.issuer).netloc, timeout=END_SECONDS)
        try:
            connection.request("GET", f"/{mark}")
            connection.getresponse().read()
        finally:
            connection.close()
        with self._told:
            self._told.wait_for(
                lambda: any(event.get("event") == mark for event in self._events), END_SECONDS
            )

    def stop(self) -> None:
        """End it; may be repeated."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(END_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listen(self, source: IO[bytes]) -> None:
        for line in source:
            event: Event = json.loads(line)
            with self._told:
                self._events.append(event)
                self._told.notify_all()
            if self._on_event is not None:
                self._on_event(event)

    def _first_words(self) -> Event:
        deadline = time.monotonic() + START_SECONDS
        with self._told:
            while not self._events:
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    raise AuthenticationError("the demo's identity provider did not come up")
                self._told.wait(min(left, 0.2))
            return self._events[0]


def _is_refresh(event: Event) -> bool:
    kind = (event.get("event"), event.get("grant_type"), event.get("status"))
    return kind == ("token", "refresh_token", 200)
