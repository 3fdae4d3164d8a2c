"""The provider's page in WebKitGTK where nobody sees it."""

import gi


gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import GLib, WebKit2  # noqa: E402  # versions first

from pywry_auth.window.engine.address import may_open  # noqa: E402
from pywry_auth.window.engine.gtk_page import (  # noqa: E402
    INSIDE_A_PAGE,
    GtkPage,
    WebviewOwner,
    cause_of,
    deny,
    is_our_doing,
    swallow,
    take_over,
)
from pywry_auth.window.engine.trouble import Cause, TroubleHerald  # noqa: E402


#: what would open a dialog, a menu or another window
UNSEEN = (
    "create",
    "script-dialog",
    "authenticate",
    "run-file-chooser",
    "run-color-chooser",
    "enter-fullscreen",
    "context-menu",
    "print",
    "show-notification",
)


class GtkHidden:
    """
    One page that is loaded, but shown nowhere: its view has no window.

    Args:
        owner: pywebview's own window, which is kept from ever being shown.
        herald: told why the page leads nowhere.
    """

    def __init__(self, owner: WebviewOwner, *, herald: TroubleHerald) -> None:
        # pywebview shows the window for a moment before it hides it again; this one stays away.
        owner.window.set_no_show_all(no_show_all=True)
        self._herald = herald
        view = take_over(owner)
        self._page: GtkPage | None = GtkPage(view)
        view.connect("load-failed", self._load_failed)
        view.connect("load-failed-with-tls-errors", self._tls_failed)
        view.connect("web-process-terminated", self._crashed)
        view.connect("decide-policy", self._decide)
        view.connect("permission-request", deny)
        view.get_context().connect("download-started", self._refuse_download)
        for refused in UNSEEN:
            view.connect(refused, nothing if refused == "create" else swallow)
        view.show()  # in no window; pywebview waits for it before it lets anything be closed

    def start(self) -> None:
        """Do nothing; pywebview loads the page."""

    def begin_again(self, url: str) -> None:
        """Do nothing: nobody is there who could ask for it."""

    def go(self, url: str) -> None:
        """Do nothing, as above."""

    def come_home(self, url: str = "") -> None:
        """Do nothing, as above."""

    def come_forward(self) -> None:
        """Do nothing: it must not be seen."""

    def end(self) -> None:
        """Let go of the page."""
        self._page = None

    def _load_failed(self, _view: object, _event: object, _url: str, error: GLib.Error) -> bool:
        if not is_our_doing(error):
            self._herald.failed(cause_of(error))
        return True

    def _tls_failed(self, *_arguments: object) -> bool:
        self._herald.failed(Cause.CERTIFICATE)
        return True

    def _crashed(self, *_arguments: object) -> None:
        self._herald.failed(Cause.CRASHED)

    def _decide(self, _view: object, decision: WebKit2.PolicyDecision, _type: object) -> bool:
        if isinstance(decision, WebKit2.ResponsePolicyDecision):
            if decision.is_mime_type_supported():
                return False
            return self._refuse(decision, Cause.DOWNLOAD)
        if not isinstance(decision, WebKit2.NavigationPolicyDecision):
            return False
        url = decision.get_navigation_action().get_request().get_uri()
        if may_open(url) or url.startswith(INSIDE_A_PAGE):
            return False
        return self._refuse(decision, Cause.FOREIGN)

    def _refuse(self, decision: WebKit2.PolicyDecision, cause: Cause) -> bool:
        decision.ignore()
        self._herald.failed(cause)
        return True

    def _refuse_download(self, _context: object, download: WebKit2.Download) -> None:
        download.cancel()
        self._herald.failed(Cause.DOWNLOAD)


def nothing(*_arguments: object) -> None:
    """Give a popup no page to open in."""
