"""The same program beside a bare pywebview window that shows a page, and goes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from ticking import Ticks, TkHost, host_named, tell


CHILD = """
import sys, threading, webview
window = webview.create_window("page", sys.argv[1], width=500, height=700)
def end_with_input():
    sys.stdin.read()
    window.destroy()
threading.Thread(target=end_with_input, daemon=True).start()
webview.start(gui="qt")
"""
TAIL = 1.7  # seconds; as long as the other program rests and renews

toolkit = sys.argv[1]
page = Path(os.environ["BENCH_PAGE"]).read_bytes()
host = host_named(toolkit)
loaded = threading.Event()
started: list[subprocess.Popen[bytes]] = []
if isinstance(host, TkHost):
    import tkinter as tk

    tk.Button(host.root, text="Sign in").pack()
else:
    from PySide6.QtWidgets import QPushButton

    host.layout.addWidget(QPushButton("Sign in"))


class Handler(BaseHTTPRequestHandler):
    """Gives the one page there is, after a redirect as a provider makes one."""

    def do_GET(self) -> None:
        if self.path == "/painted":
            loaded.set()
        if self.path == "/":
            self.send_response(302)
            self.send_header("Location", "/page")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, args=(0.5,), daemon=True).start()


def start() -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    started.append(
        subprocess.Popen(
            [sys.executable, "-P", "-c", CHILD, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )


def story() -> Iterator[object]:
    yield 0.5
    ticks.count()
    threading.Thread(target=start, daemon=True).start()
    yield loaded.is_set
    started[0].stdin.close()
    yield TAIL
    ticks.stop()


ticks = Ticks(host, story())
found = ticks.run()
try:
    started[0].wait(10)
except subprocess.TimeoutExpired:
    started[0].kill()
tell(found)
