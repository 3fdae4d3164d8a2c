"""The provider's page in Qt WebEngine where nobody sees it."""

from collections.abc import Sequence

from qtpy.QtCore import QUrl
from qtpy.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineLoadingInfo,
    QWebEnginePage,
    QWebEngineProfile,
)
from qtpy.QtWidgets import QMainWindow

from pywry_auth.window.engine.qt import failure_of
from pywry_auth.window.engine.qt_page import GuardedPage, guard
from pywry_auth.window.engine.trouble import Cause, TroubleHerald


class HiddenPage(GuardedPage):
    """A page without a view, which opens no dialog of any kind."""

    def chooseFiles(  # noqa: N802  # Qt calls it by this name
        self,
        mode: QWebEnginePage.FileSelectionMode,  # noqa: ARG002  # Qt's own signature
        oldFiles: Sequence[str],  # noqa: ARG002, N803  # Qt's own signature
        acceptedMimeTypes: Sequence[str],  # noqa: ARG002, N803  # Qt's own signature
    ) -> list[str]:
        """Choose nothing."""
        return []


class QtHidden:
    """
    One page that is loaded, but shown nowhere.

    It has no widget. Popups are refused because nobody offers them a page; a server that asks for a
    password in a dialog of the browser's own is refused by Qt where nobody listens.

    Args:
        main: pywebview's own window, which is never shown; holds the page.
        url: where to go.
        herald: told why it leads nowhere.
        profile: the browsing data that may know the person.
    """

    def __init__(
        self, main: QMainWindow, *, url: str, herald: TroubleHerald, profile: QWebEngineProfile
    ) -> None:
        self._url = url
        self._herald = herald
        self._profile = profile
        self._page = HiddenPage(profile, main)
        self._page.refuse = lambda _url: herald.failed(Cause.FOREIGN)
        guard(self._page)
        self._page.loadingChanged.connect(self._loading_changed)
        self._page.renderProcessTerminated.connect(self._crashed)
        profile.downloadRequested.connect(self._refuse_download)

    def start(self) -> None:
        """Load the page."""
        self._page.load(QUrl(self._url))

    def begin_again(self, url: str) -> None:
        """Do nothing: nobody is there who could ask for it."""

    def go(self, url: str) -> None:
        """Do nothing, as above."""

    def come_home(self, url: str = "") -> None:
        """Do nothing, as above."""

    def come_forward(self) -> None:
        """Do nothing: it must not be seen."""

    def end(self) -> None:
        """Let go of the page, because the profile must outlive it."""
        self._page.deleteLater()

    def _loading_changed(self, info: QWebEngineLoadingInfo) -> None:
        if info.status() is QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus:
            cause = failure_of(info)
            if cause is not None:
                self._herald.failed(cause)

    def _crashed(self, _status: object, _code: int) -> None:
        self._herald.failed(Cause.CRASHED)

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        self._herald.failed(Cause.DOWNLOAD)
