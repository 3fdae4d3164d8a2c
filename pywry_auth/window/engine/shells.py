"""The shell that belongs to an engine."""

from collections.abc import Callable
from typing import Protocol

import webview

from pywry_auth.ui.texts import texts_for
from pywry_auth.window.engine.plain import PlainShell
from pywry_auth.window.engine.roles import Herald, Plan
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

    def go(self, url: str) -> None:
        """Show *url*, which is not ours, with a history of its own, from any thread."""
        ...

    def come_home(self, url: str = "") -> None:
        """Show our own page, as it was left or sent to *url*, from any thread."""
        ...

    def come_forward(self) -> None:
        """Put the window in front of all others, from any thread."""
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
    plan = Plan(config.url, stays=config.stays, browser=hand_over, texts=texts_for(config.language))
    if renderer == "qtwebengine":
        return _qt(window, config, plan, herald)
    if renderer == "gtkwebkit2":
        return _gtk(window, config, plan, herald)
    plain = PlainShell(window, plan, herald=herald)
    window.events.loaded += plain.page_loaded
    return plain


def _qt(window: webview.Window, config: WindowConfig, plan: Plan, herald: AnyHerald) -> Shell:
    from pywry_auth.window.engine.qt import QtShell, main_window
    from pywry_auth.window.engine.qt_page import make_profile

    main, profile = main_window(window.native), make_profile(config.storage)
    if config.hidden:
        from pywry_auth.window.engine.qt_hidden import QtHidden

        return QtHidden(main, url=config.url, herald=herald, profile=profile)
    return QtShell(main, plan, herald=herald, profile=profile)


def _gtk(window: webview.Window, config: WindowConfig, plan: Plan, herald: AnyHerald) -> Shell:
    from webview.platforms.gtk import BrowserView

    owner = BrowserView.instances[window.uid]
    if config.hidden:
        from pywry_auth.window.engine.gtk_hidden import GtkHidden

        return GtkHidden(owner, herald=herald)
    from pywry_auth.window.engine.gtk import GtkShell

    return GtkShell(owner, plan, herald=herald)
