"""What can happen to a session."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class SessionEventName(StrEnum):
    """The kinds of events."""

    REFRESHED = "refreshed"
    REFRESH_FAILED = "refresh_failed"
    REAUTH_REQUIRED = "reauth_required"
    SAVED = "saved"
    SAVE_FAILED = "save_failed"
    LOGGED_OUT = "logged_out"
    CLOCK_IS_OFF = "clock_is_off"


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """
    One thing that happened; never holds a token.

    Attributes:
        name: what happened.
        session_key: to which session.
        reason: the ``code`` of the error behind it; for ``logged_out``: ``"elsewhere"`` where
            another process did it; or "".
        revoked: for ``logged_out``: whether the provider confirmed it; None where nobody asked.
        clock_offset: for ``clock_is_off``: seconds by which the provider's clock is ahead.
        lost_scopes: for ``refreshed``: what the new tokens may not be used for any more.
    """

    name: SessionEventName
    session_key: str
    reason: str = ""
    revoked: bool | None = None
    clock_offset: float | None = None
    lost_scopes: tuple[str, ...] = ()


class Teller:
    """
    Tells an application what happens to one session.

    Args:
        session_key: which session.
        on_event: who is told, or None.
    """

    __slots__ = ("_key", "_on_event")

    def __init__(self, session_key: str, on_event: Callable[[SessionEvent], None] | None) -> None:
        self._key = session_key
        self._on_event = on_event

    def __call__(
        self,
        name: SessionEventName,
        *,
        reason: str = "",
        revoked: bool | None = None,
        clock_offset: float | None = None,
        lost_scopes: tuple[str, ...] = (),
    ) -> None:
        """Tell the listener; later, so that one that raises cannot end a renewal."""
        if self._on_event is not None:
            import asyncio

            event = SessionEvent(name, self._key, reason, revoked, clock_offset, lost_scopes)
            asyncio.get_running_loop().call_soon(self._on_event, event)
