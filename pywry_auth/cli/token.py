"""``pywry-auth token``: a fresh access token on standard output."""

import time

from pywry_auth.account_index import Account
from pywry_auth.cli.advice import OTHER_STORE
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.grants.grant_plan import account_for, plan_of, renews_alone
from pywry_auth.cli.grants.typed_settings import is_storable_nowhere, once, require_granted
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, login_line, select_provider, token_store
from pywry_auth.errors import CredentialMissingError, StoreError
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.renewal import BUFFER, is_due
from pywry_auth.tokens import OAuthTokenSet


NO_STORE = "add --no-store: the token is asked for anew each time, and kept nowhere"
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
    alone = once(selected, args)
    if alone is not None:
        from pywry_auth.cli.grants.granted import granted_once

        return selected, alone.account, granted_once(selected, alone.plan)
    account = account_for(selected, args.account)
    try:
        tokens = fresh_tokens(selected, account, output)
    except StoreError as exc:
        _advise_no_store(selected, exc)
        raise
    require_granted(selected, tokens)
    return selected, account, tokens


def fresh_tokens(selected: Selected, account: Account, output: Output) -> OAuthTokenSet:
    """
    Give tokens that are not about to end, renewed only if need be.

    Args:
        selected: the provider.
        account: whose.
        output: told of what a person should know.

    Raises:
        CredentialMissingError: nothing is stored, or it was got elsewhere.
        TokenError: they ended, and could not be renewed.
    """
    plan = plan_of(selected)
    stored = token_store(output).slot(account.key).load()
    if stored is not None and _is_good(stored, selected):
        return stored
    # What speaks to a network is loaded only where it is needed.
    if plan is not None and (stored or renews_alone(selected, account, at_first=True)):
        from pywry_auth.cli.grants.granted import granted

        return granted(selected, plan, account, stored, output)
    if stored is None:
        raise CredentialMissingError(
            f"nothing is stored for {account.display_name} at {selected.name}",
            provider=selected.name,
            hint=f"run {login_line(selected)}",
        )
    from pywry_auth.cli.renewing import renewed

    return renewed(selected, account, stored, output)


def _advise_no_store(selected: Selected, error: StoreError) -> None:
    """
    Let *error* name the way around a keyring, where there is one.

    Raises:
        ConfigError: the settings are wrong too, which is the first thing to mend.
    """
    plan = plan_of(selected)
    if plan is not None and is_storable_nowhere(plan):
        from pywry_auth.cli.grants.granted import found_wrong

        found_wrong(selected, plan)
        error.hint = f"{error.hint.replace(OTHER_STORE, '')}; or {NO_STORE}".removeprefix("; or ")


def _is_good(stored: OAuthTokenSet, selected: Selected) -> bool:
    """
    Say whether *stored* can be handed out as it is.

    Raises:
        CredentialMissingError: it was got elsewhere.
    """
    if not selected.may_use(stored):
        from pywry_auth.cli.engine import of_another_provider

        raise of_another_provider(selected)
    return not is_due(stored, now=time.time(), buffer=BUFFER)
