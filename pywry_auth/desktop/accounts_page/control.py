"""What pages about accounts need of the object an application holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pywry_auth.account_index import Account
from pywry_auth.desktop.panic import AccountEnd, PanicReport
from pywry_auth.desktop.values import AccountDetails, SignInControl
from pywry_auth.window.base import SignInWindow


class AccountsControl(SignInControl, Protocol):
    """
    A sign-in control that also says what it knows of each account, and ends them all.

    What blocks here is called on threads of the page's own.
    """

    @property
    def store_identity(self) -> str:
        """Names the store with its place, as ``TokenStore.identity``."""
        ...

    def details(self) -> list[AccountDetails]:
        """
        Say what is known of each account, the current one first; reads the store.

        Raises:
            StoreError: it cannot be read.
        """
        ...

    def picture(self, account: Account) -> Path | None:
        """Give where the picture of *account* lies; asks nobody."""
        ...

    def add(self, provider: str | None = None, *, window: SignInWindow | None = None) -> Account:
        """
        Sign another account in, while the calling thread waits; ``cancel`` ends it.

        Raises:
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            AuthError: it did not succeed.
        """
        ...

    def switch(self, account: Account, *, window: SignInWindow | None = None) -> Account:
        """
        Make *account* the current one; shows *window* only where it must sign in again.

        Raises:
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            AuthError: it did not succeed.
        """
        ...

    def sign_out(self, account: Account | None = None) -> None:
        """
        Sign *account* out, while the calling thread waits.

        Raises:
            StoreError: what is stored could not be deleted.
        """
        ...

    def panic(self, on_end: Callable[[AccountEnd], None] | None = None) -> PanicReport:
        """
        End everything of this application, while the calling thread waits.

        Args:
            on_end: told on any thread about each account as soon as its end is known.
        """
        ...
