"""Where a Redis is: one server, a master that Sentinels watch, or a Cluster."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from pywry_auth.errors import ConfigError


SENTINEL_PORT = 26379
REDIS_PORT = 6379

_SCHEMES = "redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://"
_SEVERAL = re.compile(
    r"(?P<scheme>rediss?)\+(?P<kind>sentinel|cluster)://"
    r"(?P<where>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<options>[^#]*))?"
)
_HOST = re.compile(r"[\w.:%-]+")
_SERVICE = re.compile(r"[\w.-]+", re.ASCII)  # what Sentinel allows
_SENTINEL_OPTIONS = {"sentinel_username": "username", "sentinel_password": "password"}


class Kind(StrEnum):
    """How many servers keep the records, and who says which one is asked."""

    SINGLE = "single"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Node:
    """
    One server.

    Attributes:
        host: name or address; "" is the server that the URL names by itself.
        port: TCP port.
        watches: whether it is a Sentinel, which keeps no records.
    """

    host: str
    port: int
    watches: bool = False

    @classmethod
    def of(cls, word: str, port: int, *, watches: bool = False) -> "Node":
        """
        Read ``host``, ``host:port``, ``[v6]`` or ``[v6]:port``.

        Raises:
            ValueError: it is none of them.
        """
        parts = urlsplit(f"//{word}")
        if not _HOST.fullmatch(parts.hostname or "") or parts.netloc != word or "@" in word:
            raise ValueError("no server")
        return cls(parts.hostname or "", parts.port or port, watches)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


#: the server that a plain Redis URL names
HERE = Node("", 0)


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """
    What a Redis URL says.

    Attributes:
        kind: what is there.
        nodes: which servers to ask first; Sentinels where there are some.
        service: by which name the Sentinels know the master.
        name: the place without user, password or options; names locks.
    """

    kind: Kind
    nodes: tuple[Node, ...]
    service: str
    name: str
    _url: str = field(repr=False)
    _scheme: str = ""
    _user: str = field(default="", repr=False)
    _database: str = ""
    _options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, url: str) -> "RedisPlace":
        """
        Read a URL.

        Raises:
            ConfigError: it cannot be read; the error does not quote it.
        """
        # Several hosts are no URL in the sense of RFC 3986, so urlsplit does not know them.
        several = _SEVERAL.fullmatch(url)
        try:
            return _single(url, urlsplit(url)) if several is None else _several(url, several)
        except ConfigError:
            raise
        except ValueError:
            # The original error may quote the password.
            raise ConfigError("the Redis URL cannot be read") from None

    def url_of(self, node: Node) -> str:
        """Give the URL of one server, with user, password and options; it is a secret."""
        if node == HERE:
            return self._url
        mine = dict(self._options)
        options = {name: text for name, text in mine.items() if name not in _SENTINEL_OPTIONS}
        if not node.watches:
            user = f"{self._user}@" if self._user else ""
            return f"{self._scheme}://{user}{node}/{self._database}?{urlencode(options)}"
        # A Sentinel has users of its own; the database, like the user, is not for it.
        for name, meant in _SENTINEL_OPTIONS.items():
            if name in mine:
                options[meant] = mine[name]
        return f"{self._scheme}://{node}/?{urlencode(options)}"


def _single(url: str, parts: SplitResult) -> RedisPlace:
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ConfigError(f"the Redis URL must begin with {_SCHEMES}")
    if parts.scheme != "unix" and not re.fullmatch(r"/?|/[0-9]{1,5}", parts.path):
        # redis-py takes what is no number for 0.
        raise ConfigError("the database in the Redis URL must be a number, as in host:6379/0")
    name = f"{parts.hostname or ''}:{parts.port or REDIS_PORT}{parts.path}"
    return RedisPlace(Kind.SINGLE, (HERE,), "", name, url)


def _several(url: str, found: re.Match[str]) -> RedisPlace:
    kind = Kind(found["kind"])
    user, _, hosts = found["where"].rpartition("@")
    nodes = tuple(_nodes(hosts, kind))
    path = found["path"]
    service, database = _service(path) if kind is Kind.SENTINEL else ("", _none(path))
    # Sorted, so that two spellings of one place share their locks.
    where = ",".join(sorted({str(node) for node in nodes}))
    name = "/".join([f"{kind}:{where}", *([service, database] if service else [])])
    options = tuple(parse_qsl(found["options"] or "", keep_blank_values=True))
    scheme = found["scheme"]
    return RedisPlace(kind, nodes, service, name, url, scheme, user, database, options)


def _nodes(hosts: str, kind: Kind) -> Iterator[Node]:
    watches = kind is Kind.SENTINEL
    for word in hosts.split(","):
        yield Node.of(word, SENTINEL_PORT if watches else REDIS_PORT, watches=watches)


def _service(path: str) -> tuple[str, str]:
    found = re.fullmatch(r"/([^/]+)(?:/([0-9]{1,5})?)?", path)
    service = unquote(found[1]) if found else ""
    if found is None or not _SERVICE.fullmatch(service):
        raise ConfigError(
            "the Redis URL must name the service that the Sentinels watch",
            hint="redis+sentinel://host:26379,other:26379/mymaster/0",
        )
    return service, found[2] or "0"


def _none(path: str) -> str:
    if path.strip("/") not in {"", "0"}:
        raise ConfigError("a Redis Cluster has no database but 0")
    return "0"
