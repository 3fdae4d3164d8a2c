"""What can happen to a session."""

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


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """
    One thing that happened; never holds a token.

    Attributes:
        name: what happened.
        session_key: to which session.
        reason: the ``code`` of the error behind it, or "".
        revoked: for ``logged_out``: whether the provider confirmed it; None where nobody asked.
    """

    name: SessionEventName
    session_key: str
    reason: str = ""
    revoked: bool | None = None
