"""Lists that come in pieces, from the first to the last."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

from pywry_auth.errors import TransportError
from pywry_auth.integrations.reaching.options import RequestOptions, with_fields, without_query
from pywry_auth.integrations.reaching.paging import Paging, Piece, Turn
from pywry_auth.protocol.origin import Origin, safe_origin


MAX_PIECES = 1000  # a list that never ends would never end its program either

_JSON = TypeAdapter[JsonValue](JsonValue)

#: sends a request with this method, for this path or whole address, with these options
Ask = Callable[[str, str, RequestOptions], Awaitable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Listing:
    """
    How lists of one target are read.

    Attributes:
        ask: sends one request.
        paging: where the next piece is.
        name: whose lists they are, for messages.
        home: the origin of all pieces, wherever a redirect led meanwhile.
    """

    ask: Ask
    paging: Paging
    name: str
    home: Origin | None

    async def pieces(
        self, path: str, options: RequestOptions, limit: int | None
    ) -> AsyncGenerator[JsonValue]:
        """
        Give what is at *path*, then wherever it goes on.

        Args:
            path: where the list begins.
            options: of each request; with ``json`` they are asked for by POST.
            limit: pieces at most; None gives all.

        Raises:
            TransportError: something else came, or the list leads elsewhere, in circles or nowhere.
        """
        method, where = "POST" if "json" in options else "GET", path
        seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        for _ in range(MAX_PIECES if limit is None else limit):
            response = await self.ask(method, where, options)
            body = json_of(response, self.name)
            yield body
            turn = self.paging.after(Piece(dict(response.headers), body))
            if turn is None:
                return
            step = (turn.url, tuple(turn.fields.items()))
            if step in seen:
                raise TransportError(f"{self.name}: the list goes in circles")
            seen.add(step)
            where, options = self._turned(where, response, turn, options)
        if limit is None:
            raise TransportError(f"{self.name}: the list has no end")

    def _turned(
        self, where: str, response: httpx.Response, turn: Turn, options: RequestOptions
    ) -> tuple[str, RequestOptions]:
        if not turn.url:
            return where, with_fields(options, turn.fields)
        here = str(response.request.url)
        url = _joined(here, turn.url)
        if safe_origin(url) is None or safe_origin(url) != self.home:
            raise TransportError(f"{self.name}: the list goes on at another server")
        return url, without_query(options)  # the address has one of its own


def _joined(here: str, there: str) -> str:
    try:
        return urldefrag(urljoin(here, there)).url
    except ValueError:  # brackets round what is no address
        return ""


def json_of(response: httpx.Response, name: str) -> JsonValue:
    """
    Read an answer as JSON.

    Raises:
        TransportError: it is none.
    """
    with suppress(ValidationError):
        return _JSON.validate_json(response.content)
    raise unlike(name, "JSON")  # here, where no other error is being handled: it knows the answer


def unlike(name: str, expected: str) -> TransportError:
    """Make the error for an answer that is not what was expected."""
    return TransportError(
        f"{name} answered with something else than {expected}",
        hint="check base_url and the path; a proxy or a page for people may have answered",
    )
