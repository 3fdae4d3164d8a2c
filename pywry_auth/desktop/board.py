"""Where the state of a sign-in is put up, for all who watch it."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.desktop.values import AuthState, AuthStatus, DesktopEvent, DesktopEventName
from pywry_auth.outcome import CallOutcome
from pywry_auth.runtime import LOOP


logger = logging.getLogger(__name__)

UNDER_WAY = frozenset({AuthState.OPENING, AuthState.WAITING})

OnStatus = Callable[[AuthStatus], None]
OnEvent = Callable[[DesktopEvent], None]


class Board:
    """
    The one status of an application, changed on any thread, seen by all watchers in one order.

    A watcher may ask for further changes. It should return soon: it is called on whichever thread
    made the change, which then waits, as other watchers do.

    Args:
        on_event: told what happens, or None.
    """

    def __init__(self, on_event: OnEvent | None = None) -> None:
        self._lock = threading.Lock()
        self._status = AuthStatus()
        self._watchers: dict[object, OnStatus] = {}
        self._on_event = on_event
        self._news: deque[Callable[[], None]] = deque()
        self._is_telling = False

    @property
    def status(self) -> AuthStatus:
        """What is to be shown now."""
        return self._status

    def watch(self, on_status: OnStatus) -> Callable[[], None]:
        """Call *on_status* with the status of now, then after each change; gives what ends it."""
        ticket = object()
        with self._lock:
            self._watchers[ticket] = on_status
            status = self._status
            self._news.append(lambda: self._tell_one(ticket, status))
        self._deliver()

        def leave() -> None:
            with self._lock:
                self._watchers.pop(ticket, None)

        return leave

    def put(self, status: AuthStatus) -> None:
        """Put up *status*; the same once more is no news."""
        self._change(lambda _before: status)

    def edit(self, edit: Callable[[AuthStatus], AuthStatus]) -> None:
        """Put up what *edit* makes of what is there."""
        self._change(edit)

    def tell(self, name: DesktopEventName, account: Account | None, reason: str = "") -> None:
        """Tell the application what happened."""
        on_event = self._on_event
        if on_event is None:
            return
        event = DesktopEvent(name, account, reason)
        with self._lock:
            self._news.append(lambda: on_event(event))
        self._deliver()

    def signed_in(self, account: Account) -> None:
        """Put up that *account* is signed in, and nothing is wrong."""
        self.put(AuthStatus(AuthState.SIGNED_IN, account))

    def signed_out(self, account: Account | None = None) -> None:
        """Put up that nobody is signed in; *account* is who must sign in again."""
        self.put(AuthStatus(AuthState.SIGNED_OUT, account, needs_sign_in=account is not None))

    def lost(self, account: Account | None) -> None:
        """
        Put up that who was signed in is so no more; a sign-in under way goes on.

        Args:
            account: who must sign in again, or None for who was signed out.
        """
        self._change(
            lambda now: (
                replace(now, account=account, needs_sign_in=account is not None)
                if now.state in UNDER_WAY
                else AuthStatus(account=account, needs_sign_in=account is not None)
            )
        )

    def noticed(self, notice: str) -> None:
        """Put up what a window wanted said."""
        self._change(lambda status: replace(status, notice=notice))

    def clear(self) -> None:
        """Let nobody watch any more."""
        with self._lock:
            self._watchers.clear()
            self._on_event = None

    def still_true(self, before: AuthStatus) -> AuthStatus:
        """Give what was put up *before* a sign-in, without what was lost during it."""
        now = self._status
        if before.account is not None and now.account is None:
            return AuthStatus()
        if now.needs_sign_in and not before.needs_sign_in:
            return AuthStatus(account=before.account, needs_sign_in=True)
        return before

    def _change(self, edit: Callable[[AuthStatus], AuthStatus]) -> None:
        with self._lock:
            status = edit(self._status)
            if status == self._status:
                return
            self._status = status
            self._news.extend(
                lambda ticket=ticket: self._tell_one(ticket, status) for ticket in self._watchers
            )
        self._deliver()

    def _tell_one(self, ticket: object, status: AuthStatus) -> None:
        on_status = self._watchers.get(ticket)
        if on_status is not None:
            on_status(status)

    def _deliver(self) -> None:
        with self._lock:
            if self._is_telling or not self._news:
                return
            self._is_telling = True
        if LOOP.is_here:
            # Whoever is told may sign in, which blocks; the loop is what they would wait for.
            threading.Thread(target=self._drain, name="pywry-auth-news", daemon=True).start()
        else:
            self._drain()

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._news:
                    self._is_telling = False
                    return
                news = self._news.popleft()
            heard: CallOutcome[None] = CallOutcome()
            with heard:
                news()
            if heard.error is not None:
                logger.error("desktop.listener_failed", exc_info=heard.error)
            if heard.error is not None and not isinstance(heard.error, Exception):
                with self._lock:
                    self._is_telling = False
                raise heard.error  # Ctrl-C is no fault of the listener's
