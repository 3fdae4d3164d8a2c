"""The sign-in page in WebKitGTK, under a bar that no page can reach."""

from collections.abc import Callable

import gi


gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import Gdk, Gio, GLib, Gtk, WebKit2  # noqa: E402  # versions first

from pywry_auth.window.engine.address import may_open  # noqa: E402
from pywry_auth.window.engine.conductor import Conductor  # noqa: E402
from pywry_auth.window.engine.gtk_bar import (  # noqa: E402
    PULSE,
    Bar,
    TroublePanel,
    install_style,
)
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
from pywry_auth.window.engine.phrases import Phrases  # noqa: E402
from pywry_auth.window.engine.reading import look  # noqa: E402
from pywry_auth.window.engine.roles import BarWords, Herald, Page, Plan  # noqa: E402
from pywry_auth.window.engine.trouble import Cause, Trouble  # noqa: E402


class GtkShell:
    """The bar, the pile of pages and the panel inside one window."""

    def __init__(self, owner: WebviewOwner, plan: Plan, *, herald: Herald) -> None:
        self._window = owner.window
        conductor = self._conductor = Conductor(self, herald, plan)
        self._cancel = herald.cancelled if plan.stays else self._window.close
        self._pages: dict[Page, GtkPage] = {}
        phrases = Phrases(plan.texts)
        if phrases.is_mirrored:
            Gtk.Widget.set_default_direction(Gtk.TextDirection.RTL)
        self._bar = Bar(phrases, back=conductor.go_back, browser=plan.browser, cancel=self._cancel)
        self._panel = TroublePanel(phrases, try_again=conductor.try_again, browser=plan.browser)
        self._back_key = Gdk.KEY_Right if phrases.is_mirrored else Gdk.KEY_Left
        self._pile = Gtk.Stack()
        self._pile.add(self._panel)
        install_style()
        view = take_over(owner)
        whole = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        whole.add(self._bar)
        self._pile.set_vexpand(expand=True)
        whole.add(self._pile)
        self._window.add(whole)
        self._window.connect("key-press-event", self._key_pressed)
        self._context = view.get_context()
        self._context.connect("download-started", self._refuse_download)
        self._first = self._new_page(view)
        whole.show_all()
        GLib.timeout_add(PULSE, self._bar.pulse)

    def start(self) -> None:
        """Show the page, which pywebview loads by itself."""
        self._conductor.begin(self._first)

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, from any thread; its address is *url* by now."""
        GLib.idle_add(_do, lambda: self._conductor.begin_again(url))

    def go(self, url: str) -> None:
        """Show *url* with a history of its own, from any thread."""
        GLib.idle_add(_do, lambda: self._conductor.lead(self._foreign_page(), url))

    def come_home(self, url: str = "") -> None:
        """Show our own page again, from any thread."""
        GLib.idle_add(_do, lambda: self._conductor.come_home(url))

    def come_forward(self) -> None:
        """Put the window in front of all others, from any thread."""
        GLib.idle_add(_do, self._raise)

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

    def look_at(self, page: Page) -> None:
        """Read *page* a few times."""
        look(self._pages[page], later=_later, then=self._conductor.was_read)

    def _raise(self) -> None:
        self._window.deiconify()
        self._window.present()

    def _foreign_page(self) -> GtkPage:
        return self._new_page(WebKit2.WebView.new_with_context(self._context))

    def _new_page(self, view: WebKit2.WebView) -> GtkPage:
        self._pages = {key: page for key, page in self._pages.items() if not page.is_discarded}
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
        view.connect("permission-request", deny)
        for refused in ("enter-fullscreen", "context-menu", "print", "show-notification"):
            view.connect(refused, swallow)

    def _load_changed(self, _view: object, event: WebKit2.LoadEvent, page: GtkPage) -> None:
        if event is WebKit2.LoadEvent.STARTED:
            self._conductor.moving(page)
        elif event is WebKit2.LoadEvent.COMMITTED:
            page.arrive()
            self._conductor.moved(page)
        elif event is WebKit2.LoadEvent.FINISHED:
            self._conductor.settled(page)

    def _moved(self, _view: object, _property: object, page: GtkPage) -> None:
        # Before the server has answered, the view already names the address it is asking for; after
        # a refusal it names the old one again. Only a page that renames itself is news here.
        if not page.view.is_loading() and page.view.get_uri() != page.url():
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
        if not is_our_doing(error):
            self._conductor.failed(page, url, cause_of(error), error.message)
        return True  # no page of the engine's own

    def _tls_failed(
        self,
        _view: object,
        url: str,
        _certificate: object,
        flags: Gio.TlsCertificateFlags,
        page: GtkPage,
    ) -> bool:
        names = ", ".join(nick for nick in flags.value_nicks if nick != "no-flags")
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
        view.connect("ready-to-show", self._popup_ready, page)
        return view

    def _popup_ready(self, _view: object, page: GtkPage) -> None:
        self._conductor.opened(page)

    def _closed(self, _view: object, page: GtkPage) -> None:
        self._conductor.closed(page)

    def _key_pressed(self, _window: object, event: Gdk.EventKey) -> bool:
        if not self._bar.get_visible():
            return False  # our own page may want the key
        if event.keyval == Gdk.KEY_Escape:
            self._cancel()
            return True
        if event.keyval == self._back_key and event.state & Gdk.ModifierType.MOD1_MASK:
            self._conductor.go_back()
            return True
        return False


def _later(milliseconds: int, work: Callable[[], None]) -> None:
    GLib.timeout_add(milliseconds, _do, work)


def _do(work: Callable[[], None]) -> bool:
    work()
    return False  # once
