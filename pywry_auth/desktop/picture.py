"""The pictures of accounts, fetched once, kept on this computer alone."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.picture_format import PictureKind, picture_format
from pywry_auth.errors import AuthError, StoreError
from pywry_auth.private_files import private_folder, read_private, replace_private


logger = logging.getLogger(__name__)

STALE = 7 * 86_400.0  # seconds; people change their picture now and then


@dataclass(frozen=True, slots=True)
class Picture:
    """
    One account's picture.

    Attributes:
        path: where it lies; readable by its owner alone.
        kind: what it is.
    """

    path: Path
    kind: PictureKind


class Pictures:
    """
    The pictures of one application's accounts.

    Args:
        folder: where they are kept; made with the first of them, for its owner alone.
        is_wanted: asked by key whether an account is still signed in, before its picture is kept.
        clock: gives Unix time in seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        is_wanted: Callable[[str], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._is_wanted = is_wanted
        self._now = clock

    def of(self, account: Account) -> Picture | None:
        """Give the picture of *account*; None where there is none, or not yet. Asks nobody."""
        path = self._path(account)
        content = _content(path)
        found = picture_format(content) if content else None
        if found is None or not found.is_harmless:
            return None
        return Picture(path, found.kind)

    def is_due(self, account: Account) -> bool:
        """Say whether ``fetch`` would ask for anything."""
        if not account.picture:
            return False
        try:
            written = self._path(account).stat().st_mtime
        except OSError:
            return True
        return self._now() - written > STALE

    async def fetch(self, account: Account, *, issuer: str = "") -> Picture | None:
        """
        Get the picture of *account* if it is not here; whatever goes wrong, there is just none.

        Args:
            account: whose; signed in by now.
            issuer: the provider's address. Where that is on this computer or its network, the
                picture may be there too; otherwise nothing near is asked on a stranger's word.

        Returns:
            What ``of`` gives from now on.
        """
        from pywry_auth.desktop.picture_fetch import fetch_picture
        from pywry_auth.off_loop import off_loop

        if self.is_due(account):
            try:
                content = await fetch_picture(account.picture, issuer=issuer)
                await off_loop(lambda: self._keep(account, content))
            except (AuthError, OSError) as exc:
                facts = {"account": account.key, "reason": type(exc).__name__}
                logger.info("picture.not_fetched", extra=facts)
        return await off_loop(lambda: self.of(account))

    def remove(self, account: Account) -> None:
        """Forget the pictures of *account*; none there is no error."""
        with suppress(OSError):
            for path in self._folder.glob(f"{_digest(account.key)}-*"):
                path.unlink(missing_ok=True)

    def clear(self) -> bool:
        """Forget all pictures; says whether they are gone."""
        import shutil

        shutil.rmtree(self._folder, ignore_errors=True)
        return not self._folder.exists()

    def _keep(self, account: Account, content: bytes) -> None:
        if not self._is_wanted(account.key):
            return
        self.remove(account)  # one of another address
        private_folder(self._folder)
        replace_private(self._path(account), content)
        if not self._is_wanted(account.key):  # signed out at this very moment
            self.remove(account)

    def _path(self, account: Account) -> Path:
        # Of no use to who reads the folder: neither account nor address can be made from it.
        return self._folder / f"{_digest(account.key)}-{_digest(account.picture)}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _content(path: Path) -> bytes | None:
    try:
        return read_private(path)
    except (OSError, StoreError):
        return None
