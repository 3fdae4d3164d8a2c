"""Tokens in one readable file, for those who ask for that by name."""

import json
import os
import time
from pathlib import Path
from typing import TypeGuard

from pywry_auth.errors import StoredDataError, StoreError, StoreUnavailableError
from pywry_auth.lock import RecordLock, record_lock
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.token_store.records import Records, RecordTokenStore, logger


SCHEMA = 1


class JsonFileTokenStore(RecordTokenStore):
    """
    Keeps token sets unencrypted in a JSON file with mode 0600.

    Whoever can read the file, a backup of it or the disk can use the tokens; prefer a keyring.
    Nothing is created before the first save.

    Args:
        path: the file; missing folders are made with mode 0700.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        super().__init__(_FileRecords(self.path))


class _FileRecords(Records):
    def __init__(self, path: Path) -> None:
        self._path = path
        # The folder's real name, so that two spellings of one file share their lock.
        self.identity = f"file:{Path(os.path.realpath(path.parent), path.name)}"

    def read(self, key: str) -> str | None:
        return self._found().get(key)

    def write(self, key: str, text: str, life: float | None) -> None:
        del life  # a file forgets nothing by itself
        with self._lock():
            records = self._usable()
            self._replace(records | {key: text})

    def remove(self, key: str) -> None:
        with self._lock():
            records = self._usable()
            if records.pop(key, None) is not None:
                self._replace(records)

    def keys(self) -> list[str]:
        return sorted(self._found())

    def set_aside(self, key: str, text: str) -> None:
        with self._lock():
            records = self._usable()
            if records.get(key) != text:
                return
            del records[key]
            self._write(self._beside("record"), {key: text})
            self._replace(records)

    def _lock(self) -> RecordLock:
        # Not the lock of a record: its holder saves that very record.
        return record_lock(self.identity, "\0file")

    def _found(self) -> dict[str, str]:
        try:
            return self._parsed()
        except StoredDataError:
            with self._lock():
                return self._usable()  # another process may have repaired it meanwhile

    def _usable(self) -> dict[str, str]:
        """Strictly private: give what is there while nobody writes; set a damaged file aside."""
        try:
            return self._parsed()
        except StoredDataError as exc:
            logger.warning("token_store.unreadable", extra={"key": None, "reason": exc.message})
        self._move_aside()
        return {}

    def _parsed(self) -> dict[str, str]:
        try:
            content = read_private(self._path)
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc
        return {} if content is None else _records(content)

    def _move_aside(self) -> None:
        try:
            self._path.replace(self._beside("file"))
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc

    def _beside(self, what: str) -> Path:
        return self._path.with_name(f"{self._path.name}.damaged-{what}-{time.time_ns()}")

    def _replace(self, records: dict[str, str]) -> None:
        self._write(self._path, records)

    def _write(self, path: Path, records: dict[str, str]) -> None:
        text = json.dumps({"v": SCHEMA, "records": records}, indent=1, sort_keys=True)
        try:
            replace_private(path, text.encode())
        except OSError as exc:
            raise _unreachable(self._path, exc) from exc


def _records(content: bytes) -> dict[str, str]:
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        raise StoredDataError("the token file is not JSON") from None
    if not _is_object(data):
        raise StoredDataError("the token file is not a JSON object")
    version, records = data.get("v"), data.get("records")
    if isinstance(version, int) and version > SCHEMA:
        raise StoreError(
            "a newer release wrote the token file; it is left as it is",
            hint="update this application",
        )
    if version != SCHEMA or not _is_object(records):
        raise StoredDataError("the token file holds no records")
    return {key: text for key, text in records.items() if isinstance(text, str)}


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _unreachable(path: Path, exc: OSError) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"the token file cannot be used ({type(exc).__name__})",
        hint=f"check the permissions of {path} with its folder",
    )
