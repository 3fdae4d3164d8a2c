"""Tokens in the keyring of the operating system."""

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress

from pywry_auth.errors import StoredDataError, StoreUnavailableError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.lock import RecordLock, record_lock
from pywry_auth.token_store import keyring_rules as rules
from pywry_auth.token_store.base import key_entry
from pywry_auth.token_store.deadline import Patience
from pywry_auth.token_store.entries import RESERVED, LongEntries, digest_of
from pywry_auth.token_store.keyring_entries import Backend, KeyringEntries
from pywry_auth.token_store.records import HURRY, Records, RecordTokenStore, logger


INDEX = f"{RESERVED}index"


class KeyringTokenStore(RecordTokenStore):
    """
    Keeps token sets in the Secret Service, KWallet, the macOS keychain or the Windows vault.

    The keyring is looked for at the first call, not before. Backends that store plain text, or
    nothing, are refused with ``EncryptionUnavailableError``. Each save writes to the keyring; where
    that asks the person for a password, or is slow, ``SealedTokenStore`` is the better choice.

    Args:
        service_name: under which the entries appear in the keyring.
        on_waiting: called once for each call that takes so long that a dialog may be waiting for
            the person; on the thread that waits, not on the event loop.
        backend: a ``keyring`` backend to use as it is, whatever it is.
        part_size: characters one entry holds; by what the backend can hold when left out.
        patience: how long one call may take; by the desktop when left out.
    """

    def __init__(
        self,
        service_name: str = "pywry-oauth",
        *,
        on_waiting: Callable[[], None] | None = None,
        backend: Backend | None = None,
        part_size: int | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.service_name = service_name
        entries = KeyringEntries(
            service_name, on_waiting=on_waiting, backend=backend, patience=patience
        )
        super().__init__(_KeyringRecords(service_name, entries, part_size))


class _KeyringRecords(Records):
    def __init__(self, service: str, keyring: KeyringEntries, part_size: int | None) -> None:
        self.identity = f"keyring:{service}"
        self._keyring = keyring
        self._part_size = part_size

    def read(self, key: str) -> str | None:
        name = self._name(key)
        try:
            return self._long().get(name)
        except StoredDataError:
            return self._read_in_turn(key, name)

    def write(self, key: str, text: str, life: float | None) -> None:
        del life  # a keyring forgets nothing by itself
        with self._lock():
            # Listed first: a listed key without a record is left out, an unlisted record is lost.
            listed = self._index()
            if key not in listed:
                self._list(listed | {key})
            self._long().set(self._name(key), text)

    def remove(self, key: str) -> None:
        with self._lock():
            self._long().remove(self._name(key))
            listed = self._index()
            if key in listed:
                self._list(listed - {key})

    def keys(self) -> list[str]:
        return sorted(
            key for key in self._index() if self._keyring.get(self._name(key)) is not None
        )

    def set_aside(self, key: str, text: str) -> None:
        with self._lock():
            name = self._name(key)
            if self._keyring.get(name) == text or self._long().get(name) == text:
                self._move_aside(name, text)

    def erase(self, known: Iterable[str]) -> None:
        with ExitStack() as alone:
            with suppress(StoreUnavailableError):
                alone.enter_context(self._lock(HURRY))
            keys = {*self._index(), *known}
            names = {self._name(one) for key in keys for one in (key, key_entry(key))}
            for name in (*sorted(names), INDEX):
                self._long().remove(name)
                self._long().remove(_aside(name))

    def _read_in_turn(self, key: str, name: str) -> str | None:
        """Strictly private: read while nobody writes; parts that lack now are lost for good."""
        with self._lock():
            try:
                return self._long().get(name)
            except StoredDataError as exc:
                logger.warning("token_store.unreadable", extra={"key": key, "reason": exc.message})
                self._move_aside(name, self._keyring.get(name) or "")
                return None

    def _move_aside(self, name: str, text: str) -> None:
        self._long().set(_aside(name), text)
        self._long().remove(name)

    def _index(self) -> frozenset[str]:
        try:
            return _keys_in(self._long().get(INDEX))
        except StoredDataError as exc:
            # The records are all there; each save lists its own again.
            logger.warning("token_store.index_unreadable", extra={"reason": exc.message})
            return frozenset()

    def _list(self, keys: frozenset[str]) -> None:
        if keys:
            self._long().set(INDEX, json.dumps({"v": 1, "keys": sorted(keys)}))
        else:
            self._long().remove(INDEX)

    def _lock(self, timeout: float = 30.0) -> RecordLock:
        # Not the lock of a record: its holder saves that very record.
        return record_lock(self.identity, "\0keyring", timeout)

    def _name(self, key: str) -> str:
        names = self._keyring.backend_names()
        return rules.entry_name(key, fold=rules.folds_case(names[0], names[1:]))

    def _long(self) -> LongEntries:
        names = self._keyring.backend_names()
        return LongEntries(self._keyring, self._part_size or rules.part_size(names[0], names[1:]))


def _aside(name: str) -> str:
    return f"{RESERVED}damaged:{digest_of(name)}"


def _keys_in(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset()
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError):
        raise StoredDataError("the list of stored keys is not JSON") from None
    keys = data.get("keys") if is_object(data) else None
    if not is_array(keys):
        raise StoredDataError("the list of stored keys is damaged")
    return frozenset(key for key in keys if isinstance(key, str))
