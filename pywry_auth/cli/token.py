"""``pywry-auth token``: a fresh access token on standard output."""

import time

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, select_account, select_provider, token_store
from pywry_auth.errors import CredentialMissingError
from pywry_auth.protocol.renewal import is_due
from pywry_auth.tokens import OAuthTokenSet


BUFFER = 60.0  # seconds; a script that starts now should not fail in the middle


def token(args: Arguments, output: Output) -> int:
    """Print an access token with some life left."""
    selected = select_provider(args)
    account = select_account(selected, args.account)
    tokens = fresh_tokens(selected, account)
    facts = {
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "expires_at": tokens.expires_at,
        "scope": tokens.scope,
        "provider": selected.name,
        "account": account.subject,
    }
    output.data(facts, tokens.access_token)
    return 0


def fresh_tokens(selected: Selected, account: Account) -> OAuthTokenSet:
    """
    Give tokens that are not about to end, renewed only if need be.

    Raises:
        CredentialMissingError: nothing is stored.
        TokenError: they ended, and could not be renewed.
    """
    stored = token_store().slot(account.key).load()
    if stored is None:
        raise CredentialMissingError(
            f"nothing is stored for {account.display_name} at {selected.name}",
            provider=selected.name,
            hint=f"run pywry-auth login {selected.name}",
        )
    if not is_due(stored, now=time.time(), buffer=BUFFER):
        return stored
    return _renewed(selected, account)


def _renewed(selected: Selected, account: Account) -> OAuthTokenSet:
    # Everything that speaks to a network is loaded only here.
    from pywry_auth.cli.engine import open_session
    from pywry_auth.errors import ReauthRequiredError, TokenExpiredError
    from pywry_auth.runtime import LOOP

    session = open_session(selected, account)
    try:
        LOOP.run(session.get_access_token())
        tokens = LOOP.run(session.initialize())
    except (ReauthRequiredError, TokenExpiredError) as exc:
        exc.hint = f"run pywry-auth login {selected.name}"
        raise
    if tokens is None:
        raise TokenExpiredError(
            "the session has ended", selected.name, hint=f"run pywry-auth login {selected.name}"
        )
    return tokens
