"""Takes up what an earlier run of the application left, without asking anybody."""

import logging
from collections.abc import Callable

from pywry_auth import ui
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.clock import Clock
from pywry_auth.desktop.offers import Offers
from pywry_auth.desktop.seats import Seats
from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.desktop.waker import Waker
from pywry_auth.errors import AuthError
from pywry_auth.protocol.renewal import alarm_delay, is_due
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

BUFFER = 60.0  # seconds of life below which tokens are renewed rather than taken as they are


class Resuming:
    """
    Finds the account that was used last, with tokens that are good for something.

    Args:
        offers: where one can sign in; accounts of other providers are left alone.
        seats: where the sessions are.
        index: who has signed in.
        texts: gives the language to explain things in.
        clock: tells the time.
        quietly: asks the provider without showing anything.
    """

    def __init__(  # each is a part of its own, all by keyword
        self,
        *,
        offers: Offers,
        seats: Seats,
        index: AccountIndex,
        texts: "Callable[[], ui.Texts]",
        clock: Clock,
        quietly: Callable[[Account, float], bool],
    ) -> None:
        self._offers = offers
        self._seats = seats
        self._index = index
        self._texts = texts
        self._clock = clock
        self._quietly = quietly
        self._waker = Waker(clock)

    def accounts(self) -> list[Account]:
        """
        Give the accounts of the providers on offer, the one last used first.

        Raises:
            StoreError: the list cannot be read.
        """
        return [each for each in self._index.accounts() if each.provider in self._offers]

    def resume_last(self, account: Account | None, within: float) -> AuthStatus:
        """
        Take up *account*, or where it has left the list the one used last.

        Args:
            account: which one, or None for the one used last.
            within: as for ``resume``.

        Raises:
            StoreError: what is stored cannot be read.
        """
        found = self._listed(account) or next(iter(self.accounts()), None)
        return AuthStatus() if found is None else self.resume(found, within)

    def resume(self, account: Account, within: float) -> AuthStatus:
        """
        Take up *account*, and nobody else; gives what there is to show.

        An account that has left the list, in whichever process that happened, is signed out.

        Args:
            account: which one.
            within: seconds the provider has where it is asked without a window; 0 asks it not.

        Returns:
            The status; nobody is in it where the account has left the list.

        Raises:
            StoreError: what is stored cannot be read.
        """
        found = self._listed(account)
        if found is None:
            return AuthStatus()
        session = self._seats.taken(found.key)
        tokens = self._seats.stored(found) if session is None else session.tokens
        if tokens is not None and self._is_good(tokens):
            self._taken_up(found, tokens)
            return AuthStatus(AuthState.SIGNED_IN, found)
        return self._renewed(found, within)

    def _listed(self, account: Account | None) -> Account | None:
        return next((one for one in self.accounts() if account and one.key == account.key), None)

    def sleep(self) -> None:
        """Wake up for nothing any more."""
        self._waker.stop()

    def close(self) -> None:
        """Wake up for nothing, whoever is still being taken up."""
        self._waker.close()

    def _is_good(self, tokens: OAuthTokenSet) -> bool:
        return not is_due(tokens, now=self._clock.now(), buffer=BUFFER)

    def _taken_up(self, account: Account, tokens: OAuthTokenSet) -> None:
        delay = alarm_delay(tokens, now=self._clock.now(), buffer=BUFFER)
        if delay is not None and self._seats.taken(account.key) is None:
            # A session brings half of the library along, which a program that has just begun can
            # do without until the tokens are used, or about to end.
            self._waker.set(self._clock.now() + delay, lambda: self._begin_session(account))

    def _begin_session(self, account: Account) -> None:
        from pywry_auth.runtime import LOOP

        try:
            LOOP.run(self._seats.of(account).initialize())
        except AuthError as exc:  # the next who needs a token learns it, and tries again
            logger.warning("desktop.not_renewed", extra={"reason": exc.code})

    def _renewed(self, account: Account, within: float) -> AuthStatus:
        from pywry_auth.runtime import LOOP

        session = self._seats.of(account)
        tokens = LOOP.run(session.initialize())
        if tokens is None and within > 0 and self._quietly(account, within):
            tokens = session.tokens
        if tokens is None:
            self._seats.leave(account)
            return AuthStatus(AuthState.SIGNED_OUT, account, needs_sign_in=True)
        if tokens.usable_at(self._clock.now()):
            return AuthStatus(AuthState.SIGNED_IN, account)
        from pywry_auth.desktop.unreachable import unreachable

        trouble = unreachable(account.provider, self._texts())
        return AuthStatus(AuthState.OFFLINE, account, trouble=trouble)
