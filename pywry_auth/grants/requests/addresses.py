"""Where relative addresses lead to."""

from collections.abc import Sequence

import httpx

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.answers import shown_url
from pywry_auth.protocol.origin import Origin, allowed_origins
from pywry_auth.protocol.wire import require_safe_url


class BaseAddress:
    """
    What relative addresses are added to, as ``httpx.Client(base_url=...)`` adds them.

    Args:
        url: https, or on this machine; "" for none.

    Raises:
        ConfigError: it is neither, or has a query.
    """

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(require_safe_url(url, "base_url")) if url else None
        if self._url is not None and self._url.query:
            raise ConfigError("base_url must not have a query", hint="give params= with requests")

    def __str__(self) -> str:
        return "" if self._url is None else str(self._url)

    def allowed(self, others: Sequence[str]) -> list[str]:
        """
        Give the origins where a token may go: this one with *others*; none where none is named.

        Raises:
            ConfigError: what is written is no origin.
        """
        if isinstance(others, str):
            allowed_origins(others)
        own = [] if self._url is None else [str(Origin.of(str(self._url)))]
        named = [*own, *others]
        return sorted(map(str, allowed_origins(named))) if named else []

    def joined(self, url: str) -> httpx.URL:
        """
        Give the whole address of *url*, which may be relative.

        Raises:
            ConfigError: it is no address of the web, or there is nothing to add it to.
        """
        try:
            given = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise ConfigError(f"{shown_url(url)!r} cannot be read as an address") from None
        if given.scheme:
            if given.scheme not in {"http", "https"} or not given.host:
                raise ConfigError(f"{shown_url(url)!r} is no address of the web")
            return given
        if given.host:
            # Of two slashes by mistake (f"{a}/{b}") the next word would become the host.
            raise ConfigError(
                f"{shown_url(url)!r} names a host without saying how to reach it",
                hint="begin with one slash, or with https://",
            )
        if self._url is None:
            raise ConfigError(
                f"{shown_url(url)!r} is relative, and there is no base_url",
                hint="give base_url, or the whole address",
            )
        path = self._url.raw_path.rstrip(b"/") + b"/" + given.raw_path.lstrip(b"/")
        return self._url.copy_with(raw_path=path) if url else self._url
