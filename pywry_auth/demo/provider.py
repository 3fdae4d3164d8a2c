"""
The identity provider of the demo, in a process of its own: ``python -m pywry_auth.demo.provider``.

It listens on 127.0.0.1 only, keeps everything in memory, says one JSON line when it is ready and
one per request it answered (never with a secret), and ends when its standard input does.
"""

import argparse
import json
import os
import socketserver
import sys
import threading
from collections.abc import Mapping, Sequence
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from pywry_auth.demo.site import CLIENT_ID, PASSWORD, USER, SiteOptions, missing_extra, wsgi_site


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """Answers each connection on a thread, so that a browser's spare connection blocks nobody."""

    daemon_threads = True

    def server_bind(self) -> None:
        # The base class asks the name service for this machine's name, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name = "127.0.0.1"
        self.server_port = int(self.server_address[1])
        self.setup_environ()


class _QuietHandler(WSGIRequestHandler):
    """Writes no request line to stderr; what happened is said as JSON."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base's
        pass

    def address_string(self) -> str:
        return "127.0.0.1"


def say(fact: Mapping[str, object]) -> None:
    """Write one fact as a line of JSON."""
    # One write per line, because requests are answered on several threads.
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input ends."""
    options = _parser().parse_args(arguments)
    missing = missing_extra()
    if missing is not None:
        sys.stderr.write(f"error: {missing.message}\nhint: {missing.hint}\n")
        return 1
    server = _Server(("127.0.0.1", options.port), _QuietHandler)
    issuer = f"http://127.0.0.1:{server.server_port}"
    server.set_app(wsgi_site(SiteOptions(issuer, options.access_ttl, say)))
    say(
        {
            "ready": True,
            "issuer": issuer,
            "client_id": CLIENT_ID,
            "user": USER,
            "password": PASSWORD,
            "pid": os.getpid(),
        }
    )
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pywry_auth.demo.provider",
        description="An identity provider on this machine, for trying the sign-in.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument(
        "--access-ttl", type=int, default=3600, metavar="SECONDS", help="life of access tokens"
    )
    return parser


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    # Nothing is kept, so there is nothing to put away.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
