"""Has a screen reader say what changed in a Qt widget."""

from qtpy.QtGui import QAccessible, QAccessibleEvent
from qtpy.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """
    Have *text* said, where somebody listens.

    Args:
        widget: whose news it is.
        text: one sentence or two; "" says nothing.
        is_urgent: it may interrupt what is being said.
    """
    if not text or not QAccessible.isActive():
        return
    try:
        from qtpy.QtGui import QAccessibleAnnouncementEvent
    except ImportError:  # Qt before 6.8: the widget's new name is read instead
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.NameChanged))
        return
    said = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(said)
