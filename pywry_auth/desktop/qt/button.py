"""The sign-in button as a Qt widget."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal


try:
    from qtpy.QtCore import QEvent, Qt, QTimer, Signal
    from qtpy.QtGui import QAction, QActionGroup, QKeyEvent, QPalette, QPixmap, QResizeEvent
    from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
except ImportError as exc:  # the binding, or a part of it
    raise ImportError(
        'the sign-in button for Qt needs QtPy with PySide6: pip install "pywry-auth[qt]"'
    ) from exc

from pywry_auth.account_index import Account
from pywry_auth.desktop.button import press
from pywry_auth.desktop.button_values import ButtonFace, MenuItem, Verb
from pywry_auth.desktop.marks import mark_of
from pywry_auth.desktop.qt.link import FaceLink
from pywry_auth.desktop.qt.menu import menu_in
from pywry_auth.desktop.qt.push import RING, Content, Push
from pywry_auth.desktop.qt.speech import announce
from pywry_auth.desktop.qt.style import BAD, is_dark_ground, look_of, picture_of, wants_contrast
from pywry_auth.desktop.values import AuthState, SignInControl


Appearance = Literal["light", "dark"]
AvatarOf = Callable[[Account], Path | None]
_RESTYLES = frozenset(
    {
        QEvent.Type.PaletteChange,
        QEvent.Type.StyleChange,
        QEvent.Type.FontChange,
        QEvent.Type.ThemeChange,
    }
)
_GROUPS = (frozenset({Verb.SWITCH}), frozenset({Verb.ADD, Verb.SIGN_IN, Verb.RETRY}))


class QtSignInButton(QWidget):
    """
    A button that shows who is signed in, and signs in or out.

    It is an ordinary widget: put it in a layout, delete it. The sign-in may go on in whichever
    thread; only Qt's own draws. Its colours are those of the application's palette, except where a
    provider prescribes its own; with high contrast they are the palette's everywhere.

    Keyboard: Tab reaches it, Space or Enter press it, Down or the menu key open its menu, Escape
    ends a sign-in under way. Screen readers find a button by the name and description of what it
    shows, and are told of changes.

    Args:
        auth: who signs in, a ``DesktopAuth``.
        parent: where it lies, or None.
        appearance: ``"light"`` or ``"dark"``, for the colours of providers; as the palette is when
            left out.
        provider: name of the only provider it is for; all when left out.
        manage: shows the application's own place to manage accounts in; adds that to the menu.
        avatar: gives the file with the picture of an account, at once, as ``auth.picture`` does;
            initials where it gives None. Nothing is fetched here.

    Raises:
        ImportError: when this module is imported and QtPy or its binding is missing.
    """

    #: another account is shown, or none; with that ``Account`` or None
    accountChanged = Signal(object)  # noqa: N815  # as Qt spells its signals
    #: it looks different; with the ``ButtonFace``
    faceChanged = Signal(object)  # noqa: N815  # as Qt spells its signals

    def __init__(
        self,
        auth: SignInControl,
        parent: QWidget | None = None,
        *,
        appearance: Appearance | None = None,
        provider: str = "",
        manage: Callable[[], None] | None = None,
        avatar: AvatarOf | None = None,
    ) -> None:
        super().__init__(parent)
        self._auth = auth
        self._is_dark = None if appearance is None else appearance == "dark"
        self._manage = manage
        self._avatar = avatar
        self._main = Push(self, look_of(self, None), self._open_menu)
        self._main.clicked.connect(self._pressed)
        self._words = QLabel(self)
        self._row = QHBoxLayout()
        self._beside: list[QPushButton] = []
        self._menu = menu_in(self)
        self._lay_out()
        self.setFocusProxy(self._main)
        self._link = FaceLink(
            self, self._told, auth, provider=provider, can_manage=manage is not None
        )
        self._face = self._link.start()
        self._draw()

    @property
    def face(self) -> ButtonFace:
        """What is shown now."""
        return self._face

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Follow the application's colours, its font."""
        super().changeEvent(event)
        if event.type() in _RESTYLES:
            # Later, because this comes amid the change.
            QTimer.singleShot(0, self, self._restyle)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """End a sign-in under way by Escape."""
        cancel = self._face.offered(Verb.CANCEL, "")
        if event.key() == Qt.Key.Key_Escape and cancel is not None:
            self._act(cancel)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Break the words below anew."""
        super().resizeEvent(event)
        self._fit()

    # what happens

    def _told(self, shown: ButtonFace) -> None:
        before, self._face = self._face, shown
        if shown == before:
            return
        self._draw(before)
        if shown.live != before.live:
            announce(self._main, shown.live, is_urgent=shown.state is AuthState.ERROR)
        self.faceChanged.emit(shown)
        if shown.account != before.account:
            self.accountChanged.emit(shown.account)

    def _pressed(self) -> None:
        if self._face.press is not None:
            self._act(self._face.press)

    def _act(self, item: MenuItem) -> None:
        # What a menu offered a while ago may be gone by now.
        if self._face.offered(item.verb, item.key) is not None:
            press(item, self._auth, manage=self._manage or _nothing)

    def _open_menu(self) -> None:
        self._main.showMenu()
        actions = self._menu.actions()
        if actions:
            self._menu.setActiveAction(actions[0])

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.setAccessibleName(self._face.menu_name)
        accounts = QActionGroup(self._menu)
        before: MenuItem | None = None
        for item in self._face.menu:
            if before is not None and _group(before) != _group(item):
                self._menu.addSeparator()
            before = item
            action = self._action(item)
            if item.verb is Verb.SWITCH:
                action.setCheckable(True)
                accounts.addAction(action)
                action.setChecked(item.is_current)
            self._menu.addAction(action)

    def _action(self, item: MenuItem) -> QAction:
        text = " · ".join(part for part in (item.label, item.detail) if part)
        action = QAction(text.replace("&", "&&"), self._menu)

        def chosen() -> None:
            self._act(item)

        action.triggered.connect(chosen)
        return action

    # how it looks

    def _lay_out(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._main)
        below = QVBoxLayout()
        below.setContentsMargins(RING, 0, RING, 0)
        below.addWidget(self._words)
        column.addLayout(below)
        column.addLayout(self._row)
        self._row.setContentsMargins(RING, 0, RING, 0)
        self._row.addStretch(1)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._words.hide()
        self._menu.aboutToShow.connect(self._fill_menu)

    def _restyle(self) -> None:
        self._draw()

    def _draw(self, before: ButtonFace | None = None) -> None:
        shown = self._face
        is_rtl = self._auth.texts.direction == "rtl"
        direction = Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight
        self.setLayoutDirection(direction)
        self._menu.setLayoutDirection(direction)
        self._draw_main(shown)
        self._draw_words(shown)
        if before is None or before.beside != shown.beside:
            self._draw_beside(shown)

    def _draw_main(self, shown: ButtonFace) -> None:
        mark = mark_of(shown.press, self._auth.providers)
        look = look_of(self, mark, is_dark=self._is_dark)
        picture = picture_of(mark, look, self.devicePixelRatioF()) if mark else None
        portrait = self._avatar(shown.account) if self._avatar and shown.account else None
        content = Content(
            text=shown.label,
            mark=picture,
            portrait=QPixmap(str(portrait)) if portrait else None,
            initials=shown.initials,
            is_busy=shown.state is AuthState.OPENING,
            has_menu=bool(shown.menu),
            is_flat=not shown.can_press,
        )
        self._main.show_content(content, look)
        # A menu of its own makes it a menu button to screen readers.
        menu = self._menu if shown.menu else None
        self._main.setMenu(menu)  # pyright: ignore[reportArgumentType]  # Qt takes no menu too
        self._main.setAccessibleName(shown.accessible_name)
        self._main.setAccessibleDescription(shown.description)
        self._main.setToolTip(shown.account.display_name if shown.account else "")

    def _draw_words(self, shown: ButtonFace) -> None:
        palette = QPalette(self.palette())
        role = QPalette.ColorRole.WindowText
        if shown.state is AuthState.ERROR and not wants_contrast():
            palette.setColor(role, BAD[is_dark_ground(self)])
        self._words.setPalette(palette)
        self._words.setText(shown.description)
        self._words.setVisible(bool(shown.description))
        self._fit()

    def _fit(self) -> None:
        """Give the words below as many lines as they need; a layout forgets that when it aligns."""
        width = max(self.width(), self._main.sizeHint().width()) - 2 * RING
        self._words.setFixedHeight(max(self._words.heightForWidth(width), 0))

    def _draw_beside(self, shown: ButtonFace) -> None:
        had_focus = any(button.hasFocus() for button in self._beside)
        for button in self._beside:
            button.hide()
            button.deleteLater()
        self._beside = [self._push_beside(item) for item in shown.beside]
        if had_focus:  # or the keyboard would be nowhere
            self._main.setFocus()

    def _push_beside(self, item: MenuItem) -> QPushButton:
        def pressed() -> None:
            self._act(item)

        mark = mark_of(item, self._auth.providers)
        if mark is not None:
            look = look_of(self, mark, is_dark=self._is_dark)
            button = Push(self, look, pressed)
            picture = picture_of(mark, look, self.devicePixelRatioF())
            button.show_content(Content(item.label, picture), look)
            self._column.addWidget(button)
        else:
            button = QPushButton(item.label.replace("&", "&&"), self)
            button.setAutoDefault(True)  # Enter presses it
            self._row.insertWidget(self._row.count() - 1, button)
        button.setAccessibleDescription(self._face.description)
        button.clicked.connect(pressed)
        return button


def _group(item: MenuItem) -> int:
    found = (at for at, verbs in enumerate(_GROUPS) if item.verb in verbs)
    return next(found, len(_GROUPS))


def _nothing() -> None:
    """Stand in for what an application has not given."""
