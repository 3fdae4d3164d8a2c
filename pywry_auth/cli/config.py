"""The providers a person configured, in ``providers.toml``."""

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

from pywry_auth.errors import ConfigError, ProviderNotFoundError


CONFIG_VARIABLE = "PYWRY_AUTH_CONFIG"
FILE_NAME = "providers.toml"
PRESETS = ("google", "github", "microsoft")

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

    @property
    def default(self) -> str | None:
        """The provider that is meant when none is named."""
        named = self._data.get("default")
        if isinstance(named, str):
            return named
        names = self.names
        return names[0] if len(names) == 1 else None

    @property
    def names(self) -> list[str]:
        """The configured providers, in the order of the file."""
        return list(self._providers())

    def table(self, name: str) -> Table | None:
        """
        Give what is configured for *name*, or None.

        Raises:
            ConfigError: others can read a secret in it, or it is no table.
        """
        found = self._providers().get(name)
        if found is None:
            return None
        if not _is_table(found):
            raise ConfigError(f"[providers.{name}] in {self.path} is no table")
        if found.get("client_secret"):
            self._require_private(name)
        return found

    def _providers(self) -> Table:
        found = self._data.get("providers", {})
        if not _is_table(found):
            raise ConfigError(f"providers in {self.path} is no table")
        return found

    def _require_private(self, name: str) -> None:
        if sys.platform == "win32":
            return  # the profile folder's own permissions keep others out
        if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            raise ConfigError(
                f"[providers.{name}] holds a client_secret that others on this machine can read",
                hint=f"chmod 600 {self.path}, or name a variable with client_secret_env",
            )


def config_path(named: str | None, env: Mapping[str, str] | None = None) -> Path:
    """Say where the file is: as named, else by ``PYWRY_AUTH_CONFIG``, else the platform's place."""
    given = named or (os.environ if env is None else env).get(CONFIG_VARIABLE)
    if given:
        return Path(given).expanduser()
    from platformdirs import user_config_path

    return user_config_path("pywry-auth") / FILE_NAME


def save_provider(path: Path, name: str, settings: Mapping[str, object]) -> None:
    """
    Write ``[providers.<name>]``, and leave the rest of the file as the person wrote it.

    Raises:
        ConfigError: the file is no TOML, or cannot be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from pywry_auth.errors import StoreError
    from pywry_auth.private_files import replace_private

    try:
        document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
        if "providers" not in document:
            document["providers"] = tomlkit.table(is_super_table=True)
        table = tomlkit.table()
        for key, value in settings.items():
            table[key] = value
        document["providers"][name] = table  # pyright: ignore[reportIndexIssue] (a TOML table)
        replace_private(path, tomlkit.dumps(document).encode())
    except (TOMLKitError, OSError, StoreError) as exc:
        raise ConfigError(
            f"{path} cannot be written ({type(exc).__name__})", hint="check it and its folder"
        ) from exc


def unknown_provider(name: str, file: ProvidersFile) -> ProviderNotFoundError:
    """Say that *name* is not configured, and what is."""
    known = ", ".join(file.names)
    return ProviderNotFoundError(
        f"no provider named {name!r} is configured",
        provider=name,
        hint=(
            f"configured in {file.path}: {known}"
            if known
            else f"pywry-auth login --issuer URL --client-id ID --save {name}"
        ),
    )


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} is no TOML: {exc}") from None
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read ({type(exc).__name__})") from None


def _is_table(value: object) -> TypeGuard[Table]:
    return isinstance(value, Mapping)
