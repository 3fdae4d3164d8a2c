"""A user agent without a screen, which loads whatever a page leads to by itself."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

from pywry_auth.testing.faults import Fault
from pywry_auth.testing.tricks import Step, Trick, played_at


LONGEST_WALK = 10  # pages; more is a redirect loop
PATIENCE = 10.0  # seconds for one page


@dataclass(frozen=True, slots=True)
class Page:
    """
    One page the agent got.

    Attributes:
        place: scheme, host, port and path; never the query, which holds the code.
        status: the HTTP status.
        url: the whole address; may hold a code.
        location: where a redirect leads, or "".
        headers: names in lower case.
        body: the page.
    """

    place: str
    status: int
    url: str = field(repr=False)
    location: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)


class HeadlessAgent:
    """
    Stands in for window and person: give its methods to ``run_native``.

        agent = HeadlessAgent()
        manager.run_native(show_window=agent.show_window, close_window=agent.close_window)

    Args:
        fault: what browser, person or a stranger does besides; a fault of the provider's alone
            changes nothing here.

    Attributes:
        pages: what was loaded, in order.
        closed: labels of the windows that were closed.
    """

    def __init__(self, fault: Fault | None = None) -> None:
        self._tricks = fault.tricks if fault else ()
        self.pages: list[Page] = []
        self.closed: list[str] = []
        self._walks: list[threading.Thread] = []

    def show_window(self, url: str, config: Mapping[str, object] | None = None) -> str:  # noqa: ARG002 - the signature show_window has
        """Open *url* on a thread of its own, and give the window's label."""
        walk = threading.Thread(target=self.walk, args=(url,), name="headless-agent", daemon=True)
        self._walks.append(walk)
        walk.start()
        return f"headless-{len(self._walks)}"

    def close_window(self, label: str) -> None:
        """Note that the window was closed."""
        self.closed.append(label)

    def join(self, timeout: float = PATIENCE) -> None:
        """Wait until every page has been loaded."""
        for walk in self._walks:
            walk.join(timeout)

    def walk(self, url: str) -> None:
        """Load *url* and whatever it leads to."""
        with ExitStack() as opened:
            step: Step | None = None if Trick.NEVER in self._tricks else ("GET", url, "")
            for _ in range(LONGEST_WALK):
                if step is None:
                    return
                page = self.load(*step)
                step = None if page is None else _next_step(page)
                if page is not None and step is not None and _leaves(page, step):
                    opened.enter_context(played_at(step, self._tricks, self.load))

    def load(self, method: str, url: str, body: str = "") -> Page | None:
        """Load one page; None when nobody answers."""
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection.request(method, target, body or None, headers)
            reply = connection.getresponse()
            text = reply.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return None  # the listener closed: nothing more to see
        finally:
            connection.close()
        page = Page(
            place=f"{parts.scheme}://{parts.netloc}{parts.path}",
            status=reply.status,
            url=url,
            location=urljoin(url, reply.getheader("location") or "")
            if reply.getheader("location")
            else "",
            headers={name.lower(): value for name, value in reply.getheaders()},
            body=text,
        )
        self.pages.append(page)
        return page


def _leaves(page: Page, step: Step) -> bool:
    """Say whether *step* leads away from the provider: to the application."""
    return urlsplit(page.url).netloc != urlsplit(step[1]).netloc


def _next_step(page: Page) -> Step | None:
    """Give method, address and body of what the page leads to by itself."""
    if page.location:
        return "GET", page.location, ""
    form = _Form()
    form.feed(page.body)
    if form.submits_itself and form.action:
        return "POST", urljoin(page.url, form.action), urlencode(form.fields)
    return None


class _Form(HTMLParser):
    """Finds the first form and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.submits_itself = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note body, form and input."""
        given = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.submits_itself = "submit()" in given.get("onload", "")
        elif tag == "form":
            self.action = given.get("action", "")
        elif tag == "input" and "name" in given:
            self.fields.append((given["name"], given.get("value", "")))
