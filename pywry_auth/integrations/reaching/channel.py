"""How requests of targets leave this machine."""

import httpx

from pywry_auth.errors import ConfigError
from pywry_auth.http import ClientPool


class Channel:
    """
    A program's own client of httpx, or clients that are made on first use; shared by targets.

    Args:
        http: the program's own, which it closes itself; None makes some with the operating
            system's trust store, one for each event loop.
    """

    def __init__(self, http: httpx.AsyncClient | None = None) -> None:
        require_client(http)
        self._http = http
        self._pool = ClientPool()
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing leaves here any more."""
        return self._is_closed

    @property
    def proves_itself(self) -> bool:
        """Whether the program's own client puts something of its own on each request."""
        return self._http is not None and self._http.auth is not None

    def client_for(self, url: str) -> httpx.AsyncClient:
        """
        Give the client for requests to *url*.

        Raises:
            ConfigError: the channel is closed.
            TransportError: the proxy that the environment names cannot be used.
        """
        if self._is_closed:
            raise ConfigError(
                "the session, or the container, that this belongs to is closed",
                hint="make requests inside of `async with`, or before `aclose()`",
            )
        if self._http is None:
            return self._pool.client_for(url)
        if self._http.is_closed:
            raise ConfigError(
                "the client of httpx that was given is closed",
                hint="close it after the last session, or leave http= out",
            )
        return self._http

    async def aclose(self) -> None:
        """End it, with the clients that were made here; the program's own one stays open."""
        self._is_closed = True
        await self._pool.close()


def require_client(given: object) -> None:
    """
    Make sure that *given*, whatever a caller without a type checker wrote, is a client or None.

    Raises:
        TypeError: it is neither.
    """
    if not (given is None or isinstance(given, httpx.AsyncClient)):
        raise TypeError(f"http is an httpx.AsyncClient, not {type(given).__name__}")
