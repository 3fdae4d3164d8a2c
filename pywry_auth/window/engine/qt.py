"""The sign-in page in Qt WebEngine, under a bar that no page can reach."""

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QObject, QSizeF, Qt, QUrl
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDesktopMediaRequest,
    QWebEngineDownloadRequest,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFullScreenRequest,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineRegisterProtocolHandlerRequest,
    QWebEngineSettings,
)
from qtpy.QtWebEngineWidgets import QWebEngineView
from qtpy.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pywry_auth.window.engine.address import may_open
from pywry_auth.window.engine.conductor import BarWords, Conductor, Herald, Page
from pywry_auth.window.engine.qt_bar import Bar, TroublePanel
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

Attribute = QWebEngineSettings.WebAttribute
SWITCHED_OFF = (
    Attribute.FullScreenSupportEnabled,
    Attribute.ErrorPageEnabled,  # the panel says it in words
    Attribute.PluginsEnabled,
    Attribute.PdfViewerEnabled,
    Attribute.ScreenCaptureEnabled,
    Attribute.JavascriptCanAccessClipboard,
    Attribute.JavascriptCanPaste,
    Attribute.LocalContentCanAccessFileUrls,
    Attribute.LocalContentCanAccessRemoteUrls,
    Attribute.AllowRunningInsecureContent,
    Attribute.AllowGeolocationOnInsecureOrigins,
    Attribute.NavigateOnDropEnabled,
    Attribute.HyperlinkAuditingEnabled,
)


class GuardedPage(QWebEnginePage):
    """A page that goes nowhere but to web pages."""

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self.refuse: Callable[[str], None] = lambda _url: None

    def acceptNavigationRequest(  # noqa: N802  # Qt calls it by this name
        self,
        url: QUrl | str,
        type: QWebEnginePage.NavigationType,  # noqa: A002  # Qt's own name for it
        isMainFrame: bool,  # noqa: FBT001, N803  # Qt's own signature
    ) -> bool:
        """Let the page go to *url*, or refuse."""
        wanted = url if isinstance(url, str) else url.toString()
        if not isMainFrame or may_open(wanted) or wanted == "about:blank":
            return True
        self.refuse(wanted)
        return False


