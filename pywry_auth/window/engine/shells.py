"""The shell that belongs to an engine."""

from collections.abc import Callable
from typing import Protocol

import webview

from pywry_auth.window.engine.conductor import Herald
from pywry_auth.window.engine.plain import PlainShell
from pywry_auth.window.engine.trouble import TroubleHerald
from pywry_auth.window.messages import WindowConfig


class Shell(Protocol):
    """One toolkit's bar with the pages below it, or a page that nobody sees."""

    def start(self) -> None:
        """Open the first page."""
        ...

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, from any thread; its address is *url* by now."""
        ...

    def end(self) -> None:
        """Let go of every page."""
        ...


class AnyHerald(Herald, TroubleHerald, Protocol):
    """Who is told what happens, whether somebody sees the page or nobody."""


def make_shell(
    renderer: str,
    window: webview.Window,
    config: WindowConfig,
    *,
    herald: AnyHerald,
    hand_over: Callable[[], None] | None,
) -> Shell:
    """
    Make the shell inside *window*, before that is shown.

    Args:
        renderer: the engine, as pywebview names it.
        window: pywebview's own object.
        config: what the window is for.
        herald: told what happens.
        hand_over: called when the person prefers the browser; None where there is none.
    """
    if renderer == "qtwebengine":
        return _qt(window, config, herald, hand_over)
    if renderer == "gtkwebkit2":
        return _gtk(window, config, herald, hand_over)
    plain = PlainShell(window, herald=herald)
    window.events.loaded += plain.page_loaded
    return plain


def _qt(
    window: webview.Window,
    config: WindowConfig,
    herald: AnyHerald,
    hand_over: Callable[[], None] | None,
) -> Shell:
    from pywry_auth.window.engine.qt import QtShell, main_window
    from pywry_auth.window.engine.qt_page import make_profile

    main, profile = main_window(window.native), make_profile(config.storage)
    if config.hidden:
        from pywry_auth.window.engine.qt_hidden import QtHidden

        return QtHidden(main, url=config.url, herald=herald, profile=profile)
    return QtShell(main, url=config.url, herald=herald, profile=profile, browser=hand_over)


def _gtk(
    window: webview.Window,
    config: WindowConfig,
    herald: AnyHerald,
    hand_over: Callable[[], None] | None,
) -> Shell:
    from webview.platforms.gtk import BrowserView

    owner = BrowserView.instances[window.uid]
    if config.hidden:
        from pywry_auth.window.engine.gtk_hidden import GtkHidden

        return GtkHidden(owner, herald=herald)
    from pywry_auth.window.engine.gtk import GtkShell

    return GtkShell(owner, url=config.url, herald=herald, browser=hand_over)
