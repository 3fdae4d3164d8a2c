"""The records of a credential store, as the credentials of each provider."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Protocol, runtime_checkable

from pywry_auth.errors import StoredDataError, StoreUnavailableError
from pywry_auth.integrations.credential_store import CredentialStore, require_store
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.stores.credential_records import record_key, unreadable
from pywry_auth.integrations.subjects import Subject
from pywry_auth.lock import IN_PROCESS, RecordLock, record_lock
from pywry_auth.protocol.wire import printable


LOCK_GRACE = 5.0  # seconds that storing or deleting waits for a renewal of the same record

MAX_SHOWN = 200  # characters of a subject in a message


class StoredCredentials:
    """
    Reads and writes the credentials of subjects, each under the name of its auth provider.

    What was asked for last stays: storing and deleting wait a little for a renewal under way.
    """

    def __init__(self, store: CredentialStore) -> None:
        require_store(store)
        self.store = store
        self._identity = _identity(store)

    def lock(self, provider: str, subject: Subject, timeout: float = 30.0) -> RecordLock:
        """Give the lock of one record; *timeout* is the seconds to wait for other holders."""
        # Not the key alone: the store may have a lock of that name for its own writing.
        return record_lock(self._identity, f"renewal:{record_key(provider, subject)}", timeout)

    async def load(
        self, name: str, provider: AuthProvider, subject: Subject
    ) -> UserCredentials | None:
        """
        Give what is stored, or None.

        Args:
            name: under which *provider* is known to the manager, and to the store.
            provider: whose own model the credentials become.
            subject: whose they are.

        Raises:
            StoredDataError: it cannot be read.
        """
        with suppress(StoredDataError):
            record = await self.store.get(name, subject)
            with suppress(TypeError, ValueError):
                return provider.parse_user_credentials(record)
        # Raised here, where no other error is being handled that could tell of the content.
        raise unreadable(name, subject)

    async def save(self, name: str, subject: Subject, credentials: UserCredentials) -> None:
        """Store *credentials* in place of what was there."""
        async with self._quiet(name, subject):
            await self.store.set(name, subject, credentials.to_record())

    async def delete(self, name: str, subject: Subject) -> None:
        """Remove what is stored; nothing there is no error."""
        async with self._quiet(name, subject):
            await self.store.delete(name, subject)

    @asynccontextmanager
    async def _quiet(self, name: str, subject: Subject) -> AsyncGenerator[None]:
        # Otherwise a renewal under way could bring back what is removed here.
        async with AsyncExitStack() as stack:
            with suppress(StoreUnavailableError):  # whoever renews for so long is not waited for
                await stack.enter_async_context(self.lock(name, subject, LOCK_GRACE))
            yield


@runtime_checkable
class _Identified(Protocol):
    identity: str


def _identity(store: CredentialStore) -> str:
    named = store.identity if isinstance(store, _Identified) else ""
    return named or f"{IN_PROCESS}{id(store)}"


def shown(subject: Subject) -> str:
    """Write *subject* as a message may name it."""
    whose = subject if isinstance(subject, str) else json.dumps(dict(subject), sort_keys=True)
    return printable(whose, MAX_SHOWN)
