"""One WebKitGTK page, with what pywebview's own must let go of."""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import gi


gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import Gio, GLib, Gtk, WebKit2  # noqa: E402  # versions first

from pywry_auth.window.engine.trouble import Cause  # noqa: E402


SWITCHES = {
    "enable-fullscreen": False,
    "enable-developer-extras": False,
    "enable-html5-local-storage": True,  # pywebview switches it off; many sign-in pages need it
    "enable-html5-database": True,
    "enable-media-stream": False,
    "enable-webrtc": False,
    "javascript-can-access-clipboard": False,
    "allow-file-access-from-file-urls": False,
    "allow-universal-access-from-file-urls": False,
    "allow-top-navigation-to-data-urls": False,
    "enable-back-forward-navigation-gestures": False,
}
APART = "pywry-auth"  # a world of scripts that the page's own cannot look into
INSIDE_A_PAGE = (
    "about:",
    "blob:",
    "data:",
)  # frames a page fills itself; never a page of their own
CAUSES = {
    Gio.IOErrorEnum.CONNECTION_REFUSED: Cause.REFUSED,
    Gio.IOErrorEnum.NETWORK_UNREACHABLE: Cause.OFFLINE,
    Gio.IOErrorEnum.HOST_UNREACHABLE: Cause.OFFLINE,
    Gio.IOErrorEnum.TIMED_OUT: Cause.SLOW,
}


class WebviewOwner(Protocol):
    """The part of pywebview's own window object that must be let go of."""

    window: Gtk.ApplicationWindow
    webview: WebKit2.WebView
    manager: WebKit2.UserContentManager

    def on_load_finish(self, webview: WebKit2.WebView, status: WebKit2.LoadEvent) -> None:
        """Inject the bridge; must never run."""
        ...

    def on_navigation(
        self,
        webview: WebKit2.WebView,
        decision: WebKit2.PolicyDecision,
        decision_type: WebKit2.PolicyDecisionType,
    ) -> None:
        """Send popups elsewhere; must never run."""
        ...

    def on_request(
        self, webview: WebKit2.WebView, resource: WebKit2.WebResource, request: WebKit2.URIRequest
    ) -> None:
        """Watch requests; must never run."""
        ...


class GtkPage:
    """One web page with its view."""

    def __init__(self, view: WebKit2.WebView) -> None:
        #: whether its view was taken apart
        self.is_discarded = False
        self.view = view
        self._address = ""
        settings = view.get_settings()
        for name, value in SWITCHES.items():
            settings.set_property(name, value)

    def url(self) -> str:
        """The address of what is shown, or "" before the first page came."""
        return self._address

    def arrive(self) -> None:
        """Take over the view's address, which is only now the one of what is seen."""
        self._address = self.view.get_uri() or ""

    def load(self, url: str) -> None:
        """Go to *url*."""
        self.view.load_uri(url)

    def can_go_back(self) -> bool:
        """Whether there is an earlier page."""
        return self.view.can_go_back()

    def go_back(self) -> None:
        """Go to the earlier page."""
        self.view.go_back()

    def read(self, script: str, then: Callable[[str], None]) -> None:
        """Run *script* beside the page's own, and give its text to *then*."""

        def ran(view: WebKit2.WebView, result: Gio.AsyncResult) -> None:
            with suppress(GLib.Error):  # the page has gone elsewhere meanwhile
                then(view.evaluate_javascript_finish(result).to_string())

        self.view.evaluate_javascript(script, -1, APART, None, None, ran)

    def discard(self) -> None:
        """Let go of everything; the page is never shown again."""
        self.is_discarded = True
        self.view.destroy()


def take_over(owner: WebviewOwner) -> WebKit2.WebView:
    """Take the view out of pywebview's hands, so that no bridge ever reaches a page."""
    view = owner.webview
    for handler in (owner.on_load_finish, owner.on_navigation, owner.on_request):
        view.disconnect_by_func(handler)
    owner.manager.unregister_script_message_handler("jsBridge")
    view.set_opacity(1.0)  # pywebview shows the view only in the handler that is gone now
    parent = view.get_parent()
    if parent is not None:
        parent.remove(view)
    child = owner.window.get_child()
    if child is not None:
        owner.window.remove(child)
    return view


def cause_of(error: GLib.Error) -> Cause:
    """Sort what the network layer said."""
    if error.domain == "g-resolver-error-quark":
        return Cause.NAME
    if error.domain == "g-tls-error-quark":
        return Cause.CERTIFICATE
    if error.domain == "g-io-error-quark":
        return CAUSES.get(Gio.IOErrorEnum(error.code), Cause.OTHER)
    return Cause.OTHER


def is_our_doing(error: GLib.Error) -> bool:
    """Tell whether a load was given up or refused by this package, which has said so already."""
    if error.matches(WebKit2.network_error_quark(), WebKit2.NetworkError.CANCELLED):
        return True
    return error.domain == GLib.quark_to_string(WebKit2.policy_error_quark())


def deny(_view: object, request: WebKit2.PermissionRequest) -> bool:
    """Refuse camera, place, notifications: a sign-in needs none."""
    request.deny()
    return True


def swallow(*_arguments: object) -> bool:
    """Keep a signal from what WebKit would do about it."""
    return True
