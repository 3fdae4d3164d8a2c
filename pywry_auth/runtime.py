"""The one event loop that lives as long as the process."""

import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from pywry_auth.errors import AuthenticationError
from pywry_auth.interrupts import Interruptible
from pywry_auth.waiting import wait_for


T = TypeVar("T")

logger = logging.getLogger(__name__)

THREAD_NAME = "pywry-auth-loop"
END_NAME = "pywry-auth-end"
EXIT_PATIENCE = 10.0  # seconds; a token endpoint takes one, and nobody likes a program that stays


class Untidy(Protocol):
    """What wants a last word before the program ends."""

    async def tidy(self) -> None:
        """Put in order what can be, soon."""
        ...


class LoopThread:
    """
    An event loop on a daemon thread of its own, made on first use as asyncio is slow to import.

    Everything that waits runs here: callback, exchange, refresh alarm. Blocking callers cross into
    it once per call; coroutines on other loops visit it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop = None
        self._thread: threading.Thread | None = None
        self._idle = threading.Condition()
        self._unbroken = 0
        #: whether the program is about to end, so that nothing may be begun that must not break
        self.is_ending = False
        #: what has something to put in order before the program ends; kept alive until then
        self.untidy: set[Untidy] = set()

    def _running_loop(self):  # noqa: ANN202 (its type belongs to asyncio)
        import asyncio

        with self._lock:
            if self._loop is None:
                # Interrupted halfway, it would be a loop that never runs.
                with Interruptible(self.call_unlocked):
                    self._loop = asyncio.new_event_loop()
                    self._thread = threading.Thread(
                        target=_run_for_ever,
                        args=(self._loop.run_forever,),
                        name=THREAD_NAME,
                        daemon=True,
                    )
                    self._thread.start()
                    _finish_with_program(self.finish)
                    _finish_with_worker(self.finish)
            return self._loop

    @property
    def is_here(self) -> bool:
        """Whether the caller is on this very thread."""
        return self._thread is threading.current_thread()

    def submit(self, work: Coroutine[object, object, T]) -> Future[T]:
        """Start *work* on the loop, and give a future any thread may wait for."""
        import asyncio

        return asyncio.run_coroutine_threadsafe(work, self._running_loop())

    def run(self, work: Coroutine[object, object, T]) -> T:
        """
        Run *work* on the loop while the calling thread waits.

        Raises:
            AuthenticationError: the caller is on the loop itself and would wait for itself.
        """
        self.refuse_here(work)
        with Interruptible(self.call_unlocked) as interruption:
            future = self.submit(work)
            interruption.ends(future.cancel)  # nobody waits for the rest
            return wait_for(future)

    def refuse_here(self, work: Coroutine[object, object, object] | None = None) -> None:
        """
        Refuse a blocking call that was made on the loop itself.

        Raises:
            AuthenticationError: the caller is on the loop.
        """
        if self.is_here:
            if work is not None:
                work.close()
            raise AuthenticationError(
                "a blocking call on the package's own loop would wait for itself",
                hint="await the async method, or call this from another thread",
            )

    async def visit(self, work: Coroutine[object, object, T]) -> T:
        """Await *work* on this loop from whichever loop the caller runs on."""
        if self.is_here:
            return await work
        import asyncio

        return await asyncio.wrap_future(self.submit(work))

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, from any thread."""
        self._running_loop().call_soon_threadsafe(callback)

    def call_unlocked(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, if there is one, from a signal handler: without a lock."""
        if self._loop is not None:
            # A turn later, when what was submitted just before has begun and can end in order.
            self._loop.call_soon_threadsafe(self._loop.call_soon, callback)

    @contextmanager
    def unbroken(self) -> Generator[None, None, None]:
        """Let a program that ends meanwhile wait for the work inside, a little."""
        with self._idle:
            self._unbroken += 1
        try:
            yield
        finally:
            with self._idle:
                self._unbroken -= 1
                self._idle.notify_all()

    def finish(self, timeout: float = EXIT_PATIENCE) -> bool:
        """
        End the program's work: wait until no ``unbroken`` part of it is under way, then tidy up.

        Returns:
            False when it took longer than *timeout* seconds.
        """
        with self._idle:
            self.is_ending = True
            in_time = self._idle.wait_for(lambda: not self._unbroken, timeout)
        # What one session could not finish is no reason to lose what another one holds.
        untidy, self.untidy = self.untidy, set()
        last = [self.submit(each.tidy()) for each in untidy]
        return not (last and wait(last, timeout).not_done) and in_time

    def forget(self) -> None:
        """Start afresh in a forked child, where the thread does not exist."""
        self._lock = threading.Lock()
        self._loop = None
        self._thread = None
        self._idle = threading.Condition()
        self._unbroken = 0
        self.is_ending = False
        self.untidy = set()


def _finish_with_program(finish: Callable[[], object]) -> None:
    # Tokens that a provider has replaced, and nobody has kept, would be lost with their session.
    # No exit handler: from Python 3.12 on none may start a thread, and storing tokens needs one.
    def wait_for_the_end() -> None:
        threading.main_thread().join()
        finish()

    threading.Thread(target=wait_for_the_end, name=END_NAME).start()  # the interpreter waits for it


def _finish_with_worker(finish: Callable[[], object]) -> None:
    # A worker of multiprocessing that was forked ends without the exit handlers of its interpreter.
    if "multiprocessing.util" in sys.modules:
        from multiprocessing import parent_process
        from multiprocessing.util import Finalize

        if parent_process() is not None:
            Finalize(None, finish, exitpriority=0)


def _run_for_ever(run: Callable[[], None]) -> None:
    # A listener that calls sys.exit() stops the loop it is called on, and with it whoever waits for
    # anything else there, now or later. It wanted to end its own work, which it has.
    while True:
        try:
            return run()
        except (SystemExit, KeyboardInterrupt) as exc:
            logger.error("loop.not_ended", extra={"error": type(exc).__name__})  # noqa: TRY400


class PerLoop(Generic[T]):
    """One value per running event loop; for what is tied to the loop it was made on."""

    def __init__(self, make: Callable[[], T]) -> None:
        import asyncio

        self._make = make
        self._values: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, T] = (
            weakref.WeakKeyDictionary()
        )

    def get(self) -> T:
        """Give the value of the running loop, made on first use."""
        import asyncio

        loop = asyncio.get_running_loop()
        value = self._values.get(loop)
        if value is None:
            value = self._values[loop] = self._make()
        return value

    def drain(self):  # noqa: ANN201 (its type belongs to asyncio)
        """Forget all values, and give them with their loops so that they can be closed."""
        values = list(self._values.items())
        self._values.clear()
        return values


async def uninterrupted(work: Coroutine[object, object, T]) -> T:
    """
    Await *work* to its end, though the caller is cancelled meanwhile.

    For what is half done otherwise: somebody who is signed in is signed in, and told so.
    """
    import asyncio

    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise  # it was cancelled itself, as at the end of the loop
    return task.result()


class SingleFlight(Generic[T]):
    """
    One run at a time per event loop; who comes while it lasts shares its outcome.

    A caller that is cancelled leaves the run alone: the others, and the work itself, go on.
    """

    def __init__(self) -> None:
        import asyncio

        self._running: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[asyncio.Task[T], asyncio.Event]
        ] = weakref.WeakKeyDictionary()

    @property
    def task(self):  # noqa: ANN201 (its type belongs to asyncio)
        """The run under way on the running loop, or None."""
        import asyncio

        found = self._running.get(asyncio.get_running_loop())
        return None if found is None else found[0]

    async def run(self, work: Callable[[], Coroutine[object, object, T]]) -> T:
        """Start *work*, or join the run under way."""
        import asyncio

        loop = asyncio.get_running_loop()
        task, done = self._running.get(loop) or self._begin(work)
        # Not asyncio.shield: it costs each of ten thousand callers three times as much.
        await done.wait()
        return task.result()

    def _begin(self, work: Callable[[], Coroutine[object, object, T]]):  # noqa: ANN202 (as above)
        import asyncio

        loop = asyncio.get_running_loop()
        task, done = asyncio.create_task(work()), asyncio.Event()
        self._running[loop] = (task, done)

        def finished(task: asyncio.Task[T]) -> None:
            if self.task is task:
                del self._running[loop]
            if not task.cancelled():
                task.exception()  # every caller may have left; then nobody else looks at it
            done.set()

        task.add_done_callback(finished)
        return task, done


LOOP = LoopThread()

if os.name == "posix":
    os.register_at_fork(after_in_child=LOOP.forget)
