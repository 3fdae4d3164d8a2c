"""What a person should know, told through the application's own listener."""

import logging
from collections.abc import Callable

from pywry_auth.outcome import CallOutcome


logger = logging.getLogger(__name__)


def listener_of(on_notice: Callable[[str], None] | None) -> Callable[[str], None]:
    """
    Give what tells *on_notice*, and the log where there is none.

    A listener that breaks stops nothing: what it was told of may be the end of a sign-in whose
    code is spent.
    """
    if on_notice is None:
        return _log

    def tell(notice: str) -> None:
        heard: CallOutcome[None] = CallOutcome()
        with heard:
            on_notice(notice)
        if isinstance(heard.error, Exception):
            logger.error("flow.on_notice_failed", exc_info=heard.error)
        elif heard.error is not None:
            raise heard.error  # Ctrl-C is no fault of the listener's

    return tell


def _log(notice: str) -> None:
    logger.warning("flow.notice: %s", notice)
