"""Which server keeps a record now, asked of the servers themselves."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.json_value import is_array
from pywry_auth.token_store.redis_place import HERE, Kind, Node, RedisPlace
from pywry_auth.token_store.redis_slots import SlotMap, slot_of, text_of


T = TypeVar("T")

Command = tuple[str | bytes | int, ...]

TRIES = 2  # the second one after the servers were asked anew who the master is
REDIRECTS = 5  # as many as redis-cli follows
ASKING: Command = ("ASKING",)


@dataclass(frozen=True, slots=True)
class Ask:
    """
    Commands for one server, sent at once down one connection.

    The driver sends back the replies, or throws `Moved` or `Unsettled`; what else is wrong it
    raises to the caller.
    """

    node: Node
    commands: tuple[Command, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drop:
    """
    Remove *name* on a server, unless it holds something else than *text* when that happens.

    The driver sends back an empty list, or throws as it does for `Ask`.
    """

    node: Node
    name: bytes
    text: bytes = field(repr=False)


Steps = Generator[Ask | Drop, list[object], T]


class Moved(Exception):
    """Another server has the slot: for good, or for the one command that follows ASKING."""

    def __init__(self, host: str, port: int, *, for_good: bool) -> None:
        super().__init__()
        self.host = host
        self.port = port
        self.for_good = for_good


class Unsettled(Exception):
    """A server cannot be reached, or does not answer for its records just now."""

    def __init__(self, error: StoreUnavailableError) -> None:
        super().__init__()
        #: what the caller is told when no other server can do better
        self.error = error


class Routes(ABC):
    """Knows the masters of one place; may be used by any number of threads and loops."""

    @abstractmethod
    def master_of(self, name: bytes) -> Steps[Node]:
        """Name the server that keeps *name*."""

    @abstractmethod
    def masters(self) -> Steps[list[Node]]:
        """Name the servers that keep all the records together."""

    @abstractmethod
    def forget(self) -> None:
        """Ask anew the next time."""


def routes_of(place: RedisPlace) -> Routes:
    """Give the routes of *place*."""
    match place.kind:
        case Kind.SINGLE:
            return OneServer()
        case Kind.SENTINEL:
            return Watched(place.nodes, place.service)
        case Kind.CLUSTER:
            return Sharded(place.nodes)


def ask_master(routes: Routes, name: bytes, *commands: Command) -> Steps[list[object]]:
    """
    Send *commands* about *name* to its master, wherever it is by now.

    Raises:
        StoreUnavailableError: none answers for it; a fail-over may be under way.
    """
    for tries in range(1, TRIES + 1):
        try:
            node = yield from routes.master_of(name)
            return (yield from followed(routes, node, commands))
        except Unsettled as exc:
            routes.forget()
            if tries == TRIES:
                raise exc.error from exc
    raise AssertionError("the last try gives or raises")


def drop_at_master(routes: Routes, name: bytes, text: bytes) -> Steps[None]:
    """Remove *name* where it holds *text*; a server that is moving it just now keeps it."""
    try:
        yield Drop((yield from routes.master_of(name)), name, text)
    except Moved:
        routes.forget()
    except Unsettled as exc:
        routes.forget()
        raise exc.error from exc


def followed(routes: Routes, node: Node, commands: tuple[Command, ...]) -> Steps[list[object]]:
    """Send *commands* to *node*, or to where it points."""
    asking = False
    for _ in range(REDIRECTS):
        try:
            replies = yield Ask(node, (ASKING, *commands) if asking else commands)
        except Moved as exc:
            if exc.for_good:
                routes.forget()
            asking = not exc.for_good
            node = Node(exc.host or node.host, exc.port)
        else:
            return replies[1:] if asking else replies
    raise Unsettled(unavailable("Redis points from one server to the next"))


def unavailable(message: str) -> StoreUnavailableError:
    """Give the error of servers that may agree again by themselves."""
    return StoreUnavailableError(message, hint="try again; a fail-over takes some seconds")


class OneServer(Routes):
    """The server that the URL names."""

    def master_of(self, name: bytes) -> Steps[Node]:
        """Name the server."""
        del name
        yield from ()
        return HERE

    def masters(self) -> Steps[list[Node]]:
        """Name the server."""
        yield from ()
        return [HERE]

    def forget(self) -> None:
        """There is nobody else to ask."""


class Watched(Routes):
    """The master that Sentinels agree on."""

    def __init__(self, sentinels: tuple[Node, ...], service: str) -> None:
        self._sentinels = sentinels
        self._service = service
        self._master: Node | None = None
        self._first = 0

    def master_of(self, name: bytes) -> Steps[Node]:
        """Name the master."""
        del name
        master = self._master
        if master is None:
            master = self._master = yield from self._found()
        return master

    def masters(self) -> Steps[list[Node]]:
        """Name the master."""
        return [(yield from self.master_of(b""))]

    def forget(self) -> None:
        """Ask another Sentinel next: this one may be cut off with an old master."""
        self._master = None
        self._first += 1

    def _found(self) -> Steps[Node]:
        answered = False
        for number in range(len(self._sentinels)):
            sentinel = self._sentinels[(self._first + number) % len(self._sentinels)]
            ask: Command = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._service)
            try:
                (reply,) = yield Ask(sentinel, (ask,))
            except Unsettled:
                continue
            answered = True
            words = [text_of(word) for word in reply] if is_array(reply) else []
            match words:
                case [str(host), str(port)] if port.isdecimal():
                    return Node(host, int(port))
                case _:
                    pass
        if answered:
            raise StoreError(
                "no Sentinel knows the service that the Redis URL names",
                hint="check the word after the hosts in the Redis URL",
            )
        raise Unsettled(unavailable("no Sentinel of the Redis URL can be reached"))


class Sharded(Routes):
    """The masters of a Cluster, each with its slots."""

    def __init__(self, seeds: tuple[Node, ...]) -> None:
        self._seeds = seeds
        self._known: tuple[Node, ...] = ()
        self._map: SlotMap | None = None
        self._first = 0

    def master_of(self, name: bytes) -> Steps[Node]:
        """Name the master of the slot of *name*."""
        found = yield from self._current()
        node = found.owner(slot_of(name))
        if node is None:
            raise Unsettled(unavailable("no server of the Redis Cluster has this record's slot"))
        return node

    def masters(self) -> Steps[list[Node]]:
        """Name all masters; there are none unless they have all slots between them."""
        found = yield from self._current()
        if not found.is_whole:
            # A listing of what is left would look like a listing of everything.
            raise Unsettled(unavailable("no server of the Redis Cluster has some of the slots"))
        return found.nodes

    def forget(self) -> None:
        """Ask another server next: this one may be cut off."""
        self._map = None
        self._first += 1

    def _current(self) -> Steps[SlotMap]:
        found = self._map
        if found is None:
            found = self._map = yield from self._asked()
            self._known = tuple(found.nodes)
        return found

    def _asked(self) -> Steps[SlotMap]:
        # Those of the URL too: all that were known may have been replaced.
        nodes = list(dict.fromkeys([*self._known, *self._seeds]))
        for number in range(len(nodes)):
            node = nodes[(self._first + number) % len(nodes)]
            try:
                (reply,) = yield Ask(node, (("CLUSTER", "SLOTS"),))
            except Unsettled:
                continue
            found = SlotMap.read(reply, node)
            if found.nodes:
                return found
        raise Unsettled(unavailable("no server of the Redis Cluster can be reached"))
