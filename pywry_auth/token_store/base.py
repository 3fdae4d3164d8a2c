"""What every token store offers."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from pywry_auth.errors import ConfigError, StoreError
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


#: the end of a key under which there are no tokens, but the key that tokens are bound to
KEY_ENTRY = "#dpop"


class TokenStore(ABC):
    """
    Keeps token sets by key; may be used from any thread and any event loop.

    Keys may hold any character. All methods raise ``StoreError`` when the backend refuses.
    """

    #: names the backend and its place, for the lock of each record; "" locks in this process only
    identity: str = ""

    @abstractmethod
    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* under *key*, in place of what was there."""

    @abstractmethod
    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*; None when nothing is, or it cannot be read."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*; nothing there is no error."""

    @abstractmethod
    async def exists(self, key: str) -> bool:
        """Say whether something readable is kept under *key*."""

    @abstractmethod
    async def list_keys(self) -> list[str]:
        """Give the keys of all token sets, sorted."""

    async def erase(self, known: Iterable[str] = ()) -> None:
        """
        Remove everything that was ever kept here, copies of damaged records too.

        What nothing leads to cannot be found: an entry that somebody else left in a keyring.

        Args:
            known: keys that may be there though nothing lists them.

        Raises:
            StoreError: something is still there; all else is gone.
        """
        failure: StoreError | None = None
        try:
            listed = await self.list_keys()
        except StoreError as exc:
            listed, failure = [], exc
        for key in dict.fromkeys([*listed, *known]):
            try:
                await self.delete(key)
                await self.delete(key_entry(key))
            except StoreError as exc:
                failure = exc
        if failure is not None:
            raise failure

    def is_damaged(self, key: str) -> bool:
        """
        Say whether what was under *key* is gone because it could not be read.

        A session that holds its tokens goes on then; what is gone for another reason was removed,
        and ends it. Stores that cannot tell say no.
        """
        del key
        return False

    def is_wanted(self, key: str) -> bool:
        """
        Say whether what is under *key* may still be used, written or renewed.

        Asked before each renewal, under the lock of the record, so it must answer in microseconds.
        A session that hears no holds nothing any more. Stores that cannot tell say yes.
        """
        del key
        return True

    def slot(self, key: str = "default") -> TokenSlot:
        """
        Give the record under *key* to callers that block.

        Raises:
            ConfigError: this store can only be awaited.
        """
        raise ConfigError(
            f"{type(self).__name__} can only be awaited, so it has no slot for {key!r}",
            hint="use a memory, keyring, file, sealed or redis store",
        )


def require_store(given: object, name: str) -> None:
    """
    Refuse what is no store, before it fails much later.

    Args:
        given: what stands in a store's place.
        name: what the argument is called.

    Raises:
        ConfigError: it is none.
    """
    if isinstance(given, TokenStore):
        return
    if isinstance(given, TokenSlot):
        raise ConfigError(
            f"{name} is a slot, the place of one token set; a session needs a store of many",
            hint="give one of pywry_auth itself, for example pywry_auth.MemoryTokenStore()",
        )
    what = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
    raise ConfigError(f"{name} is {what}, not a store", hint="for example MemoryTokenStore()")


def key_entry(key: str) -> str:
    """Give where the private key is kept that the tokens under *key* are bound to (RFC 9449)."""
    return f"{key}{KEY_ENTRY}"


def of_tokens(keys: Iterable[str]) -> list[str]:
    """Leave out of *keys* what belongs to other entries."""
    return [key for key in keys if not key.endswith(KEY_ENTRY)]
