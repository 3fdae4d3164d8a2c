"""Brings the newest face of a button to the thread that Qt draws in."""

import weakref
from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, Signal, Slot
from qtpy.QtWidgets import QWidget

from pywry_auth.desktop.button_values import ButtonFace
from pywry_auth.desktop.face_feed import FaceFeed
from pywry_auth.desktop.values import SignInControl


class FaceLink(QObject):
    """
    Tells one widget of each new face, until the widget is gone.

    It is no child of the widget and outlives it, so that a thread that has news at that very moment
    meets something that is still there.

    Args:
        widget: who is told; when Qt deletes it, nobody watches any more.
        told: a method of *widget*, called in its thread; held weakly.
        control: who signs in.
        provider: the only provider the button is for; "" for all.
        can_manage: whether the application has a place to manage accounts in.
    """

    _rang = Signal()

    def __init__(
        self,
        widget: QWidget,
        told: Callable[[ButtonFace], None],
        control: SignInControl,
        *,
        provider: str = "",
        can_manage: bool = False,
    ) -> None:
        super().__init__()
        self._told = weakref.WeakMethod(told)
        self._is_closed = False
        self._feed = FaceFeed(control, self._ring, provider=provider, can_manage=can_manage)
        # Queued: the slot runs where this object lives, whichever thread rings.
        self._rang.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        widget.destroyed.connect(self.close)

    def start(self) -> ButtonFace:
        """Begin to watch; gives the face of now."""
        return self._feed.start()

    @Slot()
    def close(self) -> None:
        """Tell nobody any more; may be repeated."""
        self._is_closed = True
        self._feed.close()

    def _ring(self) -> None:
        self._rang.emit()

    @Slot()
    def _deliver(self) -> None:
        told = None if self._is_closed else self._told()
        if told is not None:
            told(self._feed.take())
