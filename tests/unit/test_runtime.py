"""The one loop, and what crosses into it."""

import asyncio
import os
import threading

import pytest

from pywry_auth.errors import AuthenticationError
from pywry_auth.runtime import LOOP, THREAD_NAME, LoopThread, PerLoop, SingleFlight


async def where():
    return threading.current_thread().name


def test_blocking_callers_cross_into_one_daemon_thread():
    assert LOOP.run(where()) == THREAD_NAME
    thread = next(t for t in threading.enumerate() if t.name == THREAD_NAME)
    assert thread.daemon


def test_coroutines_of_any_loop_visit_it():
    async def outside():
        return await LOOP.visit(where())

    assert asyncio.run(outside()) == THREAD_NAME
    assert LOOP.run(outside()) == THREAD_NAME


def test_what_is_raised_there_is_raised_here():
    async def broken():
        raise KeyError("x")

    with pytest.raises(KeyError):
        LOOP.run(broken())


def test_a_blocking_call_on_the_loop_is_refused_at_once():
    async def inside():
        LOOP.run(where())

    with pytest.raises(AuthenticationError, match="wait for itself"):
        LOOP.run(inside())


def test_a_visitor_that_is_cancelled_cancels_its_work():
    cancelled = threading.Event()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def visitor():
        task = asyncio.create_task(LOOP.visit(work()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(visitor())
    assert cancelled.wait(5)


def test_many_threads_get_the_same_loop():
    loop_thread = LoopThread()
    loops = []
    threads = [
        threading.Thread(target=lambda: loops.append(loop_thread._running_loop()))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, loops))) == 1
    loops[0].call_soon_threadsafe(loops[0].stop)
    loop_thread._thread.join()
    loops[0].close()


@pytest.mark.skipif(os.name != "posix", reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_a_loop_of_its_own():
    LOOP.run(where())
    child = os.fork()
    if child == 0:
        os._exit(0 if LOOP.run(where()) == THREAD_NAME else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_value_per_loop_is_made_once_and_drained():
    made = []
    values = PerLoop(lambda: made.append(1) or object())

    async def twice():
        assert values.get() is values.get()

    asyncio.run(twice())
    asyncio.run(twice())
    assert len(made) == 2
    values.drain()
    assert values.drain() == []


def test_one_run_at_a_time_and_its_outcome_is_shared():
    async def scenario():
        flight = SingleFlight()
        runs = []
        opened = asyncio.Event()

        async def work():
            runs.append(1)
            await opened.wait()
            return len(runs)

        callers = [asyncio.create_task(flight.run(work)) for _ in range(10)]
        await asyncio.sleep(0)
        callers[0].cancel()
        await asyncio.sleep(0)
        opened.set()
        assert await asyncio.gather(*callers[1:]) == [1] * 9
        assert flight.task is None
        assert await flight.run(work) == 2

    asyncio.run(scenario())


def test_a_failure_is_shared_and_the_next_run_is_a_new_one():
    async def scenario():
        flight = SingleFlight()

        async def broken():
            await asyncio.sleep(0)
            raise KeyError("x")

        async def fine():
            return "fine"

        callers = [asyncio.create_task(flight.run(broken)) for _ in range(3)]
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(one) for one in outcomes] == [KeyError] * 3
        assert await flight.run(fine) == "fine"

    asyncio.run(scenario())
