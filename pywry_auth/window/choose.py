"""The window object that belongs to a choice."""

import os
from collections.abc import Mapping

from pywry_auth.errors import ConfigError
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.ladder import Surroundings, chosen_gui
from pywry_auth.window.look import WindowLook
from pywry_auth.window.paste import PasteWindow


def make_window(
    kind: WindowKind,
    here: Surroundings,
    *,
    config: Mapping[str, object] | None = None,
    profile: str | None = None,
    env: Mapping[str, str] | None = None,
) -> SignInWindow:
    """
    Make the window of *kind*, with the next one of the ladder behind it.

    Args:
        kind: which window.
        here: what can be shown.
        config: title, width, height, center, resizable of the native window; language of any.
        profile: keeps the native window's browsing data under this name.
        env: where variables are looked up.

    Raises:
        ConfigError: *kind* names no single window, or *config* holds something else.
    """
    look = WindowLook.read(config or {})
    match kind:
        case WindowKind.WEBVIEW:
            from pywry_auth.window.webview import WebviewWindow

            gui = chosen_gui(os.environ if env is None else env, here.toolkits)
            return WebviewWindow(
                title=look.title,
                width=look.width,
                height=look.height,
                center=look.center,
                resizable=look.resizable,
                profile=profile,
                gui=gui,
                language=look.language,
                fallback=_behind(here, look.language),
            )
        case WindowKind.BROWSER:
            return BrowserWindow(language=look.language)
        case WindowKind.PASTE:
            return PasteWindow()
        case WindowKind.AUTO | WindowKind.CALLABLE:
            raise ConfigError(f"a window of kind {kind} cannot be made here")


def _behind(here: Surroundings, language: str | None) -> SignInWindow | None:
    if here.has_browser:
        return BrowserWindow(language=language)
    return PasteWindow() if here.has_terminal else None
