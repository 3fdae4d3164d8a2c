"""A sign-in nobody performs: its status is what the test says, and it remembers what was asked."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Action, Advice
from pywry_auth.desktop.values import AuthState, AuthStatus, ProviderChoice
from pywry_auth.errors import StoreError
from pywry_auth.flow.values import SignInOptions
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import WindowKind


GOOGLE = ProviderChoice("google", "Google", "google", ("openid", "email"))
GITHUB = ProviderChoice("github", "GitHub", "github", ("read:user",))
MICROSOFT = ProviderChoice("microsoft", "Microsoft", "microsoft", ("openid",))
ACME = ProviderChoice("acme", "Acme Identity", "", ("openid",))

ADA = Account("google", "1", "ada@example.test", 1_700_000_000.0, "Ada Lovelace")
BOB = Account("google", "2", "bob@example.test", 1_600_000_000.0, "Bob")
NAMELESS = Account("acme", "0f3c", "", 1_500_000_000.0)

NO_NETWORK = Advice(
    "offline", "The network cannot be reached. You stay signed in.", action=Action.WAIT
)
REFUSED = Advice(
    "access_denied", "Google did not let you in. Ask who runs it.", action=Action.RETRY
)


class FakeSignIn:
    """
    Satisfies ``SignInControl``.

    Args:
        providers: where one can sign in.
        accounts: who is remembered; the first is the current one once ``signed_in``.

    Attributes:
        asked: every verb that was called, with what it was given, in order.
        broken: ``accounts`` raises StoreError.
    """

    def __init__(
        self,
        providers: Sequence[ProviderChoice] = (GOOGLE,),
        accounts: Sequence[Account] = (),
        *,
        texts: Texts = ENGLISH,
        app_name: str = "Acme Notes",
    ) -> None:
        self.app_name = app_name
        self.texts = texts
        self.providers = tuple(providers)
        self.asked: list[tuple[str, object]] = []
        self.broken = False
        self._accounts = list(accounts)
        self._status = AuthStatus()
        self._watchers: dict[object, Callable[[AuthStatus], None]] = {}
        self._lock = threading.RLock()

    # what the widgets see

    @property
    def status(self) -> AuthStatus:
        return self._status

    def watch(self, on_status: Callable[[AuthStatus], None]) -> Callable[[], None]:
        ticket = object()
        with self._lock:
            self._watchers[ticket] = on_status
            on_status(self._status)
        return lambda: self._forget(ticket)

    def _forget(self, ticket: object) -> None:
        with self._lock:
            self._watchers.pop(ticket, None)

    def accounts(self) -> list[Account]:
        if self.broken:
            raise StoreError("the list of accounts cannot be read")
        return list(self._accounts)

    # what the widgets ask for

    def begin_sign_in(
        self, provider: str | None = None, *, options: SignInOptions | None = None
    ) -> None:
        self.asked.append(("sign_in", provider if options is None else (provider, options)))
        self._begin(provider)

    def begin_add(self, provider: str | None = None) -> None:
        self.asked.append(("add", provider))
        self._begin(provider)

    def begin_switch(self, account: Account) -> None:
        self.asked.append(("switch", account.key))
        self.signed_in(account)

    def begin_sign_out(self, account: Account | None = None) -> None:
        self.asked.append(("sign_out", account.key if account else None))
        leaver = account or self._status.account
        self._accounts = [each for each in self._accounts if leaver and each.key != leaver.key]
        if leaver == self._status.account:
            self.show(AuthStatus())

    def cancel(self) -> None:
        self.asked.append(("cancel", None))
        if self._status.state in {AuthState.OPENING, AuthState.WAITING}:
            account = self._status.account
            state = AuthState.SIGNED_IN if account else AuthState.SIGNED_OUT
            self.show(AuthStatus(state, account))

    def open_again(self) -> None:
        self.asked.append(("open_again", None))

    # what the test does

    def show(self, status: AuthStatus) -> None:
        """Take *status*, and tell everybody who watches."""
        with self._lock:
            self._status = status
            for on_status in list(self._watchers.values()):
                on_status(status)

    def waiting(self, window: WindowKind = WindowKind.WEBVIEW) -> None:
        """The person is at the provider's page."""
        self.show(replace(self._status, state=AuthState.WAITING, window=window))

    def signed_in(self, account: Account = ADA) -> None:
        """The sign-in succeeded."""
        self._accounts = [account, *(a for a in self._accounts if a.key != account.key)]
        self.show(AuthStatus(AuthState.SIGNED_IN, account, account.provider))

    def failed(self, trouble: Advice = REFUSED) -> None:
        """The sign-in did not succeed."""
        self.show(replace(self._status, state=AuthState.ERROR, window=None, trouble=trouble))

    def offline(self, trouble: Advice = NO_NETWORK) -> None:
        """Nobody can be reached."""
        self.show(replace(self._status, state=AuthState.OFFLINE, trouble=trouble))

    @property
    def watched(self) -> int:
        """How many watch."""
        return len(self._watchers)

    def _begin(self, provider: str | None) -> None:
        name = provider or self.providers[0].name
        self.show(AuthStatus(AuthState.OPENING, self._status.account, name))
