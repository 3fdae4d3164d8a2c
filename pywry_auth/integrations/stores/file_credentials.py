"""Credentials in one readable file, for those who ask for that by name."""

import os
from collections.abc import Mapping
from pathlib import Path

from pywry_auth.integrations.stores.credential_records import (
    record_in,
    record_key,
    record_text,
    unreadable,
)
from pywry_auth.integrations.subjects import Subject
from pywry_auth.off_loop import off_loop
from pywry_auth.token_store.file import records_in, text_of
from pywry_auth.token_store.one_file import Contents, OneFileRecords


class FileCredentialStore:
    """
    Keeps records unencrypted in a JSON file with mode 0600.

    Whoever can read the file, a backup of it or the disk can use what is in it; prefer a
    ``TokenCredentialStore`` over a keyring. The file is replaced whole, or left as it was; what is
    damaged is set aside beside it and reported, never deleted. May be used from any thread and
    any event loop, by several processes at once. Nothing is created before the first ``set``.

    Args:
        path: the file; missing folders are made with mode 0700.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        self._records = _CredentialRecords(self.path, "credentials")
        self.identity = self._records.identity

    def __repr__(self) -> str:
        return f"{type(self).__name__}({os.fspath(self.path)!r})"

    async def get(self, provider: str, subject: Subject) -> dict[str, object] | None:
        """
        Give the record, or None.

        Raises:
            StoredDataError: there is one, or was, but it cannot be read.
            StoreUnavailableError: the file cannot be used.
        """
        key = record_key(provider, subject)
        text = await off_loop(lambda: self._records.read(key))
        if text is not None:
            record = record_in(text)
            if record is not None:
                return record
            self._records.damage.note(key)
            await off_loop(lambda: self._records.set_aside(key, text))
        # What was lost stays lost until somebody replaces it: an application's own token must not
        # take its place unseen.
        if self._records.damage.concerns(key):
            raise unreadable(provider, subject)
        return None

    async def set(self, provider: str, subject: Subject, data: Mapping[str, object]) -> None:
        """
        Keep *data* in place of what was there.

        Raises:
            StoreUnavailableError: the file cannot be used.
        """
        key, text = record_key(provider, subject), record_text(data)
        await off_loop(lambda: self._records.write(key, text, None))
        self._records.damage.mend(key)

    async def delete(self, provider: str, subject: Subject) -> None:
        """
        Remove the record; nothing there is no error.

        Raises:
            StoreUnavailableError: the file cannot be used.
        """
        key = record_key(provider, subject)
        await off_loop(lambda: self._records.remove(key))
        self._records.damage.mend(key)


class _CredentialRecords(OneFileRecords[None]):
    def unpack(self, content: bytes) -> Contents[None]:
        return Contents(records_in(content), None)

    def pack(self, records: dict[str, str], state: None) -> bytes:
        del state
        return text_of(records)

    def written(self, content: bytes) -> None:
        """Nothing is remembered of a readable file."""
