"""A window nobody sees, with a person who does what the test says."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from http.client import HTTPException
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

from pywry_auth.waiting import wait_for
from pywry_auth.window.base import WindowKind, WindowListener


T = TypeVar("T")

Person = Callable[["SeenPage"], None]
_open = build_opener(ProxyHandler({})).open


class SeenPage:
    """The authorize page, as the person at the window has it before them."""

    def __init__(self, url: str, listener: WindowListener | None = None) -> None:
        self.url = url
        self.listener = listener
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def answer(self, **params: str) -> int:
        """Send the browser to the redirect URI; give the status of what it ends on."""
        return visit(f"{self.query['redirect_uri']}?{urlencode(params)}")

    def approve(self, code: str = "the-code", **more: str) -> int:
        return self.answer(code=code, state=self.query["state"], **more)


def visit(url: str, form: dict[str, str] | None = None) -> int:
    """Load *url* like a browser, or post *form* to it; 0 when nobody answers."""
    try:
        with _open(url, None if form is None else urlencode(form).encode(), timeout=5) as page:
            return page.status
    except HTTPError as exc:
        with exc:
            return exc.code
    except (URLError, OSError, HTTPException):
        return 0


def nobody(_page: SeenPage) -> None:
    """Look at the page for ever."""


class FakeWindow:
    """
    One window.

    Args:
        person: gets the page on a thread of its own.
        kind: which kind of window it pretends to be.
    """

    def __init__(self, person: Person = nobody, kind: WindowKind = WindowKind.WEBVIEW) -> None:
        self._person = person
        self._kind = kind
        self.pages: list[SeenPage] = []
        self.open = False
        self.times_closed = 0
        self.shown = threading.Event()

    @property
    def kind(self) -> WindowKind:
        return self._kind

    def show(self, url: str, listener: WindowListener) -> None:
        page = SeenPage(url, listener)
        self.pages.append(page)
        self.open = True
        self.shown.set()
        self._thread = threading.Thread(target=self._person, args=(page,), daemon=True)
        self._thread.start()

    def wait_for_person(self) -> None:
        """Wait until the person is through."""
        self._thread.join()

    def close(self) -> None:
        self.open = False
        self.times_closed += 1

    def host(self, outcome: Future[T]) -> T:
        return wait_for(outcome)

    @property
    def redirect_uri(self) -> str:
        return self.pages[-1].query["redirect_uri"]
