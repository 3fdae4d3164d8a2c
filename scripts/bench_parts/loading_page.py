"""A page that tells its server when it has been loaded."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


LIMIT = 60.0  # seconds; a window takes less than two
PAGE = b"""<!doctype html><meta charset="utf-8"><title>page</title><h1>Sign in</h1>
<script>addEventListener("load", () => fetch("/loaded"))</script>"""


class LoadingPage:
    """Serves the page on loopback, and measures from ``begin`` to its word."""

    def __init__(self) -> None:
        self._began = 0.0
        self._ended = 0.0
        self._loaded = threading.Event()
        measured = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/loaded":
                    measured.note()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *_arguments: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def begin(self) -> None:
        self._began = time.monotonic()

    def note(self) -> None:
        self._ended = time.monotonic()
        self._loaded.set()

    def tell(self) -> None:
        """Wait for the page, and print how long it took."""
        if not self._loaded.wait(LIMIT):
            print(json.dumps({"error": "the page was never loaded"}), flush=True)
            os._exit(1)
        print(json.dumps({"loaded_ms": 1000 * (self._ended - self._began)}), flush=True)
