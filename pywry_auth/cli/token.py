"""``pywry-auth token``: a fresh access token on standard output."""

import time

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, select_account, select_provider, token_store
from pywry_auth.errors import CredentialMissingError
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.renewal import BUFFER, is_due
from pywry_auth.tokens import OAuthTokenSet


BOUND = (
    "this token is bound to a key that stays in the keyring (DPoP), "
    "so whoever shows it without a proof made with that key is refused"
)


def token(args: Arguments, output: Output) -> int:
    """Print an access token with some life left."""
    selected, account, tokens = chosen_tokens(args, output)
    facts = {
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "expires_at": tokens.expires_at,
        "scopes": list(tokens.scopes),
        "provider": selected.name,
        "account": account.subject,
        "label": account.label,
    }
    output.data(facts, tokens.access_token)
    if is_bound(tokens):
        output.note(f"note: {BOUND}")
    return 0


def chosen_tokens(args: Arguments, output: Output) -> tuple[Selected, Account, OAuthTokenSet]:
    """
    Give tokens with some life left, of the account that is meant.

    Raises:
        CredentialMissingError: nobody is signed in there.
        TokenError: they ended, and could not be renewed.
    """
    selected = select_provider(args, output)
    account = select_account(selected, args.account)
    return selected, account, fresh_tokens(selected, account, output)


def fresh_tokens(selected: Selected, account: Account, output: Output) -> OAuthTokenSet:
    """
    Give tokens that are not about to end, renewed only if need be.

    Raises:
        CredentialMissingError: nothing is stored, or it was got elsewhere.
        TokenError: they ended, and could not be renewed.
    """
    stored = token_store(output).slot(account.key).load()
    if stored is None:
        raise CredentialMissingError(
            f"nothing is stored for {account.display_name} at {selected.name}",
            provider=selected.name,
        )
    # What speaks to a network is loaded only where it is needed.
    if not selected.may_use(stored):
        from pywry_auth.cli.engine import of_another_provider

        raise of_another_provider(selected)
    if not is_due(stored, now=time.time(), buffer=BUFFER):
        return stored
    from pywry_auth.cli.renewing import renewed

    return renewed(selected, account, stored, output)
