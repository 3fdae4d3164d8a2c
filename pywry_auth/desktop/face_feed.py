"""Carries the newest face of a button from whichever thread changed it to the one that draws."""

import threading
from collections.abc import Callable

from pywry_auth.desktop.button import face, facts_of
from pywry_auth.desktop.button_values import ButtonFace
from pywry_auth.desktop.values import AuthStatus, SignInControl


class FaceFeed:
    """
    The faces of one button; what was not drawn in time is skipped, the last one never.

    The face is made on the thread that brings the news, so that drawing reads no file.

    Args:
        control: who signs in.
        wake: asks the drawing thread to call ``take`` soon. Called on any thread, once until
            ``take`` was called; it must neither block nor call this feed.
        provider: the only provider the button is for; "" for all.
        can_manage: whether the application has a place to manage accounts in.
    """

    def __init__(
        self,
        control: SignInControl,
        wake: Callable[[], None],
        *,
        provider: str = "",
        can_manage: bool = False,
    ) -> None:
        self._control = control
        self._wake = wake
        self._provider = provider
        self._can_manage = can_manage
        self._lock = threading.Lock()
        self._asked = 0  # counts looks at the status
        self._shown = 0  # which look ``_face`` is of
        self._face = self._look()
        self._is_rung = False
        self._is_closed = False
        self._leave: Callable[[], None] | None = None

    def start(self) -> ButtonFace:
        """Begin to watch; gives the face of now."""
        leave = self._control.watch(self._changed)
        with self._lock:
            self._leave = leave
        return self.take()

    def take(self) -> ButtonFace:
        """Give the newest face; the next change wakes again."""
        with self._lock:
            self._is_rung = False
            return self._face

    def close(self) -> None:
        """Never wake again, and watch no more; may be repeated."""
        with self._lock:
            self._is_closed = True
            leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def _changed(self, _status: AuthStatus) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._asked += 1
            mine = self._asked
        # Without the lock, because the control may hold its own while it tells us. The status is
        # asked for anew: news that crossed on two threads must not end with the older one.
        found = self._look()
        with self._lock:
            if mine < self._shown or self._is_closed:
                return
            self._shown, self._face = mine, found
            if not self._is_rung:
                self._is_rung = True
                self._wake()

    def _look(self) -> ButtonFace:
        facts = facts_of(self._control, provider=self._provider, can_manage=self._can_manage)
        return face(self._control.status, facts)
