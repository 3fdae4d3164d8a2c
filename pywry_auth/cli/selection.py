"""Which account, at which provider, a command speaks of."""

import os
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import PRESETS, ProvidersFile, Table, config_path, unknown_provider
from pywry_auth.errors import ConfigError, CredentialMissingError
from pywry_auth.token_store.keyring import KeyringTokenStore


SERVICE = "pywry-auth:cli"
UNNAMED = "default"


@dataclass(frozen=True, slots=True)
class Selected:
    """
    A provider by name, with what file and flags say of it.

    Attributes:
        name: under which its accounts are kept.
        settings: setting names and values; {} where only the environment says anything.
        is_named: whether a person gave it that name; the environment counts only where not.
    """

    name: str
    settings: Table
    is_named: bool


def select_provider(args: Arguments) -> Selected:
    """
    Find the provider that is meant.

    Raises:
        ConfigError: nothing says which, or the file cannot be used.
        ProviderNotFoundError: it is not configured.
    """
    file = ProvidersFile(config_path(args.config))
    flags = args.registration
    name = args.named or (None if flags else file.default)
    if name is None:
        if flags or os.environ.get("PYWRY_AUTH_CLIENT_ID"):
            return Selected(args.save or UNNAMED, _with_kind(flags), is_named=bool(args.save))
        raise ConfigError("which provider?", hint=_how_to_name(file))
    table = file.table(name)
    if table is None and name in PRESETS:
        table = {"provider": name}
    if table is None and not flags and not account_index().accounts(name):
        raise unknown_provider(name, file)
    return Selected(name, _with_kind({**(table or {}), **flags}), is_named=name != UNNAMED)


def _with_kind(settings: Table) -> Table:
    return {"provider": "oidc", **settings} if "issuer_url" in settings else settings


def select_account(selected: Selected, subject: str | None) -> Account:
    """
    Find the account that is meant: the one named, else the last that signed in.

    Raises:
        CredentialMissingError: nobody of that name is signed in there.
    """
    found = account_index().accounts(selected.name)
    for account in found:
        if subject in {None, account.subject, account.label}:
            return account
    who = f"{subject} is not" if subject else "nobody is"
    others = ", ".join(account.display_name for account in found)
    raise CredentialMissingError(
        f"{who} signed in at {selected.name}",
        provider=selected.name,
        hint=f"signed in there: {others}" if others else f"run pywry-auth login {selected.name}",
    )


def account_index() -> AccountIndex:
    """Give the list of this command line's accounts."""
    from platformdirs import user_data_path

    return AccountIndex(Path(user_data_path("pywry-auth")) / "accounts.json")


def token_store(on_waiting: str = "") -> KeyringTokenStore:
    """Give the keyring; *on_waiting* is said when it seems to wait for a person."""
    from pywry_auth.cli.output import Output

    def tell() -> None:
        Output().note(on_waiting or "waiting for the keyring; look for a dialog")

    return KeyringTokenStore(SERVICE, on_waiting=tell)


def _how_to_name(file: ProvidersFile) -> str:
    if file.names:
        return f"name one of {', '.join(file.names)}, or set default in {file.path}"
    return "pywry-auth login --issuer URL --client-id ID --save NAME"
