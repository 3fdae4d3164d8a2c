"""What browsers, people or strangers do to a callback address besides the redirect."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from urllib.parse import urlsplit


IDLE_CONNECTIONS = 4  # what a browser opens beforehand, and may never use
PATIENCE = 10.0  # seconds

#: method, address and body of a request
Step = tuple[str, str, str]
Load = Callable[[str, str, str], object]


class Trick(StrEnum):
    """One of them."""

    PRECONNECTS = "preconnects"  # connections are opened, and stay silent
    HALF_A_REQUEST = "half_a_request"  # a connection begins to speak, and stops
    FAVICON_FIRST = "favicon_first"  # a browser asks for the icon before anything else
    STRANGER_FIRST = "stranger_first"  # somebody calls with a code, but cannot know the state
    TWICE = "twice"  # the redirect is loaded twice at once
    NEVER = "never"  # the person looks at the page, and goes away


@contextmanager
def played_at(step: Step, tricks: tuple[Trick, ...], load: Load) -> Generator[None, None, None]:
    """
    Play the *tricks* that come before the redirect; what they opened stays open inside.

    Args:
        step: method, address and body of the redirect.
        tricks: which of them.
        load: loads a page like the browser would.
    """
    with ExitStack() as opened:
        for trick in tricks:
            _play(trick, step, load, opened)
        yield


def _play(trick: Trick, step: Step, load: Load, opened: ExitStack) -> None:
    parts = urlsplit(step[1])
    origin = f"{parts.scheme}://{parts.netloc}"
    match trick:
        case Trick.PRECONNECTS:
            opened.enter_context(_idle_connections(parts.hostname, parts.port))
        case Trick.HALF_A_REQUEST:
            half = opened.enter_context(_connected(parts.hostname, parts.port))
            half.sendall(b"GET /callb")
        case Trick.FAVICON_FIRST:
            load("GET", f"{origin}/favicon.ico", "")
        case Trick.STRANGER_FIRST:
            load("GET", f"{origin}{parts.path}?code=made-up&state=guessed", "")
        case Trick.TWICE:
            twin = threading.Thread(target=load, args=step, daemon=True)
            opened.callback(twin.join, PATIENCE)
            twin.start()
        case Trick.NEVER:
            pass  # nothing was loaded, so nothing leads here


@contextmanager
def _idle_connections(host: str | None, port: int | None) -> Generator[None, None, None]:
    with ExitStack() as opened:
        for _ in range(IDLE_CONNECTIONS):
            opened.enter_context(_connected(host, port))
        yield


def _connected(host: str | None, port: int | None) -> socket.socket:
    return socket.create_connection((host or "", port or 0), timeout=PATIENCE)
