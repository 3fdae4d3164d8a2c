"""Accounts nobody is signed in to, for the pages that show them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fakes.desktop import ACME, ADA, BOB, GITHUB, GOOGLE, NAMELESS, FakeSignIn

from pywry_auth.account_index import Account
from pywry_auth.desktop.panic import AccountEnd, PanicReport, Remainder, Revocation
from pywry_auth.desktop.values import AccountDetails, AuthState, AuthStatus
from pywry_auth.errors import AuthError, StoreError
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import SignInWindow, WindowKind


YUKI = Account("github", "3", "yuki@example.test", 1_650_000_000.0, "山田 雪")
SAMIRA = Account("acme", "4", "samira@example.test", 1_660_000_000.0, "سميرة حداد")
EVERYBODY = (ADA, BOB, YUKI, SAMIRA, NAMELESS)

SCOPES: Mapping[str, tuple[str, ...]] = {
    "google": ("openid", "email", "https://www.googleapis.com/auth/calendar.readonly"),
    "github": ("read:user", "repo"),
    "acme": ("openid", "profile", "offline_access", "acme:notes.write"),
}
NOW = 1_790_000_000.0


class FakeAccounts(FakeSignIn):
    """
    Satisfies ``AccountsControl``.

    Attributes:
        pictures: what ``picture`` gives, by key.
        ends: how ``panic`` goes with each account, by key; revoked where nothing is said.
        left: what ``panic`` leaves.
        locked: ``details`` raises StoreError.
        error: what the next sign-in or sign-out raises.
        window: where the last sign-in was to be shown.
        hold: what blocks waits for this.
    """

    def __init__(self, accounts: Sequence[Account] = EVERYBODY, *, texts: Texts = ENGLISH) -> None:
        super().__init__((GOOGLE, GITHUB, ACME), accounts, texts=texts)
        self.store_identity = "keyring:acme-notes"
        self.app_id = "acme-notes"
        self.pictures: dict[str, Path] = {}
        self.ends: dict[str, AccountEnd] = {}
        self.left: tuple[Remainder, ...] = ()
        self.locked = False
        self.error: AuthError | None = None
        self.window: SignInWindow | None = None
        self.hold = threading.Event()
        self.hold.set()

    def details(self) -> list[AccountDetails]:
        if self.locked:
            raise StoreError("the keyring is locked")
        return [
            AccountDetails(
                account,
                scopes=SCOPES[account.provider],
                refreshed_at=NOW,
                expires_at=NOW + 3600,
                can_renew=True,
                needs_sign_in=account == YUKI,
                is_current=number == 0,
            )
            for number, account in enumerate(self.accounts())
        ]

    def picture(self, account: Account) -> Path | None:
        return self.pictures.get(account.key)

    def add(self, provider: str | None = None, *, window: SignInWindow | None = None) -> Account:
        self.asked.append(("add", provider))
        self.window = window
        self._held()
        new = Account(provider or "google", "99", "new@example.test", NOW, "Neo")
        self.signed_in(new)
        return new

    def switch(self, account: Account, *, window: SignInWindow | None = None) -> Account:
        self.asked.append(("switch", account.key))
        self.window = window
        self._held()
        self.signed_in(account)
        return account

    def sign_out(self, account: Account | None = None) -> None:
        self._held()
        self.begin_sign_out(account)

    def panic(self, on_end: Callable[[AccountEnd], None] | None = None) -> PanicReport:
        self.asked.append(("panic", None))
        ends = [
            self.ends.get(each.key, AccountEnd(each, Revocation.REVOKED)) for each in self._accounts
        ]
        for end in ends[:1]:
            (on_end or _unheard)(end)
        self._held()
        for end in ends[1:]:
            (on_end or _unheard)(end)
        self._accounts = []
        return PanicReport(tuple(ends), self.left)

    def cancel(self) -> None:
        super().cancel()
        self.error = _cancelled()
        self.hold.set()

    def at_the_provider(self, window: WindowKind) -> None:
        """A sign-in has come to the provider's page, in *window*."""
        self.show(replace(AuthStatus(AuthState.WAITING), window=window))

    def _held(self) -> None:
        assert self.hold.wait(30)
        error, self.error = self.error, None
        if error is not None:
            raise error


def _unheard(_end: AccountEnd) -> None:
    """Take no notice."""


def _cancelled() -> AuthError:
    from pywry_auth.errors import AuthFlowCancelled

    return AuthFlowCancelled("cancelled")
