"""Sockets bound to this machine alone, before anybody is told their address."""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from pywry_auth.errors import AuthenticationError, ConfigError


LOCALHOST = "localhost"
MAX_PORT = 65535
BACKLOG = 128  # connections the system keeps while the loop is busy
PAIR_TRIES = 8  # a free IPv4 port that is taken on IPv6 is rare; eight in a row is no accident
_WSA_EXCLUSIVE = -5  # SO_EXCLUSIVEADDRUSE of winsock, which is ~SO_REUSEADDR
_WSAEACCES = 10013
_IN_USE = frozenset({errno.EADDRINUSE, 10048})  # 10048 is WSAEADDRINUSE
_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, 10047, 10049})


def checked_host(host: str) -> str:
    """
    Give *host* back if it names this machine alone.

    Raises:
        ConfigError: others could reach it, or it is no address.
    """
    if host == LOCALHOST:
        return host
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address == IPv6Address("::1") or (isinstance(address, IPv4Address) and address.is_loopback):
        return host
    raise ConfigError(
        "the callback server listens on this machine only",
        hint="use 127.0.0.1, ::1 or, where a provider demands it, localhost",
    )


def checked_ports(ports: Sequence[int]) -> tuple[int, ...]:
    """
    Give *ports* back if each can be asked for.

    Raises:
        ConfigError: there is none, or one is no port.
    """
    if not ports or not all(0 <= port <= MAX_PORT for port in ports):
        raise ConfigError(f"ports are numbers from 0 (any free one) to {MAX_PORT}")
    return tuple(ports)


def address_option(platform: str) -> int:
    """
    Say which SOL_SOCKET option keeps a port ours alone on *platform*.

    On Windows SO_REUSEADDR would let a second program take over our port; elsewhere it does no such
    thing, and without it a port stays shut for a minute after its last connection.
    """
    return _WSA_EXCLUSIVE if platform == "win32" else socket.SO_REUSEADDR


def why_not(port: int, number: int, platform: str) -> str:
    """Say in words why *port* could not be bound, given the error *number* of *platform*."""
    if number in _IN_USE:
        return f"{port} is in use by another program"
    if platform == "win32" and number in {_WSAEACCES, errno.EACCES}:
        return (
            f"{port} lies in a range that Windows has reserved "
            '("netsh interface ipv4 show excludedportrange protocol=tcp" lists them)'
        )
    if number in {errno.EACCES, errno.EPERM}:
        return f"{port} may be opened by an administrator only"
    return f"{port}: {os.strerror(number).lower()}"


def bind_first(host: str, ports: Sequence[int]) -> list[socket.socket]:
    """
    Listen on the first of *ports* that is free; on both families where *host* is ``localhost``.

    Raises:
        AuthenticationError: all are taken; says which, and why.
    """
    reasons: list[str] = []
    for port in ports:
        try:
            return _bind_both(port) if host == LOCALHOST else [_bound(host, port)]
        except OSError as exc:
            reasons.append(why_not(port, exc.errno or 0, sys.platform))
    raise AuthenticationError(
        f"no port could be opened for the sign-in: {'; '.join(reasons)}",
        operation="listen",
        hint="close the program that holds the port, or register a redirect URI with another one",
        ports=tuple(ports),
    )


def _bind_both(port: int) -> list[socket.socket]:
    # A name that one family leaves open could be answered there by somebody else's program.
    tries = 1 if port else PAIR_TRIES
    while True:
        tries -= 1
        first = _bound("127.0.0.1", port)
        try:
            return [first, _bound("::1", first.getsockname()[1])]
        except OSError as exc:
            if exc.errno in _NO_IPV6:
                return [first]  # no program on this machine can be reached by IPv6 either
            first.close()
            if not tries:
                raise


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, address_option(sys.platform), 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)  # now, since some systems only refuse a taken port here
        sock.setblocking(False)  # noqa: FBT003 (the standard library's signature)
    except BaseException:
        sock.close()
        raise
    return sock
