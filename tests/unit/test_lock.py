"""One holder at a time: tasks, threads, loops, processes; dead holders hold nothing."""

import asyncio
import os
import stat
import subprocess
import sys
import threading
import time

import pytest

from pywry_auth.errors import StoreUnavailableError
from pywry_auth.lock import lock_folder, record_lock


STORES = ["", "keyring:somewhere"]


@pytest.fixture(autouse=True)
def _own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


class Inside:
    """Counts who is inside, to see two at once."""

    def __init__(self):
        self.now = 0
        self.most = 0
        self.total = 0

    def __enter__(self):
        self.now += 1
        self.total += 1
        self.most = max(self.most, self.now)

    def __exit__(self, *error):
        self.now -= 1


@pytest.mark.parametrize("identity", STORES)
def test_tasks_of_one_loop_take_turns_without_deadlock(identity):
    inside = Inside()

    async def one():
        async with record_lock(identity, "key"):
            with inside:
                await asyncio.sleep(0.001)

    async def all_of_them():
        await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(all_of_them())
    assert (inside.most, inside.total) == (1, 10)


@pytest.mark.parametrize("identity", STORES)
def test_threads_and_loops_take_turns(identity):
    inside = Inside()

    async def awaited():
        async with record_lock(identity, "key"):
            with inside:
                await asyncio.sleep(0.002)

    def blocking():
        with record_lock(identity, "key"), inside:
            time.sleep(0.002)

    threads = [
        threading.Thread(target=blocking if number % 2 else lambda: asyncio.run(awaited()))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside.most, inside.total) == (1, 8)


@pytest.mark.parametrize("identity", STORES)
def test_other_records_are_not_held_up(identity):
    one, two = record_lock(identity, "one", 0.0), record_lock(identity, "two", 0.0)
    with one, two, record_lock("file:other", "one", 0.0):
        pass


def test_two_names_are_never_one_lock():
    with record_lock("a", "b:c", 0.0), record_lock("a:b", "c", 0.0), record_lock("ab:", "c", 0.0):
        pass


@pytest.mark.parametrize("identity", STORES)
def test_a_waiter_whose_time_is_over_is_told(identity):
    async def second():
        async with record_lock(identity, "key", 0.03):
            raise AssertionError

    with record_lock(identity, "key"):
        with pytest.raises(StoreUnavailableError, match=r"more than 0\.03 seconds") as caught:
            asyncio.run(second())
        with pytest.raises(StoreUnavailableError), record_lock(identity, "key", 0.03):
            raise AssertionError
    assert (caught.value.operation, caught.value.retryable) == ("lock", True)
    with record_lock(identity, "key", 0.0):
        pass


@pytest.mark.parametrize("identity", STORES)
def test_the_loop_goes_on_while_one_of_its_tasks_waits(identity):
    async def scenario():
        ticks = 0
        async with record_lock(identity, "key"):
            waiting = asyncio.ensure_future(record_lock(identity, "key").__aenter__())
            for _ in range(20):
                await asyncio.sleep(0.001)
                ticks += 1
            assert not waiting.done()
            waiting.cancel()
            await asyncio.wait([waiting])
        return ticks

    assert asyncio.run(scenario()) == 20


@pytest.mark.parametrize("identity", STORES)
def test_a_cancelled_waiter_holds_nothing(identity):
    async def wait():
        async with record_lock(identity, "key"):
            await asyncio.sleep(3600)

    async def scenario():
        async with record_lock(identity, "key"):
            waiters = [asyncio.ensure_future(wait()) for _ in range(3)]
            await asyncio.sleep(0.01)
            for waiter in waiters:
                waiter.cancel()
            await asyncio.wait(waiters)
        async with record_lock(identity, "key", 5.0):
            pass

    asyncio.run(scenario())


@pytest.mark.parametrize("identity", STORES)
def test_an_error_inside_gives_the_lock_back(identity):
    async def fail():
        async with record_lock(identity, "key"):
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            asyncio.run(fail())
        with pytest.raises(KeyError), record_lock(identity, "key", 0.0):
            raise KeyError


HOLD = """
import sys
from pywry_auth.lock import record_lock
with record_lock("keyring:somewhere", "key"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder():
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_another_process_is_waited_for(holder):
    async def enter(seconds):
        async with record_lock("keyring:somewhere", "key", seconds):
            pass

    with pytest.raises(StoreUnavailableError):
        asyncio.run(enter(0.05))
    with record_lock("", "key", 0.0):
        pass  # a memory store knows of no other process
    holder.stdin.close()
    asyncio.run(enter(20.0))


def test_a_dead_holder_holds_nothing(holder):
    holder.kill()
    with record_lock("keyring:somewhere", "key", 20.0):
        pass


COUNT = """
import sys
from pathlib import Path
from pywry_auth.lock import record_lock
path = Path(sys.argv[1])
for _ in range(25):
    with record_lock("keyring:somewhere", "key"):
        path.write_text(str(int(path.read_text()) + 1))
"""


def test_processes_that_count_together_lose_no_step(tmp_path):
    path = tmp_path / "count"
    path.write_text("0")
    running = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)]) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert path.read_text() == "100"


def test_lock_files_tell_nothing_and_belong_to_their_owner(tmp_path):
    with record_lock("keyring:work", "ada@example.org"):
        (path,) = lock_folder().iterdir()
        assert lock_folder() == tmp_path / "data" / "pywry-auth" / "locks"
        assert "ada" not in path.name
        assert path.read_bytes() == b""
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in (lock_folder(), lock_folder().parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_lock_folder_others_can_enter_is_closed(tmp_path):
    folder = tmp_path / "data" / "pywry-auth" / "locks"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    with record_lock("keyring:work", "key"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_memory_lock_touches_no_file(tmp_path):
    with record_lock("", "key"):
        assert not (tmp_path / "data").exists()


def test_a_place_that_cannot_be_written_is_an_error_of_the_store(tmp_path):
    (tmp_path / "data").write_text("a file where a folder must be")
    lock = record_lock("keyring:work", "key")
    with pytest.raises(StoreUnavailableError, match="lock file") as caught, lock:
        raise AssertionError
    assert caught.value.operation == "lock"
    (tmp_path / "data").unlink()
    with record_lock("keyring:work", "key", 0.0):
        pass  # nothing is still held in this process


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_wait_for_locks_of_its_parent_that_no_longer_exist():
    script = """
import os, sys
from pywry_auth.lock import record_lock
with record_lock("", "key"):
    child = os.fork()
    if child == 0:
        with record_lock("", "key", 0.0):
            os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
