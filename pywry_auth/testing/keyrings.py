"""
Keyrings that are missing, locked, slow, tiny or worse.

    with installed(LockedKeyring()) as keyring:
        ...  # the application finds the keyring of this desktop locked
        keyring.unlock()

Each passes for a backend of the operating system, so that an application under test takes it
without a change. A store looks for the keyring at its first call: make it inside.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError


WINDOWS_BYTES = 2560  # CRED_MAX_CREDENTIAL_BLOB_SIZE: 1280 characters of UTF-16
FOR_EVER = 3600.0  # seconds; longer than any test

K = TypeVar("K", bound="MemoryKeyring")
AnyBackend = TypeVar("AnyBackend", bound=type[KeyringBackend])


def _passes_for(module: str, name: str) -> Callable[[AnyBackend], AnyBackend]:
    def renamed(backend: AnyBackend) -> AnyBackend:
        backend.__module__, backend.__qualname__ = module, name
        return backend

    return renamed


_desktop = _passes_for("keyring.backends.SecretService", "Keyring")


@_desktop
class MemoryKeyring(KeyringBackend):
    """
    A healthy keyring that lives as long as the object; the others are this one with a fault.

    It is never chosen by itself, only where it was ``installed``.

    Attributes:
        calls: ``get``, ``set`` or ``delete``, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self._secrets: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return f"a keyring for tests with {len(self._secrets)} entries"

    def entries(self, service: str) -> list[str]:
        """Name what is kept for *service*."""
        with self._lock:
            return sorted(name for of, name in self._secrets if of == service)

    def clear(self) -> None:
        """Forget everything, as after another user's sign-in or a new keychain."""
        with self._lock:
            self._secrets.clear()

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is kept, or None."""
        self._begin("get")
        with self._lock:
            return self._secrets.get(self._place(service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep *password*."""
        self._begin("set")
        self._weigh(password)
        with self._lock:
            self._secrets[self._place(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget what is kept; nothing there is an error, as in every keyring."""
        self._begin("delete")
        with self._lock:
            if self._secrets.pop(self._place(service, username), None) is None:
                raise PasswordDeleteError("no such password")

    def give_up(self) -> None:
        """Let go of whoever waits; called when the keyring is installed no more."""

    def _begin(self, call: str) -> None:
        self.calls.append(call)

    def _weigh(self, password: str) -> None:
        """Strictly private: refuse what is too long."""

    def _place(self, service: str, username: str) -> tuple[str, str]:
        return service, username


@_desktop
class MissingKeyring(MemoryKeyring):
    """There is no keyring here: a server, a container, a desktop without a Secret Service."""

    def _begin(self, call: str) -> None:
        super()._begin(call)
        raise NoKeyringError("no recommended backend was available")


@_desktop
class LockedKeyring(MemoryKeyring):
    """The keyring is locked, and the person does not unlock it, until ``unlock`` is called."""

    def __init__(self) -> None:
        super().__init__()
        self._is_locked = True

    def unlock(self) -> None:
        """Type the password."""
        self._is_locked = False

    def _begin(self, call: str) -> None:
        super()._begin(call)
        if self._is_locked:
            raise KeyringLocked("failed to unlock the collection")


@_desktop
class UnansweredKeyring(MemoryKeyring):
    """A dialog asks for the password, and each call hangs until ``answer`` is called."""

    def __init__(self) -> None:
        super().__init__()
        self._answered = threading.Event()

    def answer(self) -> None:
        """Type the password into the dialog."""
        self._answered.set()

    def give_up(self) -> None:
        """Close the dialog."""
        self._answered.set()

    def _begin(self, call: str) -> None:
        super()._begin(call)
        self._answered.wait(FOR_EVER)


@_desktop
class SlowKeyring(MemoryKeyring):
    """
    Every call takes a while.

    Args:
        seconds: how long; real ones.
    """

    def __init__(self, seconds: float = 0.2) -> None:
        super().__init__()
        self._seconds = seconds

    def _begin(self, call: str) -> None:
        super()._begin(call)
        time.sleep(self._seconds)


class CredWriteError(Exception):
    """What Windows says to a credential that is too long."""


@_passes_for("keyring.backends.Windows", "WinVaultKeyring")
class TinyKeyring(MemoryKeyring):
    """
    An entry holds no more than one of the Windows Credential Manager; capitals do not count there.

    Args:
        size: bytes one entry holds, at two for each character.
    """

    def __init__(self, size: int = WINDOWS_BYTES) -> None:
        super().__init__()
        self._size = size

    def _weigh(self, password: str) -> None:
        if len(password.encode("utf-16-le", "surrogatepass")) > self._size:
            raise CredWriteError(1783, "CredWrite", "The stub received bad data")

    def _place(self, service: str, username: str) -> tuple[str, str]:
        return service.casefold(), username.casefold()


@_passes_for("keyring.backends.Windows", "WinVaultKeyring")
class DyingKeyring(TinyKeyring):
    """
    The service dies after some writes, perhaps between two parts of one record.

    Args:
        writes: how many writes succeed; ``revive`` brings the service back with what it has.
    """

    def __init__(self, writes: int) -> None:
        super().__init__()
        self._left: int | None = writes

    def revive(self) -> None:
        """Start the service again, for good."""
        self._left = None

    def die_after(self, writes: int) -> None:
        """Let *writes* more writes succeed."""
        self._left = writes

    def _begin(self, call: str) -> None:
        super()._begin(call)
        if self._left is None:
            return
        if self._left == 0:
            raise ConnectionError("the keyring service has gone")
        if call != "get":
            self._left -= 1


@_desktop
class ForgetfulKeyring(MemoryKeyring):
    """It takes everything, and has nothing a moment later."""

    def _begin(self, call: str) -> None:
        super()._begin(call)
        self.clear()


@contextmanager
def installed(keyring: K) -> Generator[K, None, None]:
    """Make *keyring* the one of this process; the former one is back afterwards."""
    from unittest.mock import patch

    # Set directly: asking for the former one would look for it, on this desktop's bus.
    with patch("keyring.core._keyring_backend", keyring):
        try:
            yield keyring
        finally:
            keyring.give_up()
