"""Signs a person in, while the application's button follows."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

from pywry_auth import flow as flows
from pywry_auth import session as sessions
from pywry_auth import ui
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.board import Board
from pywry_auth.desktop.manner import Manner
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.offers import Offers
from pywry_auth.desktop.seats import Seats
from pywry_auth.desktop.shown import Shown
from pywry_auth.desktop.values import AuthState, AuthStatus, DesktopEventName
from pywry_auth.errors import AuthError, AuthFlowCancelled
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.focus import Focus


class Entering:
    """
    Everything that brings somebody in.

    Args:
        offers: where one can sign in.
        seats: where the sessions are.
        index: where it is noted who signed in.
        store: where the tokens go.
        places: where windows keep their browsing data.
        board: where it is put up how it goes.
        manner: how it is done.
        texts: in which language errors are explained.
    """

    def __init__(  # each is a part of its own, all by keyword
        self,
        *,
        offers: Offers,
        seats: Seats,
        index: AccountIndex,
        store: TokenStore,
        places: Places,
        board: Board,
        manner: Manner,
        texts: "Callable[[], ui.Texts]",
    ) -> None:
        self._offers = offers
        self._seats = seats
        self._index = index
        self._store = store
        self._places = places
        self._board = board
        self._manner = manner
        self._texts = texts
        self._lock = threading.Lock()
        self._flows: list[flows.AuthFlowManager] = []
        self._shown: Shown | None = None
        self._before: AuthStatus | None = None
        self._is_cancelled = False

    def open(self, provider: str) -> None:
        """Put up that a sign-in at *provider* begins; ``attempt`` then knows what was before."""
        status = self._board.status
        with self._lock:
            self._before = status
            self._is_cancelled = False
        self._board.put(
            replace(
                status,
                state=AuthState.OPENING,
                provider=provider,
                window=None,
                trouble=None,
                notice="",
            )
        )

    @contextmanager
    def attempt(self, provider: str) -> Generator[None]:
        """Put up how what happens inside ends, where that is no success."""
        try:
            if self._before is None:
                self.open(provider)
            yield
        except AuthFlowCancelled:
            self.settle()
            raise
        except AuthError as exc:
            before = self._before or self._board.status
            self.failed(exc, before=self._board.still_true(before), provider=provider)
            raise
        except BaseException:
            self.settle()
            raise
        finally:
            self._before = None

    def fall_back_to(self, status: AuthStatus) -> None:
        """Note what is true if nothing comes of the attempt."""
        self._before = status

    def enter(
        self, provider: str, options: "flows.SignInOptions", *, window: SignInWindow | None
    ) -> Account:
        """
        Let a person sign in, in a window.

        Args:
            provider: the name of where.
            options: what is asked for besides.
            window: shown instead of the one the application chose.

        Raises:
            AuthenticationError: it did not succeed; see its subclasses for why.
        """
        account = self._entered(provider, options, window)
        self._board.signed_in(account)
        self._board.tell(DesktopEventName.SIGNED_IN, account)
        return account

    def quietly(self, account: Account, within: float) -> bool:
        """
        Sign *account* in again where the provider still knows them, and show nothing.

        Raises:
            AuthenticationError: somebody cancelled it, or a setting is wrong.
            StoreError: what is stored cannot be read.
        """
        flow = self._flow_for(account)
        with self._under_way(flow):
            return flow.run_silent(within) is not None

    def ask_when_needed(self, account: Account) -> None:
        """
        Sign *account* in again because a program needs it; of several programs one asks.

        Raises:
            AuthError: it did not succeed.
        """
        flow = self._flow_for(account)
        with self._under_way(flow):
            result = flow.run_when_needed()
        if result is not None:
            current = self._board.status.account
            if current is None or current.key == account.key:
                self._board.signed_in(account)
            self._board.tell(DesktopEventName.SIGNED_IN, account)

    def leave_everywhere(self, session: "sessions.SessionManager", account: Account) -> None:
        """
        Sign *account* out here, then on the provider's own page.

        Raises:
            StoreError: the stored tokens could not be deleted.
        """
        from pywry_auth.flow.logout import LogoutFlow

        LogoutFlow(
            session,
            window=self._manner.window,
            profile=self._places.profile(account.provider),
            callback=self._manner.callback,
            on_notice=self._board.noticed,
            voice=self._manner.voice(self._texts()),
        ).run(logout_hint=account.label or None)

    def forget_browsing(self, provider: str) -> None:
        """Let the windows of *provider* begin with nobody, as nobody is left."""
        from pywry_auth.flow.windows import forget_browsing_data

        forget_browsing_data(self._manner.window, profile=self._places.profile(provider))

    def _flow_for(self, account: Account) -> "flows.AuthFlowManager":
        from pywry_auth.flow.manager import AuthFlowManager

        return AuthFlowManager(
            self._offers.get(account.provider),
            session_manager=self._seats.of(account),
            auth_timeout=self._manner.auth_timeout,
            window=self._manner.window,
            callback=self._manner.callback,
            profile=self._places.profile(account.provider),
            on_notice=self._board.noticed,
            voice=self._manner.voice(self._texts()),
        )

    def failed(self, error: AuthError, *, before: AuthStatus, provider: str) -> None:
        """Put up what went wrong; whoever was signed in still is."""
        from pywry_auth.desktop.checking import explained

        issuer = self._offers.issuer_of(provider)
        trouble = explained(error, texts=self._texts(), issuer=issuer)
        is_in = before.state in {AuthState.SIGNED_IN, AuthState.OFFLINE}
        state = before.state if is_in else AuthState.ERROR
        self._board.put(replace(before, state=state, provider=provider, trouble=trouble, notice=""))

    def cancel(self) -> None:
        """End the sign-in under way."""
        with self._lock:
            under_way = list(self._flows)
            self._is_cancelled = self._before is not None
        for flow in under_way:
            flow.cancel()

    def again(self) -> None:
        """Show the page of the sign-in under way once more."""
        with self._lock:
            shown = self._shown
        if shown is not None:
            shown.again()

    @contextmanager
    def _under_way(
        self, flow: "flows.AuthFlowManager", shown: Shown | None = None
    ) -> Generator[None]:
        with self._lock:
            self._flows.append(flow)
            self._shown = shown or self._shown
            is_cancelled = self._is_cancelled
        if is_cancelled:  # before there was anything that could have been told so
            flow.cancel()
        try:
            yield
        finally:
            with self._lock:
                self._flows.remove(flow)
                self._shown = None if self._shown is shown else self._shown

    def settle(self) -> None:
        """Put up what was there before the attempt, which came to nothing."""
        before, self._before = self._before, None
        if before is not None:
            self._board.put(replace(self._board.still_true(before), trouble=None, notice=""))

    def _entered(
        self, name: str, options: "flows.SignInOptions", window: SignInWindow | None
    ) -> Account:
        from pywry_auth.desktop.checking import require_possible
        from pywry_auth.desktop.reception import Reception
        from pywry_auth.flow.manager import AuthFlowManager

        provider = self._offers.get(name)
        texts = self._texts()
        require_possible(provider, self._store, manner=self._manner, window=window, texts=texts)
        current = self._board.status.account
        session = None
        if options.is_step_up and current is not None and current.provider == name:
            session = self._seats.of(current)  # more for whoever is signed in, and nobody else
        shown = Shown(
            window or self._window(provider, name), self._waiting, language=texts.language
        )
        flow = AuthFlowManager(
            provider,
            token_store=Reception(name, seats=self._seats, index=self._index, store=self._store),
            session_manager=session,
            auth_timeout=self._manner.auth_timeout,
            window=shown,
            callback=self._manner.callback,
            on_notice=self._board.noticed,
            voice=self._manner.voice(self._texts()),
        )
        focus = Focus(self._manner.host)
        focus.remember()
        try:
            with self._under_way(flow, shown):
                result = flow.run_native(options=options)
        finally:
            focus.bring_back()  # also to say why it was no success
        return self._remembered(name, provider, result)

    def _window(self, provider: OAuthProvider, name: str) -> SignInWindow:
        from pywry_auth.flow.windows import best_window

        return best_window(
            self._manner.window,
            provider,
            self._manner.window_config,
            on_notice=self._board.noticed,
            profile=self._places.profile(name),
        )

    def _waiting(self, kind: WindowKind) -> None:
        self._board.edit(lambda now: replace(now, state=AuthState.WAITING, window=kind))

    def _remembered(
        self, name: str, provider: OAuthProvider, result: "flows.AuthFlowResult"
    ) -> Account:
        from pywry_auth.desktop.reception import account_in

        account = account_in(name, provider, result)
        self._index.remember(account)
        return account
