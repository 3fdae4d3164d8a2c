"""
The process that shows one sign-in window, started as ``python -P -m pywry_auth.window.child``.

It is the only importer of pywebview. The configuration comes as one line on standard input; when
that input ends, because the parent closed it or died, the window closes. What happens is said on
what standard output was, while standard output itself leads to standard error, because engines
print.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, assert_never

import webview
from webview.menu import Menu, MenuAction

from pywry_auth.errors import ConfigError
from pywry_auth.ui.texts import texts_for
from pywry_auth.window.engine.phrases import Phrases, unmarked
from pywry_auth.window.engine.shells import Shell, make_shell
from pywry_auth.window.engine.trouble import Cause
from pywry_auth.window.environment import CHILD_MARK
from pywry_auth.window.focus import come_forward, lend_focus
from pywry_auth.window.messages import OrderName, WindowConfig, WindowEvent, WindowOrder


GRACE = 3.0  # seconds from "close" until the process ends by itself, whatever the engine does
PARENT_LOOK = 1.0  # seconds; a forked sibling may keep our input open after the parent died
SWITCHES: dict[str, bool | None] = {
    "ALLOW_DOWNLOADS": False,
    "ALLOW_FILE_URLS": False,
    "OPEN_EXTERNAL_LINKS_IN_BROWSER": False,
    "OPEN_DEVTOOLS_IN_DEBUG": False,
    "IGNORE_SSL_ERRORS": False,
    "REMOTE_DEBUGGING_PORT": None,
    "SHOW_DEFAULT_MENUS": False,
}


class Reporter:
    """Says what happens to the parent, each thing once."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._said: set[str] = set()

    def say(self, name: str, fact: str = "") -> None:
        """Send one event; a second of the same name is not sent."""
        with self._lock:
            if name in self._said:
                return
            self._said.add(name)
            try:
                self._sink.write(WindowEvent(name, fact).line())
                self._sink.flush()
            except OSError:
                return  # the parent is gone; the end of our input says the same

    def painted(self) -> None:
        """Say that something was drawn."""
        self.say("painted")

    def loaded(self) -> None:
        """Say that a page is there, whole."""
        self.say("loaded")

    def failed(self, why: Cause) -> None:
        """Say that a page nobody sees leads nowhere."""
        self.say("failed", why)

    def again(self) -> None:
        """Ask for an address to begin anew with, each time somebody wants that."""
        self._repeat("again")

    def back(self) -> None:
        """Say, each time, that the person goes back to where the provider's pages began."""
        self._repeat("back")

    def cancelled(self) -> None:
        """Say, each time, that the person gives up a sign-in, but not the window."""
        self._repeat("cancelled")

    def browser(self) -> None:
        """Say, each time, that the person prefers the browser."""
        self._repeat("browser")

    def refused(self) -> None:
        """Say, each time, that the provider's page wants to be opened in a browser."""
        self._repeat("refused")

    def trouble(self, code: str) -> None:
        """Say, each time, what the page says that leads nowhere."""
        self._repeat("trouble", code)

    def _repeat(self, name: str, fact: str = "") -> None:
        with self._lock:
            self._said.discard(name)
        self.say(name, fact)


