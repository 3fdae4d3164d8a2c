"""Tokens in Redis, for several machines."""

from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError
from pywry_auth.token_store.base import TokenStore
from pywry_auth.token_store.codec import encode
from pywry_auth.token_store.records import (
    AwaitedRecords,
    Records,
    RecordSlot,
    is_damaged,
    readable,
    useful_life,
)
from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


class RedisTokenStore(TokenStore):
    """
    Keeps token sets in Redis as ``{prefix}:oauth:tokens:{key}``.

    Redis forgets a record a day after its refresh token ends, or 300 s after its access token
    where there is no refresh token; never where no end is known. The Redis user needs no dangerous
    command. Records are locked between the processes of one machine only.

    Args:
        redis_url: ``redis://``, ``rediss://`` or ``unix://``, with a password where there is one.
        prefix: first word of all keys.
        pool_size: connections for each event loop, also for all blocking callers together.

    Raises:
        ImportError: the package ``redis`` is not installed.
        ConfigError: the URL or the pool size cannot be used.
    """

    def __init__(
        self,
        redis_url: str = "redis://localhost:6379/0",
        prefix: str = "pywry",
        pool_size: int = 10,
    ) -> None:
        try:
            from pywry_auth.token_store.redis_records import AwaitedRedisRecords, RedisRecords
        except ImportError as exc:
            raise ImportError(
                'RedisTokenStore needs redis: pip install "pywry-auth[redis]"', name="redis"
            ) from exc
        self.identity = f"redis:{_place(redis_url)}/{prefix}"
        if pool_size < 1:
            raise ConfigError("a pool needs at least one connection")
        self._awaited: AwaitedRecords = AwaitedRedisRecords(redis_url, prefix, pool_size)
        blocking = RedisRecords(redis_url, prefix, pool_size)
        blocking.identity = self.identity
        self._records: Records = blocking
        self._close = blocking.close

    async def save(self, key: str, tokens: OAuthTokenSet) -> None:
        """Keep *tokens* under *key* for as long as they are of use."""
        await self._awaited.write(key, encode(tokens), useful_life(tokens))

    async def load(self, key: str) -> OAuthTokenSet | None:
        """Give what is kept under *key*; None when nothing is, or it cannot be read."""
        text = await self._awaited.read(key)
        if text is None:
            return None
        tokens = readable(key, text)
        if tokens is None and is_damaged(text):
            await self._awaited.set_aside(key, text)
        return tokens

    async def delete(self, key: str) -> None:
        """Remove what is kept under *key*; nothing there is no error."""
        await self._awaited.remove(key)

    async def exists(self, key: str) -> bool:
        """Say whether something readable is kept under *key*."""
        return await self.load(key) is not None

    async def list_keys(self) -> list[str]:
        """Give all keys, sorted."""
        return await self._awaited.keys()

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


def _place(url: str) -> str:
    """Strictly private: the URL without user, password or options; for names of locks."""
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
    except ValueError:
        # The original error may quote the password.
        raise ConfigError("the Redis URL cannot be read") from None
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ConfigError("the Redis URL must begin with redis://, rediss:// or unix://")
    return f"{parts.hostname or ''}:{port}{parts.path}"
