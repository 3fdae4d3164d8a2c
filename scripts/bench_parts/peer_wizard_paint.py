"""Opens a page like the wizard's first one in a bare pywebview window, in a child process."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from painting import WORD, Painting


CHILD = """
import sys, threading, webview
window = webview.create_window("Acme Notes", sys.argv[1], width=520, height=720)
def end_with_input():
    sys.stdin.read()
    window.destroy()
threading.Thread(target=end_with_input, daemon=True).start()
webview.start(gui=sys.argv[2])
"""

gui, file = sys.argv[1], os.environ["BENCH_PAGE"]
painting = Painting()


class Handler(BaseHTTPRequestHandler):
    """Gives the one page there is."""

    def do_GET(self) -> None:
        if self.path == f"/{WORD}":
            painting.note()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


page = Path(file).read_bytes()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
painting.begin()
child = subprocess.Popen(
    [sys.executable, "-P", "-c", CHILD, f"http://127.0.0.1:{server.server_address[1]}/", gui],
    stdin=subprocess.PIPE,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
painting.tell()
child.stdin.close()
try:
    child.wait(10)
except subprocess.TimeoutExpired:
    child.kill()
server.shutdown()
