"""``pywry-auth status``: who is signed in where, for how long."""

import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import ProvidersFile, providers_file, unknown_provider
from pywry_auth.cli.grants.grant_plan import renews_alone
from pywry_auth.cli.output import Output, table
from pywry_auth.cli.selection import SERVICE, Selected, account_index, is_meant, token_store
from pywry_auth.errors import CredentialMissingError
from pywry_auth.tokens import OAuthTokenSet


MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
SIGNED_IN, RENEWABLE, SIGNED_OUT = "signed_in", "renewable", "signed_out"
HEADINGS = ("PROVIDER", "ACCOUNT", "STATE", "ACCESS TOKEN", "REFRESH TOKEN", "SCOPES")
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
        access_valid: whether the access token is good now.
        access_expiry: *expires_at* in words of ISO 8601, or None.
        has_refresh_token: whether it can be renewed without a person.
        refresh_valid: whether the refresh token is good, as far as anybody knows.
        refresh_expiry: when it ends, in words of ISO 8601; None is unknown.
        scopes: what was granted.
    """

    provider: str
    account: str | None = None
    label: str = ""
    state: str = SIGNED_OUT
    signed_in_at: float | None = None
    expires_at: float | None = None
    access_valid: bool = False
    access_expiry: str | None = None
    has_refresh_token: bool = False
    refresh_valid: bool = False
    refresh_expiry: str | None = None
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
    rows = [HEADINGS, *map(_row, found)]
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
        output.note(f"not authenticated: nobody is signed in{where}\nhint: {_how(args, found)}")
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
        state=_state(tokens, alone=renews_alone(selected, account)),
        expires_at=tokens.expires_at,
        access_valid=tokens.access_valid(),
        access_expiry=_iso(tokens.access_expiry),
        has_refresh_token=tokens.refresh_token is not None,
        refresh_valid=tokens.refresh_valid(),
        refresh_expiry=_iso(tokens.refresh_expiry),
        scopes=tokens.scopes,
    )


def _state(tokens: OAuthTokenSet, *, alone: bool) -> str:
    if tokens.access_valid():
        return SIGNED_IN
    return RENEWABLE if alone or tokens.refresh_valid() else SIGNED_OUT


def _row(one: AccountStatus) -> tuple[str, ...]:
    words = "signed out" if one.state == SIGNED_OUT else "signed in"
    tokens = (_life(one), _refresh_life(one))
    return one.provider, one.label or one.account or "-", words, *tokens, " ".join(one.scopes)


def _life(one: AccountStatus) -> str:
    if one.state == SIGNED_OUT:
        return "-"
    if one.expires_at is None:
        return "valid, no end known"
    left = int(one.expires_at - time.time())
    if left <= 0:
        return f"ended {one.access_expiry}, renewed when used"
    for size, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if left >= size:
            return f"valid until {one.access_expiry}, {left // size} {word} left"
    return f"valid until {one.access_expiry}, {left} s left"


def _refresh_life(one: AccountStatus) -> str:
    if not one.has_refresh_token:
        return "-"
    if one.refresh_expiry is None:
        return "valid, no end known"
    return f"{'valid until' if one.refresh_valid else 'ended'} {one.refresh_expiry}"


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%SZ")
