"""One Qt WebEngine page that refuses what a sign-in never needs."""

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QObject, Qt, QUrl
from qtpy.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDesktopMediaRequest,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFullScreenRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineRegisterProtocolHandlerRequest,
    QWebEngineScript,
    QWebEngineSettings,
)
from qtpy.QtWebEngineWidgets import QWebEngineView

from pywry_auth.window.engine.address import may_open


Attribute = QWebEngineSettings.WebAttribute
#: a world of scripts that the page's own cannot look into
APART = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
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
        self.may_ask: Callable[[], bool] = lambda: False

    def acceptNavigationRequest(  # noqa: N802  # Qt calls it by this name
        self,
        url: QUrl | str,
        type: QWebEnginePage.NavigationType,  # noqa: A002, ARG002  # Qt's own signature
        isMainFrame: bool,  # noqa: FBT001, N803  # Qt's own signature
    ) -> bool:
        """Let the page go to *url*, or refuse."""
        wanted = url if isinstance(url, str) else url.toString()
        if not isMainFrame or may_open(wanted) or wanted == "about:blank":
            return True
        self.refuse(wanted)
        return False

    def javaScriptAlert(self, origin: QUrl | str, text: str) -> None:  # noqa: N802  # Qt's name
        """Show the page's words, unless it has said too much."""
        if self.may_ask():
            super().javaScriptAlert(origin, text)

    def javaScriptConfirm(self, origin: QUrl | str, text: str) -> bool:  # noqa: N802  # Qt's name
        """Ask the page's question, unless it has asked too much."""
        return self.may_ask() and super().javaScriptConfirm(origin, text)

    def javaScriptPrompt(  # noqa: N802  # Qt calls it by this name
        self, origin: QUrl | str, text: str, given: str
    ) -> tuple[bool, str]:
        """Ask for the page's line, unless it has asked too much."""
        if not self.may_ask():
            return False, ""
        return super().javaScriptPrompt(origin, text, given)


class QtPage:
    """One web page with its view."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        #: whether Qt has taken it apart, so that nothing of it may be touched
        self.is_discarded = False
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

    def read(self, script: str, then: Callable[[str], None]) -> None:
        """Run *script* beside the page's own, and give its text to *then*."""

        def ran(said: object) -> None:
            then(str(said))

        self.web.runJavaScript(script, APART, ran)

    def discard(self) -> None:
        """Let go of everything; the page is never shown again."""
        self.is_discarded = True
        self.view.deleteLater()


def guard(web: GuardedPage) -> None:
    """Refuse on behalf of *web* whatever a sign-in never needs."""
    web.certificateError.connect(_reject_certificate)
    web.permissionRequested.connect(_deny)
    web.fullScreenRequested.connect(_refuse_full_screen)
    web.desktopMediaRequested.connect(_refuse_screen_capture)
    web.fileSystemAccessRequested.connect(_refuse_files)
    web.registerProtocolHandlerRequested.connect(_refuse_protocol)
    settings = web.settings()
    for attribute in SWITCHED_OFF:
        settings.setAttribute(attribute, False)  # noqa: FBT003  # Qt takes no keyword here
    settings.setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    )


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
