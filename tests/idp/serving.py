"""
How the tests' Python providers are served: on loopback, with faults at will, until stdin ends.

Only the standard library, because every provider has a virtual environment of its own.
"""

import json
import os
import socketserver
import sys
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self):
        # The base class asks the name service for this machine's name, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name = "127.0.0.1"
        self.server_port = self.server_address[1]
        self.setup_environ()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def tell(fact):
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


class Faults:
    """Stands before a provider: answers /__control, is down or slow when told, tells of tokens."""

    def __init__(self, application, apply):
        self._application = application
        self._apply = apply  # takes the options this class does not know
        self._turn = threading.Lock()
        self._down = 0
        self._delay = 0.0

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/__control" and environ["REQUEST_METHOD"] == "POST":
            return self._control(environ, start_response)
        if self._down:
            start_response(f"{self._down} Down", [("Retry-After", "1")])
            return [b"down"]
        time.sleep(self._delay)

        def start_and_tell(status, headers, exc_info=None):
            tell({"event": environ["PATH_INFO"].strip("/"), "status": int(status.split()[0])})
            return start_response(status, headers, exc_info)

        with self._turn:  # in-memory databases of several connections fail where they would wait
            return list(self._application(environ, start_and_tell))

    def _control(self, environ, start_response):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        options = json.loads(environ["wsgi.input"].read(size))
        self._down = options.pop("down", self._down)
        self._delay = options.pop("delayMs", self._delay * 1000) / 1000
        with self._turn:
            self._apply(options)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]


def serve(make):
    """Serve what *make* makes of the issuer and the options of the start: (application, apply)."""
    server = Server(("127.0.0.1", 0), QuietHandler)  # bound before the issuer is known
    issuer = f"http://127.0.0.1:{server.server_port}"
    application, apply = make(issuer, json.loads(os.environ.get("OP_OPTS", "{}")))
    server.set_app(Faults(application, apply))
    tell({"ready": True, "issuer": issuer, "pid": os.getpid()})
    threading.Thread(target=end_with_stdin, daemon=True).start()
    server.serve_forever()


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)
