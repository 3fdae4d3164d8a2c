"""Remembers which accounts are stored, so that the next start finds them; holds no secret."""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pywry_auth.errors import StoreError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.lock import record_lock
from pywry_auth.private_files import read_private, replace_private


logger = logging.getLogger(__name__)

#: grows when an older release could misread what a newer one wrote
SCHEMA = 1
SETTLED = 1.0  # seconds; the times of files are coarse, so one may be written twice within a tick
LATEST = 1e11  # Unix time in seconds; no calendar shows a later one
HURRY = 5.0  # seconds that leaving everything behind waits for another process


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


@dataclass(frozen=True, slots=True)
class _Contents:
    generation: int = 0
    accounts: tuple[Account, ...] = ()
    leaving: tuple[Account, ...] = ()
    is_damaged: bool = False


#: what tells one writing of a file from another: when, which file, how long
_Sign = tuple[int, int, int]


class AccountIndex:
    """
    The accounts of one application, the one last used of each provider first.

    Args:
        path: the file; it and its folder are made on the first sign-in, for their owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # One value, so that a reader on another thread never sees half of a change.
        self._seen: tuple[_Sign, frozenset[str] | None] | None = None

    def accounts(self, provider: str | None = None) -> list[Account]:
        """
        Give the accounts at *provider*, or all.

        Raises:
            StoreError: the file cannot be read.
        """
        found = self._read().accounts
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
        return self._read().generation

    def holds(self, key: str) -> bool:
        """
        Say whether the account whose tokens are under *key* is one of these.

        That costs one look at the time of a file, and no more while nobody signs in or out. True
        also where nobody can tell: a file that is damaged, or cannot be read, signs nobody out.
        """
        try:
            keys = self._keys()
        except StoreError:
            return True
        return keys is None or key in keys

    def remember(self, account: Account) -> None:
        """
        Put *account* first.

        Raises:
            StoreError: the file cannot be written.
        """
        self._change(
            lambda found: replace(
                found,
                accounts=(account, *_without(found.accounts, account)),
                leaving=_without(found.leaving, account),
            )
        )

    def forget(self, account: Account) -> None:
        """
        Remove *account*; not there is no error.

        Raises:
            StoreError: the file cannot be written.
        """
        self._change(
            lambda found: replace(
                found,
                accounts=_without(found.accounts, account),
                leaving=_without(found.leaving, account),
            )
        )

    def leaving(self) -> list[Account]:
        """
        Give the accounts left behind whose tokens nobody has seen removed yet.

        Raises:
            StoreError: the file cannot be read.
        """
        return list(self._read().leaving)

    def leave(self) -> None:
        """
        Remove all accounts at once; they are ``leaving`` until each has ``left``.

        Sibling processes use none of them from now on. Where the file cannot be written it is
        removed, which tells them the same.

        Raises:
            StoreError: it can be neither written nor removed.
        """

        def edit(found: _Contents) -> _Contents:
            both = {account.key: account for account in (*found.leaving, *found.accounts)}
            return _Contents(found.generation, (), tuple(both.values()))

        try:
            self._change(edit, timeout=HURRY)
        except StoreError:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as exc:
                raise _unwritable(self._path, exc) from exc

    def left(self, account: Account) -> None:
        """
        Note that nothing of *account* is stored any more, unless it was signed in again.

        Raises:
            StoreError: the file cannot be written.
        """
        self._change(lambda found: replace(found, leaving=_without(found.leaving, account)))

    def _change(self, edit: Callable[[_Contents], _Contents], *, timeout: float = 30.0) -> None:
        with record_lock(f"accounts:{self._path}", "", timeout):
            found = self._read()
            edited = edit(found)
            text = json.dumps(
                {
                    "v": SCHEMA,
                    "generation": found.generation + 1,
                    "accounts": [asdict(account) for account in edited.accounts],
                    "leaving": [asdict(account) for account in edited.leaving],
                }
            )
            try:
                replace_private(self._path, text.encode())
            except OSError as exc:
                raise _unwritable(self._path, exc) from exc

    def _keys(self) -> frozenset[str] | None:
        """Strictly private: the keys of all accounts; None where nobody can tell."""
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            return frozenset()
        except OSError:
            return None
        sign = (found.st_mtime_ns, found.st_ino, found.st_size)
        seen = self._seen
        if seen is not None and seen[0] == sign:
            return seen[1]
        contents = self._read()
        keys = None if contents.is_damaged else frozenset(one.key for one in contents.accounts)
        is_settled = time.time() - found.st_mtime > SETTLED
        self._seen = (sign, keys) if is_settled else None
        return keys

    def _read(self) -> _Contents:
        try:
            content = read_private(self._path)
        except OSError as exc:
            raise StoreError(
                f"the list of accounts cannot be read ({type(exc).__name__})",
                hint=f"check the permissions of {self._path}",
            ) from exc
        if content is None:
            return _Contents()
        data = _members_in(content)
        accounts, leaving = data.get("accounts"), data.get("leaving")
        if not is_array(accounts):
            # Only a convenience: the tokens are where they were.
            logger.warning("accounts.damaged", extra={"path": str(self._path)})
            return _Contents(is_damaged=True)
        self._require_known(data.get("v"))
        generation = data.get("generation")
        return _Contents(
            generation if isinstance(generation, int) else 0,
            _accounts(accounts),
            _accounts(leaving) if is_array(leaving) else (),
        )

    def _require_known(self, version: object) -> None:
        if isinstance(version, int) and version > SCHEMA:
            raise StoreError(
                f"a newer release wrote the list of accounts (format {version})",
                hint=f"update pywry-auth, or remove {self._path}",
            )


def _unwritable(path: Path, exc: OSError) -> StoreError:
    return StoreError(
        f"the list of accounts cannot be written ({type(exc).__name__})",
        hint=f"check that {path.parent} can be written",
    )


def _without(accounts: tuple[Account, ...], account: Account) -> tuple[Account, ...]:
    return tuple(one for one in accounts if one.key != account.key)


def _members_in(content: bytes) -> dict[str, object]:
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return data if is_object(data) else {}


def _accounts(entries: Sequence[object]) -> tuple[Account, ...]:
    found = (_account(entry) for entry in entries)
    return tuple(account for account in found if account is not None)


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
        signed_in_at=float(at) if isinstance(at, int | float) and 0 <= at < LATEST else 0.0,
        name=_text(entry.get("name")),
        picture=_text(entry.get("picture")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
