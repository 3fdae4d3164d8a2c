"""The loop that everybody waits for must not end before the process does."""

import logging
import sys

import pytest

from pywry_auth.runtime import LoopThread


async def answer():
    return 42


@pytest.fixture
def loop():
    found = LoopThread()
    yield found
    inner = found._running_loop()
    found.call_soon(inner.stop)
    found._thread.join()
    inner.close()


@pytest.mark.parametrize("leaving", [SystemExit, KeyboardInterrupt])
def test_a_listener_that_wants_to_exit_does_not_end_the_loop(leaving, loop, caplog):
    def leave():
        raise leaving

    with caplog.at_level(logging.ERROR):
        loop.call_soon(leave)
        assert loop.submit(answer()).result(5) == 42
        assert loop.submit(answer()).result(5) == 42
    assert [record.getMessage() for record in caplog.records] == ["loop.not_ended"]


def test_a_task_that_exits_tells_whoever_waits_for_it(loop):
    async def leave():
        sys.exit(3)

    with pytest.raises(SystemExit):
        loop.submit(leave()).result(5)
    assert loop.submit(answer()).result(5) == 42
