"""Signs people out: one account, or everything at once."""

from collections.abc import Callable
from contextlib import suppress

from pywry_auth import session as sessions
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.board import Board
from pywry_auth.desktop.entering import Entering
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.offers import Offers
from pywry_auth.desktop.panic import AccountEnd, PanicReport, PanicScope, panic
from pywry_auth.desktop.picture import Pictures
from pywry_auth.desktop.resuming import Resuming
from pywry_auth.desktop.seats import Seats
from pywry_auth.desktop.values import AuthStatus, DesktopEventName
from pywry_auth.errors import ProviderNotFoundError, StoreError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore


class Leaving:
    """
    Everything that takes somebody out.

    Args:
        offers: whom to tell about tokens.
        seats: where the sessions are.
        index: who is signed in.
        store: where the tokens are.
        places: where windows keep their browsing data.
        board: where it is put up who is left.
        entering: knows the windows.
        resuming: takes up who is left.
        pictures: of the accounts.
    """

    def __init__(  # noqa: PLR0913  # each is a part of its own, all by keyword
        self,
        *,
        offers: Offers,
        seats: Seats,
        index: AccountIndex,
        store: TokenStore,
        places: Places,
        board: Board,
        entering: Entering,
        resuming: Resuming,
        pictures: Pictures,
    ) -> None:
        self._offers = offers
        self._seats = seats
        self._index = index
        self._store = store
        self._places = places
        self._board = board
        self._entering = entering
        self._resuming = resuming
        self._pictures = pictures

    def leave(self, account: Account, *, everywhere: bool) -> None:
        """
        Sign *account* out.

        Raises:
            StoreError: what is stored could not be deleted.
        """
        session = self._seats.of(account)
        self._resuming.sleep()
        try:
            self._end(session, account, everywhere=everywhere)
        finally:
            self._seats.leave(account)
        current = self._board.status.account
        is_current = current is None or current.key == account.key
        status = AuthStatus()
        try:
            self._forget(account)
            if is_current:
                status = self._next()
        finally:  # whatever else cannot be read or written, their tokens are gone
            if is_current:
                self._board.put(status)
            self._board.tell(DesktopEventName.SIGNED_OUT, account)
        if status.is_in:
            self._board.tell(DesktopEventName.SWITCHED, status.account)

    def end_everything(self, on_end: Callable[[AccountEnd], None] | None) -> PanicReport:
        """End all that was ever signed in; see ``DesktopAuth.panic``."""
        self._resuming.sleep()
        current = self._board.status.account
        try:
            return LOOP.run(panic(self._scope(), on_end=on_end))
        finally:
            self._seats.close()
            self._board.signed_out()
            if current is not None:
                self._board.tell(DesktopEventName.SIGNED_OUT, current)

    def _scope(self) -> PanicScope:
        return PanicScope(
            self._index,
            self._store,
            provider_of=self._provider_of,
            session_of=lambda account: self._seats.taken(account.key),
            profiles=[self._places.profile(name) for name in self._ever_used()],
            pictures=self._pictures,
        )

    def _ever_used(self) -> list[str]:
        """Strictly private: the providers on offer, with those people signed in at before."""
        names = self._offers.names
        with suppress(StoreError):
            both = [*self._index.accounts(), *self._index.leaving()]
            names = list(dict.fromkeys([*names, *(account.provider for account in both)]))
        return names

    def _provider_of(self, account: Account) -> OAuthProvider | None:
        try:
            return self._offers.get(account.provider)
        except ProviderNotFoundError:
            return None

    def _end(
        self, session: "sessions.SessionManager", account: Account, *, everywhere: bool
    ) -> None:
        if everywhere:
            self._entering.leave_everywhere(session, account)
        else:
            LOOP.run(session.logout())

    def _forget(self, account: Account) -> None:
        self._pictures.remove(account)
        self._index.forget(account)
        rest = self._resuming.accounts()
        if account.provider not in {each.provider for each in rest}:
            self._entering.forget_browsing(account.provider)

    def _next(self) -> AuthStatus:
        """Strictly private: the account used before becomes the current one."""
        return self._resuming.resume_last(None, 0.0)
