"""Records in Redis, blocking or awaited."""

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar

from redis import BlockingConnectionPool, Redis, RedisError
from redis.asyncio import BlockingConnectionPool as AwaitedPool
from redis.asyncio import Redis as AwaitedRedis
from redis.asyncio.retry import Retry as AwaitedRetry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthorizationError,
    ClusterDownError,
    MovedError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
    WatchError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from pywry_auth.errors import ConfigError, StoreError, StoreUnavailableError
from pywry_auth.runtime import PerLoop
from pywry_auth.token_store.records import AwaitedRecords, Records
from pywry_auth.token_store.redis_place import Node, RedisPlace
from pywry_auth.token_store.redis_routes import Ask, Drop, Moved, Steps, Unsettled, unavailable
from pywry_auth.token_store.redis_work import COMMANDS, RedisWork, encoded


T = TypeVar("T")

CALL_TIMEOUT = 5.0  # seconds to connect, for one answer, or for a connection to become free


@contextmanager
def _readable_url() -> Generator[None, None, None]:
    try:
        yield
    except (ValueError, TypeError):
        # The original error may quote the password.
        raise ConfigError("the Redis URL cannot be used") from None


@asynccontextmanager
async def _awaited_translated() -> AsyncGenerator[None, None]:
    with _translated():
        yield


@contextmanager
def _translated() -> Generator[None, None, None]:
    try:
        yield
    except (MovedError, AskError) as exc:
        host, _, port = str(exc.args[0]).rpartition(" ")[2].rpartition(":")
        raise Moved(host, int(port), for_good=isinstance(exc, MovedError)) from exc
    except (AuthenticationError, AuthorizationError) as exc:
        raise StoreUnavailableError(
            "Redis does not accept the user or the password",
            hint="check the user with the password in the Redis URL",
        ) from exc
    except (RedisConnectionError, RedisTimeoutError, OSError) as exc:
        error = StoreUnavailableError(
            f"Redis cannot be reached ({type(exc).__name__})",
            hint="check that it runs where the URL says",
        )
        raise Unsettled(error) from exc
    except RedisError as exc:
        if _will_pass(exc):
            error = unavailable(f"Redis does not keep records just now ({type(exc).__name__})")
            raise Unsettled(error) from exc
        raise StoreError(
            f"Redis did not do what was asked ({type(exc).__name__})",
            hint="check that the user may use keys with this prefix, by these commands: "
            + COMMANDS,
        ) from exc


def _will_pass(exc: RedisError) -> bool:
    if isinstance(exc, ReadOnlyError | ClusterDownError | TryAgainError):
        return True  # a fail-over, or a slot on its way
    return isinstance(exc, ResponseError) and str(exc).startswith("NOREPLICAS")


