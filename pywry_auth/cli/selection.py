"""Whom a command speaks of: which provider, which account there."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.cli.advice import UNNAMED
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import (
    PRESETS,
    ProvidersFile,
    Table,
    providers_file,
    require_name,
    unknown_provider,
)
from pywry_auth.cli.output import Output
from pywry_auth.errors import ConfigError, CredentialMissingError
from pywry_auth.token_store.keyring import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet


SERVICE = "pywry-auth:cli"
CLIENT_VARIABLES = ("PYWRY_AUTH_CLIENT_ID", "PYWRY_OAUTH2__CLIENT_ID")


@dataclass(frozen=True, slots=True)
class Selected:
    """
    A provider by name, with what file and flags say of it.

    Attributes:
        name: under which its accounts are kept.
        settings: setting names and values; {} where only the environment says anything.
        is_named: whether a person gave it that name; the environment counts only where not.
        is_configured: whether a later command will find it without flags.
        path: where providers.toml is, for advice.
        differing: settings that were typed, and are not what providers.toml says.
    """

    name: str
    settings: Table = field(repr=False)  # may hold a client secret
    is_named: bool
    is_configured: bool
    path: Path
    differing: frozenset[str] = frozenset()

    def may_use(self, tokens: OAuthTokenSet) -> bool:
        """Say whether *tokens* come from this provider, as far as its settings tell."""
        if tokens.origin is None:
            return True
        client_id = self.settings.get("client_id")
        if client_id and client_id != tokens.origin.client_id:
            return False
        # Where there is no issuer, the token endpoint says who gave them.
        home = self.settings.get("issuer_url") or self.settings.get("token_url")
        return not home or str(home).rstrip("/") == tokens.origin.issuer.rstrip("/")


def select_provider(args: Arguments, output: Output) -> Selected:
    """
    Find the provider that is meant, and tell *output* of settings nobody looks at.

    Raises:
        ConfigError: nothing says which, or the file cannot be used.
        ProviderNotFoundError: it is not configured.
    """
    file = providers_file(args.config, may_be_new=args.save is not None)
    name = args.named
    if name is None and not args.describes_provider:
        name = file.default
    for oddity in file.oddities(name or ""):
        output.note(f"note: {oddity}")
    if name is None:
        return _unnamed(args, file)
    return _named(name, args, file)


def _named(name: str, args: Arguments, file: ProvidersFile) -> Selected:
    flags, table = args.registration, file.table(name)
    file.require_private(name)
    is_configured = table is not None
    if table is None and name in PRESETS:
        table = {"provider": name}
    if table is None and not args.describes_provider and not account_index().accounts(name):
        raise unknown_provider(name, file)
    for each in (name, args.save or name):
        require_name(each)
    return Selected(
        args.save or name,
        _with_kind({**(table or {}), **flags}),
        is_named=name != UNNAMED or is_configured,
        is_configured=is_configured or args.save is not None,
        path=file.path,
        differing=_differing(flags, table or {}, file.path),
    )


def _unnamed(args: Arguments, file: ProvidersFile) -> Selected:
    if args.describes_provider:
        name = args.save or UNNAMED
    elif is_in_environment():
        name = UNNAMED
    else:
        name = _only_one_signed_in(file)
    require_name(name)
    return Selected(
        name,
        _with_kind(args.registration),
        is_named=name != UNNAMED,
        is_configured=args.save is not None,
        path=file.path,
        differing=frozenset(args.registration),
    )


def _differing(flags: Table, table: Table, path: Path) -> frozenset[str]:
    return frozenset(
        name
        for name, value in flags.items()
        if _plain(name, value, path) != _plain(name, table.get(name), path)
    )


def _plain(name: str, value: object, path: Path) -> object:
    """Strictly private: let what means the same be the same."""
    if not isinstance(value, str):
        return value
    match name:
        case "scopes":
            return frozenset(value.split())
        case "issuer_url":
            return value.rstrip("/")
        case "private_key_file" | "subject_token_file":
            return (path.parent / Path(value).expanduser()).absolute()
        case _:
            return value


def is_in_environment() -> bool:
    """Say whether variables describe a provider."""
    return any(os.environ.get(variable) for variable in CLIENT_VARIABLES)


def _only_one_signed_in(file: ProvidersFile) -> str:
    names = {account.provider for account in account_index().accounts()}
    if len(names) == 1:
        return names.pop()
    known = [*file.names, *sorted(names - set(file.names))]
    if not known:
        raise ConfigError(
            "no provider is configured",
            hint="pywry-auth login --issuer URL --client-id ID --save NAME",
        )
    raise ConfigError(
        "which provider?",
        hint=f"name one of {', '.join(known)}, or set default in {file.path}",
    )


def _with_kind(settings: Table) -> Table:
    return {"provider": "oidc", **settings} if "issuer_url" in settings else settings


#: settings that are no options of login, or not of that name
_OPTIONS = {"issuer_url": "--issuer", "redirect_ports": "--ports"}
_NO_OPTIONS = {"provider"}


def login_line(selected: Selected, command: str = "login") -> str:
    """Say what to type to sign in there, whole: what no file keeps is repeated."""
    from shlex import quote

    named = [quote(selected.name)] if selected.is_named else []
    words = ["pywry-auth", command, *named]
    for setting, value in selected.settings.items():
        if setting in _NO_OPTIONS or (selected.is_configured and setting not in selected.differing):
            continue
        words.append(option(setting))
        if setting == "redirect_ports":
            words.append(str(value).strip("[]").replace(" ", ""))
        elif value is not True:
            words.append(quote(str(value)))
    return " ".join(words)


def option(setting: str) -> str:
    """Say with which option *setting* is typed."""
    return _OPTIONS.get(setting) or f"--{setting.replace('_', '-')}"


def select_account(selected: Selected, who: str | None) -> Account:
    """
    Find the account that is meant: the one named, else the last that signed in.

    Raises:
        CredentialMissingError: nobody of that name is signed in there.
    """
    found = account_index().accounts(selected.name)
    for account in found:
        if is_meant(account, who):
            return account
    others = ", ".join(account.display_name for account in found)
    raise CredentialMissingError(
        f"{who or 'nobody'} is{' not' if who else ''} signed in at {selected.name}",
        provider=selected.name,
        hint=f"signed in there: {others}" if others else f"run {login_line(selected)}",
    )


def is_meant(account: Account, who: str | None) -> bool:
    """Say whether *who*, as typed, means *account*; None means any."""
    return who is None or who == account.subject or who.casefold() == account.label.casefold()


def account_index() -> AccountIndex:
    """Give the list of this command line's accounts."""
    from platformdirs import user_data_path

    return AccountIndex(Path(user_data_path("pywry-auth")) / "accounts.json")


def token_store(output: Output) -> KeyringTokenStore:
    """Give the keyring; *output* is told when it seems to wait for a person."""

    def tell() -> None:
        output.note("waiting for the keyring; look for a dialog that asks for its password")

    return KeyringTokenStore(SERVICE, on_waiting=tell)
