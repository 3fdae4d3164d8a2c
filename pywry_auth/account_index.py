"""Remembers which accounts are stored, so that the next start finds them; holds no secret."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pywry_auth.errors import StoreError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.lock import record_lock
from pywry_auth.private_files import read_private, replace_private


logger = logging.getLogger(__name__)

#: grows when an older release could misread what a newer one wrote
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Account:
    """
    One account somebody signed in with.

    Attributes:
        provider: name of the provider, as the person configured it.
        subject: who signed in, as the provider names them.
        label: what people call that account, for example a mail address; may be "".
        signed_in_at: Unix time in seconds of the last sign-in.
        name: what the person is called there; may be "".
        picture: https address of their picture, or "".
    """

    provider: str
    subject: str
    label: str = ""
    signed_in_at: float = 0.0
    name: str = ""
    picture: str = ""

    @property
    def key(self) -> str:
        """Under which key the tokens are stored."""
        return f"{self.provider}/{self.subject}"

    @property
    def display_name(self) -> str:
        """What to show a person; the provider chose it, so it is kept to one harmless line."""
        name = self.label or self.subject
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


class AccountIndex:
    """
    The accounts of one application, the one last used of each provider first.

    Args:
        path: the file; it and its folder are made on the first sign-in, for their owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def accounts(self, provider: str | None = None) -> list[Account]:
        """
        Give the accounts at *provider*, or all.

        Raises:
            StoreError: the file cannot be read.
        """
        _, found = self._read()
        return [account for account in found if provider in {None, account.provider}]

    def current(self, provider: str) -> Account | None:
        """
        Give the account last signed in at *provider*.

        Raises:
            StoreError: the file cannot be read.
        """
        return next(iter(self.accounts(provider)), None)

    @property
    def generation(self) -> int:
        """Counts sign-ins and sign-outs, so that sibling processes see that one happened."""
        return self._read()[0]

    def remember(self, account: Account) -> None:
        """
        Put *account* first.

        Raises:
            StoreError: the file cannot be written.
        """
        self._change(lambda found: [account, *(a for a in found if a.key != account.key)])

    def forget(self, account: Account) -> None:
        """
        Remove *account*; not there is no error.

        Raises:
            StoreError: the file cannot be written.
        """
        self._change(lambda found: [a for a in found if a.key != account.key])

    def _change(self, edit: Callable[[list[Account]], list[Account]]) -> None:
        with record_lock(f"accounts:{self._path}", ""):
            generation, found = self._read()
            members = [asdict(account) for account in edit(found)]
            text = json.dumps({"v": SCHEMA, "generation": generation + 1, "accounts": members})
            try:
                replace_private(self._path, text.encode())
            except OSError as exc:
                raise StoreError(
                    f"the list of accounts cannot be written ({type(exc).__name__})",
                    hint=f"check that {self._path.parent} can be written",
                ) from exc

    def _read(self) -> tuple[int, list[Account]]:
        try:
            content = read_private(self._path)
        except OSError as exc:
            raise StoreError(
                f"the list of accounts cannot be read ({type(exc).__name__})",
                hint=f"check the permissions of {self._path}",
            ) from exc
        if content is None:
            return 0, []
        data = _members_in(content)
        accounts = data.get("accounts")
        if not is_array(accounts):
            # Only a convenience: the tokens are where they were.
            logger.warning("accounts.damaged", extra={"path": str(self._path)})
            return 0, []
        self._require_known(data.get("v"))
        generation = data.get("generation")
        found = [_account(entry) for entry in accounts]
        count = generation if isinstance(generation, int) else 0
        return count, [account for account in found if account is not None]

    def _require_known(self, version: object) -> None:
        if isinstance(version, int) and version > SCHEMA:
            raise StoreError(
                f"a newer release wrote the list of accounts (format {version})",
                hint=f"update pywry-auth, or remove {self._path}",
            )


def _members_in(content: bytes) -> dict[str, object]:
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return data if is_object(data) else {}


def _account(entry: object) -> Account | None:
    if not is_object(entry):
        return None
    provider, subject, at = entry.get("provider"), entry.get("subject"), entry.get("signed_in_at")
    if not isinstance(provider, str) or not isinstance(subject, str):
        return None
    return Account(
        provider,
        subject,
        label=_text(entry.get("label")),
        signed_in_at=float(at) if isinstance(at, int | float) else 0.0,
        name=_text(entry.get("name")),
        picture=_text(entry.get("picture")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
