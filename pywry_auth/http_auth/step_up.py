"""One person, asked for one stronger sign-in at a time, however many requests want it."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

from pywry_auth.off_loop import off_loop
from pywry_auth.protocol.refusal import StepUpChallenge
from pywry_auth.runtime import LOOP, SingleFlight


MAX_REMEMBERED = 16  # different challenges; a resource that invents more asks the person again

#: the step-up that is being made, in that call and in whatever it awaits
_MADE_FOR: ContextVar[object] = ContextVar("made_for", default=None)


class StepUps:
    """
    The step-ups that requests of one application need.

    Args:
        ask: signs the person in as the challenge wants it; may block. None: nobody can.
    """

    def __init__(self, ask: Callable[[StepUpChallenge], object] | None) -> None:
        self._ask = ask
        self._flight: SingleFlight[None] | None = None
        self._asking: StepUpChallenge | None = None
        self._met: dict[StepUpChallenge, int] = {}
        #: how many came to an end; whoever sent a token before the last one need not ask again
        self.ended = 0

    @property
    def possible(self) -> bool:
        """Whether somebody can be asked from here: not from within the very call that asks."""
        return self._ask is not None and _MADE_FOR.get() is not self

    async def meet(self, challenge: StepUpChallenge, *, since: int) -> None:
        """
        Have *challenge* met: share the step-up under way, or begin one.

        Args:
            challenge: what the resource wants.
            since: ``ended`` when the token was sent that it turned away.

        Raises:
            Exception: whatever the application's own function raised.
        """
        await LOOP.visit(self._meet(challenge, since))

    async def _meet(self, challenge: StepUpChallenge, since: int) -> None:
        flight = self._flight = self._flight or SingleFlight()
        while (running := flight.task) is not None and self._asking != challenge:
            await asyncio.wait({running})  # one window at a time
        if running is None and self._met.get(challenge, -1) > since:
            return  # it was met while that token was on its way
        self._asking = challenge
        await flight.run(lambda: self._call(challenge))

    async def _call(self, challenge: StepUpChallenge) -> None:
        ask = self._ask

        def call() -> None:
            _MADE_FOR.set(self)
            if ask is not None:
                ask(challenge)

        await off_loop(call)
        self.ended += 1
        self._met.pop(challenge, None)
        self._met[challenge] = self.ended
        for oldest in list(self._met)[:-MAX_REMEMBERED]:
            del self._met[oldest]