class Child:
    """The life of the one window."""

    def __init__(self, config: WindowConfig, reporter: Reporter) -> None:
        self._config = config
        self._reporter = reporter
        self._by_program = False
        self._shell: Shell | None = None
        self._renderer = ""
        self._window = webview.create_window(
            config.title,
            html="<!doctype html>",  # replaced before it is drawn
            width=config.width,
            height=config.height,
            min_size=(320, 320),
            resizable=config.resizable,
            hidden=config.hidden,
            text_select=True,
            zoomable=True,
            x=None if config.center else 0,
            y=None if config.center else 0,
            menu=self._menu() if sys.platform in {"win32", "darwin"} else [],
        )
        events = self._window.events
        events.initialized += self._initialized
        events.before_show += self._before_show
        events.closing += self._closing

    def run(self) -> None:
        """Show the window until it is closed."""
        webview.start(
            gui=self._config.gui,
            debug=False,
            private_mode=self._config.storage is None,
            storage_path=self._config.storage,
        )
        if self._shell is not None:
            self._shell.end()

    def obey(self, line: bytes) -> None:
        """Do what the parent says; what is no order changes nothing."""
        with suppress(ConfigError):
            order = WindowOrder.read(line)
            if self._shell is not None:
                _give(order, self._shell)

    def close(self) -> None:
        """Close the window on the program's behalf, from any thread."""
        self._by_program = True
        force = threading.Timer(GRACE, os._exit, (1,))
        force.daemon = True
        force.start()
        lend_focus(os.getppid())
        self._window.destroy()

    def _initialized(self, renderer: str) -> None:
        self._renderer = renderer
        if renderer == "gtkwebkit2":
            # pywebview's GTK half loads this right after the window is made, Qt's before it.
            self._window.real_url = self._config.url
        elif renderer != "qtwebengine":
            self._window.real_url = self._config.url
            self._window.html = ""

    def _before_show(self) -> None:
        hand_over = self._hand_over if self._config.can_hand_over else None
        self._shell = make_shell(
            self._renderer,
            self._window,
            self._config,
            herald=self._reporter,
            hand_over=hand_over,
        )
        self._shell.start()
        self._reporter.say("ready", self._renderer)

    def _menu(self) -> list[Menu]:
        """Offer in a menu what the bar offers where there is one."""
        phrases = Phrases(texts_for(self._config.language))
        leave = self._reporter.cancelled if self._config.stays else self._close_by_hand
        items = [MenuAction(unmarked(phrases.cancel), leave)]
        if self._config.can_hand_over:
            items.insert(0, MenuAction(unmarked(phrases.browser), self._hand_over))
        if self._config.stays:
            items.insert(0, MenuAction(phrases.back, self._reporter.back))
        return [Menu(self._config.title, items)]

    def _close_by_hand(self) -> None:
        self._window.destroy()

    def _closing(self) -> None:
        self._reporter.say("closed", "program" if self._by_program else "user")

    def _hand_over(self) -> None:
        self._reporter.browser()
        if not self._config.stays:
            self._by_program = True
            self._window.hide()


def _give(order: WindowOrder, shell: Shell) -> None:
    match order.name:
        case OrderName.AGAIN:
            shell.begin_again(order.url)
        case OrderName.GO:
            shell.go(order.url)
        case OrderName.HOME:
            shell.come_home(order.url)
        case OrderName.FORWARD:
            shell.come_forward()
            come_forward()  # a toolkit's own wish is refused while somebody types elsewhere
        case _:
            assert_never(order.name)


def main() -> int:
    """Show one window, and give the exit status."""
    os.environ.pop(CHILD_MARK, None)
    os.umask(0o077)  # what the engines write is for this user alone
    reporter = Reporter(_take_standard_output())
    logging.getLogger("pywebview").setLevel(logging.CRITICAL)
    try:
        config = WindowConfig.read(sys.stdin.buffer)
    except ConfigError as exc:
        reporter.say("failed", exc.message)
        return 2
    webview.settings.update(SWITCHES)
    child = Child(config, reporter)
    _on_daemon_thread(lambda: _obey_until_end_of_input(child))
    _on_daemon_thread(lambda: _close_when_orphaned(child))
    try:
        child.run()
    except webview.WebViewException as exc:
        reporter.say("failed", str(exc))
        return 1
    return 0


def _take_standard_output() -> BinaryIO:
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return sink


def _on_daemon_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _obey_until_end_of_input(child: Child) -> None:
    for line in sys.stdin.buffer:
        child.obey(line)
    child.close()


def _close_when_orphaned(child: Child) -> None:
    if os.name == "nt":
        return  # there a dead parent keeps its number, and handles are not inherited by accident
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK)
    child.close()


if __name__ == "__main__":
    sys.exit(main())
