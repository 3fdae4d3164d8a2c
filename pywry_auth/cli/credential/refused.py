"""Tokens that somebody refused, though their time is not over."""

from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.cli.grants.grant_plan import renews_alone
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, token_store
from pywry_auth.lock import record_lock


def renew_next_time(
    selected: Selected, account: Account, refused: str | None, output: Output
) -> None:
    """
    Let the stored access token's life be over, so that whoever needs one next renews it.

    The sign-in stays. Nothing changes where *refused* is not the token that is stored (somebody
    renewed it meanwhile), or where nothing could renew it: another server may still take it.

    Args:
        selected: the provider.
        account: whose token.
        refused: the access token that was refused; None is the stored one.
        output: told where a person has to do something.
    """
    store = token_store(output)
    with record_lock(store.identity, account.key):
        slot = store.slot(account.key)
        tokens = slot.load()
        if tokens is None or (refused is not None and refused != tokens.access_token):
            return
        if tokens.refresh_valid() or renews_alone(selected, account):
            slot.save(replace(tokens, expires_in=0))
            return
    output.note(
        f"note: the token of {account.display_name} was refused, and nothing can renew it\n"
        f"hint: run pywry-auth login {selected.name}"
    )
