"""Records in Redis, blocking or awaited."""

import math
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from redis import BlockingConnectionPool, Redis, RedisError
from redis.asyncio import BlockingConnectionPool as AwaitedPool
from redis.asyncio import Redis as AwaitedRedis
from redis.asyncio.retry import Retry as AwaitedRetry
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, WatchError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from pywry_auth.errors import ConfigError, StoreError, StoreUnavailableError
from pywry_auth.runtime import PerLoop
from pywry_auth.token_store.records import AwaitedRecords, Records


CALL_TIMEOUT = 5.0  # seconds to connect, for one answer, or for a connection to become free
RETRIES = 1  # redis-py's own default keeps the caller of a dead server for more than 4 s
PAGE = 500  # keys looked at in one step of a listing


class RedisRecords(Records):
    """Keeps texts in Redis while the caller waits."""

    def __init__(self, url: str, prefix: str, pool_size: int) -> None:
        self._names = Names(prefix)
        with _readable_url():
            pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                url,
                max_connections=pool_size,
                timeout=CALL_TIMEOUT,
                socket_timeout=CALL_TIMEOUT,
                socket_connect_timeout=CALL_TIMEOUT,
                retry=Retry(_backoff(), RETRIES),
            )
        self._client = Redis.from_pool(pool)

    def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""
        with _translated():
            return _text(self._client.get(self._names.record(key)))

    def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key* for *life* seconds."""
        with _translated():
            self._client.set(self._names.record(key), text, ex=_whole(life))

    def remove(self, key: str) -> None:
        """Remove the text under *key*."""
        with _translated():
            self._client.delete(self._names.record(key))

    def keys(self) -> list[str]:
        """Give all keys, sorted."""
        names: set[str] = set()
        cursor = 0
        with _translated():
            while True:
                cursor, page = self._client.scan(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                    cursor, match=self._names.pattern, count=PAGE
                )
                names.update(self._names.keys(page))
                if not cursor:
                    return sorted(names)

    def set_aside(self, key: str, text: str) -> None:
        """Rename the damaged record, unless it changes at the same moment."""
        name = self._names.record(key)
        with _translated(), self._client.pipeline() as pipe:  # pyright: ignore[reportUnknownMemberType] - untyped shard_hint
            pipe.watch(name)
            if _text(pipe.get(name)) != text:
                return
            pipe.multi()
            pipe.rename(name, self._names.aside(key))
            with suppress(WatchError):  # somebody saved a good one meanwhile
                pipe.execute()

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        self._client.close()


class AwaitedRedisRecords(AwaitedRecords):
    """Keeps texts in Redis, with one client for each event loop."""

    def __init__(self, url: str, prefix: str, pool_size: int) -> None:
        self._names = Names(prefix)
        self._url = url
        self._pool_size = pool_size
        self._clients = PerLoop(lambda: _LoopClient(self._connect()))

    def _connect(self) -> AwaitedRedis:
        with _readable_url():
            pool = AwaitedPool.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                self._url,
                max_connections=self._pool_size,
                timeout=CALL_TIMEOUT,
                socket_timeout=CALL_TIMEOUT,
                socket_connect_timeout=CALL_TIMEOUT,
                retry=AwaitedRetry(_backoff(), RETRIES),
            )
        return AwaitedRedis.from_pool(pool)

    async def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""
        async with _awaited_translated():
            client = await self._clients.get().ready()
            return _text(await client.get(self._names.record(key)))

    async def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key* for *life* seconds."""
        async with _awaited_translated():
            client = await self._clients.get().ready()
            await client.set(self._names.record(key), text, ex=_whole(life))

    async def remove(self, key: str) -> None:
        """Remove the text under *key*."""
        async with _awaited_translated():
            client = await self._clients.get().ready()
            await client.delete(self._names.record(key))

    async def keys(self) -> list[str]:
        """Give all keys, sorted."""
        names: set[str] = set()
        cursor = 0
        client = await self._clients.get().ready()
        async with _awaited_translated():
            while True:
                cursor, page = await client.scan(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                    cursor, match=self._names.pattern, count=PAGE
                )
                names.update(self._names.keys(page))
                if not cursor:
                    return sorted(names)

    async def set_aside(self, key: str, text: str) -> None:
        """Rename the damaged record, unless it changes at the same moment."""
        name = self._names.record(key)
        client = await self._clients.get().ready()
        async with _awaited_translated(), client.pipeline() as pipe:
            await pipe.watch(name)
            if _text(await pipe.get(name)) != text:
                return
            pipe.multi()
            pipe.rename(name, self._names.aside(key))
            with suppress(WatchError):  # somebody saved a good one meanwhile
                await pipe.execute()

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of others end with their loops."""
        client = await self._clients.get().ready()
        await client.aclose()


class _LoopClient:
    """
    Strictly private: a client whose connections are closed when its event loop ends.

    ``asyncio.run`` ends the asynchronous generators that are still open before it closes the loop,
    while it closes nobody's connections; so a generator holds the client.
    """

    def __init__(self, client: AwaitedRedis) -> None:
        self._client = client
        self._holder: AsyncGenerator[None, None] | None = None

    async def ready(self) -> AwaitedRedis:
        if self._holder is None:
            self._holder = self._hold()
            await anext(self._holder)
        return self._client

    async def _hold(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await self._client.aclose()


class Names:
    """What records are called in Redis."""

    def __init__(self, prefix: str) -> None:
        self._start = f"{prefix}:oauth:tokens:"
        self._aside = f"{prefix}:oauth:damaged:"
        escaped = "".join(f"\\{one}" if one in "*?[]^-\\" else one for one in self._start)
        self.pattern = _bytes(f"{escaped}*")

    def record(self, key: str) -> bytes:
        """Name the record of *key*."""
        return _bytes(self._start + key)

    def aside(self, key: str) -> bytes:
        """Name the place where a damaged record of *key* is kept."""
        return _bytes(self._aside + key)

    def keys(self, names: Iterable[bytes | str]) -> Iterator[str]:
        """Give the keys of records with these *names*."""
        for name in names:
            yield (_text(name) or "").removeprefix(self._start)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(found: bytes | str | None) -> str | None:
    if not isinstance(found, bytes):
        return found
    try:
        return found.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return found.decode("utf-8", "replace")  # damaged; it is only compared, then set aside


def _whole(life: float | None) -> int | None:
    return None if life is None else math.ceil(life)


def _backoff() -> ExponentialBackoff:
    return ExponentialBackoff(cap=0.2, base=0.05)


@contextmanager
def _readable_url() -> Generator[None, None, None]:
    try:
        yield
    except ValueError:
        # The original error may quote the password.
        raise ConfigError("the Redis URL cannot be used") from None


@contextmanager
def _translated() -> Generator[None, None, None]:
    try:
        yield
    except (RedisError, OSError) as exc:
        raise _store_error(exc) from exc


@asynccontextmanager
async def _awaited_translated() -> AsyncGenerator[None, None]:
    with _translated():
        yield


def _store_error(exc: RedisError | OSError) -> StoreError:
    kind = type(exc).__name__
    if isinstance(exc, AuthenticationError):
        return StoreUnavailableError(
            "Redis does not accept the user or the password",
            hint="check the user with the password in the Redis URL",
        )
    if isinstance(exc, RedisConnectionError | RedisTimeoutError | OSError):
        return StoreUnavailableError(
            f"Redis cannot be reached ({kind})", hint="check that it runs where the URL says"
        )
    return StoreError(
        f"Redis did not do what was asked ({kind})",
        hint="check that the user may use keys with this prefix",
    )
