"""Leads a person through a first run, one move after the other."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from pywry_auth.desktop.wizard.memory import Memory, Remembered
from pywry_auth.desktop.wizard.steps import Effect, Event, Offer, Place, Step
from pywry_auth.desktop.wizard.turns import turn
from pywry_auth.off_loop import off_loop


class Guide:
    """
    Knows where the person stands; belongs to the package's loop.

    A place is on the disk before anybody sees it, so that whatever kills the program leaves it.

    Args:
        place: where to begin.
        folder: of the application.
        began_at: Unix time in seconds when the first run began; now when None.
        offer: what there is to choose from.
        do: does what a move asks of the world; must not block.
        on_moved: told the number of each new picture of the state.
    """

    def __init__(
        self,
        place: Place,
        *,
        folder: Path,
        began_at: float | None,
        offer: Callable[[], Offer],
        do: Callable[[Effect, Place], None],
        on_moved: Callable[[int], None],
    ) -> None:
        self.place = place
        self.number = 0
        self._memory = Memory(folder)
        self._began_at = time.time() if began_at is None else began_at
        self._offer = offer
        self._do = do
        self._on_moved = on_moved
        self._lock = asyncio.Lock()

    async def move(self, event: Event) -> None:
        """Go where *event* leads, and do what it asks for."""
        async with self._lock:
            place, effects = turn(self.place, event, self._offer())
            if place != self.place:
                await off_loop(lambda: self._remember(place))
                self.place = place
                self.refresh()
            for effect in effects:
                self._do(effect, place)

    def refresh(self) -> None:
        """Let the pages show the state anew."""
        self.number += 1
        self._on_moved(self.number)

    def _remember(self, place: Place) -> None:
        if place.step is Step.LEFT:
            self._memory.forget()
        else:
            self._memory.write(Remembered.of(place, began_at=self._began_at))
