"""Two faces, one blocking, one awaited, over one store of texts."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable

from pywry_auth.errors import StoredDataError
from pywry_auth.token_store.base import TokenStore, of_tokens
from pywry_auth.token_store.codec import NewerFormatError, decode, encode
from pywry_auth.token_store.damage import Damage
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

HURRY = 5.0  # seconds that erasing everything waits for other processes


class Records(ABC):
    """Keeps texts by key while the caller waits; raises ``StoreError`` when the backend refuses."""

    identity: str = ""

    @abstractmethod
    def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""

    @abstractmethod
    def write(self, key: str, text: str, life: float | None) -> None:
        """
        Keep *text* under *key*.

        Args:
            key: any text.
            text: one record.
            life: seconds after which the record is of no use to anybody; None is unknown.
        """

    @abstractmethod
    def remove(self, key: str) -> None:
        """Remove the text under *key*; nothing there is no error."""

    @abstractmethod
    def keys(self) -> list[str]:
        """Give all keys, sorted."""

    @abstractmethod
    def set_aside(self, key: str, text: str) -> None:
        """Move the damaged *text* out of the way, unless something else is under *key* by now."""

    def erase(self, known: Iterable[str]) -> None:
        """
        Remove all records with whatever was set aside; *known* are keys no list may name.

        Nobody is waited for longer than ``HURRY``: who hangs must not keep anything here.
        """
        for key in dict.fromkeys([*self.keys(), *known]):
            self.remove(key)


class AwaitedRecords(ABC):
    """The same as `Records`, for a backend that is awaited by itself."""

    @abstractmethod
    async def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""

    @abstractmethod
    async def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key*; *life* as in `Records.write`."""

    @abstractmethod
    async def remove(self, key: str) -> None:
        """Remove the text under *key*; nothing there is no error."""

    @abstractmethod
    async def keys(self) -> list[str]:
        """Give all keys, sorted."""

    @abstractmethod
    async def set_aside(self, key: str, text: str) -> None:
        """Move the damaged *text* out of the way, unless something else is under *key* by now."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close the connections."""


class RecordSlot(TokenSlot):
    """One record of a keyed store."""

    def __init__(self, records: Records, key: str) -> None:
        self._records = records
        self.key = key
        self.identity = records.identity

    def load(self) -> OAuthTokenSet | None:
        """Give what is kept; None when nothing is, or it cannot be read."""
        return load_tokens(self._records, self.key)

    def save(self, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* in place of what was there."""
        save_tokens(self._records, self.key, tokens)

    def clear(self) -> None:
        """Remove what is kept; nothing there is no error."""
        self._records.remove(self.key)


class RecordTokenStore(TokenStore):
    """A token store whose blocking calls are awaited on threads of their own."""

    def __init__(self, records: Records, damage: Damage | None = None) -> None:
        self._records = records
        self._damage = damage or Damage()
        self.identity = records.identity

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* under *key*, in place of what was there."""
        from pywry_auth.off_loop import off_loop

        await off_loop(lambda: save_tokens(self._records, key, tokens))
        self._damage.mend(key)

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*; None when nothing is, or it cannot be read."""
        from pywry_auth.off_loop import off_loop

        return await off_loop(lambda: load_tokens(self._records, key, self._damage))

    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*; nothing there is no error."""
        from pywry_auth.off_loop import off_loop

        await off_loop(lambda: self._records.remove(key))
        self._damage.mend(key)

    def is_damaged(self, key: str) -> bool:
        """Say whether what was under *key* is gone because it could not be read."""
        return self._damage.concerns(key)

    async def erase(self, known: Iterable[str] = ()) -> None:
        """Remove everything that was ever kept here, copies of damaged records too."""
        from pywry_auth.off_loop import off_loop

        keys = tuple(known)
        await off_loop(lambda: self._records.erase(keys))

    async def exists(self, key: str) -> bool:
        """Say whether something readable is kept under *key*."""
        return await self.load(key) is not None

    async def list_keys(self) -> list[str]:
        """Give the keys of all token sets, sorted."""
        from pywry_auth.off_loop import off_loop

        return of_tokens(await off_loop(self._records.keys))

    def slot(self, key: str = "default") -> TokenSlot:
        """Give the record under *key* to callers that block."""
        return RecordSlot(self._records, key)


def load_tokens(records: Records, key: str, damage: Damage | None = None) -> OAuthTokenSet | None:
    """Read the tokens under *key*; a damaged record is set aside and counts as nothing."""
    text = records.read(key)
    if text is None:
        return None
    tokens = readable(key, text)
    if tokens is None and damage is not None:
        damage.note(key)
    if tokens is None and is_damaged(text):
        records.set_aside(key, text)
    return tokens


def save_tokens(records: Records, key: str, tokens: OAuthTokenSet) -> None:
    """Write *tokens* under *key*."""
    records.write(key, encode(tokens), useful_life(tokens))


def readable(key: str, text: str) -> OAuthTokenSet | None:
    """Decode *text*, or report by *key* alone that it cannot be read."""
    try:
        return decode(text)
    except StoredDataError as exc:
        logger.warning("token_store.unreadable", extra={"key": key, "reason": exc.message})
        return None


def is_damaged(text: str) -> bool:
    """Say whether *text* is of no use to any release, so that it may be moved."""
    try:
        decode(text)
    except NewerFormatError:
        return False
    except StoredDataError:
        return True
    return False


DAY = 86_400.0  # seconds; a refresh token that ended may still be wanted for a look at whose it was
GRACE = 300.0  # seconds; an access token without a refresh token is of no use much longer


def useful_life(tokens: OAuthTokenSet, now: float | None = None) -> float | None:
    """
    Say for how many seconds the record of *tokens* is worth keeping; None is for ever.

    Args:
        tokens: what is kept.
        now: Unix time in seconds; this machine's when left out.
    """
    if tokens.refresh_token is not None:
        end, extra = tokens.refresh_expires_at, DAY
    else:
        end, extra = tokens.expires_at, GRACE
    if end is None:
        return None
    return max(GRACE, end + extra - (_now() if now is None else now))


def _now() -> float:
    from pywry_auth.clock import SYSTEM_CLOCK

    return SYSTEM_CLOCK.now()
