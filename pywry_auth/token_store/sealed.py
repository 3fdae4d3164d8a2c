"""Tokens in one encrypted file, whose key is in the keyring."""

import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.errors import StoredDataError
from pywry_auth.token_store.deadline import Patience
from pywry_auth.token_store.file import records_in, text_of
from pywry_auth.token_store.keyring_entries import Backend, KeyringEntries
from pywry_auth.token_store.one_file import Contents, OneFileRecords, UnopenableError
from pywry_auth.token_store.records import RecordTokenStore
from pywry_auth.token_store.sealing import Label, seal, unseal
from pywry_auth.token_store.sealing_key import SealingKey


class SealedTokenStore(RecordTokenStore):
    """
    Keeps token sets in a file sealed with AES-256-GCM; the keyring holds nothing but its key.

    The keyring is written once in the life of the key, then read once in each process, at the
    first use of a file that exists. No save, no refresh touches it: macOS asks for no password
    again, and the length of an entry (Windows: 2560 bytes) limits nothing.

    All records lie in one file, sealed together. It holds the few accounts of one person, some
    kilobytes, and every save has to sync one file to the disk anyway; so a file for each record
    would spare neither the disk nor the time, while this way the names of the accounts are hidden
    as well, a record cannot be put under another key or be replaced by an older copy of itself
    without opening the whole, and there is one rename to get right. The price: processes that save
    different records take turns, and damage anywhere sets the whole file aside.

    The version of the form, the service name, the name of the file and a number that grows with
    each writing are authenticated too. A file that was changed, renamed, exchanged for that of
    another service, is renamed, never deleted; the store is then empty. A keyring that is locked,
    cannot be reached or does not have the key is an error that changes nothing: perhaps another
    keyring has been chosen, and with the former one the file opens again. Who wants to sign in
    afresh instead calls `begin_anew`.

    Prefer this store where each write to the keyring asks the person for a password (macOS, for
    programs without a signature), where it holds little (Windows: 2560 bytes in an entry), or where
    a session is renewed often. Prefer ``KeyringTokenStore`` where nothing may lie on the disk, or
    where the person should see and remove single accounts in the keyring.

    What cannot be detected: an older copy of the whole file (or a whole file of the same name and
    service from another folder) put in place while no process that read the newer one is running.
    Knowing that would take a keyring write for every save.

    Two files with the same service name share the key; an application chooses a service name of
    its own, and keeps it: under another name the file cannot be opened. The folder may move.

    ``erase`` removes the file and the key, so that no copy of the file can be opened any more.

    Args:
        path: the file; missing folders are made with mode 0700. Nothing is created, neither a file
            nor a key, before the first save.
        service_name: under which the key appears in the keyring.
        on_waiting: called when a dialog of the keyring may be waiting for the person; on the thread
            that waits, not on the event loop.
        backend: a ``keyring`` backend to use as it is, whatever it is.
        patience: how long one keyring call may take; by the desktop when left out.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        service_name: str = "pywry-oauth",
        *,
        on_waiting: Callable[[], None] | None = None,
        backend: Backend | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.path = Path(path).expanduser().absolute()
        self.service_name = service_name
        entries = KeyringEntries(
            service_name, on_waiting=on_waiting, backend=backend, patience=patience
        )
        key = SealingKey(service_name, entries)
        sealed = _SealedRecords(self.path, service_name, key)
        super().__init__(sealed, sealed.damage)
        self._sealed = sealed

    async def begin_anew(self) -> Path | None:
        """
        Set aside a file whose key the keyring does not have, so that a person can sign in afresh.

        Returns:
            Where the file lies now; it opens again with its key, under its former name. None where
            there was no such file, and nothing was done.

        Raises:
            StoreError: the keyring cannot be asked, or the file cannot be renamed.
        """
        from pywry_auth.off_loop import off_loop

        return await off_loop(self._sealed.begin_anew)


@dataclass(frozen=True, slots=True)
class _Opened:
    """Strictly private: how the file that is there was opened."""

    label: Label
    key: bytes = field(repr=False)


class _SealedRecords(OneFileRecords[_Opened]):
    def __init__(self, path: Path, service: str, key: SealingKey) -> None:
        super().__init__(path, "sealed")
        self._key = key
        # Folded: on macOS, as on Windows, two cases of one name are one file.
        self._place = json.dumps([service, path.name.casefold()]).encode()
        self._mutex = threading.Lock()
        self._newest: Label | None = None

    def unpack(self, content: bytes) -> Contents[_Opened]:
        label = Label.of(content)
        plain, key = self._opened(content, label)
        self._refuse_older(label)
        return Contents(records_in(plain), _Opened(label, key))

    def pack(self, records: dict[str, str], state: _Opened | None) -> bytes:
        # A new file asks the keyring afresh: a key that only this process remembers opens nothing
        # tomorrow.
        key = self._key.look_up_or_make() if state is None else state.key
        label = Label.first(key) if state is None else state.label.next(key)
        return seal(text_of(records), label, key=key, place=self._place)

    def erase(self, known: Iterable[str]) -> None:
        try:
            super().erase(known)
        finally:
            self._key.forget()  # the surer half: a disk may keep for long what was removed from it

    def written(self, content: bytes) -> None:
        self._refuse_older(Label.of(content))

    def _opened(self, content: bytes, label: Label) -> tuple[bytes, bytes]:
        held = self._key.held
        plain = None if held is None else unseal(content, label, key=held, place=self._place)
        if held is not None and plain is not None:
            return plain, held
        key = self._key.look_up()  # another process may have begun anew with another
        if key is None or not label.may_be_of(key):
            raise _no_key(self._path)
        plain = unseal(content, label, key=key, place=self._place)
        if plain is None:
            raise StoredDataError("the token file was changed, or sealed with another key")
        return plain, key

    def _refuse_older(self, label: Label) -> None:
        """
        Strictly private: remember the newest writing of this file; an older one is a copy put back.

        A reader may be overtaken by a newer one, too; then it is read again, while nobody writes.
        """
        with self._mutex:
            newest = self._newest
            if newest is not None and newest.file == label.file and newest.writing > label.writing:
                raise StoredDataError("an older copy of the token file has taken its place")
            self._newest = label


def _no_key(path: Path) -> UnopenableError:
    return UnopenableError(
        "the keyring does not have the key of the token file, which is left as it is",
        hint="choose the keyring that was in use when it was made, or call begin_anew() to sign in "
        f"afresh; {path} is then kept under another name",
    )
