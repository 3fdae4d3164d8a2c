"""A provider that a sign-in was tried with, kept in ``providers.toml``."""

from collections.abc import Mapping
from pathlib import Path

from pywry_auth.cli.config import ProvidersFile
from pywry_auth.errors import ConfigError, StoreError


class NewTable:
    """
    The file as it will be with ``[providers.<name>]``, with the rest as the person wrote it.

    Made before a person signs in, so that a file that cannot be changed is found out first.

    Args:
        file: what is there now.
        name: of the provider.
        settings: setting names and values.
        may_change: another issuer or client may take the place of what is there.

    Raises:
        ConfigError: the file is no TOML, or another provider has that name.
    """

    def __init__(
        self,
        file: ProvidersFile,
        name: str,
        settings: Mapping[str, object],
        *,
        may_change: bool,
    ) -> None:
        self.path = file.path
        self.name = name
        if not may_change:
            _require_same(file, name, settings)
        self._content = _changed(file.path, name, settings)

    def write(self) -> None:
        """
        Put the file in place, for its owner alone.

        Raises:
            ConfigError: it cannot be written.
        """
        from pywry_auth.private_files import replace_private

        try:
            # A link into somebody's own version control stays a link.
            replace_private(self.path.resolve(), self._content)
        except (OSError, StoreError) as exc:
            raise ConfigError(
                f"signed in, but {self.path} cannot be written ({type(exc).__name__})",
                hint="check the file and its folder, then sign in again",
            ) from exc


def _require_same(file: ProvidersFile, name: str, settings: Mapping[str, object]) -> None:
    before = file.table(name) or {}
    for setting in ("issuer_url", "client_id"):
        if setting in before and before[setting] != settings.get(setting):
            raise ConfigError(
                f"[providers.{name}] in {file.path} has another {setting}",
                hint=f"choose another name, or change it: pywry-auth login {name} --save {name}",
            )


def _changed(path: Path, name: str, settings: Mapping[str, object]) -> bytes:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = (
            tomlkit.parse(path.read_text("utf-8-sig")) if path.exists() else tomlkit.document()
        )
        if "providers" not in document:
            document["providers"] = tomlkit.table(is_super_table=True)
        providers = document["providers"]
        if name not in providers:
            providers[name] = tomlkit.table()
        providers[name].update(settings)
        return tomlkit.dumps(document).encode()
    except (TOMLKitError, OSError) as exc:
        raise ConfigError(
            f"{path} cannot be changed ({type(exc).__name__})", hint="check it and its folder"
        ) from exc
