"""What an application's sign-in does, while the calling thread waits."""

import threading
from collections.abc import Callable

from pywry_auth import desktop, ui
from pywry_auth import flow as flows
from pywry_auth import session as sessions
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.desktop.board import Board
from pywry_auth.desktop.entering import Entering
from pywry_auth.desktop.hearing import Hearing
from pywry_auth.desktop.manner import Manner
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.offers import Offers
from pywry_auth.desktop.resuming import Resuming
from pywry_auth.desktop.seats import Seats
from pywry_auth.desktop.turn import Turn
from pywry_auth.desktop.values import AccountDetails, AuthStatus, DesktopEventName
from pywry_auth.errors import AuthError, AuthFlowCancelled
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.base import SignInWindow


CLOSING = 6.0  # seconds; a window takes one to go, and is killed after five


class Engine:
    """
    The parts of one application's sign-in, put together.

    Args:
        offers: where one can sign in.
        store: where the tokens go.
        places: where everything else lies.
        board: where it is put up how it goes.
        manner: how people sign in.
        texts: gives the language errors are explained in.
        asks_when_lost: whether a person is asked when a program needs a token and the session has
            been ended.
    """

    def __init__(  # each is a part of its own, all by keyword
        self,
        *,
        offers: Offers,
        store: TokenStore,
        places: Places,
        board: Board,
        manner: Manner,
        texts: "Callable[[], ui.Texts]",
        asks_when_lost: bool,
    ) -> None:
        self.offers = offers
        self.index = AccountIndex(places.accounts)
        self.store = store
        self.places = places
        self.board = board
        self.turn = Turn(self._refused)
        self.texts = texts
        self._resuming_lock = threading.Lock()
        self._resumed: AuthStatus | None = None
        self._is_used = False
        self.seats = Seats(
            offers,
            store,
            self.index,
            on_event=Hearing(board, texts),
            on_lost=self._ask if asks_when_lost else None,
        )
        self.entering = Entering(
            offers=offers,
            seats=self.seats,
            index=self.index,
            store=store,
            places=places,
            board=board,
            manner=manner,
            texts=texts,
        )
        self.resuming = Resuming(
            offers=offers,
            seats=self.seats,
            index=self.index,
            texts=texts,
            clock=SYSTEM_CLOCK,
            quietly=self.entering.quietly,
        )

    @property
    def current(self) -> Account | None:
        """Who is signed in; asks nobody."""
        status = self.board.status
        return None if status.needs_sign_in else status.account

    @property
    def pictures(self):  # noqa: ANN201 (a program that shows none needs nothing of it)
        """The pictures of accounts."""
        from pywry_auth.desktop.picture import Pictures

        return Pictures(self.places.pictures, is_wanted=self.index.holds)

    def session(self, account: Account | None = None) -> "sessions.SessionManager | None":
        """Give the session of *account*, the current one when left out; None for nobody."""
        wanted = account or self.current
        return None if wanted is None else self.seats.of(wanted)

    def place(self, provider: str | None) -> str:
        """
        Say where a sign-in takes place: at *provider*, or where the person was last.

        Raises:
            ProviderNotFoundError: no provider has that name.
        """
        if provider is not None:
            self.offers.require(provider)  # what is made of it may take its time, elsewhere
            return provider
        known = self.board.status.account
        return self.offers.names[0] if known is None else known.provider

    def silent(self, within: float) -> Account | None:
        """Take up whoever is signed in; see ``DesktopAuth.silent``."""
        if self.turn.is_taken or self.turn.is_closed:
            return self.current
        with self._resuming_lock:
            number, before = self.turn.number, self.board.status
            try:
                status = self.resuming.resume_last(self.current, within)
            except AuthFlowCancelled:
                return self.current
            self._resumed = status
        if self.turn.is_closed:
            self.seats.close()  # what was begun before the end
            return self.current
        # With no lock held: whoever is told may ask for all of this again. What somebody did
        # meanwhile counts, and what was found later.
        self.board.edit(
            lambda now: status if (number, status) == (self.turn.number, self._resumed) else now
        )
        if self.board.status is status:
            self._tell_resumed(status, before)
        return self.current

    def sign_in(
        self,
        provider: str | None,
        options: "flows.SignInOptions | None",
        window: SignInWindow | None,
        within: float,
    ) -> Account:
        """Sign somebody in, in one's turn; see ``DesktopAuth.sign_in``."""
        name = self.place(provider)
        with self.entering.attempt(name):
            known = self._known_at(provider)
            if options is None and known is not None:
                status = self.resuming.resume(known, within)
                if status.is_in:
                    self.board.put(status)
                    return known
                self.entering.fall_back_to(status)
                name = known.provider
                # Whoever was signed out elsewhere is not suggested.
                hint = status.account.label if status.account else ""
                options = flows.SignInOptions(login_hint=hint or None)
            return self._enter(name, options or flows.SignInOptions(), window)

    def add(self, provider: str | None, window: SignInWindow | None) -> Account:
        """Sign another account in, in one's turn; see ``DesktopAuth.add``."""
        name = self.place(provider)
        with self.entering.attempt(name):
            prompt = self.offers.get(name).prompt_for_another
            return self._enter(name, flows.SignInOptions(prompt=prompt), window)

    def switch(self, account: Account, window: SignInWindow | None, within: float) -> Account:
        """Make another account the current one, in one's turn; see ``DesktopAuth.switch``."""
        before = self.current
        with self.entering.attempt(account.provider):
            self.offers.require(account.provider)
            status = self.resuming.resume(account, within)
            if not status.is_in:
                options = flows.SignInOptions(login_hint=account.label or None)
                account = self._enter(account.provider, options, window)
            else:
                self.index.remember(account)
                self.board.put(status)
        if before is None or before.key != account.key:
            self.board.tell(DesktopEventName.SWITCHED, account)
        return account

    def sign_out(self, account: Account | None, *, everywhere: bool) -> None:
        """End an account's session; see ``DesktopAuth.sign_out``."""
        leaving = account or self.board.status.account
        if leaving is None:
            return
        self.entering.cancel()
        with self.turn.taken(CLOSING):
            self._leaving().leave(leaving, everywhere=everywhere)

    def panic(self, on_end: "Callable[[desktop.AccountEnd], None] | None") -> "desktop.PanicReport":
        """End everything; see ``DesktopAuth.panic``."""
        self.entering.cancel()
        with self.turn.taken_if_possible(CLOSING):  # what hangs must not keep anything signed in
            return self._leaving().end_everything(on_end)

    def details(self) -> list[AccountDetails]:
        """Say what is known of each account; see ``DesktopAuth.details``."""
        return [self._details(account) for account in self.resuming.accounts()]

    def close(self) -> None:
        """End what is under way, and leave everything stored as it is."""
        self.entering.cancel()
        self.turn.close(CLOSING)
        self.resuming.close()
        self.board.clear()
        if self.seats.close() or self._is_used:
            for provider in self.offers.made():
                LOOP.run(provider.close())

    def begin(self, where: str, work: Callable[[], object]) -> None:
        """Put up that a sign-in at *where* begins, and do its *work* on a thread of its own."""
        entering = self.entering
        self.turn.begin(work, announce=lambda: entering.open(where), retract=entering.settle)

    def _tell_resumed(self, status: AuthStatus, before: AuthStatus) -> None:
        if status.needs_sign_in and not before.needs_sign_in:
            self.board.tell(DesktopEventName.NEEDS_SIGN_IN, status.account)
        was, now = before.account, status.account
        if status.is_in and was is not None and now is not None and now.key != was.key:
            self.board.tell(DesktopEventName.SWITCHED, status.account)

    def _enter(
        self, name: str, options: "flows.SignInOptions", window: SignInWindow | None
    ) -> Account:
        from pywry_auth.desktop.panic import finish_leaving

        self._is_used = True
        account = self.entering.enter(name, options, window=window)
        issuer = self.offers.get(name).origin().issuer
        LOOP.submit(self.pictures.fetch(account, issuer=issuer))
        LOOP.submit(finish_leaving(self.index, self.store))  # now that the store works
        return account

    def _known_at(self, provider: str | None) -> Account | None:
        """Strictly private: who was there last, or anywhere where no *provider* is named."""
        known = self.board.status.account
        if known is not None and provider in {None, known.provider}:
            return known
        accounts = self.resuming.accounts()
        return next((each for each in accounts if provider in {None, each.provider}), None)

    def _details(self, account: Account) -> AccountDetails:
        session = self.seats.taken(account.key)
        tokens = session.tokens if session is not None else self.seats.stored(account)
        current = self.current
        is_current = current is not None and current.key == account.key
        if tokens is None:
            return AccountDetails(account, needs_sign_in=True, is_current=is_current)
        usable = tokens.usable_at(SYSTEM_CLOCK.now())
        return AccountDetails(
            account,
            scopes=tokens.scopes,
            refreshed_at=tokens.issued_at,
            expires_at=tokens.expires_at,
            can_renew=tokens.refresh_token is not None,
            needs_sign_in=not usable and tokens.refresh_token is None,
            is_current=is_current,
        )

    def _leaving(self):  # noqa: ANN202 (what it is made of is loaded when somebody leaves)
        from pywry_auth.desktop.leaving import Leaving

        self._is_used = True
        return Leaving(
            offers=self.offers,
            seats=self.seats,
            index=self.index,
            store=self.store,
            places=self.places,
            board=self.board,
            entering=self.entering,
            resuming=self.resuming,
            pictures=self.pictures,
        )

    def _refused(self, error: AuthError) -> None:
        # A sign-in has put up its own error; what else was begun has nobody else to say it.
        if self.board.status.trouble is None and not isinstance(error, AuthFlowCancelled):
            self.entering.failed(error, before=self.board.status, provider="")

    def _ask(self, key: str) -> None:
        with self.turn.taken_if_free() as is_mine:
            lost = [each for each in self.resuming.accounts() if each.key == key and is_mine]
            for account in lost:  # nobody where a person is being asked for something already
                self.entering.ask_when_needed(account)
