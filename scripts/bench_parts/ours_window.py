"""Opens a page in the package's native window."""

import sys
import threading
from pathlib import Path

from pywry_auth.window.webview import WebviewWindow


sys.path.append(str(Path(__file__).parent))

from loading_page import LoadingPage


class Listener:
    """Notes the end; a window that ends by itself was none."""

    def closed(self, reason: Exception | None = None) -> None:
        print(f"the window closed: {reason!r}", file=sys.stderr)

    def pasted(self, _text: str) -> bool:
        return False

    def told(self, notice: str) -> None:
        print(notice, file=sys.stderr)


gui = sys.argv[1]
window = WebviewWindow(gui=gui, fallback=None)
with LoadingPage() as page:
    page.begin()
    window.show(page.url, Listener())
    page.tell()
    wanted = {"qt": "qtwebengine", "gtk": "gtkwebkit2"}[gui]
    if window.renderer != wanted:
        raise SystemExit(f"{window.renderer!r} showed the page, not {wanted}")
    window.close()
    for thread in threading.enumerate():
        if thread.name.startswith("pywry-auth-window"):
            thread.join(10)
