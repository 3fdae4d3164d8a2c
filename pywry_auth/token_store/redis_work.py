"""What is asked of Redis to keep one record."""

import math
from collections.abc import Iterable, Iterator

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.json_value import is_array
from pywry_auth.token_store.redis_routes import (
    Command,
    Routes,
    Steps,
    Unsettled,
    ask_master,
    drop_at_master,
    followed,
)
from pywry_auth.token_store.redis_slots import text_of


PAGE = 500  # names looked at in one step of a listing
#: what the Redis user must be allowed
COMMANDS = "GET SET DEL PTTL SCAN WATCH MULTI EXEC UNWATCH WAIT ASKING CLUSTER|SLOTS"
REPLICA_WAIT = 1000  # milliseconds for the replicas; less than a call may take


class RedisWork:
    """
    The records of one prefix; each method gives the steps that a driver carries out.

    Each step is about one record, so that a Cluster may keep any two of them on two servers.

    Args:
        routes: who keeps what.
        prefix: first word of all names.
        min_replicas: how many replicas must have a change before it counts as made.
    """

    def __init__(self, routes: Routes, prefix: str, min_replicas: int) -> None:
        self._routes = routes
        self._names = Names(prefix)
        wait: Command = ("WAIT", min_replicas, REPLICA_WAIT)
        self._wait = (wait,) if min_replicas else ()
        self._min_replicas = min_replicas

    def read(self, key: str) -> Steps[str | None]:
        """Give the text under *key*, or None."""
        return _text((yield from self._bytes_at(self._names.record(key))))

    def write(self, key: str, text: str, life: float | None) -> Steps[None]:
        """Keep *text* under *key* for *life* seconds."""
        name = self._names.record(key)
        end = () if life is None else ("EX", math.ceil(life))
        replies = yield from ask_master(self._routes, name, ("SET", name, text, *end), *self._wait)
        self._confirm(replies)

    def remove(self, key: str) -> Steps[None]:
        """Remove the text under *key*."""
        name = self._names.record(key)
        self._confirm((yield from ask_master(self._routes, name, ("DEL", name), *self._wait)))

    def keys(self) -> Steps[list[str]]:
        """Give all keys, sorted."""
        names: set[str] = set()
        try:
            for node in (yield from self._routes.masters()):
                cursor = -1
                while cursor:
                    scan: Command = (
                        "SCAN",
                        max(cursor, 0),
                        "MATCH",
                        self._names.pattern,
                        "COUNT",
                        PAGE,
                    )
                    (reply,) = yield from followed(self._routes, node, (scan,))
                    cursor, page = _page(reply)
                    names.update(self._names.keys(page))
        except Unsettled as exc:
            self._routes.forget()
            raise exc.error from exc
        return sorted(names)

    def set_aside(self, key: str, text: str) -> Steps[None]:
        """
        Move the damaged record, unless it is another by now.

        Copied, then removed: a rename would need both names on one server of a Cluster.
        """
        name, aside = self._names.record(key), self._names.aside(key)
        there = yield from self._bytes_at(name)
        if there is None or _text(there) != text:
            return
        (left,) = yield from ask_master(self._routes, name, ("PTTL", name))
        end = ("PX", left) if isinstance(left, int) and left > 0 else ()
        yield from ask_master(self._routes, aside, ("SET", aside, there, *end))
        yield from drop_at_master(self._routes, name, there)

    def _bytes_at(self, name: bytes) -> Steps[bytes | None]:
        (found,) = yield from ask_master(self._routes, name, ("GET", name))
        # With decode_responses in the URL it is a text already.
        return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else _bytes(found)

    def _confirm(self, replies: list[object]) -> None:
        have = replies[-1]
        if self._wait and not (isinstance(have, int) and have >= self._min_replicas):
            raise StoreUnavailableError(
                f"the change is not on {self._min_replicas} replicas of Redis yet, so that a "
                "fail-over could lose it",
                hint="try again; check that the replicas run, or lower min_replicas",
            )


class Names:
    """What records are called in Redis."""

    def __init__(self, prefix: str) -> None:
        self._start = f"{prefix}:oauth:tokens:"
        self._aside = f"{prefix}:oauth:damaged:"
        escaped = "".join(f"\\{one}" if one in "*?[]^-\\" else one for one in self._start)
        self.pattern = encoded(f"{escaped}*")

    def record(self, key: str) -> bytes:
        """Name the record of *key*."""
        return encoded(self._start + key)

    def aside(self, key: str) -> bytes:
        """Name the place where a damaged record of *key* is kept."""
        return encoded(self._aside + key)

    def keys(self, names: Iterable[bytes]) -> Iterator[str]:
        """Give the keys of records with these *names*."""
        for name in names:
            yield (_text(name) or "").removeprefix(self._start)


def encoded(text: str) -> bytes:
    """Give *text* as Redis keeps it; lone surrogates, too."""
    return text.encode("utf-8", "surrogatepass")


def _bytes(found: object) -> bytes | None:
    return found if isinstance(found, bytes) else None


def _text(found: bytes | None) -> str | None:
    if found is None:
        return None
    try:
        return found.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return found.decode("utf-8", "replace")  # damaged; it is only compared, then set aside


def _page(reply: object) -> tuple[int, list[bytes]]:
    """Strictly private: read the reply to SCAN: where to go on, with the names of this step."""
    cursor, names = reply if is_array(reply) and len(reply) == 2 else (None, None)  # noqa: PLR2004 - cursor, names
    digits = str(cursor) if isinstance(cursor, int) else text_of(cursor)
    if digits is None or not digits.isdecimal() or not is_array(names):
        raise StoreError("Redis gave a listing that cannot be read")
    given = [encoded(name) if isinstance(name, str) else name for name in names]
    return int(digits), [name for name in given if isinstance(name, bytes)]
