"""
A resource server that answers as a test says, and the three HTTP libraries that may ask it.

    with Resource(lambda asked: Given(200)) as api, face(session, [api.origin]) as client:
        assert client.get(f"{api.url}/x").status == 200
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import requests

from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.session import SessionManager


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")

    @property
    def proof(self) -> str | None:
        return self.headers.get("dpop")


@dataclass(frozen=True)
class Given:
    """One answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


INVALID = Given(401, {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'})


def moved(url: str, status: int = 302) -> Given:
    return Given(status, {"Location": url})


class _Server(ThreadingHTTPServer):
    request_queue_size = 100
    block_on_close = False

    def handle_error(self, request, client_address) -> None:
        """Print nothing: a client that leaves is the test's own."""


class Resource:
    """A loopback HTTP/1.1 server; with *tls* an encrypted one."""

    def __init__(
        self,
        answer: Callable[[Asked], Given],
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        #: asked for each request; may be replaced while it runs
        self.answer = answer
        #: every request, in the order of their arrival
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        self.url = self.origin = f"{scheme}://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def tokens(self) -> list[str | None]:
        """The ``Authorization`` headers, in order."""
        return [asked.authorization for asked in self.asked]

    def _handler(resource):  # noqa: N805  the handler's own self is another one
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5.0
            wbufsize = 65536  # head and body in one packet; in two the second waits 40 ms

            def respond(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, _body(self.rfile, headers))
                resource.asked.append(asked)
                given = resource.answer(asked)
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(given.body)

            def __getattr__(self, name: str):
                if name.startswith("do_"):
                    return self.respond
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _body(stream, headers) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return stream.read(int(headers.get("content-length", 0)))
    whole = b""
    while size := int(stream.readline(), 16):
        whole += stream.read(size)
        stream.readline()
    stream.readline()
    return whole


@dataclass(frozen=True)
class Answered:
    """What a caller got, whichever library it used."""

    status: int
    text: str
    headers: Mapping[str, str]
    history: tuple[int, ...]


class Face:
    """One library with our ``auth=``."""

    def __init__(self, session, origins, *, verify=True, follow=True, cookies=None, **options):
        self.auth = self.make(session, allowed_origins=origins, **options)
        self.verify, self.follow, self.cookies = verify, follow, cookies or {}

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, url: str, **options: object) -> Answered:
        return self.request("GET", url, **options)

    def post(self, url: str, content: object, **options: object) -> Answered:
        return self.request("POST", url, content=content, **options)


class SyncFace(Face):
    make = HttpxAuth

    def __enter__(self):
        self.client = httpx.Client(
            auth=self.auth,
            follow_redirects=self.follow,
            trust_env=False,
            verify=self.verify,
            cookies=self.cookies,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def request(self, method, url, **options):
        return _of_httpx(self.client.request(method, url, **options))

    def many(self, urls):
        return in_threads(self.get, urls)


class AsyncFace(Face):
    make = HttpxAuth

    def request(self, method, url, **options):
        return self.together([(method, url, options)])[0]

    def many(self, urls):
        return self.together([("GET", url, {}) for url in urls])

    def together(self, wanted):
        async def ask():
            async with httpx.AsyncClient(
                auth=self.auth,
                follow_redirects=self.follow,
                trust_env=False,
                verify=self.verify,
                cookies=self.cookies,
                timeout=30.0,
            ) as client:
                return await asyncio.gather(
                    *(client.request(method, url, **_as_async(o)) for method, url, o in wanted)
                )

        return [_of_httpx(response) for response in asyncio.run(ask())]


class RequestsFace(Face):
    make = RequestsAuth

    def __enter__(self):
        self.client = requests.Session()
        self.client.trust_env = False
        self.client.auth = self.auth
        self.client.cookies.update(self.cookies)
        self.client.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=60))
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def request(self, method, url, *, content=None, **options):
        response = self.client.request(
            method, url, data=content, verify=self.verify, allow_redirects=self.follow, **options
        )
        history = tuple(one.status_code for one in response.history)
        return Answered(response.status_code, response.text, response.headers, history)

    def many(self, urls):
        return in_threads(self.get, urls)


FACES = (SyncFace, AsyncFace, RequestsFace)


def _of_httpx(response: httpx.Response) -> Answered:
    history = tuple(one.status_code for one in response.history)
    return Answered(response.status_code, response.text, response.headers, history)


def _as_async(options):
    content = options.get("content")
    if hasattr(content, "__next__") and not hasattr(content, "read"):

        async def pieces():
            for piece in content:
                yield piece

        return {**options, "content": pieces()}
    return options


def in_threads(work, arguments):
    """Call *work* with each of *arguments* on threads of their own, all at once."""
    found = [None] * len(arguments)
    start = threading.Barrier(len(arguments))

    def run(place, argument):
        start.wait()
        try:
            found[place] = work(argument)
        except Exception as exc:  # noqa: BLE001  the test looks at it
            found[place] = exc

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(arguments)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


class KeyedSession(SessionManager):
    """A session whose tokens may be bound to a key."""

    key = None

    async def dpop_key(self):
        return self.key
