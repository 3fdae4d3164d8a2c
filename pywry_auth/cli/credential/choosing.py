"""Whose token a tool is given."""

import sys

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import ProvidersFile, Table, providers_file
from pywry_auth.cli.credential.hosts import Hosts, hosts_of
from pywry_auth.cli.output import Output
from pywry_auth.cli.parser import UsageError
from pywry_auth.cli.selection import Selected, select_provider
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import ConfigError, TokenError
from pywry_auth.protocol.bound import is_bound
from pywry_auth.tokens import OAuthTokenSet


OPERATIONS = ("get", "store", "erase", "capability", "list", "version")
MAX_REQUEST = 64 * 1024  # bytes; what tools ask has some hundreds


class Chosen:
    """One provider that a tool may be given a token of."""

    def __init__(self, name: str, table: Table, hosts: Hosts) -> None:
        self.name = name
        self.hosts = hosts
        self._table = table

    def word(self, setting: str, default: str) -> str:
        """
        Give a setting that is one word.

        Raises:
            ConfigError: it is none.
        """
        found = self._table.get(setting, default)
        if not isinstance(found, str) or not found or not found.isprintable():
            raise ConfigError(
                f"{setting} of {self.name} is no word", hint=f'for example {setting} = "{default}"'
            )
        return found

    def selected(self, args: Arguments, output: Output) -> Selected:
        """Select this provider."""
        return select_provider(Arguments(provider=self.name, config=args.config), output)


def providers_with_hosts(args: Arguments, setting: str) -> list[Chosen]:
    """
    Give the providers that say in *setting* where their token may go, the default first.

    Raises:
        ConfigError: none says so, or one says it wrongly.
    """
    file = providers_file(args.config)
    names = [args.named] if args.named else _default_first(file)
    tables = {name: file.table(name) or {} for name in names}
    found = {
        name: hosts_of(table, setting, f"[providers.{name}] in {file.path}")
        for name, table in tables.items()
    }
    chosen = [Chosen(name, tables[name], hosts) for name, hosts in found.items() if hosts]
    if chosen:
        return chosen
    whose = f"[providers.{args.named}]" if args.named else "no provider"
    raise ConfigError(
        f"{whose} in {file.path} says {'no ' if args.named else ''}{setting}, "
        "so no server may be given a token",
        hint=f'add {setting} = ["host.example.com"]',
    )


def chosen_for(args: Arguments, setting: str, server: str) -> Chosen | None:
    """
    Give the provider whose token *server* may have, or None.

    Raises:
        ConfigError: no provider says where its token may go.
    """
    found = providers_with_hosts(args, setting)
    return next((one for one in found if one.hosts.allow(server)), None)


def require_operation(args: Arguments) -> None:
    """
    Refuse a provider's name where the tool says what it wants; what else it may say is ignored.

    Raises:
        UsageError: it is one.
    """
    named = args.operation
    if named not in OPERATIONS and named in providers_file(args.config).names:
        raise UsageError(
            f"{named} is a provider, and {args.kind} adds here what it wants",
            hint=f"leave it out of the configuration of {args.kind}, or write --provider {named}",
        )


def presentable_tokens(selected: Selected, account: Account, output: Output) -> OAuthTokenSet:
    """
    Give fresh tokens that a tool can show by itself.

    Raises:
        CredentialMissingError: nothing is stored.
        TokenError: they ended, cannot be renewed, or nobody but us can show them.
    """
    tokens = fresh_tokens(selected, account, output)
    if is_bound(tokens):
        raise TokenError(
            f"the tokens of {selected.name} are bound to a key (DPoP), "
            "with which no other program can make proofs",
            selected.name,
            hint="register a client for this tool that needs no dpop",
        )
    require_plain(tokens.access_token, selected.name)
    return tokens


def require_plain(token: str, provider: str) -> str:
    """
    Give *token* back, unless it could pass for more than one line of an answer.

    Raises:
        TokenError: it could.
    """
    if token.isascii() and token.isprintable() and token and " " not in token:
        return token
    raise TokenError("the token holds characters that no token has (RFC 6750)", provider)


def standard_input() -> str:
    """Read what a tool asks, to its end; a kind of line end that Windows adds is taken away."""
    return sys.stdin.buffer.read(MAX_REQUEST).decode("utf-8", "replace").replace("\r\n", "\n")


def _default_first(file: ProvidersFile) -> list[str]:
    first = file.default
    return sorted(file.names, key=lambda name: name != first)
