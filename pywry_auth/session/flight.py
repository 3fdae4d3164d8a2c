"""The one renewal under way, shared by whoever asks for it."""

from collections.abc import Callable, Coroutine

from pywry_auth.errors import TokenExpiredError
from pywry_auth.runtime import SingleFlight
from pywry_auth.tokens import OAuthTokenSet


FLIGHT_GRACE = 5.0  # seconds that signing out waits for a renewal, whose tokens it must revoke


class RenewalFlight:
    """Runs one renewal at a time; who comes while it lasts shares its outcome."""

    def __init__(self) -> None:
        self._flight: SingleFlight[OAuthTokenSet] = SingleFlight()

    @property
    def is_under_way(self) -> bool:
        """Whether a renewal is being made just now."""
        return self._flight.task is not None

    async def join(
        self, renew: Callable[[], Coroutine[object, object, OAuthTokenSet]]
    ) -> OAuthTokenSet:
        """
        Share the renewal under way, or begin *renew*.

        Raises:
            TokenExpiredError: the session was ended before the renewal was.
        """
        import asyncio

        try:
            return await self._flight.run(renew)
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is not None and me.cancelling():
                raise
            # The renewal was cancelled, not the caller; whoever waits must not look cancelled.
            raise TokenExpiredError("the session ended meanwhile") from None

    async def end(self) -> None:
        """Give the renewal under way a little time to finish, then cancel it."""
        import asyncio

        task = self._flight.task
        if task is not None:
            await asyncio.wait({task}, timeout=FLIGHT_GRACE)
            task.cancel()
