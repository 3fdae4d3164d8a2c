"""The window object that belongs to a choice."""

import os
from collections.abc import Mapping

from pywry_auth.errors import ConfigError
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.ladder import Surroundings, chosen_gui
from pywry_auth.window.paste import PasteWindow


def make_window(
    kind: WindowKind,
    here: Surroundings,
    *,
    title: str = "Sign In",
    profile: str | None = None,
    env: Mapping[str, str] | None = None,
) -> SignInWindow:
    """
    Make the window of *kind*, with the next one of the ladder behind it.

    Raises:
        ConfigError: *kind* names no single window.
    """
    match kind:
        case WindowKind.WEBVIEW:
            from pywry_auth.window.webview import WebviewWindow

            gui = chosen_gui(os.environ if env is None else env, here.toolkits)
            return WebviewWindow(title=title, profile=profile, gui=gui, fallback=_behind(here))
        case WindowKind.BROWSER:
            return BrowserWindow()
        case WindowKind.PASTE:
            return PasteWindow()
        case WindowKind.AUTO | WindowKind.CALLABLE:
            raise ConfigError(f"a window of kind {kind} cannot be made here")


def _behind(here: Surroundings) -> SignInWindow | None:
    if here.has_browser:
        return BrowserWindow()
    return PasteWindow() if here.has_terminal else None
