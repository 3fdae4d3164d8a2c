"""``pywry-auth status``: who is signed in, for how long."""

import time
from dataclasses import asdict, dataclass

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output, table
from pywry_auth.cli.selection import account_index, select_provider, token_store
from pywry_auth.errors import CredentialMissingError
from pywry_auth.tokens import OAuthTokenSet


MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
SIGNED_OUT = "signed_out"
SIGN_IN = 3  # exit code: a person must sign in


def status(args: Arguments, output: Output) -> int:
    """List the accounts, without asking any provider."""
    name = select_provider(args).name if args.named or args.registration else None
    accounts = [
        account
        for account in account_index().accounts(name)
        if args.account in {None, account.subject, account.label}
    ]
    if not accounts:
        raise CredentialMissingError(
            f"nobody is signed in at {name}" if name else "nobody is signed in",
            provider=name,
            hint=f"run pywry-auth login {name or 'NAME'}",
        )
    store = token_store()
    found = [_status(account, store.slot(account.key).load()) for account in accounts]
    rows = [("PROVIDER", "ACCOUNT", "STATE", "ACCESS TOKEN", "SCOPES")]
    rows += [_row(one) for one in found]
    facts = {"accounts": [asdict(one) for one in found], "store": "keyring"}
    output.data(facts, table(rows))
    return 0 if any(one.state != SIGNED_OUT for one in found) else SIGN_IN


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What ``status --json`` says of one account."""

    provider: str
    account: str
    label: str
    signed_in_at: float
    state: str
    expires_at: float | None
    has_refresh_token: bool
    scopes: tuple[str, ...]


def _status(account: Account, tokens: OAuthTokenSet | None) -> AccountStatus:
    return AccountStatus(
        provider=account.provider,
        account=account.subject,
        label=account.label,
        signed_in_at=account.signed_in_at,
        state=_state(tokens),
        expires_at=tokens.expires_at if tokens else None,
        has_refresh_token=tokens is not None and tokens.refresh_token is not None,
        scopes=tokens.scopes if tokens else (),
    )


def _state(tokens: OAuthTokenSet | None) -> str:
    if tokens is None:
        return SIGNED_OUT
    if tokens.access_valid():
        return "signed_in"
    return "renewable" if tokens.refresh_valid() else SIGNED_OUT


def _row(one: AccountStatus) -> tuple[str, str, str, str, str]:
    name = one.label or one.account
    words = one.state.replace("_", " ")
    return one.provider, name, words, _life(one.expires_at), " ".join(one.scopes)


def _life(expires_at: float | None) -> str:
    if expires_at is None:
        return "no end known"
    left = int(expires_at - time.time())
    if left <= 0:
        return "ended"
    for size, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if left >= size:
            return f"{left // size} {word} left"
    return f"{left} s left"
