"""Somebody who is signed in at an identity provider for tests."""

from dataclasses import dataclass, field

from pywry_auth.clock import Clock
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.session.events import SessionEvent
from pywry_auth.session.manager import SessionManager
from pywry_auth.testing.agent import HeadlessAgent
from pywry_auth.testing.identity_provider import IdentityProvider
from pywry_auth.testing.virtual_loop import run_in
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet


@dataclass(frozen=True, slots=True)
class SignedIn:
    """
    A person who is signed in, with all that belongs to it.

    Attributes:
        session: renews the tokens; its methods are async.
        provider: where it renews them.
        store: where it keeps them, under ``default``.
        agent: the browser the person signed in with.
        clock: what all of them go by.
        events: what happened to the session, in order.
    """

    session: SessionManager
    provider: OAuthProvider
    store: TokenStore
    agent: HeadlessAgent
    clock: Clock
    events: list[SessionEvent] = field(default_factory=list[SessionEvent])

    def access_token(self) -> str:
        """Give a usable access token, renewed first if need be; raises as the session does."""
        return run_in(self.clock, self.session.get_access_token())

    def renew(self) -> OAuthTokenSet:
        """Renew now; raises as the session does."""
        return run_in(self.clock, self.session.refresh())

    def close(self) -> None:
        """Sign out here, and close every connection."""
        run_in(self.clock, self.session.logout(revoke=False))
        run_in(self.clock, self.provider.close())
        self.agent.join()


def sign_in(
    identity_provider: IdentityProvider,
    *,
    provider: OAuthProvider | None = None,
    agent: HeadlessAgent | None = None,
    store: TokenStore | None = None,
) -> SignedIn:
    """
    Sign in for real: redirect, code, PKCE, ID token, userinfo; only window and person are not.

    Args:
        identity_provider: where.
        provider: as which client; a ``GenericOIDCProvider`` with the registered one when None.
        agent: with which browser; a fresh one when None.
        store: keeps the tokens; in memory when None.

    Raises:
        AuthenticationError: the sign-in failed; see its subclasses for why.
    """
    clock = identity_provider.clock
    client = provider or GenericOIDCProvider(
        identity_provider.client_id,
        identity_provider.client_secret,
        identity_provider.issuer_url,
        clock=clock,
    )
    kept = store or MemoryTokenStore()
    events: list[SessionEvent] = []
    session = SessionManager(client, kept, clock=clock, on_event=events.append)
    browser = agent or HeadlessAgent()
    AuthFlowManager(client, session_manager=session).run_native(
        browser.show_window, browser.close_window
    )
    browser.join()
    return SignedIn(session, client, kept, browser, clock, events)
