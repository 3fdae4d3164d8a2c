"""The HTTP side of the programmable provider: bytes in, one function asked, bytes out."""

import socket
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Protocol

from pywry_auth.testing.conduct import Reply


HOST = "127.0.0.1"
MAX_FORM = 64 * 1024  # bytes; no correct client sends more
IDLE = 5.0  # seconds a connection may stay silent
HANGING = 10.0  # seconds; an answer that takes longer is meant not to come
LATE = "late-answer:"  # begins the name of a thread that is meant to hang, before the client's port


class ReplyTo(Protocol):
    """Gives the reply to one request."""

    def __call__(self, *, method: str, target: str, form: str, headers: Mapping[str, str]) -> Reply:
        """Give the reply; called from many threads."""
        ...


class HttpFace:
    """
    A loopback HTTP server on a thread of its own.

    Args:
        port: where to listen; any free port when 0.
        reply_to: asked for every request.
    """

    def __init__(self, port: int, reply_to: ReplyTo) -> None:
        self._stopping = threading.Event()

        def handler(
            request: socket.socket, address: tuple[str, int], server: BaseServer
        ) -> _Handler:
            return _Handler(request, address, server, reply_to, self._stopping)

        self._server = ThreadingHTTPServer((HOST, port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(0.02,),
            name="programmable-provider",
            daemon=True,
        )

    @property
    def base_url(self) -> str:
        """Where it listens, without a final slash."""
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port; replies that wait are given up. May be repeated."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request and closes the connection (HTTP/1.0)."""

    timeout = IDLE
    server_version = "programmable-provider"
    sys_version = ""

    def __init__(
        self,
        request: socket.socket,
        address: tuple[str, int],
        server: BaseServer,
        reply_to: ReplyTo,
        stopping: threading.Event,
    ) -> None:
        self._reply_to = reply_to
        self._stopping = stopping
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        """Answer a GET."""
        self._respond("")

    def do_POST(self) -> None:
        """Answer a POST."""
        length = min(int(self.headers.get("content-length") or 0), MAX_FORM)
        self._respond(self.rfile.read(length).decode("utf-8", "replace"))

    def do_PUT(self) -> None:
        """Answer a PUT."""
        self.do_POST()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._respond("")

    def _respond(self, form: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self._reply_to(method=self.command, target=self.path, form=form, headers=headers)
        if reply.delay > HANGING:
            threading.current_thread().name = f"{LATE}{self.client_address[1]}"
        if self._stopping.wait(reply.delay) or reply.cut:
            self.close_connection = True
            return
        body = reply.body.encode()
        try:
            self.send_response_only(reply.status)
            self.send_header("Server", self.server_version)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body) + reply.lost))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the client left: a cut it asked for itself

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Print nothing; ``calls`` is the log."""
