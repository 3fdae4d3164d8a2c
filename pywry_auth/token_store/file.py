"""Tokens in one readable file, for those who ask for that by name."""

import json
import os
from pathlib import Path

from pywry_auth.errors import StoredDataError, StoreError
from pywry_auth.json_value import is_object
from pywry_auth.token_store.one_file import Contents, OneFileRecords
from pywry_auth.token_store.records import RecordTokenStore


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
        records = _JsonRecords(self.path, "file")
        super().__init__(records, records.damage)


class _JsonRecords(OneFileRecords[None]):
    def unpack(self, content: bytes) -> Contents[None]:
        return Contents(records_in(content), None)

    def pack(self, records: dict[str, str], state: None) -> bytes:
        del state
        return text_of(records)

    def written(self, content: bytes) -> None:
        """Nothing is remembered of a readable file."""


def text_of(records: dict[str, str]) -> bytes:
    """Write *records* as JSON."""
    return json.dumps({"v": SCHEMA, "records": records}, indent=1, sort_keys=True).encode()


def records_in(content: bytes) -> dict[str, str]:
    """
    Read what `text_of` wrote.

    Raises:
        StoredDataError: it is damaged.
        StoreError: a newer release wrote it.
    """
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        raise StoredDataError("the token file is not JSON") from None
    if not is_object(data):
        raise StoredDataError("the token file is not a JSON object")
    version, records = data.get("v"), data.get("records")
    if isinstance(version, int) and version > SCHEMA:
        raise StoreError(
            "a newer release wrote the token file; it is left as it is",
            hint="update this application",
        )
    if version != SCHEMA or not is_object(records):
        raise StoredDataError("the token file holds no records")
    return {key: text for key, text in records.items() if isinstance(text, str)}
