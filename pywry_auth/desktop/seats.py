"""One session for each account in use."""

import threading
from collections.abc import Callable

from pywry_auth import session as sessions
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.account_store import WatchedStore
from pywry_auth.desktop.offers import Offers
from pywry_auth.token_store.base import TokenStore
from pywry_auth.tokens import OAuthTokenSet


class Seats:
    """
    Makes sessions when they are needed, one for each account.

    Args:
        offers: the providers.
        store: where all tokens are.
        index: whose sessions may go on.
        on_event: told on the package's loop what happens to which account's session.
        on_lost: called once per lost session, off the loop; may sign in again. None for nobody.
    """

    def __init__(
        self,
        offers: Offers,
        store: TokenStore,
        index: AccountIndex,
        *,
        on_event: "Callable[[str, sessions.SessionEvent], None]",
        on_lost: Callable[[str], None] | None,
    ) -> None:
        self._offers = offers
        self._store = store
        self._watched = WatchedStore(store, index)
        self._on_event = on_event
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._sessions: dict[str, sessions.SessionManager] = {}

    def of(self, account: Account) -> "sessions.SessionManager":
        """
        Give the session of *account*, made when it is the first time.

        Raises:
            ProviderNotFoundError: its provider is not offered any more.
        """
        with self._lock:
            session = self._sessions.get(account.key)
            if session is None:
                session = self._sessions[account.key] = self._made(account)
            return session

    def taken(self, key: str) -> "sessions.SessionManager | None":
        """Give the session of that key if there is one."""
        return self._sessions.get(key)

    def leave(self, account: Account) -> None:
        """Forget the session of *account*; what is stored stays."""
        with self._lock:
            self._sessions.pop(account.key, None)

    def close(self) -> bool:
        """Forget all sessions, whose alarms then ring no more; say whether there were any."""
        with self._lock:
            had_any = bool(self._sessions)
            self._sessions.clear()
            return had_any

    def stored(self, account: Account) -> OAuthTokenSet | None:
        """
        Read what is stored for *account*, on this thread where the store can do that.

        Raises:
            StoreError: the store cannot be read.
        """
        tokens = read_now(self._store, account.key)
        return tokens if tokens is None or self._is_ours(account, tokens) else None

    def _is_ours(self, account: Account, tokens: OAuthTokenSet) -> bool:
        if tokens.origin is None:
            return True
        mine = self._offers.get(account.provider).origin()
        return (tokens.origin.issuer, tokens.origin.client_id) == (mine.issuer, mine.client_id)

    def _made(self, account: Account) -> "sessions.SessionManager":
        from pywry_auth.desktop.own_session import OwnSession

        key, on_lost = account.key, self._on_lost
        return OwnSession(
            self._offers.get(account.provider),
            self._watched,
            session_key=key,
            on_reauth_required=None if on_lost is None else lambda: on_lost(key),
            on_event=lambda event: self._on_event(key, event),
        )


def read_now(store: TokenStore, key: str) -> OAuthTokenSet | None:
    """
    Read a record while the calling thread waits.

    Raises:
        StoreError: the store cannot be read.
    """
    if type(store).slot is not TokenStore.slot:
        return store.slot(key).load()
    from pywry_auth.runtime import LOOP

    return LOOP.run(store.load(key))
