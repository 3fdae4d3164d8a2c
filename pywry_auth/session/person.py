"""The application's own way to ask a person to sign in again."""

import logging
from collections.abc import Callable

from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import Outcome


logger = logging.getLogger(__name__)


async def call_person(callback: Callable[[], None], session_key: str) -> None:
    """
    Call *callback* on a thread of its own, where it may block for as long as a person needs.

    What it raises is logged, so that it cannot hide why it was called.
    """
    outcome: Outcome[None] = Outcome()

    def call() -> None:
        with outcome:
            callback()

    await off_loop(call)
    if outcome.error is not None:
        logger.error(
            "session.on_reauth_required_failed",
            extra={"session": session_key},
            exc_info=outcome.error,
        )
