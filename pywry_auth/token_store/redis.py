"""Tokens in Redis, for several machines."""

from pywry_auth.errors import ConfigError
from pywry_auth.token_store.base import TokenStore, of_tokens
from pywry_auth.token_store.codec import encode
from pywry_auth.token_store.damage import Damage
from pywry_auth.token_store.records import (
    AwaitedRecords,
    Records,
    RecordSlot,
    is_damaged,
    readable,
    useful_life,
)
from pywry_auth.token_store.redis_place import Kind, RedisPlace
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


class RedisTokenStore(TokenStore):
    """
    Keeps token sets in Redis as ``{prefix}:oauth:tokens:{key}``.

    Redis forgets a record a day after its refresh token ends, or 300 s after its access token
    where there is no refresh token; never where no end is known. Records are locked between the
    processes of one machine only.

    The URL says what kind of Redis there is; its options are those of redis-py::

        redis://user:password@host:6379/0                         rediss:// is TLS
        redis+sentinel://user:password@host:26379,other:26379/mymaster/0
        redis+cluster://user:password@host:7000,other:7001        rediss+... is TLS to all servers

    Sentinels get ``sentinel_username`` and ``sentinel_password`` of the options, never the user of
    the records. A few servers of a Cluster are enough; the rest is asked of them. Every process
    names the same ones, because the locks are named after them.

    While a fail-over is under way each call tries twice, then raises ``StoreUnavailableError``; a
    session holds its tokens meanwhile, then saves them. Redis copies to its replicas only after it
    has answered, so a fail-over can lose a change that was acknowledged. With Sentinels or a
    Cluster a change therefore counts as made when one replica has it (``WAIT``); otherwise the call
    raises ``StoreUnavailableError``, though the change may have been made. Sentinels choose the
    reachable replica that has most, so *one* covers the loss of the master alone: where a replica
    may be lost or cut off at the same moment, set ``min_replicas`` to the number of replicas. Not
    covered: all who have a change restarting without a disk copy, or a person choosing another
    master by hand.

    The Redis user needs the keys ``{prefix}:*`` with GET, SET, DEL, PTTL, SCAN, WATCH, MULTI, EXEC,
    UNWATCH; with Sentinels or a Cluster WAIT, with a Cluster ASKING, CLUSTER SLOTS as well. The
    user of the Sentinels needs SENTINEL GET-MASTER-ADDR-BY-NAME.

    Args:
        redis_url: where Redis is, with a password where there is one.
        prefix: first word of all keys.
        pool_size: connections to each server for each event loop, also for all blocking callers
            together.
        min_replicas: how many replicas must have a change before it counts as made; when left out
            one with Sentinels or a Cluster, else none.

    Raises:
        ImportError: the package ``redis`` is not installed.
        ConfigError: the URL, the pool size or the number of replicas cannot be used.
    """

    def __init__(
        self,
        redis_url: str = "redis://localhost:6379/0",
        prefix: str = "pywry",
        pool_size: int = 10,
        *,
        min_replicas: int | None = None,
    ) -> None:
        try:
            from pywry_auth.token_store.redis_records import AwaitedRedisRecords, RedisRecords
        except ImportError as exc:
            raise ImportError(
                'RedisTokenStore needs redis: pip install "pywry-auth[redis]"', name="redis"
            ) from exc
        from pywry_auth.token_store.redis_routes import routes_of
        from pywry_auth.token_store.redis_work import RedisWork

        place = RedisPlace.of(redis_url)
        self.identity = f"redis:{place.name}/{prefix}"
        if pool_size < 1:
            raise ConfigError("a pool needs at least one connection")
        if min_replicas is None:
            min_replicas = 0 if place.kind is Kind.SINGLE else 1
        if min_replicas < 0:
            raise ConfigError("there cannot be fewer than no replicas")
        work = RedisWork(routes_of(place), prefix, min_replicas)
        self._awaited: AwaitedRecords = AwaitedRedisRecords(place, work, pool_size)
        blocking = RedisRecords(place, work, pool_size)
        blocking.identity = self.identity
        self._records: Records = blocking
        self._close = blocking.close
        self._damage = Damage()

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* under *key* for as long as they are of use."""
        await self._awaited.write(key, encode(tokens), useful_life(tokens))
        self._damage.mend(key)

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*; None when nothing is, or it cannot be read."""
        text = await self._awaited.read(key)
        if text is None:
            return None
        tokens = readable(key, text)
        if tokens is None:
            self._damage.note(key)
        if tokens is None and is_damaged(text):
            await self._awaited.set_aside(key, text)
        return tokens

    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*; nothing there is no error."""
        await self._awaited.remove(key)
        self._damage.mend(key)

    def is_damaged(self, key: str) -> bool:
        """Say whether what was under *key* is gone because it could not be read."""
        return self._damage.concerns(key)

    async def exists(self, key: str) -> bool:
        """Say whether something readable is kept under *key*."""
        return await self.load(key) is not None

    async def list_keys(self) -> list[str]:
        """Give the keys of all token sets, sorted."""
        return of_tokens(await self._awaited.keys())

    def slot(self, key: str = "default") -> TokenSlot:
        """Give the record under *key* to callers that block; over a client of its own."""
        return RecordSlot(self._records, key)

    async def aclose(self) -> None:
        """Close the connections of this event loop, with those of blocking callers."""
        await self._awaited.aclose()
        self._close()

    def close(self) -> None:
        """Close the connections of blocking callers; those of event loops end with their loops."""
        self._close()
