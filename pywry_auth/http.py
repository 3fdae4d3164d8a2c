"""Requests over the network, with what can go wrong there."""

import asyncio
import ssl
import zlib
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx

from pywry_auth.errors import TransportError
from pywry_auth.protocol.origin import Origin, safe_origin
from pywry_auth.protocol.wire import (
    MAX_REPLY,
    WireReply,
    WireRequest,
    is_loopback,
    require_safe_url,
)
from pywry_auth.runtime import PerLoop


STEP = 30.0  # seconds for each step of a blocking request; some token endpoints think for ten
CLOSE_PATIENCE = 1.0  # seconds; closing a connection takes a millisecond


GZIP = 16 + zlib.MAX_WBITS  # the format RFC 1952, as zlib names it


class ClientPool:
    """
    The clients of httpx behind everything asynchronous, one for each event loop.

    They follow no redirects, keep no cookies, have no deadline of their own, and verify
    certificates against the operating system's trust store. What stays on this machine goes
    through no proxy.
    """

    def __init__(self) -> None:
        self._clients = PerLoop(_new_client)
        self._near = PerLoop(_new_client_without_proxy)

    def client_for(self, url: str) -> httpx.AsyncClient:
        """
        Give the running loop's client for requests to *url*.

        Raises:
            TransportError: the proxy that the environment names cannot be used.
        """
        # A proxy has no way to this machine's own loopback, and no business with what goes there
        # in the clear: code, verifier, refresh token.
        clients = self._near if is_loopback(url) else self._clients
        try:
            return clients.get()
        except (ImportError, ValueError, httpx.InvalidURL) as exc:
            raise _no_proxy() from exc

    async def warm(self) -> None:
        """Make this loop's client now, so that the next request need not wait for it."""
        self._clients.get()

    async def close(self) -> None:
        """Close every connection on every loop; a later request opens new ones."""
        here = asyncio.get_running_loop()
        for loop, client in (*self._clients.drain(), *self._near.drain()):
            if loop is here:
                await client.aclose()
            elif loop.is_running():
                await _close_elsewhere(client, loop)


class HttpClient:
    """
    Sends requests for one provider, over one connection pool per event loop.

    Redirects are never followed, cookies never kept, certificates always verified against the
    operating system's trust store. What stays on this machine goes through no proxy.
    """

    def __init__(self) -> None:
        self._pool = ClientPool()

    async def send(self, request: WireRequest, *, within: float) -> WireReply:
        """
        Send *request*, and read the reply whole.

        Args:
            request: what to send.
            within: seconds for everything, the last byte included.

        Raises:
            ConfigError: the address is not encrypted and not on this machine.
            TransportError: no reply arrived, or one above 1 MiB.
        """
        require_safe_url(request.url, "the provider's address")
        try:
            async with asyncio.timeout(within):
                return await self._exchange(request)
        except httpx.HTTPError as exc:
            # The coach reads why; what was sent, with its secrets, does not go along.
            exc.request = httpx.Request(request.method, str(Origin.of(request.url)))
            raise TransportError(reason_of(request.url, exc)) from None
        except (httpx.InvalidURL, UnicodeError, OverflowError):  # no HTTPError of httpx's
            raise TransportError("the request cannot be written as HTTP") from None
        except TimeoutError:
            host = urlsplit(request.url).netloc
            raise TransportError(f"{host} did not answer within {within:g} seconds") from None

    async def _exchange(self, request: WireRequest) -> WireReply:
        client = self._pool.client_for(request.url)
        headers = {"accept-encoding": "identity", **request.headers}
        async with client.stream(
            request.method, request.url, headers=headers, content=request.body or None
        ) as reply:
            body = bytearray()
            async for piece in reply.aiter_raw():
                body += piece
                require_real(len(body))
            plain = unpacked(bytes(body), reply.headers.get("content-encoding", ""))
            return WireReply(reply.status_code, dict(reply.headers), plain)

    async def warm(self) -> None:
        """Make this loop's client now, so that the next request need not wait for it."""
        await self._pool.warm()

    async def close(self) -> None:
        """Close every connection on every loop; a later request opens new ones."""
        await self._pool.close()


