"""The window a sign-in opens."""

import logging
import os
from collections.abc import Callable, Mapping

from pywry_auth.errors import ConfigError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.ui.texts import Texts, later, texts_for
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.ladder import INSTALL, Surroundings, choose, look_around


logger = logging.getLogger(__name__)

ShowWindow = Callable[[str, dict[str, object]], str]
CloseWindow = Callable[[str], None]

WINDOW_VARIABLE = "PYWRY_AUTH_WINDOW"
_OPENS = {
    WindowKind.BROWSER: later("The page opens in your browser."),
    WindowKind.PASTE: later("Open the page yourself, on any device."),
}


def callers_window(
    provider: OAuthProvider,
    show_window: ShowWindow | None,
    close_window: CloseWindow | None,
    config: Mapping[str, object],
) -> SignInWindow | None:
    """Wrap the caller's own functions, where there are any."""
    if show_window is None:
        return None
    from pywry_auth.window.callables import CallableWindow

    if provider.prefers is WindowKind.BROWSER:
        logger.warning("flow.provider_refuses_windows", extra={"provider": provider.name})
    return CallableWindow(show_window, close_window, config)


def best_window(
    wanted: SignInWindow | WindowKind | None,
    provider: OAuthProvider,
    config: Mapping[str, object],
    *,
    on_notice: Callable[[str], None],
    profile: str | None = None,
) -> SignInWindow:
    """
    Give the window that was brought, else make what provider and machine allow.

    Args:
        wanted: a window, or a kind; None is what the environment says.
        provider: may refuse embedded windows.
        config: how the native window looks, and which language the person reads.
        on_notice: told, in the person's language, where the page opens if not in the native window,
            with the reason.
        profile: keeps the native window's browsing data under this name.

    Raises:
        ConfigError: what was asked for by name cannot be.
        WindowError: nothing can be shown here.
    """
    if wanted is not None and not isinstance(wanted, WindowKind):
        return wanted
    from pywry_auth.window.choose import make_window
    from pywry_auth.window.look import WindowLook

    here = look_around()
    choice = choose(
        wanted or _wanted_by_environment(),
        here,
        provider=provider.name,
        refuses_embedded=provider.prefers is WindowKind.BROWSER,
    )
    window = make_window(choice.kind, here, config=config, profile=profile)
    if choice.reason:
        logger.info("flow.no_native_window", extra={"reason": choice.reason})
        texts = texts_for(WindowLook.read(config).language)
        refuses = provider.prefers is WindowKind.BROWSER
        on_notice(f"{_why(here, texts, refuses=refuses)} {texts(_OPENS[choice.kind])}")
    return window


def _why(here: Surroundings, texts: Texts, *, refuses: bool) -> str:
    if refuses:
        return texts("The provider accepts sign-in in a browser only.")
    if not here.has_display:
        return texts("There is no display here.")
    return texts("No window toolkit is installed ({install}).", install=INSTALL)


def hidden_window(
    wanted: SignInWindow | WindowKind | None,
    provider: OAuthProvider,
    *,
    profile: str | None,
    within: float,
) -> SignInWindow | None:
    """
    Give a window nobody sees that has the cookies of an earlier sign-in; None where there is none.

    Args:
        wanted: as for ``best_window``; only the native window keeps cookies that are ours to use.
        provider: may refuse embedded windows, hidden ones too.
        profile: under which name the native window keeps its browsing data.
        within: seconds until its page is given up.

    Raises:
        ConfigError: the environment names no window.
    """
    if provider.prefers is WindowKind.BROWSER:
        return None
    from pywry_auth.window.webview import WebviewWindow

    if isinstance(wanted, WebviewWindow):
        return wanted.hidden(within)
    if wanted is None:
        wanted = _wanted_by_environment()
    if profile is None or wanted not in {WindowKind.AUTO, WindowKind.WEBVIEW}:
        return None
    return WebviewWindow(profile=profile).hidden(within)


def forget_browsing_data(wanted: SignInWindow | WindowKind | None, *, profile: str | None) -> None:
    """
    Delete what the native window has kept, so that the next sign-in begins with nobody.

    Args:
        wanted: as for ``best_window``.
        profile: under which name the native window keeps its browsing data.
    """
    from pywry_auth.window.profiles import forget_profile
    from pywry_auth.window.webview import WebviewWindow

    if isinstance(wanted, WebviewWindow):
        wanted.forget()
    if profile is not None:
        forget_profile(profile)


def named_kind(name: str, where: str) -> WindowKind:
    """
    Read the name of a window.

    Raises:
        ConfigError: there is none of that name; says *where* it was given.
    """
    try:
        return WindowKind(name.lower())
    except ValueError:
        raise ConfigError(f"{where} is none of auto, webview, browser, paste") from None


def _wanted_by_environment() -> WindowKind:
    return named_kind(os.environ.get(WINDOW_VARIABLE, "") or WindowKind.AUTO, WINDOW_VARIABLE)
