"""Where the credentials of subjects are kept."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from pywry_auth.integrations.subjects import Subject


@runtime_checkable
class CredentialStore(Protocol):
    """
    Keeps one record for each provider with each subject; an application may bring its own.

    Records are JSON objects; copies go in and come out. All methods raise ``TypeError`` for a
    subject that JSON cannot say, and ``ConfigError`` for an empty one, before anything is read or
    written, and ``StoreError`` when the backend refuses.
    """

    async def get(self, provider: str, subject: Subject) -> dict[str, object] | None:
        """
        Give the record, or None.

        Raises:
            StoredDataError: there is one, but it cannot be read.
        """
        ...

    async def set(self, provider: str, subject: Subject, data: Mapping[str, object]) -> None:
        """Keep *data* in place of what was there."""
        ...

    async def delete(self, provider: str, subject: Subject) -> None:
        """Remove the record; nothing there is no error."""
        ...


def require_store(given: object) -> None:
    """
    Make sure that *given*, whatever a caller without a type checker wrote, can be a store.

    Raises:
        TypeError: it cannot.
    """
    if isinstance(given, type):
        raise TypeError(f"credential_store is a class: make one by {given.__name__}(...)")
    if not isinstance(given, CredentialStore):
        raise TypeError(
            f"credential_store needs get, set, delete, which {type(given).__name__} has not; "
            "a store of tokens becomes one by TokenCredentialStore(...)"
        )
