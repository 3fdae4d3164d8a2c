"""Requests to a token endpoint over a client that the application gave."""

import threading
import time
from collections.abc import Callable, Iterator
from copy import copy
from urllib.parse import urlsplit

import httpx

from pywry_auth.errors import ConfigError, TransportError
from pywry_auth.http import reason_of, require_real, unpacked
from pywry_auth.interrupts import wait_for_event
from pywry_auth.outcome import CallOutcome
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url


#: seconds for a whole answer; the client's own limits are for one piece of it each
LIFE = 30.0
THREAD_NAME = "pywry-auth-token-request"


def require_dialable(url: str, what: str) -> str:
    """
    Give *url* back if it may be spoken to, and can be.

    Raises:
        ConfigError: it is not encrypted, or its host is no name that can be looked up.
    """
    require_safe_url(url, what)
    try:
        httpx.URL(url).raw_host.decode("ascii").encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        host = "its host is no name that can be looked up"
        raise ConfigError(f"{what} is no complete https address", hint=host) from None
    return url


class TokenSender:
    """
    Sends requests to a token endpoint, and reads the replies whole.

    Nothing of what the client adds to other requests goes along: neither its ``auth``, headers,
    cookies, parameters nor hooks. Redirects are not followed.

    Args:
        http: the client; it stays the application's.
    """

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def __call__(self, request: WireRequest) -> WireReply:
        """
        Send *request*.

        Raises:
            ConfigError: the address is not encrypted and not on this machine, the request cannot
                be written, or the client was closed.
            TransportError: no reply arrived within half a minute, or one above 1 MiB.
        """
        require_safe_url(request.url, "token_url")
        outcome: CallOutcome[WireReply] = CallOutcome()
        done = threading.Event()

        def run() -> None:
            with outcome:
                outcome.gave(self._exchange(request))
            done.set()

        # A server that sends its headers byte by byte can be left, but not interrupted.
        _begin(run)
        if not wait_for_event(done, LIFE):
            host = urlsplit(request.url).netloc
            raise TransportError(f"{host} did not answer within {LIFE:g} seconds")
        return outcome.result()

    def _exchange(self, request: WireRequest) -> WireReply:
        client = _bare(self._http)
        if client.is_closed:
            raise ConfigError(
                "the client that token requests go through is closed",
                hint="keep the httpx.Client open for as long as its TokenManager is used",
            )
        try:
            reply = client.send(self._built(request), auth=None, stream=True)
            try:
                return WireReply(reply.status_code, dict(reply.headers), _body(reply))
            finally:
                reply.close()
        except httpx.HTTPError as exc:
            raise TransportError(reason_of(request.url, exc)) from None
        except OSError as exc:  # from a transport of the application's own
            host = urlsplit(request.url).netloc
            raise TransportError(f"{host} cannot be reached ({type(exc).__name__})") from None
        except (httpx.InvalidURL, UnicodeError):
            raise ConfigError("the token request cannot be written as HTTP") from None

    def _built(self, request: WireRequest) -> httpx.Request:
        given = self._http.timeout.as_dict()
        limits = {name: LIFE if it is None else min(it, LIFE) for name, it in given.items()}
        return httpx.Request(
            request.method,
            request.url,
            headers={"accept-encoding": "identity", **request.headers},
            content=request.body,
            extensions={"timeout": limits},
        )


def _bare(client: httpx.Client) -> httpx.Client:
    # The same connections, proxies, certificates. Hooks would see passwords, and the widespread one
    # that raises for an error status would turn each refusal into an outage; a cookie of the token
    # endpoint has no place in requests to resources.
    bare = copy(client)
    bare.event_hooks = {}
    bare.cookies = httpx.Cookies()
    bare.follow_redirects = False
    return bare


def _begin(run: Callable[[], None]) -> None:
    try:
        threading.Thread(target=run, name=THREAD_NAME, daemon=True).start()
    except RuntimeError:  # the interpreter is ending, or there are too many threads
        run()


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
