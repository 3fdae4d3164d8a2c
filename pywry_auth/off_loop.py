"""Blocking work, awaited without holding up the event loop."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from pywry_auth.outcome import CallOutcome


T = TypeVar("T")


async def off_loop(work: Callable[[], T]) -> T:
    """
    Run *work* on a daemon thread of its own, and await it.

    The default executor is not used: the interpreter joins its threads at exit, so a hanging
    backend would keep a finished program alive.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    outcome: CallOutcome[T] = CallOutcome()
    done = loop.create_future()

    def finish() -> None:
        if not done.done():  # a cancelled caller does not wait any more
            done.set_result(None)

    def run() -> None:
        with outcome:
            outcome.gave(work())
        with suppress(RuntimeError):  # the loop has been closed: nobody is left to tell
            loop.call_soon_threadsafe(finish)

    threading.Thread(target=run, name="pywry-auth-work", daemon=True).start()
    await done
    return outcome.result()
