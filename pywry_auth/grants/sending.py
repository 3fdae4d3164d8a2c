"""Requests to a token endpoint over a client that the application gave."""

import time
from collections.abc import Iterator

import httpx

from pywry_auth.errors import TransportError
from pywry_auth.http import reason_of, require_real, unpacked
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url


#: seconds for a whole answer; the client's own limits are for one piece of it each
LIFE = 30.0


class TokenSender:
    """
    Sends requests to a token endpoint, and reads the replies whole.

    Nothing of what the client adds to other requests goes along: neither its ``auth``, headers,
    cookies nor parameters. Redirects are not followed.

    Args:
        http: the client; it stays the application's.
    """

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def __call__(self, request: WireRequest) -> WireReply:
        """
        Send *request*.

        Raises:
            ConfigError: the address is not encrypted and not on this machine.
            TransportError: no reply arrived within half a minute, or one above 1 MiB.
        """
        require_safe_url(request.url, "token_url")
        built = httpx.Request(
            request.method,
            request.url,
            headers={"accept-encoding": "identity", **request.headers},
            content=request.body,
            extensions={"timeout": self._limits()},
        )
        try:
            reply = self._http.send(built, auth=None, follow_redirects=False, stream=True)
            try:
                return WireReply(reply.status_code, dict(reply.headers), _body(reply))
            finally:
                reply.close()
        except httpx.HTTPError as exc:
            raise TransportError(reason_of(request.url, exc)) from None

    def _limits(self) -> dict[str, float]:
        given = self._http.timeout.as_dict()
        return {name: LIFE if limit is None else min(limit, LIFE) for name, limit in given.items()}


def _body(reply: httpx.Response) -> bytes:
    if reply.is_stream_consumed:  # a transport of the application's own had it all at once
        require_real(len(reply.content))
        return reply.content
    body = bytearray()
    for piece in _in_time(reply):
        body += piece
        require_real(len(body))
    return unpacked(bytes(body), reply.headers.get("content-encoding", ""))


def _in_time(reply: httpx.Response) -> Iterator[bytes]:
    end = time.monotonic() + LIFE
    for piece in reply.iter_raw():
        if time.monotonic() > end:
            raise TransportError(f"the answer was not there within {LIFE:g} seconds")
        yield piece
