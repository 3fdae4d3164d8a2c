"""One sign-in after another, never two at once, each of which any thread may cancel."""

import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from pywry_auth.errors import AuthenticationError, AuthFlowCancelled, AuthFlowTimeout
from pywry_auth.flow.values import AuthFlowState
from pywry_auth.interrupts import Interruptible
from pywry_auth.off_loop import off_loop
from pywry_auth.runtime import LOOP


T = TypeVar("T")

Work = Callable[[], Coroutine[object, object, T]]

logger = logging.getLogger(__name__)

CLEAN_UP = 5.0  # seconds; taking down a window and a socket takes milliseconds


class Running:
    """
    Where a sign-in stands, with the task that does it on the package's loop.

    Args:
        provider: its name, for errors and logs.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._lock = threading.Lock()
        self._state = AuthFlowState.PENDING
        self._task = None
        self._claim: object = None
        self._cancelled = False

    @property
    def state(self) -> AuthFlowState:
        """Where the sign-in stands, or how the last one ended."""
        return self._state

    def begin(self, claim: object) -> None:
        """
        Note that a sign-in begins.

        Args:
            claim: an object of its own, which only this sign-in ends with. So whoever calls this
                inside a ``try`` can end whatever comes, Ctrl-C just before or after it too.

        Raises:
            AuthenticationError: one is under way already.
        """
        with self._lock:
            if self._state is AuthFlowState.IN_PROGRESS:
                raise AuthenticationError(
                    "a sign-in is under way already", self._provider, hint="cancel it first"
                )
            self._claim = claim
            self._state = AuthFlowState.IN_PROGRESS
            self._task = None

    def end(self, claim: object, error: BaseException | None, *, window: str) -> None:
        """Note how it ended, and where the person had seen it; nothing where it had not begun."""
        state = AuthFlowState.COMPLETED if error is None else _state_after(error)
        with self._lock:
            if self._claim is not claim:
                return
            self._claim = None
            self._state = state
            self._task = None
            self._cancelled = False
        logger.info(
            "flow.ended",
            extra={"provider": self._provider, "state": str(state), "window": window},
        )

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has cancelled it, who has not been obeyed yet."""
        return self._cancelled

    def withdraw(self) -> bool:
        """Note that nothing came of it, as if it had not begun; gives whether it was cancelled."""
        with self._lock:
            cancelled, self._cancelled = self._cancelled, False
            self._claim = None
            self._state = AuthFlowState.PENDING
            self._task = None
        return cancelled

    def cancel(self) -> None:
        """End the sign-in under way, or the first one before it begins; from any thread."""
        with self._lock:
            if self._state not in {AuthFlowState.PENDING, AuthFlowState.IN_PROGRESS}:
                return
            self._cancelled = True
            task = self._task
        if task is not None:
            LOOP.call_soon(task.cancel)

    def host(self, work: Work[T], lend: Callable[[Future[T]], T], *, flow_id: str) -> T:
        """
        Do *work* on the loop while *lend* has this thread, and give what came of it.

        Raises:
            AuthFlowCancelled: ``cancel`` was called.
            KeyboardInterrupt: Ctrl-C was pressed; what was begun has ended by then.
        """
        cleaned_up = threading.Event()
        with Interruptible(LOOP.call_unlocked) as interruption:
            outcome = LOOP.submit(self._run(work, cleaned_up))
            interruption.ends(outcome.cancel)
            try:
                return lend(outcome)
            except CancelledError:
                raise AuthFlowCancelled(
                    "the sign-in was cancelled", self._provider, flow_id
                ) from None
            except BaseException:
                outcome.cancel()  # nobody hosts it any more; a success would be nobody's
                raise
            finally:
                cleaned_up.wait(CLEAN_UP)

    async def _run(self, work: Work[T], cleaned_up: threading.Event) -> T:
        import asyncio

        # A task of its own, so that cancel() and the hosting thread end it in the same way.
        task = asyncio.create_task(work())
        with self._lock:
            self._task = task
            if self._cancelled:
                task.cancel()
        try:
            return await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            cleaned_up.set()


async def awaited(call: Callable[[], T], cancel: Callable[[], None]) -> T:
    """Await a blocking *call* on another thread; whoever cancels the wait cancels the call."""
    import asyncio

    task = asyncio.ensure_future(off_loop(call))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        cancel()
        done, _ = await asyncio.wait({task}, timeout=CLEAN_UP)
        for ended in done:
            ended.exception()  # nobody else is going to look at it
        raise


def _state_after(error: BaseException) -> AuthFlowState:
    match error:
        case AuthFlowTimeout():
            return AuthFlowState.TIMED_OUT
        case AuthFlowCancelled() | KeyboardInterrupt():
            return AuthFlowState.CANCELLED
        case _:
            return AuthFlowState.FAILED
