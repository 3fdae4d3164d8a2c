"""The one renewal under way, shared by whoever asks for it."""

import asyncio
from collections.abc import Callable, Coroutine

from pywry_auth.errors import TokenExpiredError
from pywry_auth.tokens import OAuthTokenSet


FLIGHT_GRACE = 5.0  # seconds that signing out waits for a renewal, whose tokens it must revoke


class RenewalFlight:
    """
    Runs one renewal at a time; who comes while it lasts shares its outcome.

    It belongs to the package's loop. A caller that is cancelled leaves the renewal alone.
    """

    __slots__ = ("_task",)

    def __init__(self) -> None:
        self._task: asyncio.Task[OAuthTokenSet] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a renewal is being made just now."""
        return self._current() is not None

    async def join(
        self, renew: Callable[[], Coroutine[object, object, OAuthTokenSet]]
    ) -> OAuthTokenSet:
        """
        Share the renewal under way, or begin *renew*.

        Raises:
            TokenExpiredError: the session was ended before the renewal was.
        """
        task = self._current()
        if task is None:
            task = self._task = asyncio.create_task(renew())
            task.add_done_callback(self._landed)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is not None and me.cancelling():
                raise
            # The renewal was cancelled, not the caller; whoever waits must not look cancelled.
            raise TokenExpiredError("the session ended meanwhile") from None

    async def end(self) -> None:
        """Give the renewal under way a little time to finish, then cancel it."""
        task = self._current()
        if task is not None:
            await asyncio.wait({task}, timeout=FLIGHT_GRACE)
            task.cancel()

    def _current(self) -> asyncio.Task[OAuthTokenSet] | None:
        task = self._task
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            self._task = None  # done, or left behind by the process this one was forked from
        return self._task

    def _landed(self, task: asyncio.Task[OAuthTokenSet]) -> None:
        if self._task is task:
            self._task = None  # it holds the tokens it brought
        if not task.cancelled():
            task.exception()  # every caller may have left; then nobody else looks at it
