"""The sign-in page in WebKitGTK, under a bar that no page can reach."""

from collections.abc import Callable
from typing import Protocol

import gi


gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import Gdk, Gio, GLib, Gtk, WebKit2  # noqa: E402  # versions first

from pywry_auth.window.engine.address import may_open  # noqa: E402
from pywry_auth.window.engine.conductor import (  # noqa: E402
    BarWords,
    Conductor,
    Herald,
    Page,
)
from pywry_auth.window.engine.gtk_bar import (  # noqa: E402
    PULSE,
    Bar,
    TroublePanel,
    install_style,
)
from pywry_auth.window.engine.trouble import Cause, Trouble  # noqa: E402


INSIDE_A_PAGE = (
    "about:",
    "blob:",
    "data:",
)  # frames a page fills itself; never a page of their own
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

    def discard(self) -> None:
        """Let go of everything; the page is never shown again."""
        self.view.destroy()


class GtkShell:
    """The bar, the pile of pages and the panel inside one window."""

    def __init__(
        self,
        owner: WebviewOwner,
        *,
        url: str,
        herald: Herald,
        browser: Callable[[], None] | None,
    ) -> None:
        self._window = owner.window
        self._conductor = Conductor(self, herald, start=url)
        self._pages: dict[Page, GtkPage] = {}
        self._bar = Bar(back=self._conductor.go_back, browser=browser, cancel=self._window.close)
        self._panel = TroublePanel(try_again=self._conductor.try_again, browser=browser)
        self._pile = Gtk.Stack()
        self._pile.add(self._panel)
        install_style()
        view = _take_over(owner)
        whole = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        whole.pack_start(self._bar, False, False, 0)
        whole.pack_start(self._pile, True, True, 0)
        self._window.add(whole)
        self._window.connect("key-press-event", self._key_pressed)
        view.get_context().connect("download-started", self._refuse_download)
        self._first = self._new_page(view)
        whole.show_all()
        GLib.timeout_add(PULSE, self._bar.pulse)

    def start(self) -> None:
        """Show the page, which pywebview loads by itself."""
        self._conductor.begin(self._first)

    def end(self) -> None:
        """Let go of every page."""
        self._pages.clear()

    def show_bar(self, words: BarWords) -> None:
        """Draw the bar anew."""
        self._bar.show_words(words)

    def show_page(self, page: Page) -> None:
        """Put *page* below the bar."""
        view = self._pages[page].view
        self._pile.set_visible_child(view)
        view.grab_focus()

    def show_trouble(self, trouble: Trouble) -> None:
        """Put the panel with *trouble* below the bar."""
        self._panel.say(trouble)
        self._pile.set_visible_child(self._panel)
        self._panel.again.grab_focus()

    def _new_page(self, view: WebKit2.WebView) -> GtkPage:
        page = GtkPage(view)
        self._pages[page] = page
        view.show()
        self._pile.add(view)
        self._watch(page)
        self._guard(page)
        return page

    def _watch(self, page: GtkPage) -> None:
        view = page.view
        view.connect("load-changed", self._load_changed, page)
        view.connect("notify::uri", self._moved, page)
        view.connect("load-failed", self._load_failed, page)
        view.connect("load-failed-with-tls-errors", self._tls_failed, page)
        view.connect("web-process-terminated", self._crashed, page)
        view.connect("create", self._open_popup)
        view.connect("close", self._closed, page)
        view.connect("map", self._mapped, page)

    def _guard(self, page: GtkPage) -> None:
        view = page.view
        view.connect("decide-policy", self._decide, page)
        view.connect("permission-request", _deny)
        for refused in ("enter-fullscreen", "context-menu", "print", "show-notification"):
            view.connect(refused, _swallow)

    def _load_changed(self, _view: object, event: WebKit2.LoadEvent, page: GtkPage) -> None:
        if event is WebKit2.LoadEvent.STARTED:
            self._conductor.moving(page)
        elif event is WebKit2.LoadEvent.COMMITTED:
            page.arrive()
            self._conductor.moved(page)
        elif event is WebKit2.LoadEvent.FINISHED:
            self._conductor.settled(page)

    def _moved(self, _view: object, _property: object, page: GtkPage) -> None:
        # Before the server has answered, the view already names the address it is asking for.
        if not page.view.is_loading():
            page.arrive()
            self._conductor.moved(page)

    def _mapped(self, view: WebKit2.WebView, page: GtkPage) -> None:
        clock = view.get_frame_clock()
        if clock is not None:
            clock.connect("after-paint", self._drawn, page)

    def _drawn(self, _clock: object, page: GtkPage) -> None:
        if page.url():
            self._conductor.painted()

    def _load_failed(
        self, _view: object, _event: object, url: str, error: GLib.Error, page: GtkPage
    ) -> bool:
        if error.matches(WebKit2.network_error_quark(), WebKit2.NetworkError.CANCELLED):
            return True
        if error.domain == GLib.quark_to_string(WebKit2.policy_error_quark()):
            return True  # our own refusal, said already
        self._conductor.failed(page, url, _cause(error), error.message)
        return True  # no page of the engine's own

    def _tls_failed(
        self,
        _view: object,
        url: str,
        _certificate: object,
        flags: Gio.TlsCertificateFlags,
        page: GtkPage,
    ) -> bool:
        names = ", ".join(flags.value_nicks)
        self._conductor.failed(page, url, Cause.CERTIFICATE, names)
        return True

    def _crashed(self, _view: object, _reason: object, page: GtkPage) -> None:
        self._conductor.failed(page, page.url(), Cause.CRASHED)

    def _decide(
        self,
        _view: object,
        decision: WebKit2.PolicyDecision,
        _type: object,
        page: GtkPage,
    ) -> bool:
        if isinstance(decision, WebKit2.ResponsePolicyDecision):
            return self._decide_response(decision, page)
        if not isinstance(decision, WebKit2.NavigationPolicyDecision):
            return False
        url = decision.get_navigation_action().get_request().get_uri()
        if may_open(url) or url.startswith(INSIDE_A_PAGE):
            return False
        decision.ignore()
        self._conductor.refused(page, url)
        return True

    def _decide_response(self, decision: WebKit2.ResponsePolicyDecision, page: GtkPage) -> bool:
        if decision.is_mime_type_supported():
            return False
        decision.ignore()
        self._conductor.failed(page, page.url(), Cause.DOWNLOAD)
        return True

    def _refuse_download(self, _context: object, download: WebKit2.Download) -> None:
        download.cancel()
        top = self._conductor.top
        self._conductor.failed(top, top.url(), Cause.DOWNLOAD)

    def _open_popup(self, opener: WebKit2.WebView, _action: object) -> WebKit2.WebView | None:
        if not self._conductor.may_pile():
            return None
        view = WebKit2.WebView.new_with_related_view(opener)
        page = self._new_page(view)
        view.connect("ready-to-show", lambda _view: self._conductor.opened(page))
        return view

    def _closed(self, _view: object, page: GtkPage) -> None:
        self._conductor.closed(page)

    def _key_pressed(self, _window: object, event: Gdk.EventKey) -> bool:
        if event.keyval == Gdk.KEY_Escape:
            self._window.close()
            return True
        if event.keyval == Gdk.KEY_Left and event.state & Gdk.ModifierType.MOD1_MASK:
            self._conductor.go_back()
            return True
        return False


def _take_over(owner: WebviewOwner) -> WebKit2.WebView:
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


def _cause(error: GLib.Error) -> Cause:
    if error.domain == "g-resolver-error-quark":
        return Cause.NAME
    if error.domain == "g-tls-error-quark":
        return Cause.CERTIFICATE
    if error.domain == "g-io-error-quark":
        return CAUSES.get(Gio.IOErrorEnum(error.code), Cause.OTHER)
    return Cause.OTHER


def _deny(_view: object, request: WebKit2.PermissionRequest) -> bool:
    request.deny()
    return True


def _swallow(*_arguments: object) -> bool:
    return True
