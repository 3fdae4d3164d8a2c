"""Which pages are the application's own."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.origin import Origin


HTML = "html"  #: a page the application gave as a string
FILE = "file://"  #: a page from the disk
_BLANK = (None, "", "about:blank")


@dataclass(frozen=True, slots=True)
class Origins:
    """
    The origins whose pages may hold a sign-in button.

    Attributes:
        web: origins as ``http://127.0.0.1:8000``.
        has_files: pages from the disk count.
        has_html: pages given as strings count.
    """

    web: frozenset[str] = frozenset()
    has_files: bool = False
    has_html: bool = False

    @classmethod
    def of(cls, origins: Iterable[str]) -> "Origins":
        """
        Read what an application names: addresses, ``"file://"``, ``"html"``.

        Raises:
            ConfigError: one is nothing of that, or nothing is named.
        """
        named = tuple(origins)
        if not named:
            raise ConfigError("origins is empty", hint="leave it out for the window's own page")
        web = frozenset(_web_origin(name) for name in named if name not in {HTML, FILE})
        return cls(web, FILE in named, HTML in named)

    @classmethod
    def of_page(cls, url: str | None) -> "Origins":
        """Give the origin of the page the application loaded; None is one given as a string."""
        if url is None or url in _BLANK:
            return cls(has_files=True, has_html=True)  # ``load_html`` has a base on the disk
        if url.startswith("file:"):
            return cls(has_files=True)
        return cls.of([url])

    def admit(self, url: str | None, *, strayed: bool) -> bool:
        """
        Say whether *url* is a page of the application's own.

        Args:
            url: where the native window is; None for a page given as a string.
            strayed: the window has been at somebody else's page since; a page without an address
                may be theirs then.
        """
        if url is None or url in _BLANK:
            return self.has_html and not strayed
        if url.startswith("file:"):
            return self.has_files
        try:
            return url.startswith(("http://", "https://")) and str(Origin.of(url)) in self.web
        except ValueError:  # a port that is no number
            return False

    @property
    def test_in_page(self) -> str:
        """
        A JavaScript expression: whether the document it is run in is the application's own.

        It calls nothing and reads only ``location``, which no page can replace.
        """
        tests = [f"location.origin === {json.dumps(origin)}" for origin in sorted(self.web)]
        if self.has_files:
            tests.append('location.protocol === "file:"')
        if self.has_html:
            tests.append('location.protocol === "about:" || location.protocol === "data:"')
        return " || ".join(tests)


def _web_origin(name: str) -> str:
    try:
        parts = urlsplit(name)
        origin = Origin.of(name)
    except ValueError:
        parts, origin = urlsplit(""), Origin("", "", 0)
    if parts.scheme not in {"http", "https"} or not origin.host or "*" in origin.host:
        raise ConfigError(
            f"{name!r} is no origin",
            hint=f"for example http://127.0.0.1:8000, {FILE!r} or {HTML!r}",
        )
    return str(origin)
