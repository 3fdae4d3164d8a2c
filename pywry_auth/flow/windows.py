"""The window a sign-in opens when nobody brought one."""

import os
from collections.abc import Callable, Mapping

from pywry_auth.errors import ConfigError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.window.base import SignInWindow, WindowKind


WINDOW_VARIABLE = "PYWRY_AUTH_WINDOW"
_PLACES = {WindowKind.BROWSER: "in your browser", WindowKind.PASTE: "wherever you like"}


def best_window(
    wanted: WindowKind | None,
    provider: OAuthProvider,
    config: Mapping[str, object],
    *,
    on_notice: Callable[[str], None],
) -> SignInWindow:
    """
    Make the window that provider and machine allow.

    Args:
        wanted: a kind by name; None is what the environment says.
        provider: may refuse embedded windows.
        config: how the native window looks.
        on_notice: told why it is not the native window, where that is so.

    Raises:
        ConfigError: what was asked for by name cannot be.
        WindowError: nothing can be shown here.
    """
    from pywry_auth.window.choose import make_window
    from pywry_auth.window.ladder import choose, look_around

    here = look_around()
    choice = choose(
        wanted or _wanted_by_environment(),
        here,
        provider=provider.name,
        refuses_embedded=provider.prefers is WindowKind.BROWSER,
    )
    if choice.reason:
        place = _PLACES.get(choice.kind, "elsewhere")
        on_notice(f"the sign-in page opens {place}, because {choice.reason}")
    return make_window(choice.kind, here, config=config)


def _wanted_by_environment() -> WindowKind:
    named = os.environ.get(WINDOW_VARIABLE, "") or WindowKind.AUTO
    try:
        return WindowKind(named.lower())
    except ValueError:
        raise ConfigError(f"{WINDOW_VARIABLE} is none of auto, webview, browser, paste") from None
