"""The entries of one service in the keyring of the operating system."""

import os
import sys
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from pywry_auth.token_store import keyring_rules as rules
from pywry_auth.token_store.deadline import Patience, PatientCaller


T = TypeVar("T")

#: seconds between repetitions of a call that may pass; every call has the same effect twice as once
PAUSES = (0.05, 0.1, 0.2, 0.4)


class Backend(Protocol):
    """What is used of a ``keyring`` backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give a password, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove a password; raises when there is none."""
        ...


class KeyringEntries:
    """
    Short texts by name in the keyring, each call with a deadline.

    The keyring is looked for at the first call, not before. Backends that store plain text, or
    nothing, are refused with ``EncryptionUnavailableError``.

    Args:
        service: under which the entries appear in the keyring.
        on_waiting: called once for each call that takes so long that a dialog may be waiting for
            the person; on the thread that waits.
        backend: a ``keyring`` backend to use as it is, whatever it is.
        patience: how long one call may take; by the desktop when left out.
    """

    def __init__(
        self,
        service: str,
        *,
        on_waiting: Callable[[], None] | None = None,
        backend: Backend | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._service = service
        waits = patience or rules.patience(sys.platform, os.environ)
        self._caller = PatientCaller(waits, on_waiting)
        self._backend = backend
        self._names: list[str] = []

    def get(self, name: str) -> str | None:
        """
        Give the text under *name*; None only where the keyring said that there is none.

        Raises:
            StoreUnavailableError: it is locked, refuses, is too slow or cannot be reached.
            StoreError: it did something else.
        """
        return self._call(lambda backend: backend.get_password(self._service, name))

    def set(self, name: str, text: str) -> None:
        """Keep *text* under *name*; raises as `get` does."""
        self._call(lambda backend: backend.set_password(self._service, name, text))

    def remove(self, name: str) -> None:
        """Remove *name*; nothing there is no error."""
        self._call(lambda backend: _remove(backend, self._service, name))

    def backend_names(self) -> list[str]:
        """Give the class name of the backend, then those of its members."""
        if not self._names:
            self._names = self._call(_names)
        return self._names

    def _call(self, work: Callable[[Backend], T]) -> T:
        outcome = self._caller.call(lambda: work(self._chosen()))
        for pause in PAUSES:
            if outcome.error is None or not rules.may_pass(outcome.error):
                break
            time.sleep(pause)
            outcome = self._caller.call(lambda: work(self._chosen()))
        if outcome.error is not None:
            raise rules.translate(outcome.error, sys.platform) from outcome.error
        return outcome.result()

    def _chosen(self) -> Backend:
        if self._backend is None:
            self._backend = _look_up()
        return self._backend


def _look_up() -> Backend:
    try:
        import keyring.core

        # keyring wraps set_password without naming its parameters
        backend: Backend = keyring.get_keyring()  # pyright: ignore[reportAssignmentType]
        if _names(backend) == [rules.ABSENT]:
            # keyring decides once per process; a service that was started later must be found.
            backend = keyring.core.load_keyring(rules.USUAL[sys.platform])  # pyright: ignore[reportAssignmentType]
        names = _names(backend)
    except (ImportError, AttributeError, RuntimeError, ValueError, KeyError, OSError) as exc:
        # No service answers, or PYTHON_KEYRING_BACKEND names nothing that can be used.
        raise rules.no_backend(sys.platform, "") from exc
    if not rules.is_allowed(names[0], names[1:]):
        raise rules.no_backend(sys.platform, ", ".join(names))
    return backend


def _names(backend: object) -> list[str]:
    from keyring.backends.chainer import ChainerBackend

    members: list[object] = list(backend.backends) if isinstance(backend, ChainerBackend) else []
    return [f"{type(one).__module__}.{type(one).__qualname__}" for one in (backend, *members)]


def _remove(backend: Backend, service: str, name: str) -> None:
    from keyring.errors import PasswordDeleteError

    try:
        backend.delete_password(service, name)
    except PasswordDeleteError:
        # The same error says "not there" and "not allowed".
        if backend.get_password(service, name) is not None:
            raise
