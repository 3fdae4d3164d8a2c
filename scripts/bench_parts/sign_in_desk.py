"""
Leaves a keyring, or a file, with a list of accounts, as an application's ``DesktopAuth`` does.

Given an issuer it signs in there, and leaves tokens so short-lived that each start renews them.
"""

import sys
import time

from pywry_auth import DesktopAuth, GenericOIDCProvider, JsonFileTokenStore
from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.naming import Places
from pywry_auth.testing import HeadlessAgent
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from pywry_auth.window.callables import CallableWindow


def leave(app_id: str, make_store: "type[TokenStore]", place: str) -> None:
    account = Account("oidc", "248289761001", "alice@example.com", time.time(), "Alice Example")
    tokens = OAuthTokenSet(
        "the-access-token",
        refresh_token="the-refresh-token",
        expires_in=3600,
        scope="openid email profile",
        origin=TokenOrigin("https://id.example.com", "desktop", account.subject),
    )
    make_store(place).slot(account.key).save(tokens)
    AccountIndex(Places(app_id).accounts).remember(account)


def sign_in(app_id: str, issuer: str) -> None:
    agent = HeadlessAgent()
    window = CallableWindow(agent.show_window, agent.close_window)
    provider = GenericOIDCProvider("rp-client", issuer_url=issuer)
    with DesktopAuth("Acme Mail", provider, app_id=app_id) as auth:
        auth.sign_in(window=window)
    agent.join()


leave("acme-notes", KeyringTokenStore, Places("acme-notes").service_name)
file = Places("acme-files").folder / "tokens.json"
leave("acme-files", JsonFileTokenStore, str(file))
sign_in("acme-mail", sys.argv[1])