async def _close_elsewhere(client: httpx.AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
    closing = client.aclose()
    try:
        closed = asyncio.run_coroutine_threadsafe(closing, loop)
    except RuntimeError:  # that loop ended just now, with its connections
        closing.close()
        return
    # A loop that is about to end may never come to it: its business, not our caller's.
    await asyncio.wait({asyncio.wrap_future(closed)}, timeout=CLOSE_PATIENCE)


def origin_dialled(request: httpx.Request) -> Origin | None:
    """
    Give the origin that httpx opens a connection to for *request*; None where no token may go.

    Put together from what httpx dials: no second reader of the address can see another host.
    """
    url = request.url
    dialled = f"{url.scheme}://{url.netloc.decode('ascii')}"
    return None if url.userinfo else safe_origin(dialled)


def raise_for_status(request: WireRequest, reply: WireReply) -> None:
    """
    Turn an error reply into httpx's own exception.

    Raises:
        httpx.HTTPStatusError: the status is 400 or more.
    """
    answer = httpx.Response(reply.status, request=httpx.Request(request.method, request.url))
    answer.raise_for_status()


def _new_client(*, by_proxy: bool = True) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=_trust(),
        follow_redirects=False,
        timeout=None,  # noqa: S113  # each request has a deadline of its own
        trust_env=by_proxy,
        # A session cookie at the token endpoint belongs to nobody.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


def _new_client_without_proxy() -> httpx.AsyncClient:
    return _new_client(by_proxy=False)


def blocking_client(url: str) -> httpx.Client:
    """
    Make a client for callers that block, who close it; for requests to *url* by the same rules.

    Raises:
        TransportError: the proxy that the environment names cannot be used.
    """
    try:
        return httpx.Client(
            verify=_trust(),
            follow_redirects=False,
            timeout=STEP,
            trust_env=not is_loopback(url),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as exc:
        raise _no_proxy() from exc


def _no_proxy() -> TransportError:
    return TransportError(
        "the proxy that the environment names cannot be used",
        hint="correct HTTPS_PROXY, ALL_PROXY, NO_PROXY; "
        "SOCKS needs one more package: pip install socksio",
    )


def require_real(size: int) -> None:
    """
    Refuse an answer of more than 1 MiB.

    Raises:
        TransportError: *size* is more bytes than that.
    """
    if size > MAX_REPLY:
        raise TransportError("the answer is larger than any real one; it was dropped")


def unpacked(body: bytes, coding: str) -> bytes:
    """
    Undo the ``Content-Encoding`` *coding* of a reply.

    Raises:
        TransportError: it cannot be undone, or gives more than 1 MiB.
    """
    # Nobody asked for a packed answer, but some servers pack whatever is asked. It is unpacked
    # here, step by step: a kilobyte that was packed twice can fill the memory.
    if coding.strip().lower() in {"", "identity"}:
        return body
    unpacking = zlib.decompressobj(GZIP)
    try:
        plain = unpacking.decompress(body, MAX_REPLY + 1)
    except zlib.error:
        plain = b""
    require_real(len(plain))
    if coding.strip().lower() != "gzip" or not unpacking.eof or unpacking.unused_data:
        raise TransportError("the answer is packed in a way that cannot be read")
    return plain


@cache
def _trust() -> ssl.SSLContext:
    from truststore import SSLContext

    return SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def reason_of(url: str, exc: httpx.HTTPError) -> str:
    """Say in words why nothing came from *url*; without the address, which may hold secrets."""
    host = urlsplit(url).netloc
    text = str(exc).lower()
    if "certificate" in text:
        return f"the certificate of {host} is not trusted by this machine"
    if "name or service" in text or "getaddrinfo" in text or "nodename" in text:
        return f"the name {host} is not known; is this machine online?"
    if "proxy" in text:
        return f"the proxy does not let {host} through"
    return f"{host} cannot be reached ({type(exc).__name__})"
