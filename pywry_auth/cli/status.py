"""``pywry-auth status``: who is signed in where, for how long."""

import time
from dataclasses import asdict, dataclass, replace

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import ProvidersFile, providers_file, unknown_provider
from pywry_auth.cli.output import Output, table
from pywry_auth.cli.selection import SERVICE, Selected, account_index, is_meant, token_store
from pywry_auth.errors import CredentialMissingError
from pywry_auth.tokens import OAuthTokenSet


MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
SIGNED_IN, RENEWABLE, SIGNED_OUT = "signed_in", "renewable", "signed_out"
SIGN_IN = 3  # exit code: a person must sign in


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """
    What ``status --json`` says of one account.

    Attributes:
        provider: its name.
        account: the subject; None for a provider nobody is signed in at.
        label: what people call that account, or "".
        state: ``signed_in``; ``renewable``: the access token ended, the next use renews it;
            ``signed_out``: a person must sign in.
        signed_in_at: Unix time in seconds of the last sign-in, or None.
        expires_at: Unix time in seconds at which the access token ends; None is unknown.
        has_refresh_token: whether it can be renewed without a person.
        scopes: what was granted.
    """

    provider: str
    account: str | None = None
    label: str = ""
    state: str = SIGNED_OUT
    signed_in_at: float | None = None
    expires_at: float | None = None
    has_refresh_token: bool = False
    scopes: tuple[str, ...] = ()


def status(args: Arguments, output: Output) -> int:
    """List configured providers and stored accounts, without asking any provider."""
    file = providers_file(args.config)
    for oddity in file.oddities(args.named):
        output.note(f"note: {oddity}")
    found = _accounts(args, file, output)
    if args.account is None:
        found += _without_accounts(args, file, found)
    elif not found:
        raise CredentialMissingError(f"{args.account} is not signed in", provider=args.named)
    rows = [("PROVIDER", "ACCOUNT", "STATE", "ACCESS TOKEN", "SCOPES"), *map(_row, found)]
    facts = {
        "accounts": [asdict(one) for one in found],
        "store": {"backend": "keyring", "service": SERVICE},
        "config": str(file.path),
    }
    output.data(facts, table(rows) if found else "")
    if any(one.state != SIGNED_OUT for one in found):
        return 0
    if not output.as_json:
        where = f" at {args.named}" if args.named else ""
        output.note(f"nobody is signed in{where}\nhint: {_how(args, found)}")
    return SIGN_IN


def _accounts(args: Arguments, file: ProvidersFile, output: Output) -> list[AccountStatus]:
    known = [one for one in account_index().accounts(args.named) if is_meant(one, args.account)]
    if args.named and not known and file.table(args.named) is None:
        raise unknown_provider(args.named, file)
    store = token_store(output)
    return [_status(one, store.slot(one.key).load(), file) for one in known]


def _without_accounts(
    args: Arguments, file: ProvidersFile, found: list[AccountStatus]
) -> list[AccountStatus]:
    wanted = [args.named] if args.named else file.names
    return [AccountStatus(name) for name in wanted if name not in {one.provider for one in found}]


def _how(args: Arguments, found: list[AccountStatus]) -> str:
    if args.named or len(found) == 1:
        return f"run pywry-auth login {args.named or found[0].provider}"
    if found:
        return "run pywry-auth login NAME"
    return "pywry-auth login --issuer URL --client-id ID --save NAME"


def _status(account: Account, tokens: OAuthTokenSet | None, file: ProvidersFile) -> AccountStatus:
    bare = AccountStatus(
        provider=account.provider,
        account=account.subject,
        label=account.label,
        signed_in_at=account.signed_in_at,
    )
    settings = file.table(account.provider) or {}
    selected = Selected(
        account.provider, settings, is_named=True, is_configured=True, path=file.path
    )
    if tokens is None or not selected.may_use(tokens):
        return bare
    return replace(
        bare,
        state=_state(tokens),
        expires_at=tokens.expires_at,
        has_refresh_token=tokens.refresh_token is not None,
        scopes=tokens.scopes,
    )


def _state(tokens: OAuthTokenSet) -> str:
    if tokens.access_valid():
        return SIGNED_IN
    return RENEWABLE if tokens.refresh_valid() else SIGNED_OUT


def _row(one: AccountStatus) -> tuple[str, str, str, str, str]:
    words = "signed out" if one.state == SIGNED_OUT else "signed in"
    return one.provider, one.label or one.account or "-", words, _life(one), " ".join(one.scopes)


def _life(one: AccountStatus) -> str:
    if one.state == SIGNED_OUT:
        return "-"
    if one.expires_at is None:
        return "no end known"
    left = int(one.expires_at - time.time())
    if left <= 0:
        return "renewed when used"
    for size, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if left >= size:
            return f"{left // size} {word} left"
    return f"{left} s left"
