"""The providers a person configured, in ``providers.toml``."""

import os
import stat
import sys
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeGuard

from pywry_auth.errors import ConfigError, ProviderNotFoundError


CONFIG_VARIABLE = "PYWRY_AUTH_CONFIG"
STORE_VARIABLES = ("PYWRY_AUTH_TOKEN_STORE_BACKEND", "PYWRY_OAUTH2__TOKEN_STORE_BACKEND")
FILE_NAME = "providers.toml"
PRESETS = ("google", "github", "microsoft")

#: the fields of OAuth2Settings, written out because that class loads pydantic
SETTING_NAMES = frozenset(
    {
        "provider",
        "client_id",
        "client_secret",
        "scopes",
        "authorize_url",
        "token_url",
        "userinfo_url",
        "revocation_url",
        "device_url",
        "issuer_url",
        "tenant_id",
        "resources",
        "dpop",
        "use_pkce",
        "token_store_backend",
        "auth_timeout_seconds",
        "refresh_buffer_seconds",
        "window",
    }
)
#: what only this file has
FILE_ONLY = frozenset(
    {
        "redirect_ports",
        "authorize_params",
        "client_secret_env",
        "git_hosts",
        "git_username",
        "docker_hosts",
        "docker_username",
        "kubernetes_hosts",
        "aws_role_arn",
        "aws_region",
        "aws_session_name",
        "aws_sts_url",
    }
)
#: how tokens are got without a window
GRANT_SETTINGS = frozenset(
    {
        "grant",
        "username",
        "password_env",
        "totp",
        "totp_env",
        "auth_method",
        "private_key_file",
        "alg",
        "key_id",
        "audience",
        "refresh_token_env",
        "subject_token_env",
        "subject_token_file",
        "subject_token_type",
        "assertion_env",
        "assertion_file",
        "assertion_issuer",
        "assertion_subject",
        "assertion_audience",
        "assertion_scope",
    }
)
KNOWN = SETTING_NAMES | FILE_ONLY | GRANT_SETTINGS
TOP = ("default", "providers")
MAX_FILE = 64 * 1024  # bytes; tomllib takes seconds for what is much longer

Table = Mapping[str, object]


