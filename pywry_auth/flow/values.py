"""What goes into a sign-in, what comes out of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pywry_auth.tokens import OAuthTokenSet


class AuthFlowState(StrEnum):
    """Where a sign-in stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(slots=True)
class AuthFlowResult:
    """
    What did happen; a sign-in that failed raises instead.

    Attributes:
        success: False only in deploy mode, where the sign-in happens in the visitor's browser.
        tokens: what the provider gave.
        error: in deploy mode, where to go.
        user_info: what userinfo said; {} where it said nothing.
    """

    success: bool
    tokens: OAuthTokenSet | None = None
    error: str | None = None
    user_info: dict[str, object] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CallbackOptions:
    """
    Where the redirect arrives, for providers that are particular about it.

    Attributes:
        host: ``127.0.0.1``, ``::1``, or ``localhost`` (both families on one port).
        ports: tried in order; 0 is any free one (RFC 8252 section 7.3).
        path: the path registered with the provider.
        response_mode: ``"form_post"`` keeps the code out of the browser's history.
    """

    host: str = "127.0.0.1"
    ports: tuple[int, ...] = (0,)
    path: str = "/callback"
    response_mode: Literal["query", "form_post"] = "query"
