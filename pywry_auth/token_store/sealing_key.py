"""The key of sealed files, kept in the keyring."""

import re
from secrets import token_bytes

from pywry_auth.errors import StoreError
from pywry_auth.lock import record_lock
from pywry_auth.token_store.entries import RESERVED
from pywry_auth.token_store.keyring_entries import KeyringEntries
from pywry_auth.token_store.records import logger
from pywry_auth.token_store.sealing import KEY_SIZE


ENTRY = f"{RESERVED}sealing-key"
ASIDE = f"{RESERVED}damaged:sealing-key"
MARK = "pywry-sealing-key"
VERSION = 1


class SealingKey:
    """
    One key of 32 random bytes for each service name.

    It is written to the keyring once, because on macOS each write may ask the person for a
    password; it is read once in each process, then held in memory.

    Args:
        service: under which it appears in the keyring.
        entries: the entries of that service.
    """

    def __init__(self, service: str, entries: KeyringEntries) -> None:
        self._service = service
        self._entries = entries
        self._held: bytes | None = None

    @property
    def held(self) -> bytes | None:
        """The key as this process last saw it; None while it has not."""
        return self._held

    def look_up(self) -> bytes | None:
        """
        Ask the keyring; None only where it said that there is no key, or what it holds is none.

        Raises:
            StoreError: it could not be asked, or a newer release made the key.
        """
        self._held = key = _key_in(self._entries.get(ENTRY))
        return key

    def look_up_or_make(self) -> bytes:
        """
        Ask the keyring, and put a new key there when it has none.

        Raises:
            StoreError: the keyring could not be asked, or did not keep the new key.
        """
        # Two processes that begin at once must not make two keys.
        with record_lock(f"keyring:{self._service}", "\0sealing-key"):
            found = self.look_up()
            return self._made() if found is None else found

    def forget(self) -> None:
        """
        Remove the key, here and in the keyring; what it sealed can be opened by nobody any more.

        Raises:
            StoreError: the keyring could not be asked.
        """
        self._held = None
        for entry in (ENTRY, ASIDE):
            self._entries.remove(entry)

    def _made(self) -> bytes:
        strange = self._entries.get(ENTRY)
        if strange is not None:
            logger.warning("token_store.unreadable", extra={"key": None, "reason": "sealing key"})
            self._entries.set(ASIDE, strange)
        key = token_bytes(KEY_SIZE)
        self._entries.set(ENTRY, f"{MARK}:{VERSION}:{key.hex()}")
        if self.look_up() != key:
            raise StoreError(
                "the keyring did not keep the key of the token file, so nothing was written",
                hint="check that the keyring is not read-only, or choose another store by name",
            )
        return key


def _key_in(text: str | None) -> bytes | None:
    found = re.fullmatch(rf"{MARK}:([1-9][0-9]{{0,4}}):([!-~]+)", text or "")
    if found is None:
        return None
    if int(found[1]) > VERSION:
        raise StoreError(
            "a newer release made the key of the token file; it is left as it is",
            hint="update this application",
        )
    return bytes.fromhex(found[2]) if re.fullmatch(r"[0-9a-f]{64}", found[2]) else None