class ProvidersFile:
    """
    One TOML file: ``default = "work"`` and a table ``[providers.work]`` for each provider.

    Args:
        path: where it is; nothing there is an empty one.

    Raises:
        ConfigError: it is no TOML, or holds something else than providers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = _read(path)
        self._providers = self._read_providers()

    @property
    def default(self) -> str | None:
        """
        The provider that is meant when none is named.

        Raises:
            ConfigError: ``default`` names nothing that is configured.
        """
        if "default" not in self._data:
            return self.names[0] if len(self.names) == 1 else None
        named = self._data["default"]
        if isinstance(named, str) and (named in self._providers or named in PRESETS):
            return named
        raise ConfigError(
            f"default in {self.path} names no provider that is configured there",
            hint=_among(str(named), self.names) or "remove it, or add the provider",
        )

    @property
    def names(self) -> list[str]:
        """The configured providers, in the order of the file."""
        return list(self._providers)

    def table(self, name: str) -> Table | None:
        """Give what is configured for *name*, or None."""
        return self._providers.get(name)

    def require_private(self, name: str) -> None:
        """
        Refuse a client secret that others on this machine can read.

        Raises:
            ConfigError: they can.
        """
        if sys.platform == "win32" or not self._providers.get(name, {}).get("client_secret"):
            return  # on Windows the profile folder's own permissions keep others out
        if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            raise ConfigError(
                f"[providers.{name}] holds a client_secret that others on this machine can read",
                hint=f"chmod 600 {self.path}, or name a variable with client_secret_env",
            )

    def oddities(self, name: str | None) -> list[str]:
        """Say what nobody will look at: in the table of *name*, or in every one."""
        found = [f"{_unknown(word, TOP)} in {self.path}" for word in self._data if word not in TOP]
        for each in self.names if name is None else [name]:
            table = self._providers.get(each, {})
            found += [
                f"{_unknown(word, KNOWN)} in [providers.{each}] of {self.path}"
                for word in table
                if word not in KNOWN
            ]
            if table.get("token_store_backend", "keyring") != "keyring":
                found.append(
                    f"token_store_backend in [providers.{each}] does not count here: "
                    "the command line keeps tokens in the keyring"
                )
        return found + [
            f"{variable} does not count here: the command line keeps tokens in the keyring"
            for variable in STORE_VARIABLES
            if os.environ.get(variable, "keyring") not in {"", "keyring"}
        ]

    def _read_providers(self) -> dict[str, Table]:
        found = self._data.get("providers", {})
        if not _is_table(found):
            raise self._no_table("providers", "[providers.NAME]")
        tables: dict[str, Table] = {}
        for name, table in found.items():
            if not _is_table(table):
                raise self._no_table(f"providers.{name}", f"[providers.{name}]")
            require_name(name)
            tables[name] = table
        return tables

    def _no_table(self, what: str, example: str) -> ConfigError:
        return ConfigError(
            f"{what} in {self.path} is no table",
            hint=f"begin the provider with {example} on a line of its own",
        )


def require_name(name: str) -> None:
    """
    Refuse what cannot be the name of a provider.

    Raises:
        ConfigError: it is empty, holds a slash or a space, or looks like an option.
    """
    # A slash would let two providers share a key in the keyring, which is "<name>/<subject>".
    if not name.isprintable() or not name or set(name) & set('/\\ "') or name.startswith("-"):
        raise ConfigError(
            f"{name!r} cannot be the name of a provider",
            hint="use letters, digits, dots, hyphens and underscores",
        )


def config_path(named: str | None, env: Mapping[str, str] | None = None) -> Path:
    """Say where the file is: as named, else by ``PYWRY_AUTH_CONFIG``, else the platform's place."""
    given = named or (os.environ if env is None else env).get(CONFIG_VARIABLE)
    if given:
        return Path(given).expanduser()
    from platformdirs import user_config_path

    return user_config_path("pywry-auth") / FILE_NAME


def providers_file(named: str | None, *, may_be_new: bool = False) -> ProvidersFile:
    """
    Read the file.

    Args:
        named: what ``--config`` says.
        may_be_new: a file that was asked for by name need not be there yet.

    Raises:
        ConfigError: it cannot be used, or was asked for by name and is not there.
    """
    path = config_path(named)
    asked_for = named or os.environ.get(CONFIG_VARIABLE)
    if asked_for and not may_be_new and not path.exists():
        raise ConfigError(
            f"there is no file {path}",
            hint="correct --config" if named else f"correct {CONFIG_VARIABLE}, or unset it",
        )
    return ProvidersFile(path)


def unknown_provider(name: str, file: ProvidersFile) -> ProviderNotFoundError:
    """Say that *name* is not configured, and what is."""
    return ProviderNotFoundError(
        f"no provider named {name!r} is configured",
        provider=name,
        hint=_among(name, file.names)
        or f"pywry-auth login --issuer URL --client-id ID --save {name}",
    )


def _among(name: str, known: Collection[str]) -> str:
    near = _near(name, known)
    if near:
        return f"did you mean {near}?"
    return f"configured are {', '.join(known)}" if known else ""


def _unknown(word: str, known: Collection[str]) -> str:
    near = _near(word, known)
    return f"unknown setting {word}" + (f" (did you mean {near}?)" if near else "")


def _near(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return "".join(get_close_matches(word, sorted(known), 1))


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(_text(path))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as exc:  # nested too deep, or a number too long, as well
        raise ConfigError(f"{path} is no TOML: {exc}", hint="correct that line") from None
    except OSError as exc:
        raise ConfigError(
            f"{path} cannot be read ({type(exc).__name__})", hint="check its permissions"
        ) from None


def _text(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > MAX_FILE:
        raise ValueError("it is longer than any list of providers")
    return content.decode("utf-8-sig")


def _is_table(value: object) -> TypeGuard[Table]:
    return isinstance(value, Mapping)
