"""Which server of a Redis Cluster has which slots."""

from binascii import crc_hqx
from bisect import bisect_right
from dataclasses import dataclass

from pywry_auth.json_value import is_array
from pywry_auth.token_store.redis_place import Node


SLOTS = 16_384


@dataclass(frozen=True, slots=True)
class SlotMap:
    """Which master has which slots: first slot, last slot, server; sorted."""

    ranges: tuple[tuple[int, int, Node], ...]

    @classmethod
    def read(cls, reply: object, asked: Node) -> "SlotMap":
        """Read the reply to CLUSTER SLOTS; a server without a name is the one that was *asked*."""
        lines = reply if is_array(reply) else []
        found = [_range(line, asked) for line in lines if is_array(line)]
        # By the slot alone: servers have no order.
        return cls(tuple(sorted((one for one in found if one), key=lambda one: one[0])))

    @property
    def nodes(self) -> list[Node]:
        """All masters, each once."""
        return list(dict.fromkeys(node for _, _, node in self.ranges))

    @property
    def is_whole(self) -> bool:
        """Whether every slot has a master."""
        expected = 0
        for first, last, _ in self.ranges:
            if first > expected:
                return False
            expected = max(expected, last + 1)
        return expected >= SLOTS

    def owner(self, slot: int) -> Node | None:
        """Give the master of *slot*, or None."""
        at = bisect_right(self.ranges, slot, key=lambda one: one[0]) - 1
        if at < 0 or self.ranges[at][1] < slot:
            return None
        return self.ranges[at][2]


def _range(line: list[object], asked: Node) -> tuple[int, int, Node] | None:
    match line:
        case [int(first), int(last), master, *_] if is_array(master):
            pass
        case _:
            return None
    words = [word if isinstance(word, int) else text_of(word) for word in master[:2]]
    match words:
        case [host, int(port)] if not isinstance(host, int):
            # Redis 7 says "?" where a host name is wanted, but not known.
            return first, last, Node(asked.host if host in {None, "", "?"} else str(host), port)
        case _:
            return None


def slot_of(name: bytes) -> int:
    """Give the slot of a key, as the Redis Cluster specification has it."""
    head, opened, rest = name.partition(b"{")
    tag, closed, _ = rest.partition(b"}")
    del head
    return crc_hqx(tag if opened and closed and tag else name, 0) % SLOTS


def text_of(found: object) -> str | None:
    """Give a reply as text; None where it is none."""
    match found:
        case bytes():
            return found.decode("utf-8", "replace")
        case str():
            return found
        case _:
            return None
