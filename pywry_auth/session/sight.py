"""What a session last saw of its record, so that it notices who else was there."""

from pywry_auth.clock import Clock
from pywry_auth.protocol.renewal import issued_before
from pywry_auth.session.record import LOCK_GRACE
from pywry_auth.tokens import OAuthTokenSet


UNTOUCHED = LOCK_GRACE - 1.0  # seconds for which nobody touches a record that is under lock


class Sight:
    """
    One session's memory of what is stored.

    Args:
        clock: tells the time.
    """

    __slots__ = ("_looked_at", "_now", "_seen")

    def __init__(self, clock: Clock) -> None:
        self._now = clock.monotonic
        self._seen: OAuthTokenSet | None = None
        self._looked_at: float | None = None

    @property
    def was_stored(self) -> bool:
        """Whether something was in the store once, so that somebody must have taken it out."""
        return self._seen is not None

    def see(self, found: OAuthTokenSet | None) -> None:
        """Note what is stored just now."""
        self._seen, self._looked_at = found, self._now()

    def look_away(self) -> None:
        """Note that what is stored may have changed."""
        self._looked_at = None

    def is_fresh(self) -> bool:
        """Say whether a record under lock must still be what was seen."""
        return self._looked_at is not None and self._now() - self._looked_at < UNTOUCHED

    def is_overtaken(self, found: OAuthTokenSet | None, tokens: OAuthTokenSet) -> bool:
        """Say whether *found* shows that somebody signed out or in before *tokens* were stored."""
        if self._seen is None:
            return False
        if found is None:
            return True
        known = {self._seen.access_token, tokens.access_token}
        # An older record shows that the store went back in time, and nobody else anything.
        return found.access_token not in known and not issued_before(found, tokens)
