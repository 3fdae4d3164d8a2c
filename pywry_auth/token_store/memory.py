"""Tokens kept for as long as the process lives."""

import threading
from copy import deepcopy
from secrets import token_hex

from pywry_auth.lock import IN_PROCESS
from pywry_auth.token_store.base import TokenStore, of_tokens
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


class MemoryTokenStore(TokenStore):
    """Keeps token sets in this process; copies go in and come out."""

    def __init__(self) -> None:
        # A name of its own: two stores that use the same key have nothing to do with each other.
        self.identity = IN_PROCESS + token_hex(8)
        # A thread lock held for microseconds: it belongs to no event loop.
        self._lock = threading.Lock()
        self._tokens: dict[str, OAuthTokenSet] = {}

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep a copy of *tokens* under *key*."""
        self.put(key, tokens)

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give a copy of what is kept under *key*, or None."""
        return self.get(key)

    async def delete(self, key: str) -> None:
        """Forget what is kept under *key*."""
        self.drop(key)

    async def exists(self, key: str) -> bool:
        """Say whether something is kept under *key*."""
        with self._lock:
            return key in self._tokens

    async def list_keys(self) -> list[str]:
        """Give the keys of all token sets, sorted."""
        with self._lock:
            return sorted(of_tokens(self._tokens))

    def slot(self, key: str = "default") -> TokenSlot:
        """Give the record under *key* to callers that block."""
        return _Slot(self, key)

    def put(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep a copy of *tokens* under *key*, without waiting."""
        copied = deepcopy(tokens)
        with self._lock:
            self._tokens[key] = copied

    def get(self, key: str) -> OAuthTokenSet | None:
        """Give a copy of what is kept under *key*, without waiting."""
        with self._lock:
            found = self._tokens.get(key)
        return deepcopy(found)

    def drop(self, key: str) -> None:
        """Forget what is kept under *key*, without waiting."""
        with self._lock:
            self._tokens.pop(key, None)


class _Slot(TokenSlot):
    def __init__(self, store: MemoryTokenStore, key: str) -> None:
        self._store = store
        self.key = key
        self.identity = store.identity

    def load(self) -> OAuthTokenSet | None:
        return self._store.get(self.key)

    def save(self, tokens: OAuthTokenSet) -> None:
        self._store.put(self.key, tokens)

    def clear(self) -> None:
        self._store.drop(self.key)
