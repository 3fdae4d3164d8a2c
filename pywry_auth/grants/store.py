"""Places that keep the one token set of a program."""

import os
from contextlib import suppress
from pathlib import Path

from pywry_auth.errors import StoredDataError, StoreUnavailableError
from pywry_auth.token_store.codec import NewerFormatError, decode, encode
from pywry_auth.token_store.one_file import Contents, OneFileRecords, UnopenableError
from pywry_auth.token_store.records import logger
from pywry_auth.token_store.slot import MemoryTokenSlot, TokenSlot
from pywry_auth.tokens import OAuthTokenSet


TokenStore = TokenSlot
MemoryTokenStore = MemoryTokenSlot

_ONLY = "default"  # the key of the only record


class FileTokenStore(TokenSlot):
    """
    Keeps one token set unencrypted in a file of its own, with mode 0600.

    Whoever can read the file, a backup of it or the disk can use the tokens; prefer a keyring:
    ``KeyringTokenStore().slot()``. Nothing is created before the first save. A file that is damaged
    or cannot be read counts as nothing; it is renamed, never replaced. A symbolic link is refused
    with ``StoreError``.

    Args:
        path: the file; missing folders are made with mode 0700.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        #: the file
        self.path = Path(path).expanduser().absolute()
        self._records = _OneRecord(self.path, "slot")
        self.identity = self._records.identity

    def __repr__(self) -> str:
        return f"FileTokenStore({str(self.path)!r})"

    def load(self) -> OAuthTokenSet | None:
        """
        Give what is kept; None when nothing is, or it cannot be read.

        Raises:
            StoreError: the file is a symbolic link, or a pipe.
        """
        try:
            text = self._records.read(_ONLY)
        except (StoreUnavailableError, UnopenableError) as exc:
            facts = {"path": str(self.path), "reason": exc.message}
            logger.warning(
                "token_store.unreadable: %s counts as empty, as %s",
                self.path,
                exc.message,
                extra=facts,
            )
            return None
        return None if text is None else decode(text)

    def save(self, tokens: OAuthTokenSet) -> None:
        """
        Keep *tokens* in place of what was there.

        Raises:
            StoreError: the file is a symbolic link, or belongs to a newer release.
            StoreUnavailableError: it cannot be written.
        """
        self._records.write(_ONLY, encode(tokens), None)

    def clear(self) -> None:
        """
        Remove the file; nothing there is no error.

        Raises:
            StoreError: it is a symbolic link.
            StoreUnavailableError: it cannot be removed.
        """
        self._records.remove(_ONLY)


class _OneRecord(OneFileRecords[None]):
    """A file that is one record, as the codec writes it."""

    def unpack(self, content: bytes) -> Contents[None]:
        try:
            text = content.decode("ascii")
            decode(text)
        except NewerFormatError as exc:
            raise UnopenableError(exc.message, hint=exc.hint) from None
        except UnicodeDecodeError:
            raise StoredDataError("the stored record is not ASCII") from None
        return Contents({_ONLY: text}, None)

    def pack(self, records: dict[str, str], state: None) -> bytes:
        del state
        return records[_ONLY].encode("ascii")

    def written(self, content: bytes) -> None:
        """Nothing is remembered of a readable file."""

    def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text*; what cannot be read keeps its content under another name."""
        del life
        with self._lock():
            self._make_way()
            self._replace({key: text}, None)

    def remove(self, key: str) -> None:
        """Remove the file, also one that a newer release wrote: somebody wants it gone."""
        del key
        with self._lock():
            with suppress(UnopenableError):
                self._make_way()
            self._unlink(self._path)

    def _make_way(self) -> None:
        try:
            self._usable()
        except StoreUnavailableError as exc:
            # Somebody else's file, or one that was locked away. What is refused for another
            # reason, like too many open files, may be whole, and stays; so does a folder.
            if not (isinstance(exc.__cause__, PermissionError) and _is_file(self._path)):
                raise
            self._rename(self._beside("kept", "file"))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # nobody may look into the folder
        return False
