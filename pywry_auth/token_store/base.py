"""What every token store offers."""

from abc import ABC, abstractmethod

from pywry_auth.tokens import OAuthTokenSet


class TokenStore(ABC):
    """
    Keeps token sets by key; may be used from any thread and any event loop.

    Keys may hold any character. All methods raise ``StoreError`` when the backend refuses.
    """

    #: names the backend and where it lies, for the lock of each record; "" locks in this process only
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
        """Give all keys, sorted."""
