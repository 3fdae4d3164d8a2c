"""Whose connection it is, on a computer that several people use at once."""

import os
import sys
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from pywry_auth.callback_server.wire import Client


TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
OVERFLOW = Path("/proc/sys/kernel/overflowuid")
NOBODY = 65534  # the number of users that a container cannot name, unless the system says another
LOCAL, REMOTE, UID = 1, 2, 7  # columns of /proc/net/tcp


def is_somebody_elses(client: Client) -> bool:
    """
    Say whether another user of this computer holds the other end of *client*.

    False where the system does not say (only Linux does), for root, who relays for others (WSL),
    and for users that a container cannot name.
    """
    if sys.platform != "linux":
        return False
    try:
        rows = [row for table in TABLES if table.exists() for row in table.read_text().splitlines()]
    except OSError:
        return False
    known = {os.getuid(), 0, _overflow()}
    owners = owners_of(client, rows)
    return bool(owners) and not owners & known


def owners_of(client: Client, rows: Iterable[str]) -> set[int]:
    """Find in *rows* of /proc/net/tcp who holds the sockets with the address of *client*."""
    found: set[int] = set()
    mine, theirs = places(client.host, client.port), client.server_port
    for row in rows:
        columns = row.split()
        if len(columns) <= UID or columns[LOCAL] not in mine:
            continue
        if columns[REMOTE].rpartition(":")[2] == f"{theirs:04X}" and columns[UID].isdigit():
            found.add(int(columns[UID]))
    return found


def places(host: str, port: int) -> set[str]:
    """Write an address as /proc/net/tcp does: 32 bits at a time, in the machine's own order."""
    address = ip_address(host)
    forms = [address.packed]
    if address.version == 4:  # noqa: PLR2004  # a program may use IPv6 for IPv4
        forms.append(bytes(10) + b"\xff\xff" + address.packed)
    return {f"{_as_printed(form)}:{port:04X}" for form in forms}


def _as_printed(packed: bytes) -> str:
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def _overflow() -> int:
    try:
        return int(OVERFLOW.read_text())
    except (OSError, ValueError):
        return NOBODY
