"""What a first-run wizard needs of the object an application holds."""

from concurrent.futures import Future
from typing import Protocol

from pywry_auth.account_index import Account
from pywry_auth.desktop.values import ProviderChoice, SignInControl
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.window.base import SignInWindow


class WizardControl(SignInControl, Protocol):
    """A sign-in control that can also sign in within a window which is there already."""

    @property
    def app_id(self) -> str:
        """The word that the application's own data lie under."""
        ...

    def sign_in_within(
        self, window: SignInWindow, provider: str, *, another: bool = False
    ) -> Future[Account]:
        """
        Begin to sign in, and return at once.

        ``status`` tells how it goes on, ``cancel`` ends it. A provider that allows no embedded
        page is shown in the browser, whatever *window* is.

        Args:
            window: shows the provider's page.
            provider: name of one of ``providers``.
            another: ask which account, and keep the one that is signed in beside it.

        Returns:
            Who signed in. Its error is the ``AuthError`` of the sign-in; ``AuthFlowCancelled``
            after ``cancel``, or when the person closed the window.
        """
        ...

    def add_provider(self, choice: ProviderChoice, provider: OAuthProvider) -> None:
        """Let people sign in at *provider* from now on; one of the same name is replaced."""
        ...
