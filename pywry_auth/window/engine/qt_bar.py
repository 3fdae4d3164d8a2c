"""The bar above the page, with its trouble panel, drawn by Qt."""

from collections.abc import Callable

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QResizeEvent
from qtpy.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pywry_auth.window.engine.phrases import Phrases, unmarked
from pywry_auth.window.engine.roles import BarWords, Sign
from pywry_auth.window.engine.trouble import Trouble


ICON = 18  # logical pixels; the height of a capital beside it, with room for the shackle
ROOM = 4  # logical pixels beside a line, or its last letter is cut
MARGINS = (8, 7, 8, 7)  # logical pixels: left, top, right, bottom
SPACE = 6  # logical pixels between two things
NOTICE_LIGHT = "background: #fff4d6; color: #4a3600; padding: 6px 10px;"
NOTICE_DARK = "background: #4a3a10; color: #ffe9b0; padding: 6px 10px;"


class OriginLabel(QLabel):
    """A line that loses its beginning when it is too long, because the end of a host tells most."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that a screen reader can stop at it

    def say(self, text: str) -> None:
        """Show *text*, as much of its end as there is room for."""
        self._whole = text
        self._fit()

    def whole_width(self) -> int:
        """Give how many pixels the whole line needs."""
        return self.fontMetrics().horizontalAdvance(self._whole) + ROOM

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width() - ROOM, 0)
        cut = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideLeft, room)
        self.setText(cut)


class Bar(QFrame):
    """Back, where the page comes from, the way to the browser, the way out."""

    def __init__(
        self,
        phrases: Phrases,
        *,
        back: Callable[[], None],
        browser: Callable[[], None] | None,
        cancel: Callable[[], None],
    ) -> None:
        super().__init__()
        self._phrases = phrases
        self.setObjectName("sign-in-bar")
        self.setAccessibleName(phrases.bar)
        self._back = QToolButton()
        self._lock = QLabel()
        self._origin = OriginLabel()
        self._notice = QLabel()
        self._progress = QProgressBar()
        self._back.clicked.connect(back)
        who = QHBoxLayout()
        who.addWidget(self._back)
        who.addWidget(self._lock)
        who.addWidget(self._origin, 1)
        self._deeds = QHBoxLayout()
        self._deeds.addStretch(1)
        if browser is not None:
            self._deeds.addWidget(_button(phrases.browser, browser))
        self._deeds.addWidget(_button(phrases.cancel, cancel))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(*MARGINS)
        self._row.addLayout(who, 1)
        self._row.addLayout(self._deeds)
        for layout in (who, self._deeds, self._row):
            layout.setSpacing(SPACE)
        self._build(self._row)

    def _build(self, row: QBoxLayout) -> None:
        mirrored = self._phrases.is_mirrored
        chevron, keys = (
            (_draw_mirrored_chevron, "Alt+Right") if mirrored else (_draw_chevron, "Alt+Left")
        )
        self._back.setIcon(_icon(chevron, self.palette()))
        self._back.setAutoRaise(True)
        self._back.setAccessibleName(self._phrases.back)
        self._back.setToolTip(f"{self._phrases.back} ({keys})")
        self._back.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._back.setShortcut(keys)
        if mirrored:  # an address runs from left to right, but belongs beside its lock
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            self._origin.setAlignment(right | Qt.AlignmentFlag.AlignVCenter)
        self._notice.setWordWrap(True)
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setStyleSheet(NOTICE_DARK if _is_dark(self.palette()) else NOTICE_LIGHT)
        self._notice.hide()
        self._progress.setRange(0, 0)
        self._progress.setFixedHeight(3)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self._phrases.loading)
        # Kept in place while hidden, or the page would jump at the end of every load.
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._progress)
        column.addWidget(self._notice)

    def show_words(self, words: BarWords) -> None:
        """Draw everything anew."""
        text, meaning = self._phrases.origin_line(words), self._phrases.explain(words.sign)
        self._origin.say(text)
        self._origin.setToolTip(f"{words.address.origin}\n{meaning}")
        self._origin.setAccessibleName(f"{text}. {meaning}")
        self._lock.setPixmap(_icon(DRAWINGS[words.sign], self.palette()).pixmap(ICON, ICON))
        self._lock.setToolTip(meaning)
        self._lock.setAccessibleName(meaning)
        self._back.setEnabled(words.can_go_back)
        self._progress.setVisible(words.loading)
        self._notice.setText(words.notice)
        self._notice.setVisible(bool(words.notice))
        self.setVisible(words.is_shown)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Arrange everything for the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        # Where the page comes from is never cut off for the sake of a button.
        left, _, right, _ = MARGINS
        who = self._back.sizeHint().width() + ICON + self._origin.whole_width() + 2 * SPACE
        narrow = left + who + SPACE + self._deeds.sizeHint().width() + right > self.width()
        self._row.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )


class TroublePanel(QWidget):
    """What stands in place of a page that did not come."""

    def __init__(
        self,
        phrases: Phrases,
        *,
        try_again: Callable[[], None],
        browser: Callable[[], None] | None,
    ) -> None:
        super().__init__()
        self._headline = QLabel()
        self._sentence = QLabel()
        self._small_print = QLabel()
        font = self._headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self._headline.setFont(font)
        self._small_print.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.again = _button(phrases.try_again, try_again)
        self.again.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        if browser is not None:
            buttons.addWidget(_button(unmarked(phrases.browser), browser))
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(14)
        column.addStretch(1)
        for label in (self._headline, self._sentence, self._small_print):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        column.addLayout(buttons)
        column.addStretch(2)

    def say(self, trouble: Trouble) -> None:
        """Show *trouble*."""
        self._headline.setText(trouble.headline)
        self._sentence.setText(trouble.sentence)
        self._small_print.setText(trouble.small_print)
        self._small_print.setVisible(bool(trouble.small_print))
        self.setAccessibleName(f"{trouble.headline}. {trouble.sentence}")


def _button(text: str, pressed: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(unmarked(text))
    button.setAutoDefault(False)
    button.clicked.connect(lambda: pressed())  # noqa: PLW0108  # Qt would pass "checked"
    return button


def _is_dark(palette: QPalette) -> bool:
    back = palette.color(QPalette.ColorRole.Window)
    front = palette.color(QPalette.ColorRole.WindowText)
    return back.lightness() < front.lightness()


def _icon(draw: Callable[[QPainter], None], palette: QPalette) -> QIcon:
    icon = QIcon()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        color = palette.color(group, QPalette.ColorRole.WindowText)
        icon.addPixmap(_picture(draw, color), mode)
    return icon


def _picture(draw: Callable[[QPainter], None], color: QColor) -> QPixmap:
    picture = QPixmap(ICON * 2, ICON * 2)  # twice, for dense screens
    picture.setDevicePixelRatio(2)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(painter)
    painter.end()
    return picture


def _draw_chevron(painter: QPainter) -> None:
    painter.drawPolyline([QPointF(11, 4), QPointF(6, 9), QPointF(11, 14)])


def _draw_mirrored_chevron(painter: QPainter) -> None:
    painter.drawPolyline([QPointF(7, 4), QPointF(12, 9), QPointF(7, 14)])


def _draw_closed_lock(painter: QPainter) -> None:
    body = QPainterPath()
    body.addRoundedRect(QRectF(4, 8, 10, 7.5), 1.5, 1.5)
    painter.fillPath(body, painter.pen().color())
    painter.drawArc(QRectF(6, 3, 6, 9), 0, 180 * 16)


def _draw_computer(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3, 3.5, 12, 8.5), 1.2, 1.2)
    painter.drawLine(QPointF(6.5, 15), QPointF(11.5, 15))


def _draw_warning(painter: QPainter) -> None:
    painter.drawPolygon([QPointF(9, 3), QPointF(16, 15), QPointF(2, 15)])
    painter.drawLine(QPointF(9, 7.5), QPointF(9, 10.5))
    painter.drawPoint(QPointF(9, 12.8))


def _draw_dots(painter: QPainter) -> None:
    for x in (4, 9, 14):
        painter.drawPoint(QPointF(x, 9))


DRAWINGS = {
    Sign.ENCRYPTED: _draw_closed_lock,
    Sign.THIS_COMPUTER: _draw_computer,
    Sign.WARNING: _draw_warning,
    Sign.WAITING: _draw_dots,
}
