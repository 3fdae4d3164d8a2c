"""One HTTP request read within limits, one reply written."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import h11


CHUNK = 4096  # bytes read at a time; headers may exceed their limit by no more than this


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much one client may ask of us.

    Attributes:
        connections: open at once; one more pushes out the one that has been idle longest.
        header_bytes: for request line and headers together.
        body_bytes: of a posted form.
        read_seconds: for a whole request, so that a slow drip ends as well.
        close_seconds: for a client to take its reply and go.
        hold_seconds: how long the last page waits for the outcome before it says "not yet".
        hold_again_seconds: the same once it has said so; each page is read out anew.
    """

    connections: int = 64
    header_bytes: int = 16 * 1024
    body_bytes: int = 16 * 1024
    read_seconds: float = 10.0
    close_seconds: float = 2.0
    hold_seconds: float = 3.0
    hold_again_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Client:
    """The two ends of the connection that a request came on."""

    host: str
    port: int
    server_port: int


@dataclass(frozen=True, slots=True)
class Request:
    """
    One request as it arrived; what may hold a code never prints.

    Attributes:
        method: as sent.
        path: the target up to ``?``, not decoded: the paths we serve need no decoding.
        query: what follows ``?``.
        host: the Host header, or "".
        content_type: without its parameters, in lower case.
        body: at most ``Limits.body_bytes``.
        client: who asks, where that is known.
        origin: the Origin header, or "" where there is not exactly one.
        cookie: the Cookie header, likewise.
        fetch_site: the Sec-Fetch-Site header, likewise.
    """

    method: str
    path: str
    query: str = field(repr=False)
    host: str
    content_type: str
    body: bytes = field(repr=False)
    client: Client | None = None
    origin: str = ""
    cookie: str = field(default="", repr=False)
    fetch_site: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One reply, whole.

    Attributes:
        status: the status code.
        headers: everything but framing.
        body: the page.
        taken: called once a client has read it to its end.
        more: gives what follows the body piece by piece, for as long as the client stays.
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    taken: Callable[[], None] | None = None
    more: Callable[[], AsyncIterator[bytes]] | None = None


class RefusedRequestError(Exception):
    """What arrived is no request that we answer; carries the status that says so."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Wire:
    """HTTP/1 on one connection that carries one request."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.header_bytes)
        self._sends_body = True

    async def read(self, read: Callable[[int], Awaitable[bytes]]) -> Request | None:
        """
        Read one request; None when the client left without a whole one.

        Raises:
            RefusedRequestError: it is malformed or too large.
        """
        try:
            head = await self._event(read)
            if not isinstance(head, h11.Request):
                return None
            self._sends_body = head.method != b"HEAD"
            host = self._checked(head)
            body = await self._body(read)
        except h11.RemoteProtocolError as exc:
            raise RefusedRequestError(HTTPStatus(exc.error_status_hint)) from None
        return None if body is None else _request(head, host, body)

    def write(self, reply: Reply) -> bytes:
        """
        Give the bytes of *reply*; without its body where the request was HEAD.

        Of a reply with more to follow it is the beginning; ``piece`` gives what comes then.
        """
        is_whole = reply.more is None
        headers = [
            *reply.headers.items(),
            *([("Content-Length", str(len(reply.body)))] if is_whole else ()),
            # One request per connection: nothing pipelined is ever looked at, and a browser's
            # sockets do not outlive its page. A connection to our own machine costs nothing.
            ("Connection", "close"),
        ]
        reason = reply.status.phrase.encode("ascii")
        head = h11.Response(status_code=reply.status, headers=headers, reason=reason)
        events = [head, h11.Data(data=reply.body)] if self._sends_body else [head]
        return b"".join(self._h11.send(event) or b"" for event in events)

    def piece(self, data: bytes) -> bytes:
        """Give the bytes of one more piece of a reply under way."""
        return self._h11.send(h11.Data(data=data)) or b""

    async def _event(self, read: Callable[[int], Awaitable[bytes]]) -> h11.Event | None:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            data = await read(CHUNK)
            if not data:
                return None
            self._h11.receive_data(data)
        return event if isinstance(event, h11.Event) else None

    def _checked(self, head: h11.Request) -> str:
        if head.http_version not in {b"1.0", b"1.1"}:
            raise RefusedRequestError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        size = len(head.target) + sum(len(name) + len(value) for name, value in head.headers)
        if size > self._limits.header_bytes:
            raise RefusedRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if any(
            int(length) > self._limits.body_bytes for length in _values(head, b"content-length")
        ):
            raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not head.target.startswith(b"/"):  # a whole URL is how one talks to a proxy
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        hosts = _values(head, b"host")
        if len(hosts) != 1:
            raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
        return hosts[0]

    async def _body(self, read: Callable[[int], Awaitable[bytes]]) -> bytes | None:
        body = bytearray()
        while not isinstance(event := await self._event(read), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                return None
            body += event.data
            if len(body) > self._limits.body_bytes:
                raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return bytes(body)


def _values(head: h11.Request, name: bytes) -> list[str]:
    return [value.decode("latin-1") for found, value in head.headers if found == name]


def _request(head: h11.Request, host: str, body: bytes) -> Request:
    path, _, query = head.target.decode("ascii").partition("?")
    kinds = _values(head, b"content-type")
    return Request(
        method=head.method.decode("ascii"),
        path=path,
        query=query,
        host=host,
        # Several types are none: a filter before us may have believed another one than we would.
        content_type=kinds[0].partition(";")[0].strip().lower() if len(kinds) == 1 else "",
        body=body,
        origin=_only(head, b"origin"),
        cookie=_only(head, b"cookie"),
        fetch_site=_only(head, b"sec-fetch-site"),
    )


def _only(head: h11.Request, name: bytes) -> str:
    found = _values(head, name)
    return found[0] if len(found) == 1 else ""
