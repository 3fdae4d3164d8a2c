"""Writes the first page of the first-run wizard to a file, as long as it is but without a life."""

import re
import sys
import tempfile
import threading
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from pywry_auth import DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop import FirstRunWizard
from pywry_auth.window.base import SignInWindow
from pywry_auth.window.staying import StayingListener


sys.path.append(str(Path(__file__).parent))

from painting import REPORT


class Reader:
    """A window that only reads its first page."""

    def __init__(self) -> None:
        self.page = ""
        self.has_read = threading.Event()

    def open(self, url: str, listener: StayingListener) -> None:
        del listener
        threading.Thread(target=self._read, args=(url,), daemon=True).start()

    def _read(self, url: str) -> None:
        opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
        with opener.open(url, timeout=30) as answer:
            self.page = answer.read().decode()
        self.has_read.set()

    def raise_(self) -> None: ...

    def close(self) -> None: ...

    def sign_in_window(self) -> SignInWindow:
        raise AssertionError("nobody signs in here")


providers = {
    name: GenericOIDCProvider("native", issuer_url="https://id.example.com")
    for name in ("Work", "Home")
}
reader = Reader()
done = threading.Event()
auth = DesktopAuth("Acme Notes", providers, store="memory")
with tempfile.TemporaryDirectory() as folder:
    wizard = FirstRunWizard(auth, window=reader, folder=Path(folder))
    wizard.begin(lambda _account: done.set())
    if not reader.has_read.wait(30):
        raise SystemExit("the page could not be read")
    wizard.close()
    done.wait(10)
auth.close()

script = re.search(r'(<script type="module">)(.*?)(</script>)', reader.page, re.DOTALL)
if script is None:
    raise SystemExit("the page has no script")
filled = "/*" + "-" * (len(script[2]) - 4) + "*/" + REPORT
Path(sys.argv[1]).write_text(
    reader.page[: script.start(2)] + filled + reader.page[script.end(2) :], encoding="utf-8"
)
