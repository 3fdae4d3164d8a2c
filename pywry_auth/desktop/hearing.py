"""Turns what happens to sessions into what an application shows."""

from collections.abc import Callable
from dataclasses import replace

from pywry_auth import session as sessions
from pywry_auth import ui
from pywry_auth.account_index import Account
from pywry_auth.desktop.board import Board
from pywry_auth.desktop.values import AuthState, AuthStatus, DesktopEventName
from pywry_auth.errors import RefreshTransportError


class Hearing:
    """
    Listens to all sessions; only the current account's are shown.

    Args:
        board: where it is put up.
        texts: gives the language to explain things in.
    """

    def __init__(self, board: Board, texts: "Callable[[], ui.Texts]") -> None:
        self._board = board
        self._texts = texts

    def __call__(self, key: str, event: "sessions.SessionEvent") -> None:
        """Hear what happened to the session *key*; called on the package's loop."""
        from pywry_auth.session.events import SessionEventName

        account = self._board.status.account
        if account is None or account.key != key:
            return
        match event.name:
            case SessionEventName.REFRESHED:
                self._refreshed(account)
            case SessionEventName.REFRESH_FAILED if event.reason == RefreshTransportError.code:
                self._unreachable(account, event.reason)
            case SessionEventName.REAUTH_REQUIRED:
                self._board.lost(account)
                self._board.tell(DesktopEventName.NEEDS_SIGN_IN, account, event.reason)
            case SessionEventName.LOGGED_OUT if event.reason:  # in another process
                self._board.lost(None)
                self._board.tell(DesktopEventName.SIGNED_OUT, account, event.reason)
            case _:
                pass

    def _refreshed(self, account: Account) -> None:
        was_offline = self._board.status.state is AuthState.OFFLINE
        self._board.edit(_online)
        self._board.tell(DesktopEventName.REFRESHED, account)
        if was_offline:
            self._board.tell(DesktopEventName.ONLINE, account)

    def _unreachable(self, account: Account, reason: str) -> None:
        if self._board.status.state is not AuthState.SIGNED_IN:
            return
        from pywry_auth.desktop.unreachable import unreachable

        trouble = unreachable(account.provider, self._texts())

        def offline(now: AuthStatus) -> AuthStatus:
            if now.state is not AuthState.SIGNED_IN:
                return now
            return replace(now, state=AuthState.OFFLINE, trouble=trouble)

        self._board.edit(offline)
        self._board.tell(DesktopEventName.OFFLINE, account, reason)


def _online(now: AuthStatus) -> AuthStatus:
    if now.state is not AuthState.OFFLINE:
        return now
    return replace(now, state=AuthState.SIGNED_IN, trouble=None)
