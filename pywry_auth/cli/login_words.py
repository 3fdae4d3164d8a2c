"""What a sign-in says at its end, in whichever way it was made."""

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import ProvidersFile
from pywry_auth.cli.output import Output
from pywry_auth.cli.saving import NewTable
from pywry_auth.cli.selection import Selected, is_meant
from pywry_auth.tokens import OAuthTokenSet


def new_table(selected: Selected, args: Arguments) -> NewTable | None:
    """
    Prepare what ``--save`` writes; None where nothing is to be saved.

    Raises:
        ConfigError: the file is no TOML, or another provider has that name.
    """
    if not args.save:
        return None
    file = ProvidersFile(selected.path)
    may_change = args.named == args.save
    return NewTable(file, args.save, selected.settings, may_change=may_change)


def written(table: NewTable | None, output: Output) -> None:
    """
    Write it.

    Raises:
        ConfigError: it cannot be written.
    """
    if table is not None:
        table.write()
        output.note(f"wrote [providers.{table.name}] to {table.path}")


def tell(
    selected: Selected,
    account: Account,
    tokens: OAuthTokenSet,
    output: Output,
    *,
    window: str | None,
) -> int:
    """
    Say who is signed in.

    Args:
        selected: where.
        account: who.
        tokens: what came, or was there.
        output: where to say it.
        window: where the person signed in, in one word; None where they were already.
    """
    facts = {
        "provider": selected.name,
        "account": account.subject,
        "label": account.label,
        "expires_at": tokens.expires_at,
        "scopes": list(tokens.scopes),
        "has_refresh_token": tokens.refresh_token is not None,
        "store": "keyring",
        "window": window,
    }
    already = "already " if window is None else ""
    output.data(facts, f"{already}signed in as {account.display_name} at {selected.name}")
    return 0


def remark(
    selected: Selected, account: Account, tokens: OAuthTokenSet, args: Arguments, output: Output
) -> None:
    """Say what the person will want to know sooner or later."""
    if args.account and not is_meant(account, args.account):
        output.note(f"note: that is another account than {args.account}")
    if tokens.refresh_token is None:
        output.note("note: there is no refresh token: sign in again when the access token ends")
    elif not selected.is_configured and selected.settings:
        output.note("note: with --save NAME these options need not be typed again")
