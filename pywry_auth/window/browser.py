"""The person's own browser."""

import logging
import os
import shutil
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from pywry_auth.errors import WindowError
from pywry_auth.ui.texts import later, texts_for
from pywry_auth.waiting import wait_for
from pywry_auth.window.base import HidesAddress, WindowKind, WindowListener
from pywry_auth.window.environment import is_frozen


T = TypeVar("T")

logger = logging.getLogger(__name__)

NOTICE = later("The page is open in your browser. Finish there.")
HINT = "set PYWRY_AUTH_WINDOW=paste to open the address yourself"

QUICK = 5.0  # seconds in which a launcher says that it cannot

#: what a packed application changes for its own libraries; a browser must not inherit it
LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


class BrowserWindow:
    """
    The system browser, which shows the page in a tab that is not ours to close.

    Args:
        opener: opens the authorize URL and says whether that worked. It is called on a thread of
            its own, and may take as long as it likes. When left out, the system's browser is
            started with a one-time address of this computer that leads to the authorize URL.
        language: in which the person is told of it, a BCP 47 tag; their own when None.
    """

    def __init__(
        self, opener: Callable[[str], bool] | None = None, *, language: str | None = None
    ) -> None:
        self._opener = opener or open_in_browser
        self._language = language

    @property
    def kind(self) -> WindowKind:
        """Always the browser."""
        return WindowKind.BROWSER

    def show(self, url: str, listener: WindowListener) -> None:
        """Open *url* without waiting for the browser; a failure is told to *listener*."""
        threading.Thread(
            target=self._open, args=(url, listener), name="pywry-auth-browser", daemon=True
        ).start()

    def close(self) -> None:
        """Do nothing: the tab belongs to the person."""

    def host(self, outcome: Future[T]) -> T:
        """Wait for *outcome*."""
        return wait_for(outcome)

    def _open(self, url: str, listener: WindowListener) -> None:
        # The address stands in the browser's arguments, which other users can see on some systems.
        if self._opener is open_in_browser and isinstance(listener, HidesAddress):
            url = listener.private_url(url)
        try:
            opened = self._opener(url)
        except (OSError, webbrowser.Error, subprocess.SubprocessError) as exc:
            # The text of such an error may repeat the command line, and with it the URL.
            logger.debug("window.browser_failed", extra={"reason": type(exc).__name__})
            opened = False
        if opened:
            listener.told(texts_for(self._language)(NOTICE))
            return
        listener.closed(WindowError("no browser could be opened", hint=HINT))


def open_in_browser(url: str) -> bool:
    """Open *url* in the browser of this desktop."""
    command = browser_command(
        os.environ, wsl=is_wsl(os.environ), frozen=is_frozen(), which=shutil.which
    )
    if command is None:
        return webbrowser.open(url)
    # The browser may stay in the foreground for hours; only a quick failure is an answer.
    process = subprocess.Popen(  # noqa: S603  # a fixed program, no shell
        [*command, url],
        env=clean_environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(QUICK) == 0
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, daemon=True).start()  # no zombie later
        return True


def browser_command(
    env: Mapping[str, str], *, wsl: bool, frozen: bool, which: Callable[[str], str | None]
) -> tuple[str, ...] | None:
    """
    Give the command that opens a URL, or None where Python's own ``webbrowser`` does it well.

    Under WSL the browser is a Windows program. No shell is used for it, because an authorize URL is
    full of ampersands. A frozen application on Linux must not hand its own libraries down.
    """
    if env.get("BROWSER"):
        return None
    if wsl:
        return _first(which, (("wslview",), ("rundll32.exe", "url.dll,FileProtocolHandler")))
    if frozen and sys.platform == "linux":
        return _first(which, (("xdg-open",), ("gio", "open")))
    return None


def clean_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Give *env* as it was before a packed application put its own libraries first."""
    cleaned = {
        name: value
        for name, value in env.items()
        if not name.startswith("_PYI") and name != "_MEIPASS2"
    }
    for name in LIBRARY_PATHS:
        before = cleaned.pop(f"{name}_ORIG", None)
        if before:
            cleaned[name] = before
        elif before is not None:
            cleaned.pop(name, None)
    return cleaned


def is_wsl(env: Mapping[str, str]) -> bool:
    """Tell whether this Linux runs under Windows."""
    return "WSL_DISTRO_NAME" in env or "WSL_INTEROP" in env


def _first(
    which: Callable[[str], str | None], commands: tuple[tuple[str, ...], ...]
) -> tuple[str, ...] | None:
    for name, *arguments in commands:
        found = which(name)
        if found:
            return (found, *arguments)
    return None


SYSTEM_BROWSER = BrowserWindow()
