"""The place of one token set, for callers that block."""

import threading
from abc import ABC, abstractmethod
from copy import deepcopy
from secrets import token_hex

from pywry_auth.lock import IN_PROCESS
from pywry_auth.tokens import OAuthTokenSet


class TokenSlot(ABC):
    """
    Keeps one token set; may be used from any thread.

    All methods raise ``StoreError`` when the backend refuses.
    """

    #: the identity of the store behind it; "" locks in this process only
    identity: str = ""
    #: the key of this record in that store
    key: str = "default"

    @abstractmethod
    def load(self) -> OAuthTokenSet | None:
        """Give what is kept; None when nothing is, or it cannot be read."""

    @abstractmethod
    def save(self, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* in place of what was there."""

    @abstractmethod
    def clear(self) -> None:
        """Remove what is kept; nothing there is no error."""


class MemoryTokenSlot(TokenSlot):
    """Keeps one token set for as long as the process lives."""

    def __init__(self) -> None:
        # A name of its own: two slots in memory have nothing to do with each other.
        self.identity = IN_PROCESS + token_hex(8)
        self._lock = threading.Lock()
        self._tokens: OAuthTokenSet | None = None

    def load(self) -> OAuthTokenSet | None:
        """Give a copy of what is kept, or None."""
        with self._lock:
            return deepcopy(self._tokens)

    def save(self, tokens: OAuthTokenSet) -> None:
        """Keep a copy of *tokens*."""
        with self._lock:
            self._tokens = deepcopy(tokens)

    def clear(self) -> None:
        """Forget what is kept."""
        with self._lock:
            self._tokens = None
