"""The loop that everybody waits for must not end before the process does."""

import asyncio
import logging
import sys

import pytest

from pywry_auth.runtime import LoopThread


async def answer():
    return 42


@pytest.mark.parametrize("leaving", [SystemExit, KeyboardInterrupt])
def test_a_listener_that_wants_to_exit_does_not_end_the_loop(leaving, caplog):
    loop = LoopThread()

    def leave():
        raise leaving

    with caplog.at_level(logging.ERROR):
        loop.call_soon(leave)
        assert loop.submit(answer()).result(5) == 42
        assert loop.submit(answer()).result(5) == 42
    assert [record.getMessage() for record in caplog.records] == ["loop.not_ended"]


def test_a_task_that_exits_tells_whoever_waits_for_it():
    loop = LoopThread()

    async def leave():
        sys.exit(3)

    with pytest.raises(SystemExit):
        loop.submit(leave()).result(5)
    assert loop.submit(answer()).result(5) == 42


def test_a_callback_that_stops_the_loop_does_not_end_it():
    loop = LoopThread()

    async def stop():
        asyncio.get_running_loop().stop()

    loop.submit(stop()).result(5)
    assert loop.submit(answer()).result(5) == 42
