"""The one call that puts sign-in buttons into an application's page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.bridge.connection import Connection
from pywry_auth.desktop.bridge.host_window import HostWindow
from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.desktop.values import SignInControl


@dataclass(frozen=True, slots=True)
class _Hooks:
    manage: Callable[[], None] | None
    avatar: Callable[[Account], Path | None] | None


def connect(
    window: HostWindow,
    auth: SignInControl,
    *,
    origins: Iterable[str] | None = None,
    manage: Callable[[], None] | None = None,
    avatar: Callable[[Account], Path | None] | None = None,
) -> Callable[[], None]:
    """
    Bring each ``<pywry-sign-in>`` in the page of *window* to life; gives what ends that.

    The page learns who is signed in and never a token. It can ask for what its buttons show, and
    for nothing else. Other pages, which the window may come to, and frames can do neither.

    Args:
        window: of the application itself, from ``webview.create_window``; before or after
            ``webview.start``. ``js_api`` and what it exposes stay as they are.
        auth: for example a ``DesktopAuth``.
        origins: whose pages may hold the button: addresses such as ``"http://127.0.0.1:8000"``,
            ``"file://"``, ``"html"`` for pages given as strings. Left out, it is the page that
            the window is made with.
        manage: shows the application's place to manage accounts in; the menu then leads to it. It
            is called on a thread of the bridge.
        avatar: gives a PNG, JPEG, GIF or WebP file of up to 256 KiB with the picture of an account,
            at once, or None for its initials. It is called on a thread of the bridge.

    Raises:
        ConfigError: *window* is no window of pywebview 6, or an origin is none.
    """
    own = None if origins is None else Origins.of(origins)
    connection = Connection(window, auth, own, _Hooks(manage, avatar))
    connection.open()
    return connection.close
