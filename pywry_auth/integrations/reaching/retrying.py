"""How a request is sent again after nothing came of it."""

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pywry_auth.errors import HTTPStatusError, RateLimitError, TransportError
from pywry_auth.protocol.answers import RETRIED, Backoff


logger = logging.getLogger(__name__)


class Judged(Protocol):
    """An answer, with what it means."""

    @property
    def error(self) -> HTTPStatusError | None:
        """What it would raise; None where it is what was asked for."""
        ...

    @property
    def wait(self) -> float | None:
        """Seconds the server asked to wait before the next request."""
        ...


A = TypeVar("A", bound=Judged)

USUAL_BACKOFF = Backoff()


@dataclass(frozen=True, slots=True)
class Retrying:
    """
    How often, and after how long.

    Attributes:
        attempts: how often a request is repeated; 0 is never.
        backoff: how long the waits are. A server that asks for a longer one than its cap is not
            asked again: the caller hears at once that it will take longer.
    """

    attempts: int
    backoff: Backoff = USUAL_BACKOFF

    async def run(self, once: Callable[[], Awaitable[A]], *, name: str) -> A:
        """
        Give what *once* gives, the last time that it is tried.

        Args:
            once: sends the request; called anew for each attempt.
            name: whose request it is, for the log.

        Raises:
            TransportError: nobody answered, not even the last time.
        """
        for repeated in range(self.attempts):
            try:
                answer = await once()
            except TransportError as exc:
                wait, reason = self.backoff.delay(repeated, asked=exc.retry_after), exc.code
            else:
                if not self._may_pass(answer):
                    return answer
                wait = self.backoff.delay(repeated, asked=answer.wait)
                reason = answer.error.code if answer.error else ""
            facts = {"provider": name, "reason": reason, "wait": round(wait, 3)}
            logger.debug("target.again", extra=facts)
            await sleep(wait)
        return await once()

    def _may_pass(self, answer: Judged) -> bool:
        error = answer.error
        if error is None or (answer.wait is not None and answer.wait > self.backoff.cap):
            return False
        return isinstance(error, RateLimitError) or error.status_code in RETRIED
