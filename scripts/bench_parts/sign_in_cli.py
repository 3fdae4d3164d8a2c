"""Leaves a keyring, an account list and a configuration as ``pywry-auth login`` does."""

import time
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.cli.config import config_path
from pywry_auth.cli.selection import SERVICE, account_index
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


ISSUER = "https://id.example.com"

account = Account("work", "248289761001", "alice@example.com", time.time())
tokens = OAuthTokenSet(
    "the-access-token",
    refresh_token="the-refresh-token",
    expires_in=3600,
    scope="openid email profile",
    origin=TokenOrigin(ISSUER, "desktop", account.subject),
)
KeyringTokenStore(SERVICE).slot(account.key).save(tokens)
account_index().remember(account)
Path(config_path(None)).write_text(
    f'default = "work"\n[providers.work]\nissuer_url = "{ISSUER}"\nclient_id = "desktop"\n'
)
