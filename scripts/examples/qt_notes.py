"""
A Qt application that takes new people by the hand, and greets whoever signed in.

What belongs to the sign-in is ``main`` and the line with ``QtSignInButton``.
"""

import sys

from qtpy.QtCore import Qt
from qtpy.QtGui import QFont
from qtpy.QtWidgets import QApplication, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from pywry_auth import (
    ConnectedApps,
    DesktopAuth,
    OAuth2Settings,
    create_provider_from_settings,
    freeze_support,
)
from pywry_auth.desktop import FirstRunWizard, QtSignInButton


class Notes(QWidget):
    """The application's window; its colours are those of the desktop."""

    def __init__(self, auth: DesktopAuth) -> None:
        super().__init__()
        self.setWindowTitle("Acme Notes")
        self.resize(560, 480)
        self._auth = auth
        self._title = QLabel()
        font = QFont(self._title.font())
        font.setPointSizeF(font.pointSizeF() * 1.9)
        font.setBold(True)
        self._title.setFont(font)
        self._words = QLabel()
        button = QtSignInButton(auth, manage=ConnectedApps(auth).begin, avatar=auth.picture)
        button.accountChanged.connect(self._greet)
        self._page = QPlainTextEdit()
        self._page.setPlaceholderText("Write here")
        self._page.document().setDocumentMargin(14)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 28, 28, 28)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._page, stretch=1)
        self._greet()

    def _greet(self, *_account: object) -> None:
        account = self._auth.account
        if account is None:
            self._title.setText("Acme Notes")
            self._words.setText("Sign in to write.")
        else:
            print(f"signed in as {account.display_name}", flush=True)
            self._title.setText(f"Good day, {account.name or account.display_name}")
            self._words.setText("What is on your mind?")
        self._page.setEnabled(account is not None)


def main() -> int:
    """Show the window until it is closed."""
    freeze_support()
    provider = create_provider_from_settings(OAuth2Settings.load())
    with DesktopAuth("Acme Notes", {"Acme": provider}) as auth:
        # Who was here before is found without a window; whoever is new sees the wizard.
        if not (auth.silent() or FirstRunWizard(auth).run()):
            return 0
        application = QApplication(sys.argv)
        notes = Notes(auth)
        notes.show()
        return application.exec()


if __name__ == "__main__":
    sys.exit(main())
