"""Where the things of one application lie, each apart from every other application's."""

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.errors import ConfigError
from pywry_auth.token_store.base import TokenStore


_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def app_id_of(app_name: str) -> str:
    """
    Make an identifier from the name people know: ``"Acme Notes"`` becomes ``"acme-notes"``.

    Raises:
        ConfigError: the name is empty.
    """
    if not app_name.strip():
        raise ConfigError("the application has no name", hint='DesktopAuth("Acme Notes", …)')
    readable = _NOT_PLAIN.sub("-", app_name.casefold()).strip("-")[:48]
    if app_name.isascii() and readable:
        return readable
    # Letters that were dropped may be all that tells two names apart.
    digest = hashlib.sha256(app_name.encode()).hexdigest()[:8]
    return f"{readable}-{digest}".lstrip("-")


def checked_app_id(app_id: str) -> str:
    """
    Give *app_id* back.

    Raises:
        ConfigError: it would make no name for a folder.
    """
    if _PLAIN.fullmatch(app_id) is None:
        raise ConfigError(
            f"app_id {app_id!r} is no plain name",
            hint="lower-case letters and digits, dots and hyphens between them, for example "
            "com.acme.notes",
        )
    return app_id


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where one application's things lie.

    Attributes:
        app_id: which application.
    """

    app_id: str

    @property
    def service_name(self) -> str:
        """Under which name the keyring shows its entries."""
        return f"pywry-auth:{self.app_id}"

    @property
    def folder(self) -> Path:
        """Where its files are; made by whoever writes the first one."""
        import platformdirs

        return platformdirs.user_data_path("pywry-auth") / "apps" / self.app_id

    @property
    def accounts(self) -> Path:
        """The list of accounts."""
        return self.folder / "accounts.json"

    @property
    def pictures(self) -> Path:
        """The pictures of accounts."""
        return self.folder / "pictures"

    def profile(self, provider: str) -> str:
        """Give the name under which the windows of *provider* keep their browsing data."""
        return f"{self.app_id}/{provider}"


def store_for(places: Places, wanted: TokenStore | str | None) -> TokenStore:
    """
    Give the store that was brought, else make the one that suits this machine.

    Every write to the macOS keychain may ask the person for a password, so there only a key lies
    in it.

    Args:
        places: whose store.
        wanted: a store; ``"keyring"``, ``"sealed"`` or ``"memory"``; None for the best.

    Raises:
        ConfigError: there is no store of that name.
    """
    if isinstance(wanted, TokenStore):
        return wanted
    match wanted or best_store(sys.platform):
        case "keyring":
            from pywry_auth.token_store.keyring import KeyringTokenStore

            return KeyringTokenStore(places.service_name)
        case "sealed":
            from pywry_auth.token_store.sealed import SealedTokenStore

            return SealedTokenStore(places.folder / "tokens.sealed", places.service_name)
        case "memory":
            from pywry_auth.token_store.memory import MemoryTokenStore

            return MemoryTokenStore()
        case other:
            raise ConfigError(
                f"there is no store {other!r} for an application",
                hint="keyring, sealed or memory; or give a TokenStore",
            )


def best_store(platform: str) -> str:
    """Say which store suits *platform*, a value of ``sys.platform``."""
    return "sealed" if platform == "darwin" else "keyring"
