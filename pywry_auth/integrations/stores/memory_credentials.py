"""Credentials kept for as long as the process lives."""

import threading
from collections.abc import Mapping
from secrets import token_hex

from pywry_auth.integrations.stores.credential_records import (
    record_in,
    record_key,
    record_text,
    unreadable,
)
from pywry_auth.integrations.subjects import Subject
from pywry_auth.lock import IN_PROCESS


class InMemoryCredentialStore:
    """Keeps records in this process; may be used from any thread and any event loop."""

    def __init__(self) -> None:
        # A name of its own: records of two stores have nothing to do with each other.
        self.identity = IN_PROCESS + token_hex(8)
        self._lock = threading.Lock()
        # As text, so that nobody holds a piece of what is kept here.
        self._records: dict[str, str] = {}

    async def get(self, provider: str, subject: Subject) -> dict[str, object] | None:
        """Give a copy of the record, or None."""
        key = record_key(provider, subject)
        with self._lock:
            text = self._records.get(key)
        if text is None:
            return None
        record = record_in(text)
        if record is None:
            raise unreadable(provider, subject)
        return record

    async def set(self, provider: str, subject: Subject, data: Mapping[str, object]) -> None:
        """Keep a copy of *data* in place of what was there."""
        key, text = record_key(provider, subject), record_text(data)
        with self._lock:
            self._records[key] = text

    async def delete(self, provider: str, subject: Subject) -> None:
        """Forget the record; nothing there is no error."""
        key = record_key(provider, subject)
        with self._lock:
            self._records.pop(key, None)
