"""The organisations people named, so that the next start finds them; holds no secret."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pywry_auth.desktop.naming import Places
from pywry_auth.errors import AuthError, StoreError
from pywry_auth.json_value import is_object
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.providers.base import OAuthProvider


logger = logging.getLogger(__name__)

NAME = "organizations.json"
MAX_KEPT = 50

#: makes a provider of an issuer that a person named; None where the application refuses it
MakeProvider = Callable[[str], OAuthProvider | None]


class Takes(Protocol):
    """What organisations are added to."""

    @property
    def app_id(self) -> str:
        """What names the application's own folder."""
        ...

    def add_provider(self, name: str, provider: OAuthProvider) -> None:
        """Let people sign in at *provider* too."""
        ...


def restore_organisations(
    auth: Takes, organisations: MakeProvider, *, folder: Path | None = None
) -> list[str]:
    """
    Let *auth* know again the organisations named in earlier first runs.

    Call it at each start, before ``silent``; an account signed in at one is not found otherwise.

    Args:
        auth: the application's ``DesktopAuth``.
        organisations: what the wizard was given.
        folder: what the wizard was given.

    Returns:
        Their names.
    """
    restored: list[str] = []
    for name, issuer in Known(folder or Places(auth.app_id).folder).read().items():
        try:
            provider = organisations(issuer)
            if provider is not None:
                auth.add_provider(name, provider)
                restored.append(name)
        except (
            AuthError
        ) as exc:  # whatever the file says must not keep the application from starting
            logger.warning("wizard.organization_not_restored", extra={"reason": exc.code})
    return restored


class Known:
    """
    One small file in the application's own folder.

    Args:
        folder: of the application.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> dict[str, str]:
        """Give the issuers, by the names of their providers."""
        try:
            content = read_private(self._path)
            data: object = json.loads(content or b"{}")
        except (OSError, StoreError, ValueError, RecursionError) as exc:
            logger.warning("wizard.organizations_not_read", extra={"reason": type(exc).__name__})
            return {}
        members = data.get("organizations") if is_object(data) else None
        if not is_object(members):
            return {}
        found = [(name, issuer) for name, issuer in members.items() if isinstance(issuer, str)]
        return dict(found[-MAX_KEPT:])

    def add(self, name: str, issuer: str) -> None:
        """Remember that *name* signs in at *issuer*."""
        kept = {**self.read(), name: issuer}
        text = json.dumps({"v": 1, "organizations": kept})
        try:
            replace_private(self._path, text.encode())
        except (OSError, StoreError) as exc:
            logger.warning("wizard.organizations_not_kept", extra={"reason": type(exc).__name__})
