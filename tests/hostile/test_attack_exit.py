"""However a process ends in good order, it ends after what must not break."""

import multiprocessing

import pytest

from pywry_auth.runtime import LOOP, LoopThread


class Unsaved:
    """What a session leaves that could not save its tokens."""

    is_saved = False

    async def tidy(self):
        self.is_saved = True


def test_a_renewal_that_hangs_takes_no_other_session_s_tokens_with_it():
    loop = LoopThread()
    session = Unsaved()
    loop.untidy.add(session)
    with loop.unbroken():
        assert not loop.finish(0.01)
    assert session.is_saved
    inner = loop._running_loop()
    loop.call_soon(inner.stop)
    loop._thread.join()
    inner.close()


def renew(path, begun):
    async def replace():
        import asyncio

        with LOOP.unbroken():
            begun.set()
            await asyncio.sleep(0.3)
            path.write_text("saved")

    LOOP.submit(replace())
    begun.wait()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_process_that_ends_loses_no_renewal_under_way(method, tmp_path):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("this system starts no processes that way")
    start = multiprocessing.get_context(method)
    begun = start.Event()
    worker = start.Process(target=renew, args=(tmp_path / "tokens", begun))
    worker.start()
    worker.join(30)
    assert worker.exitcode == 0
    assert (tmp_path / "tokens").read_text() == "saved"
