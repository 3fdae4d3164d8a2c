"""A sign-in for wizards that nobody performs: it ends when, and as, the test says."""

import threading

from pywry_auth.account_index import Account
from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.errors import AuthFlowCancelled
from pywry_auth.window.base import WindowKind
from tests.fakes.desktop import ADA, GITHUB, GOOGLE, FakeSignIn


LIMIT = 10.0  # seconds; only a broken wizard comes near it


class FakeControl(FakeSignIn):
    """
    Satisfies ``WizardControl``.

    Attributes:
        begun: a provider's name for each sign-in; ``+`` before it where it was for another account.
        windows: what each was shown in.
    """

    def __init__(self, providers=(GOOGLE, GITHUB), accounts=(), **options):
        super().__init__(providers, accounts, **options)
        self.app_id = "acme-notes"
        self.begun = []
        self.windows = []
        self.added = []
        self.instantly = None  # an account, or an error, that every sign-in ends with at once
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._result = None

    def sign_in(self, provider=None, *, options=None, window=None) -> Account:
        assert options is None
        return self._enter(provider, window)

    def add(self, provider=None, *, window=None) -> Account:
        return self._enter(f"+{provider}", window)

    def add_provider(self, name, provider):
        from pywry_auth.desktop.values import ProviderChoice

        self.added.append((name, provider))
        self.providers = (*self.providers, ProviderChoice(name, name, scopes=("openid",)))

    def cancel(self):
        super().cancel()
        self.end(AuthFlowCancelled("cancelled"))

    # what the test says

    def end(self, result):
        """Let the sign-in under way end with an account, or an error."""
        if not self._over.is_set():
            self._result = result
            self._over.set()

    def waiting(self, kind=WindowKind.WEBVIEW):
        """Let the provider's page be open."""
        self.show(AuthStatus(AuthState.WAITING, provider="google", window=kind))

    def _enter(self, name, window):
        assert self._turn.acquire(blocking=False), "two sign-ins at once"
        try:
            self._over.clear()
            self._result = None
            self.begun.append(name)
            self.windows.append(window)
            self.show(AuthStatus(AuthState.OPENING, provider=name))
            if self.instantly is not None:
                self.end(self.instantly)
            assert self._over.wait(LIMIT), "the sign-in was never ended"
            self.show(AuthStatus())
        finally:
            self._turn.release()
        if isinstance(self._result, Account):
            return self._result
        raise self._result


__all__ = ["ADA", "FakeControl"]
