"""A button for Qt that shows a provider or an account."""

from collections.abc import Callable
from dataclasses import dataclass

from qtpy.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from qtpy.QtWidgets import QPushButton, QSizePolicy, QStyle, QWidget

from pywry_auth.desktop.qt.style import ARROW, AVATAR, WIDTH, Look, hovered, round_picture


TURN = 110  # milliseconds between two pictures of the spinner
SPOKES = 8
RING = 3  # pixels round the button in which the ring is drawn
PRESSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
OPENS = (Qt.Key.Key_Down, Qt.Key.Key_Menu)


@dataclass(frozen=True, slots=True)
class Content:
    """
    What is on a button.

    Attributes:
        text: the words.
        mark: a picture before them, or None.
        portrait: a picture to be shown round instead, or None.
        initials: shown in a disc where there is no ``portrait``; "" for none.
        is_busy: something turns instead of all those.
        has_menu: an arrow at the end.
        is_flat: it only tells something, and does nothing when it is pressed.
    """

    text: str = ""
    mark: QPixmap | None = None
    portrait: QPixmap | None = None
    initials: str = ""
    is_busy: bool = False
    has_menu: bool = False
    is_flat: bool = False

    @property
    def has_disc(self) -> bool:
        """Whether an account is shown."""
        return bool(self.portrait or self.initials) and not self.is_busy