class RedisRecords(Records):
    """Keeps texts in Redis while the caller waits."""

    def __init__(self, place: RedisPlace, work: RedisWork, pool_size: int) -> None:
        self._work = work
        self._place = place
        self._pool_size = pool_size
        self._lock = threading.Lock()
        self._clients: dict[Node, Redis] = {}

    def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""
        return self._do(self._work.read(key))

    def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key* for *life* seconds."""
        self._do(self._work.write(key, text, life))

    def remove(self, key: str) -> None:
        """Remove the text under *key*."""
        self._do(self._work.remove(key))

    def keys(self) -> list[str]:
        """Give all keys, sorted."""
        return self._do(self._work.keys())

    def set_aside(self, key: str, text: str) -> None:
        """Move the damaged record, unless it changes at the same moment."""
        self._do(self._work.set_aside(key, text))

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def _do(self, steps: Steps[T]) -> T:
        try:
            step = next(steps)
            while True:
                try:
                    replies = self._send(step)
                except (Moved, Unsettled) as exc:
                    step = steps.throw(exc)
                else:
                    step = steps.send(replies)
        except StopIteration as end:
            return end.value

    @_translated()
    def _send(self, step: Ask | Drop) -> list[object]:
        client = self._client_of(step.node)
        with client.pipeline(transaction=isinstance(step, Drop)) as pipe:  # pyright: ignore[reportUnknownMemberType] - untyped shard_hint
            if isinstance(step, Ask):
                for command in step.commands:
                    pipe.execute_command(*command)  # pyright: ignore[reportUnknownMemberType] - untyped arguments
                return _all(pipe.execute(raise_on_error=False))
            pipe.watch(step.name)
            if _same(pipe.get(step.name), step.text):
                pipe.multi()
                pipe.delete(step.name)
                with suppress(WatchError):  # somebody saved a good one meanwhile
                    pipe.execute()
        return []

    def _client_of(self, node: Node) -> Redis:
        with self._lock:
            client = self._clients.get(node)
            if client is None:
                client = self._clients[node] = self._connected(node)
            return client

    def _connected(self, node: Node) -> Redis:
        with _readable_url():
            pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                self._place.url_of(node),
                max_connections=self._pool_size,
                timeout=CALL_TIMEOUT,
                socket_timeout=CALL_TIMEOUT,
                socket_connect_timeout=CALL_TIMEOUT,
                retry=Retry(NoBackoff(), 0),  # the steps know where to try again
            )
        return Redis.from_pool(pool)


class AwaitedRedisRecords(AwaitedRecords):
    """Keeps texts in Redis, with clients for each event loop."""

    def __init__(self, place: RedisPlace, work: RedisWork, pool_size: int) -> None:
        self._work = work
        self._clients = PerLoop(lambda: _LoopClients(place, pool_size))

    async def read(self, key: str) -> str | None:
        """Give the text under *key*, or None."""
        return await self._do(self._work.read(key))

    async def write(self, key: str, text: str, life: float | None) -> None:
        """Keep *text* under *key* for *life* seconds."""
        await self._do(self._work.write(key, text, life))

    async def remove(self, key: str) -> None:
        """Remove the text under *key*."""
        await self._do(self._work.remove(key))

    async def keys(self) -> list[str]:
        """Give all keys, sorted."""
        return await self._do(self._work.keys())

    async def set_aside(self, key: str, text: str) -> None:
        """Move the damaged record, unless it changes at the same moment."""
        await self._do(self._work.set_aside(key, text))

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of others end with their loops."""
        await self._clients.get().aclose()

    async def _do(self, steps: Steps[T]) -> T:
        clients = self._clients.get()
        try:
            step = next(steps)
            while True:
                try:
                    replies = await _send(await clients.of(step.node), step)
                except (Moved, Unsettled) as exc:
                    step = steps.throw(exc)
                else:
                    step = steps.send(replies)
        except StopIteration as end:
            return end.value


@_awaited_translated()
async def _send(client: AwaitedRedis, step: Ask | Drop) -> list[object]:
    async with client.pipeline(transaction=isinstance(step, Drop)) as pipe:
        if isinstance(step, Ask):
            for command in step.commands:
                pipe.execute_command(*command)  # pyright: ignore[reportUnknownMemberType] - untyped arguments
            return _all(await pipe.execute(raise_on_error=False))
        await pipe.watch(step.name)
        if _same(await pipe.get(step.name), step.text):
            pipe.multi()
            pipe.delete(step.name)
            with suppress(WatchError):  # somebody saved a good one meanwhile
                await pipe.execute()
    return []


class _LoopClients:
    """
    Strictly private: clients whose connections are closed when their event loop ends.

    ``asyncio.run`` ends the asynchronous generators that are still open before it closes the loop,
    while it closes nobody's connections; so a generator holds the clients.
    """

    def __init__(self, place: RedisPlace, pool_size: int) -> None:
        self._place = place
        self._pool_size = pool_size
        self._clients: dict[Node, AwaitedRedis] = {}
        self._holder: AsyncGenerator[None, None] | None = None

    async def of(self, node: Node) -> AwaitedRedis:
        if self._holder is None:
            self._holder = self._hold()
            await anext(self._holder)
        client = self._clients.get(node)
        if client is None:
            client = self._clients[node] = self._connected(node)
        return client

    async def aclose(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _hold(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await self.aclose()

    def _connected(self, node: Node) -> AwaitedRedis:
        with _readable_url():
            pool = AwaitedPool.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped **kwargs
                self._place.url_of(node),
                max_connections=self._pool_size,
                timeout=CALL_TIMEOUT,
                socket_timeout=CALL_TIMEOUT,
                socket_connect_timeout=CALL_TIMEOUT,
                retry=AwaitedRetry(NoBackoff(), 0),  # the steps know where to try again
            )
        return AwaitedRedis.from_pool(pool)


def _all(replies: list[object]) -> list[object]:
    for reply in replies:
        if isinstance(reply, RedisError):
            raise reply
    return replies


def _same(found: object, text: bytes) -> bool:
    # With decode_responses in the URL it is a text already.
    return (encoded(found) if isinstance(found, str) else found) == text