class QtPage:
    """One web page with its view."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        self.view = QWebEngineView()
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.setAcceptDrops(False)
        self.web = GuardedPage(profile, self.view)
        self.view.setPage(self.web)

    def url(self) -> str:
        """The address of what is shown, or "" before the first page came."""
        return self.web.url().toString()

    def load(self, url: str) -> None:
        """Go to *url*."""
        self.web.load(QUrl(url))

    def can_go_back(self) -> bool:
        """Whether there is an earlier page."""
        return self.web.history().canGoBack()

    def go_back(self) -> None:
        """Go to the earlier page."""
        self.web.triggerAction(QWebEnginePage.WebAction.Back)

    def discard(self) -> None:
        """Let go of everything; the page is never shown again."""
        self.view.deleteLater()


class QtShell:
    """The bar, the pile of pages and the panel inside one main window."""

    def __init__(
        self,
        main: QMainWindow,
        *,
        url: str,
        herald: Herald,
        profile: QWebEngineProfile,
        browser: Callable[[], None] | None,
    ) -> None:
        self._main = main
        self._profile = profile
        self._url = url
        self._conductor = Conductor(self, herald, start=url)
        main.setPalette(QApplication.palette())  # pywebview paints it white, whatever the theme
        main.takeCentralWidget()  # pywebview's own page never loads anything
        self._bar = Bar(back=self._conductor.go_back, browser=browser, cancel=self._close)
        self._panel = TroublePanel(try_again=self._conductor.try_again, browser=browser)
        self._pile = QStackedWidget()
        self._pile.addWidget(self._panel)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pile, 1)
        main.setCentralWidget(whole)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), main).activated.connect(self._close)
        profile.downloadRequested.connect(self._refuse_download)
        self._pages: dict[Page, QtPage] = {}

    def start(self) -> None:
        """Open the first page."""
        page = self._new_page()
        self._conductor.begin(page)
        page.load(self._url)

    def end(self) -> None:
        """Let go of every page, because the profile must outlive them."""
        for page in self._pages.values():
            page.web.deleteLater()
        self._pages.clear()

    def show_bar(self, words: BarWords) -> None:
        """Draw the bar anew."""
        self._bar.show_words(words)

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

    def _close(self) -> None:
        self._main.close()

    def _new_page(self) -> QtPage:
        page = QtPage(self._profile)
        self._pages[page] = page
        self._pile.addWidget(page.view)
        self._watch(page)
        self._guard(page.web)
        return page

    def _watch(self, page: QtPage) -> None:
        conductor, web = self._conductor, page.web
        web.refuse = lambda url: conductor.refused(page, url)

        def changed(info: QWebEngineLoadingInfo) -> None:
            self._loading_changed(page, info)

        def popup(request: QWebEngineNewWindowRequest) -> None:
            self._open_popup(request)

        def painted(_size: QSizeF) -> None:
            conductor.painted()

        web.loadingChanged.connect(changed)
        web.urlChanged.connect(lambda _url: conductor.moved(page))
        web.contentsSizeChanged.connect(painted)
        web.newWindowRequested.connect(popup)
        web.windowCloseRequested.connect(lambda: conductor.closed(page))
        web.renderProcessTerminated.connect(
            lambda _status, _code: conductor.failed(page, page.url(), Cause.CRASHED)
        )

    def _guard(self, web: GuardedPage) -> None:
        web.certificateError.connect(_reject_certificate)
        web.permissionRequested.connect(_deny)
        web.fullScreenRequested.connect(_refuse_full_screen)
        web.desktopMediaRequested.connect(_refuse_screen_capture)
        web.fileSystemAccessRequested.connect(_refuse_files)
        web.registerProtocolHandlerRequested.connect(_refuse_protocol)
        settings = web.settings()
        for attribute in SWITCHED_OFF:
            settings.setAttribute(attribute, False)
        settings.setUnknownUrlSchemePolicy(
            QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        )

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
        code = info.errorCode()
        # A page with status 404 or 500 is the server's own page; it is there to be read.
        if info.errorDomain() is QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
            self._conductor.settled(page)
            return
        if code in {0, ABORTED}:
            self._conductor.settled(page)
            return
        cause = CAUSES.get(code, Cause.OTHER)
        if code in CERTIFICATE_CODES:
            cause = Cause.CERTIFICATE
        self._conductor.failed(page, info.url().toString(), cause, info.errorString())

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        top = self._conductor.top
        self._conductor.failed(top, top.url(), Cause.DOWNLOAD)


def main_window(native: object) -> QMainWindow:
    """
    Take pywebview's own object as the Qt window it is.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(native, QMainWindow):
        return native
    raise TypeError("pywebview's Qt half no longer makes a main window")


def make_profile(storage: str | None) -> QWebEngineProfile:
    """Give browsing data that is forgotten at the end, or kept in the folder *storage*."""
    if storage is None:
        return QWebEngineProfile()
    profile = QWebEngineProfile("sign-in")
    profile.setPersistentStoragePath(str(Path(storage) / "qt"))
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
    )
    return profile


def _reject_certificate(error: QWebEngineCertificateError) -> None:
    error.rejectCertificate()


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()


def _refuse_full_screen(request: QWebEngineFullScreenRequest) -> None:
    request.reject()


def _refuse_screen_capture(request: QWebEngineDesktopMediaRequest) -> None:
    request.cancel()


def _refuse_files(request: QWebEngineFileSystemAccessRequest) -> None:
    request.reject()


def _refuse_protocol(request: QWebEngineRegisterProtocolHandlerRequest) -> None:
    request.reject()
