"""What can happen to the tokens of a manager."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pywry_auth.outcome import CallOutcome


logger = logging.getLogger(__name__)


class TokenEventName(StrEnum):
    """The kinds of events."""

    GRANTED = "granted"
    REFRESHED = "refreshed"
    REFRESH_FAILED = "refresh_failed"
    REAUTH_REQUIRED = "reauth_required"
    SAVE_FAILED = "save_failed"
    FOREIGN_RECORD = "foreign_record"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """
    One thing that happened; never holds a token.

    Attributes:
        name: what happened. ``granted`` is a full grant, ``foreign_record`` says that what is
            stored there was got elsewhere, so that it is neither used nor replaced.
        key: to which record of the store.
        reason: the ``code`` of the error behind it, or "".
    """

    name: TokenEventName
    key: str
    reason: str = ""


class Teller:
    """
    Tells an application what happens to its tokens.

    Args:
        key: which record.
        on_event: who is told, or None; on the thread that does the work.
    """

    __slots__ = ("_key", "_on_event")

    def __init__(self, key: str, on_event: Callable[[TokenEvent], object] | None) -> None:
        self._key = key
        self._on_event = on_event

    def __call__(self, name: TokenEventName, reason: str = "") -> None:
        """Tell the listener; an error it raises is logged, so that it cannot end a renewal."""
        if self._on_event is None:
            return
        outcome: CallOutcome[object] = CallOutcome()
        with outcome:
            outcome.gave(self._on_event(TokenEvent(name, self._key, reason)))
        if isinstance(outcome.error, Exception):
            logger.error("grants.on_event_failed", extra={"key": self._key}, exc_info=outcome.error)
        elif outcome.error is not None:
            raise outcome.error  # Ctrl-C, or the end of the program
