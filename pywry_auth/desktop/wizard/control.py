"""What a first-run wizard needs of the object an application holds."""

from typing import Protocol

from pywry_auth.account_index import Account
from pywry_auth.desktop.values import SignInControl
from pywry_auth.flow.values import SignInOptions
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.window.base import SignInWindow


class WizardControl(SignInControl, Protocol):
    """A sign-in control that can also sign in within a window which is there already."""

    @property
    def app_id(self) -> str:
        """What names the application's own folder."""
        ...

    def sign_in(
        self,
        provider: str | None = None,
        *,
        options: SignInOptions | None = None,
        window: SignInWindow | None = None,
    ) -> Account:
        """
        Sign in, while the calling thread waits; ``cancel`` ends it.

        Raises:
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            AuthError: it did not succeed.
        """
        ...

    def add(self, provider: str | None = None, *, window: SignInWindow | None = None) -> Account:
        """
        Sign another account in beside those that are, while the calling thread waits.

        Raises:
            AuthError: as ``sign_in``.
        """
        ...

    def add_provider(self, name: str, provider: OAuthProvider) -> None:
        """Let people sign in at *provider* too."""
        ...
