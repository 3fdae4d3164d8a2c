"""Records that lie together in one file."""

import os
import re
import stat
import time
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pywry_auth.errors import StoredDataError, StoreError, StoreUnavailableError
from pywry_auth.lock import RecordLock, record_lock
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.token_store.damage import Damage
from pywry_auth.token_store.records import HURRY, Records, logger


S = TypeVar("S")

STALE = 600.0  # seconds; a write takes a small part of one, so what is older belongs to a crash


class UnopenableError(StoreError):
    """The file is whole as far as can be told, yet cannot be opened here; it stays as it is."""


@dataclass(frozen=True, slots=True)
class Contents(Generic[S]):
    """
    What a file holds.

    Attributes:
        records: texts by key.
        state: what the form of the file has to know when it is written again; None where there is
            no file yet.
    """

    records: dict[str, str] = field(repr=False)
    state: S | None


class OneFileRecords(Records, Generic[S]):
    """
    Keeps all texts in one file that is replaced at once, readable by its owner alone.

    A damaged file is renamed, never deleted. Nothing is created before the first write. Writers
    take turns across processes; readers need not.

    Args:
        path: the file; missing folders are made with mode 0700.
        kind: first word of the identity.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        self._swept = False
        #: what of the file could not be read
        self.damage = Damage()
        # The folder's real name, so that two spellings of one file share their lock.
        self.identity = f"{kind}:{Path(os.path.realpath(path.parent), path.name)}"

    @abstractmethod
    def unpack(self, content: bytes) -> Contents[S]:
        """
        Read the bytes of a file.

        Raises:
            StoredDataError: they are of no use to any release.
            StoreError: they cannot be read just now; they stay where they are.
        """

    @abstractmethod
    def pack(self, records: dict[str, str], state: S | None) -> bytes:
        """Give the bytes of a file that takes the place of one with that *state*."""

    @abstractmethod
    def written(self, content: bytes) -> None:
        """Learn that *content* has taken the place of the file."""

    def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""
        return self._found().records.get(key)

    def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key*."""
        del life  # a file forgets nothing by itself
        with self._lock():
            found = self._usable()
            self._replace(found.records | {key: text}, found.state)

    def remove(self, key: str) -> None:
        """Remove the text under *key*."""
        with self._lock():
            found = self._usable()
            if found.records.pop(key, None) is not None:
                self._replace(found.records, found.state)

    def keys(self) -> list[str]:
        """Give all keys, sorted."""
        return sorted(self._found().records)

    def set_aside(self, key: str, text: str) -> None:
        """Move the damaged *text* to a file of its own, beside this one."""
        with self._lock():
            found = self._usable()
            if found.records.get(key) != text:
                return
            del found.records[key]
            self._put(self._beside("damaged", "record"), self.pack({key: text}, found.state))
            self._replace(found.records, found.state)

    def erase(self, known: Iterable[str]) -> None:
        """Remove the file, with all that was set aside or left half written beside it."""
        del known  # whatever there is lies in these files
        with ExitStack() as alone:
            with suppress(StoreUnavailableError):
                alone.enter_context(self._lock(HURRY))
            self._unlink(self._path, *_left_beside(self._path))

    def begin_anew(self) -> Path | None:
        """Rename a file that cannot be opened here, and give its new name; None for any other."""
        with self._lock():
            try:
                self._usable()
            except UnopenableError:
                kept = self._beside("kept", "file")
                self._rename(kept)
                return kept
        return None

    def _lock(self, timeout: float = 30.0) -> RecordLock:
        # Not the lock of a record: its holder saves that very record.
        return record_lock(self.identity, "\0file", timeout)

    def _found(self) -> Contents[S]:
        try:
            return self._unpacked()
        except StoredDataError:
            with self._lock():
                return self._usable()  # another process may have repaired it meanwhile

    def _usable(self) -> Contents[S]:
        """Strictly private: give what is there while nobody writes; set a damaged file aside."""
        try:
            return self._unpacked()
        except StoredDataError as exc:
            aside = self._beside("damaged", "file")
            facts = {"key": None, "reason": exc.message, "set_aside": aside.name}
            logger.warning(
                "token_store.unreadable: %s counts as empty, as %s; it is kept as %s",
                self._path,
                exc.message,
                aside.name,
                extra=facts,
            )
        self._rename(aside)
        self.damage.note_everything()
        return Contents({}, None)

    def _unlink(self, *paths: Path) -> None:
        try:
            for path in paths:
                path.unlink(missing_ok=True)
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc

    def _rename(self, aside: Path) -> None:
        try:
            self._path.replace(aside)
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc

    def _unpacked(self) -> Contents[S]:
        try:
            content = read_private(self._path)
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc
        return Contents({}, None) if content is None else self.unpack(content)

    def _beside(self, why: str, what: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{why}-{what}-{time.time_ns()}")

    def _replace(self, records: dict[str, str], state: S | None) -> None:
        content = self.pack(records, state)
        self._put(self._path, content)
        self.written(content)
        if not self._swept:
            self._swept = True
            _sweep(self._path)

    def _put(self, path: Path, content: bytes) -> None:
        try:
            replace_private(path, content)
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc


_ASIDE = r"\.(damaged|kept)-(file|record)-[0-9]+"
_HALF_WRITTEN = r"\.[0-9a-f]{12}\.tmp"


def _left_beside(path: Path) -> list[Path]:
    name = re.escape(path.name)
    names = re.compile(rf"{name}{_ASIDE}|\.{name}({_ASIDE})?{_HALF_WRITTEN}")
    if not path.parent.is_dir():
        return []
    return [one for one in path.parent.iterdir() if names.fullmatch(one.name)]


def _sweep(path: Path) -> None:
    """Strictly private: remove what crashes left half written; only while nobody else writes."""
    names = re.compile(rf"\.{re.escape(path.name)}({_ASIDE})?{_HALF_WRITTEN}")
    with suppress(OSError):
        for left in [one for one in path.parent.iterdir() if names.fullmatch(one.name)]:
            found = left.lstat()
            if stat.S_ISREG(found.st_mode) and time.time() - found.st_mtime > STALE:
                left.unlink()


def _unreachable(path: Path, exc: OSError) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"the token file cannot be used ({type(exc).__name__})",
        hint=f"check the permissions of {path} with its folder",
    )
