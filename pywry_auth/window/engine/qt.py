"""The sign-in page in Qt WebEngine, under a bar that no page can reach."""

from qtpy.QtCore import QObject, QSizeF, Qt, QTimer, QUrl, Signal
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEngineProfile,
)
from qtpy.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pywry_auth.window.engine.conductor import Conductor
from pywry_auth.window.engine.phrases import Phrases
from pywry_auth.window.engine.qt_bar import Bar, TroublePanel
from pywry_auth.window.engine.qt_page import QtPage, guard
from pywry_auth.window.engine.reading import look
from pywry_auth.window.engine.roles import BarWords, Herald, Page, Plan
from pywry_auth.window.engine.trouble import Cause, Trouble


ABORTED = -3  # net::ERR_ABORTED: the page itself, or a refusal of ours, stopped the load
CAUSES = {
    -105: Cause.NAME,
    -137: Cause.NAME,
    -102: Cause.REFUSED,
    -106: Cause.OFFLINE,
    -109: Cause.OFFLINE,
    -21: Cause.OFFLINE,
    -7: Cause.SLOW,
    -118: Cause.SLOW,
    -107: Cause.CERTIFICATE,
    -113: Cause.CERTIFICATE,
}
CERTIFICATE_CODES = range(-299, -199)  # net::ERR_CERT_*


class Orders(QObject):
    """Carries work from any thread to the one that may touch the pages."""

    came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.came.connect(_do, Qt.ConnectionType.QueuedConnection)


class QtShell:
    """The bar, the pile of pages and the panel inside one main window."""

    def __init__(
        self,
        main: QMainWindow,
        plan: Plan,
        *,
        herald: Herald,
        profile: QWebEngineProfile,
    ) -> None:
        self._main = main
        self._profile = profile
        self._url = plan.url
        conductor = self._conductor = Conductor(self, herald, plan)
        self._cancel = herald.cancelled if plan.stays else self._close
        main.setPalette(QApplication.palette())  # pywebview paints it white, whatever the theme
        main.takeCentralWidget()  # pywebview's own page never loads anything
        phrases = Phrases(plan.texts)
        if phrases.is_mirrored:
            QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._bar = Bar(phrases, back=conductor.go_back, browser=plan.browser, cancel=self._cancel)
        self._panel = TroublePanel(phrases, try_again=conductor.try_again, browser=plan.browser)
        self._pile = QStackedWidget()
        self._pile.addWidget(self._panel)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), main)
        self._escape.activated.connect(self._cancel)
        profile.downloadRequested.connect(self._refuse_download)
        self._pages: dict[Page, QtPage] = {}
        self._orders = Orders()
        main.setCentralWidget(self._whole())

    def _whole(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pile, 1)
        return whole

    def start(self) -> None:
        """Open the first page."""
        page = self._new_page()
        self._conductor.begin(page)
        page.load(self._url)

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, from any thread; its address is *url* by now."""
        self._orders.came.emit(lambda: self._conductor.begin_again(url))

    def go(self, url: str) -> None:
        """Show *url* with a history of its own, from any thread."""
        self._orders.came.emit(lambda: self._conductor.lead(self._new_page(), url))

    def come_home(self, url: str = "") -> None:
        """Show our own page again, from any thread."""
        self._orders.came.emit(lambda: self._conductor.come_home(url))

    def come_forward(self) -> None:
        """Put the window in front of all others, from any thread."""
        self._orders.came.emit(self._raise)

    def end(self) -> None:
        """Let go of every page, because the profile must outlive them."""
        for page in self._pages.values():
            if not page.is_discarded:
                page.web.deleteLater()
        self._pages.clear()

    def show_bar(self, words: BarWords) -> None:
        """Draw the bar anew."""
        self._bar.show_words(words)
        self._escape.setEnabled(words.is_shown)  # our own page may want the key

    def show_page(self, page: Page) -> None:
        """Put *page* below the bar."""
        view = self._pages[page].view
        self._pile.setCurrentWidget(view)
        view.setFocus()

    def show_trouble(self, trouble: Trouble) -> None:
        """Put the panel with *trouble* below the bar."""
        self._panel.say(trouble)
        self._pile.setCurrentWidget(self._panel)
        self._panel.again.setFocus()

    def look_at(self, page: Page) -> None:
        """Read *page* a few times."""
        look(self._pages[page], later=QTimer.singleShot, then=self._conductor.was_read)

    def _close(self) -> None:
        self._main.close()

    def _raise(self) -> None:
        self._main.setWindowState(self._main.windowState() & ~Qt.WindowState.WindowMinimized)
        self._main.show()
        self._main.raise_()
        self._main.activateWindow()

    def _new_page(self) -> QtPage:
        self._pages = {key: page for key, page in self._pages.items() if not page.is_discarded}
        page = QtPage(self._profile)
        self._pages[page] = page
        self._pile.addWidget(page.view)
        self._watch(page)
        guard(page.web)
        return page

    def _watch(self, page: QtPage) -> None:
        conductor, web = self._conductor, page.web
        web.refuse = lambda url: conductor.refused(page, url)
        web.may_ask = conductor.may_ask

        def changed(info: QWebEngineLoadingInfo) -> None:
            self._loading_changed(page, info)

        def popup(request: QWebEngineNewWindowRequest) -> None:
            self._open_popup(request)

        def moved(_url: QUrl) -> None:
            conductor.moved(page)

        def crashed(_status: object, _code: int) -> None:
            conductor.failed(page, page.url(), Cause.CRASHED)

        def painted(_size: QSizeF) -> None:
            conductor.painted()

        web.loadingChanged.connect(changed)
        web.urlChanged.connect(moved)
        web.contentsSizeChanged.connect(painted)
        web.newWindowRequested.connect(popup)
        web.windowCloseRequested.connect(lambda: conductor.closed(page))
        web.renderProcessTerminated.connect(crashed)

    def _open_popup(self, request: QWebEngineNewWindowRequest) -> None:
        if not self._conductor.may_pile():
            return
        page = self._new_page()
        request.openIn(page.web)
        self._conductor.opened(page)

    def _loading_changed(self, page: QtPage, info: QWebEngineLoadingInfo) -> None:
        match info.status():
            case QWebEngineLoadingInfo.LoadStatus.LoadStartedStatus:
                self._conductor.moving(page)
            case QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus:
                self._load_failed(page, info)
            case _:
                self._conductor.settled(page)

    def _load_failed(self, page: QtPage, info: QWebEngineLoadingInfo) -> None:
        cause = failure_of(info)
        if cause is None:
            self._conductor.settled(page)
            return
        self._conductor.failed(page, info.url().toString(), cause, info.errorString())

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        top = self._conductor.top
        self._conductor.failed(top, top.url(), Cause.DOWNLOAD)


def _do(work: object) -> None:
    if callable(work):
        work()


def failure_of(info: QWebEngineLoadingInfo) -> Cause | None:
    """Sort why a load failed; None where a page is there after all, or it was given up by us."""
    code = info.errorCode()
    # A page with status 404 or 500 is the server's own page; it is there to be read.
    if info.errorDomain() is QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
        return None
    if code in {0, ABORTED}:
        return None
    return Cause.CERTIFICATE if code in CERTIFICATE_CODES else CAUSES.get(code, Cause.OTHER)


def main_window(native: object) -> QMainWindow:
    """
    Take pywebview's own object as the Qt window it is.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(native, QMainWindow):
        return native
    raise TypeError("pywebview's Qt half no longer makes a main window")
