"""Opens the first page of the first-run wizard in its window, in a new process."""

import os
import sys
import tempfile
import threading
from pathlib import Path

from pywry_auth import DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop import FirstRunWizard


sys.path.append(str(Path(__file__).parent))

from painting import REPORT, WORD, Painting


os.environ["PYWRY_AUTH_GUI"] = sys.argv[1]
os.environ["BROWSER"] = "false"  # it is the window that is measured
painting = Painting()


def listen_to_the_page() -> None:
    """Let the page's own script say when it is painted."""
    from pywry_auth.callback_server.wire import Reply, Request
    from pywry_auth.desktop.pages import frame
    from pywry_auth.desktop.pages.answers import Answers

    read, within = frame._read, Answers._within  # noqa: SLF001

    def with_report(name: str, package: Path) -> str:
        text = read(name, package)
        return text + REPORT if name.endswith(".js") else text

    async def noting(answers: Answers, name: str, request: Request) -> Reply:
        if name == WORD:
            painting.note()
        return await within(answers, name, request)

    frame._read, Answers._within = with_report, noting  # noqa: SLF001


listen_to_the_page()
providers = {
    name: GenericOIDCProvider("native", issuer_url="https://id.example.com")
    for name in ("Work", "Home")
}
auth = DesktopAuth("Acme Notes", providers, store="memory")
done = threading.Event()
with tempfile.TemporaryDirectory() as folder:
    painting.begin()
    wizard = FirstRunWizard(auth, folder=Path(folder))
    wizard.begin(lambda _account: done.set())
    painting.tell()
    wizard.close()
    done.wait(10)
auth.close()