class Push(QPushButton):
    """
    A button drawn by itself, an ordinary one to the keyboard, to styles, to screen readers.

    Args:
        parent: where it lies.
        look: how it is drawn at first.
        opened: opens its menu for somebody at the keyboard.
    """

    def __init__(self, parent: QWidget, look: Look, opened: Callable[[], None]) -> None:
        super().__init__(parent)
        self._look = look
        self._content = Content()
        self._opened = opened
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TURN)
        self._timer.timeout.connect(self._next_turn)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_content(self, content: Content, look: Look) -> None:
        """Draw *content* as *look* says."""
        self._content, self._look = content, look
        self.setText(content.text.replace("&", "&&"))
        self.setFont(look.font)
        if content.is_busy and self._is_animated():
            self._timer.start()
        else:
            self._timer.stop()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt calls it by this name
        """Give the size for all the words."""
        look, content = self._look, self._content
        before, between, after = look.brand.padding
        lead = self._lead_width()
        width = look.pixels(before + after + (between if lead else 0)) + lead
        width += self.fontMetrics().horizontalAdvance(content.text) + 2
        width += look.pixels(ARROW) if content.has_menu else 0
        least = look.pixels(max(WIDTH, look.brand.width))
        return QSize(max(width, least) + 2 * RING, look.pixels(look.brand.height) + 2 * RING)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt calls it by this name
        """Give the size for the beginning of the words."""
        return QSize(self._look.pixels(120), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Press it by Enter too, open its menu."""
        key, has_menu = event.key(), self._content.has_menu
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        opens = key in {*OPENS, *PRESSES, Qt.Key.Key_Space} or (key == Qt.Key.Key_F10 and shift)
        if has_menu and opens:
            self._opened()
        elif key in PRESSES:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt calls it by this name
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        self._paint_box(painter)
        box = self.rect().adjusted(RING, RING, -RING, -RING)
        before, between, after = (self._look.pixels(each) for each in self._look.brand.padding)
        room = box.adjusted(before, 0, -after, 0)
        if lead := self._lead_width():
            self._paint_lead(painter, self._mirrored(QRect(room.left(), room.top(), lead, 0), room))
            room.setLeft(room.left() + lead + between)
        if self._content.has_menu:
            arrow = QRect(box.right() - self._look.pixels(ARROW) - after // 2, box.top(), 0, 0)
            arrow.setWidth(self._look.pixels(ARROW))
            self._paint_arrow(painter, self._mirrored(arrow, box))
            room.setRight(room.right() - self._look.pixels(ARROW))
        self._paint_words(painter, self._mirrored(room, box))

    def _paint_box(self, painter: QPainter) -> None:
        look = self._look
        radius = look.pixels(look.brand.radius)
        if self.hasFocus():
            painter.setPen(QPen(look.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, radius + 2, radius + 2)
        painter.setPen(QPen(look.edge, look.line))
        painter.setBrush(self._ground())
        half = look.line / 2
        box = QRectF(self.rect()).adjusted(RING + half, RING + half, -RING - half, -RING - half)
        painter.drawRoundedRect(box, radius, radius)

    def _ground(self) -> QColor:
        if self._content.is_flat:
            return QColor(0, 0, 0, 0)
        if self.isDown():
            return hovered(self._look, 0.14)
        return hovered(self._look, 0.06 if self.underMouse() and self.isEnabled() else 0.0)

    def _ink(self) -> QColor:
        role = self.foregroundRole()
        return self.palette().color(role) if self._content.is_flat else self._look.ink

    def _paint_words(self, painter: QPainter, room: QRect) -> None:
        room.setTop(0)
        room.setBottom(self.height())
        metrics = self.fontMetrics()
        text = metrics.elidedText(self._content.text, Qt.TextElideMode.ElideRight, room.width())
        # AlignAbsolute, because ``room`` is mirrored by now; a Latin name keeps to its side too.
        side = Qt.AlignmentFlag.AlignRight if self._is_rtl() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        order = Qt.TextFlag.TextForceRightToLeft if self._is_rtl() else Qt.TextFlag(0)
        painter.setPen(self._ink())
        painter.drawText(room, flags | Qt.TextFlag.TextSingleLine | order, text)

    def _paint_lead(self, painter: QPainter, room: QRect) -> None:
        middle = QPointF(room.x() + room.width() / 2, self.height() / 2)
        size = room.width()
        if self._content.is_busy:
            self._paint_spinner(painter, middle, size / 2)
        elif self._content.has_disc:
            self._paint_disc(painter, middle, size)
        elif self._content.mark is not None:
            mark = self._content.mark
            shown = mark.deviceIndependentSize()
            corner = QPointF(shown.width() / 2, shown.height() / 2)
            painter.drawPixmap(middle - corner, mark)

    def _paint_disc(self, painter: QPainter, middle: QPointF, size: int) -> None:
        density = self.devicePixelRatioF()
        portrait = self._content.portrait
        disc = round_picture(portrait, size, density) if portrait else None
        if disc is not None:
            painter.drawPixmap(middle - QPointF(size / 2, size / 2), disc)
            return
        tint = QColor(self._look.accent)
        tint.setAlphaF(0.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawEllipse(middle, size / 2, size / 2)
        font = self.font()
        font.setPixelSize(self._look.pixels(12))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._look.ink)
        area = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._content.initials)
        painter.setFont(self.font())

    def _paint_spinner(self, painter: QPainter, middle: QPointF, radius: float) -> None:
        painter.save()
        painter.translate(middle)
        painter.setPen(Qt.PenStyle.NoPen)
        for spoke in range(SPOKES):
            color = QColor(self._ink())
            color.setAlphaF(0.2 + 0.8 * ((spoke - self._turn - 1) % SPOKES) / (SPOKES - 1))
            painter.setBrush(color)
            painter.drawEllipse(QPointF(0, -radius * 0.8), radius / 5, radius / 5)
            painter.rotate(360 / SPOKES)
        painter.restore()

    def _paint_arrow(self, painter: QPainter, room: QRect) -> None:
        x, y = room.x() + room.width() / 2, self.height() / 2
        half = self._look.pixels(4)
        pen = QPen(self._look.ink, 1.5 * self._look.zoom)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        points = [
            QPointF(x - half, y - half / 2),
            QPointF(x, y + half / 2),
            QPointF(x + half, y - half / 2),
        ]
        painter.drawPolyline(points)

    def _lead_width(self) -> int:
        content, look = self._content, self._look
        if content.has_disc:
            return look.pixels(AVATAR)
        if content.is_busy:
            return look.pixels(look.brand.mark_size)
        return round(content.mark.deviceIndependentSize().width()) if content.mark else 0

    def _mirrored(self, room: QRect, within: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), within, room)

    def _is_rtl(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _is_animated(self) -> bool:
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return self.style().styleHint(hint, None, self) > 0

    def _next_turn(self) -> None:
        self._turn = (self._turn + 1) % SPOKES
        self.update()
