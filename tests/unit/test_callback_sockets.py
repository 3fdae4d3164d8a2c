import errno
import socket

import pytest

from pywry_auth.callback_server import sockets
from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.sockets import address_option, bind_first, why_not
from pywry_auth.errors import AuthenticationError, ConfigError


def _taken(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    sock.bind((host, port))
    sock.listen()
    return sock


def _close(found: list[socket.socket]) -> None:
    for sock in found:
        sock.close()


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",  # noqa: S104 (refused)
        "::",
        "192.168.1.5",
        "::ffff:127.0.0.1",
        "example.com",
        "localhost.example.com",
        "LOCALHOST",
        "",
        "127.0.0.1 ",
        "2130706433",
    ],
)
def test_only_this_machine_is_listened_on(host: str) -> None:
    with pytest.raises(ConfigError, match="this machine only"):
        CallbackListener(host=host)


@pytest.mark.parametrize("ports", [(), (-1,), (65536,), (8400, 70000)])
def test_a_port_is_a_port(ports: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="ports are numbers"):
        CallbackListener(ports=ports)


def test_the_address_of_another_interface_is_refused() -> None:
    (sock,) = bind_first("127.0.0.1", [0])
    with sock, socket.socket() as stranger, pytest.raises(ConnectionRefusedError):
        stranger.connect(("127.0.0.2", sock.getsockname()[1]))


def test_ports_are_tried_in_order() -> None:
    with _taken() as first, _taken() as second:
        free = _taken()
        wanted = free.getsockname()[1]
        free.close()

        found = bind_first("127.0.0.1", [first.getsockname()[1], second.getsockname()[1], wanted])

        assert [sock.getsockname() for sock in found] == [("127.0.0.1", wanted)]
        _close(found)


def test_when_all_ports_are_taken_each_is_named_with_what_to_do() -> None:
    with _taken() as first, _taken() as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]

        with pytest.raises(AuthenticationError) as caught:
            bind_first("127.0.0.1", ports)

    assert str(caught.value) == (
        f"no port could be opened for the sign-in: {ports[0]} is in use by another program; "
        f"{ports[1]} is in use by another program"
    )
    assert "register a redirect URI with another one" in caught.value.hint
    assert caught.value.context == {"ports": tuple(ports)}


def test_localhost_is_both_families_on_one_port() -> None:
    found = bind_first("localhost", [0])

    assert [sock.family for sock in found] == [socket.AF_INET, socket.AF_INET6]
    assert len({sock.getsockname()[1] for sock in found}) == 1
    _close(found)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_localhost_avoids_a_port_that_one_family_has_lost(host: str) -> None:
    with _taken(host) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AuthenticationError, match=f"{port} is in use"):
            bind_first("localhost", [port])

        found = bind_first("localhost", [port, 0])

        assert {sock.getsockname()[1] for sock in found} != {port}
        _close(found)


def _refusing(number: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make every second-family socket fail with *number*; gives the ports asked for there."""
    real = sockets._bound
    asked: list[int] = []

    def bound(host: str, port: int) -> socket.socket:
        if host == "::1":
            asked.append(port)
            raise OSError(number, "as told")
        return real(host, port)

    monkeypatch.setattr(sockets, "_bound", bound)
    return asked


def test_a_machine_without_ipv6_is_served_on_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    _refusing(errno.EADDRNOTAVAIL, monkeypatch)

    found = bind_first("localhost", [0])

    assert [sock.family for sock in found] == [socket.AF_INET]
    _close(found)


def test_a_free_pair_of_ports_is_looked_for_some_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = _refusing(errno.EADDRINUSE, monkeypatch)

    with pytest.raises(AuthenticationError, match="in use"):
        bind_first("localhost", [0])

    assert len(asked) == sockets.PAIR_TRIES


def test_ipv6_alone_stays_alone() -> None:
    (sock,) = bind_first("::1", [0])
    with sock, socket.socket() as stranger, pytest.raises(ConnectionRefusedError):
        stranger.connect(("127.0.0.1", sock.getsockname()[1]))


def test_windows_keeps_the_port_by_exclusive_use_and_others_may_reopen_it() -> None:
    assert address_option("win32") == ~4  # SO_EXCLUSIVEADDRUSE is ~SO_REUSEADDR, which is 4 there
    assert address_option("linux") == socket.SO_REUSEADDR
    assert address_option("darwin") == socket.SO_REUSEADDR


@pytest.mark.parametrize(
    ("number", "platform", "said"),
    [
        (errno.EADDRINUSE, "linux", "8400 is in use by another program"),
        (10048, "win32", "8400 is in use by another program"),
        (10013, "win32", "8400 lies in a range that Windows has reserved"),
        (errno.EACCES, "win32", "netsh interface ipv4 show excludedportrange protocol=tcp"),
        (errno.EACCES, "linux", "8400 may be opened by an administrator only"),
        (errno.EPERM, "darwin", "8400 may be opened by an administrator only"),
        (errno.EADDRNOTAVAIL, "linux", "8400: cannot assign requested address"),
    ],
)
def test_a_port_that_cannot_be_had_is_explained(number: int, platform: str, said: str) -> None:
    assert said in why_not(8400, number, platform)
