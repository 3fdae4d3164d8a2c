"""One lock for each stored record, across tasks, threads, loops, processes."""

import json
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from pywry_auth.errors import StoreUnavailableError


#: identities that begin like this belong to one process, and lock in it only
IN_PROCESS = "memory:"
POLL = 0.02  # seconds between looks at a lock another process holds


def record_lock(identity: str, key: str, timeout: float = 30.0) -> "RecordLock":
    """
    Give the lock of one stored record, for ``with`` or ``async with``.

    Args:
        identity: the store's identity; "" and what begins with ``IN_PROCESS`` lock in this process
            only, and touch no file.
        key: the record's key in that store.
        timeout: seconds to wait for other holders.

    Entering raises ``StoreUnavailableError`` with ``operation`` "lock" when the time is over, or
    when the lock file cannot be made. The operating system releases the lock of a holder that died.
    Nobody may enter the same record twice without leaving it: the second wait ends at the timeout.
    """
    return RecordLock(identity, key, timeout)


class RecordLock:
    """The lock of one record; each ``with`` needs an object of its own."""

    def __init__(self, identity: str, key: str, timeout: float = 30.0) -> None:
        self._name = sha256(json.dumps([identity, key]).encode()).hexdigest()
        self._across_processes = bool(identity) and not identity.startswith(IN_PROCESS)
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._abandoned = False
        self._release: Callable[[], None] | None = None
        self._inside: _InProcess | None = None

    def __enter__(self) -> None:
        self._acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._give_back()

    async def __aenter__(self) -> None:
        if not self._across_processes and self._enter_at_once():
            return
        await self._acquire_off_loop()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._give_back()

    async def _acquire_off_loop(self) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        done: asyncio.Future[StoreUnavailableError | None] = loop.create_future()

        def finish(error: StoreUnavailableError | None) -> None:
            if not done.done():
                done.set_result(error)

        def run() -> None:
            error = self._attempt()
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(finish, error)

        threading.Thread(target=run, name="pywry-auth-lock", daemon=True).start()
        try:
            error = await done
        except BaseException:
            self._abandon()
            raise
        if error is not None:
            raise error

    def _attempt(self) -> StoreUnavailableError | None:
        try:
            self._acquire()
        except StoreUnavailableError as exc:
            return exc
        return None

    def _enter_at_once(self) -> bool:
        inside = _in_process(self._name)
        if not inside.lock.acquire(blocking=False):
            return False
        self._hold(inside.lock.release, inside)
        return True

    def _acquire(self) -> None:
        started = time.monotonic()
        # Threads of one process queue here, so that only one of them polls the file.
        inside = _in_process(self._name)
        if not inside.lock.acquire(timeout=self._timeout):
            raise _too_long(self._timeout)
        leave = inside.lock.release
        if self._across_processes:
            try:
                release = _lock_file(self._name, started + self._timeout, self._timeout)
            except BaseException:
                leave()
                raise
            leave = _both(release, leave)
        self._hold(leave, inside)

    def _hold(self, leave: Callable[[], None], inside: "_InProcess") -> None:
        with self._mutex:
            if not self._abandoned:
                self._release = leave
                self._inside = inside  # the registry is weak: the holder keeps its entry alive
                return
        leave()  # the task that wanted it was cancelled meanwhile

    def _abandon(self) -> None:
        with self._mutex:
            self._abandoned = True
        self._give_back()

    def _give_back(self) -> None:
        with self._mutex:
            release, self._release = self._release, None
        if release is not None:
            release()


class _InProcess:
    """Strictly private: a lock that a weak registry can hold."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class _Registry:
    def __init__(self) -> None:
        self.forget()

    def get(self, name: str) -> _InProcess:
        with self._lock:
            found = self._locks.get(name)
            if found is None:
                found = self._locks[name] = _InProcess()
            return found

    def forget(self) -> None:
        """Start afresh in a forked child, where no holder exists."""
        self._lock = threading.Lock()
        self._locks: weakref.WeakValueDictionary[str, _InProcess] = weakref.WeakValueDictionary()


_REGISTRY = _Registry()
_in_process = _REGISTRY.get

if os.name == "posix":
    os.register_at_fork(after_in_child=_REGISTRY.forget)


def lock_folder() -> Path:
    """Give the folder of the lock files; it is made on first use, for its owner alone."""
    from platformdirs import user_data_path

    return user_data_path("pywry-auth") / "locks"


def _lock_file(name: str, end: float, timeout: float) -> Callable[[], None]:
    from filelock import FileLock, Timeout

    from pywry_auth.private_files import private_folder

    try:
        folder = private_folder(lock_folder())
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)  # made by somebody with other habits
        path = folder / f"{name}.lock"
        # Not per thread: the awaited face enters on one thread, leaves on another.
        lock = FileLock(path, mode=0o600, thread_local=False)
        while True:
            with suppress(Timeout):
                lock.acquire(blocking=False)
                return lock.release
            if time.monotonic() >= end:
                raise _too_long(timeout)
            time.sleep(POLL)
    except (OSError, NotImplementedError) as exc:
        raise StoreUnavailableError(
            f"the lock file of a stored record cannot be used ({type(exc).__name__})",
            operation="lock",
            hint=f"check that {lock_folder()} can be written",
        ) from exc


def _too_long(timeout: float) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"somebody else has been using this stored record for more than {timeout:g} seconds",
        operation="lock",
        hint="try again; if it lasts, look for a hanging program that uses the same sign-in",
    )


def _both(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            first()
        finally:
            then()

    return run
