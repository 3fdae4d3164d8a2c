"""Opens a page in a bare pywebview window, in a child process of its own."""

import subprocess
import sys
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from loading_page import LoadingPage


CHILD = """
import sys, threading, webview
window = webview.create_window("page", sys.argv[1], width=500, height=700)
def end_with_input():
    sys.stdin.read()
    window.destroy()
threading.Thread(target=end_with_input, daemon=True).start()
webview.start(gui=sys.argv[2])
"""

with LoadingPage() as page:
    page.begin()
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", CHILD, page.url, sys.argv[1]],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    page.tell()
    child.stdin.close()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
