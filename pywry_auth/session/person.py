"""The application's own way to ask a person to sign in again."""

import logging
from collections.abc import Callable
from contextvars import ContextVar

from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import CallOutcome


logger = logging.getLogger(__name__)


#: the renewals on whose behalf a person is being asked, in that call and in whatever it awaits
_ASKED_FOR: ContextVar[tuple[object, ...]] = ContextVar("asked_for", default=())


def is_asked_for(renewals: object) -> bool:
    """Say whether this runs inside the ``on_reauth_required`` that *renewals* wait for."""
    return any(each is renewals for each in _ASKED_FOR.get())


async def call_person(callback: Callable[[], None], renewals: object, session_key: str) -> None:
    """
    Call *callback* on a thread of its own, where it may block for as long as a person needs.

    What it raises is logged, so that it cannot hide why it was called.
    """
    outcome: CallOutcome[None] = CallOutcome()

    # A session may be asked for while another one is; each thread begins with nothing.
    asked_for = (*_ASKED_FOR.get(), renewals)

    def call() -> None:
        _ASKED_FOR.set(asked_for)
        with outcome:
            callback()

    await off_loop(call)
    if outcome.error is not None:
        logger.error(
            "session.on_reauth_required_failed",
            extra={"session": session_key},
            exc_info=outcome.error,
        )
