"""A menu that is read in its own direction, not in that of the whole application."""

from qtpy.QtGui import QPainter
from qtpy.QtWidgets import QMenu, QProxyStyle, QStyle, QStyleOption, QWidget


class _OwnDirection(QProxyStyle):
    """Lets each entry be drawn as its menu is; Fusion asks the application alone."""

    def drawControl(  # noqa: N802  # the name is Qt's
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw one part."""
        if element == QStyle.ControlElement.CE_MenuItem:
            painter.setLayoutDirection(option.direction)
        super().drawControl(element, option, painter, widget)


def menu_in(parent: QWidget) -> QMenu:
    """Make a menu that belongs to *parent*."""
    menu = QMenu(parent)
    style = _OwnDirection()
    style.setParent(menu)  # or nobody would hold it
    menu.setStyle(style)
    return menu
