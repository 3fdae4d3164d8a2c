"""A slot whose troubles are all of one kind."""

from collections.abc import Callable
from typing import TypeVar

from pywry_auth.errors import StoreError
from pywry_auth.lock import IN_PROCESS
from pywry_auth.outcome import CallOutcome
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


T = TypeVar("T")


class StrictSlot(TokenSlot):
    """
    A slot that gives nothing but token sets, and raises nothing but ``StoreError``.

    Args:
        slot: the one behind it, which an application may have written.
    """

    def __init__(self, slot: TokenSlot) -> None:
        self._slot = slot
        # A slot that names no place is shared by nobody but those who hold this very object.
        self.identity = slot.identity or f"{IN_PROCESS}{id(slot)}"
        self.key = slot.key

    def load(self) -> OAuthTokenSet | None:
        """Give what is kept; None when nothing is."""
        found = self._found()
        if found is None or isinstance(found, OAuthTokenSet):
            return found
        raise StoreError(
            f"the slot gave a {type(found).__name__}, which is no token set",
            hint=f"{type(self._slot).__name__}.load() gives an OAuthTokenSet or None",
        )

    def save(self, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* in place of what was there."""
        _tried(lambda: self._slot.save(tokens), "kept")

    def clear(self) -> None:
        """Remove what is kept."""
        _tried(self._slot.clear, "removed")

    def _found(self) -> object:  # whatever its author promised
        return _tried(self._slot.load, "read")


def _tried(call: Callable[[], T], what: str) -> T:
    outcome: CallOutcome[T] = CallOutcome()
    with outcome:
        outcome.gave(call())
    error = outcome.error
    if isinstance(error, Exception) and not isinstance(error, StoreError):
        raise StoreError(
            f"the tokens cannot be {what} ({type(error).__name__})",
            hint="see the cause; a slot raises StoreError",
        ) from error
    return outcome.result()
