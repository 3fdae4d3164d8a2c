import contextlib
import secrets
import socket
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pywry_auth.callback_server import OAuthCallbackServer
from pywry_auth.protocol.authorization import CallbackParams


STATE = secrets.token_urlsafe(32)
DEADLINE = 10.0  # seconds; only a broken server comes near it
FUZZ = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _ours(params: CallbackParams) -> bool:
    return params.state == STATE


@pytest.fixture(scope="module")
def server() -> Iterator[OAuthCallbackServer]:
    with OAuthCallbackServer(accepts=_ours) as started:
        yield started


def _authority(server: OAuthCallbackServer) -> bytes:
    return server.redirect_uri.split("/")[2].encode()


def _talk(server: OAuthCallbackServer, pieces: list[bytes]) -> bytes:
    host, port = _authority(server).split(b":")
    found = b""
    with (
        socket.create_connection((host.decode(), int(port)), timeout=DEADLINE) as client,
        contextlib.suppress(ConnectionError, BrokenPipeError),
    ):
        for piece in pieces:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(65536):
            found += chunk
    return found


def _survives(server: OAuthCallbackServer) -> None:
    assert server.wait_for_callback(0) is None
    alive = b"GET / HTTP/1.1\r\nHost: " + _authority(server) + b"\r\n\r\n"
    assert _talk(server, [alive]).startswith(b"HTTP/1.1 200 OK\r\n")


@FUZZ
@given(data=st.binary(max_size=2000))
def test_no_bytes_end_the_wait(server: OAuthCallbackServer, data: bytes) -> None:
    answer = _talk(server, [data])

    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    _survives(server)


TOKENS = st.sampled_from(
    [
        *(
            b"GET",
            b"POST",
            b"HEAD",
            b"/callback",
            b"/callback/done",
            b"/",
            b"?",
            b"&",
            b"=",
            b"code",
        ),
        *(b"state", b"error", b"%00", b"%73tate", b"#", b";", b" ", b"\r\n", b"\n", b"\r", b"\x00"),
        *(b" HTTP/1.1", b" HTTP/1.0", b"Host: ", b"HOST", b"Content-Length: ", b"5", b"0", b"9999"),
        *(b"Transfer-Encoding: chunked", b"Content-Type: application/x-www-form-urlencoded"),
        *(b"Connection: keep-alive", b"Expect: 100-continue", b"Upgrade: h2c", b":", b"\r\n\r\n"),
    ]
)


@FUZZ
@given(parts=st.lists(TOKENS | st.binary(max_size=20), max_size=40))
def test_no_near_request_ends_the_wait(server: OAuthCallbackServer, parts: list[bytes]) -> None:
    answer = _talk(server, [b"".join(parts).replace(b"HOST", _authority(server))])

    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith((b"HTTP/1.1 302", b"HTTP/1.1 303", b"HTTP/1.1 5"))
    _survives(server)


@FUZZ
@given(
    query=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=30)), max_size=6),
    method=st.sampled_from(["GET", "POST"]),
)
def test_no_parameters_without_our_state_end_the_wait(
    server: OAuthCallbackServer, query: list[tuple[str, str]], method: str
) -> None:
    form = urlencode(query, errors="replace").encode()
    host = b"Host: " + _authority(server) + b"\r\n"
    if method == "POST":
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        size = b"Content-Length: %d\r\n" % len(form)
        answer = _talk(server, [b"POST /callback HTTP/1.1\r\n", host, kind, size, b"\r\n", form])
    else:
        answer = _talk(server, [b"GET /callback?", form, b" HTTP/1.1\r\n", host, b"\r\n"])

    assert answer.startswith(b"HTTP/1.1 400 ")
    _survives(server)


@settings(FUZZ, max_examples=30)
@given(cuts=st.lists(st.integers(min_value=1, max_value=250), max_size=12))
def test_our_redirect_is_accepted_however_it_is_cut(cuts: list[int]) -> None:
    with OAuthCallbackServer(accepts=_ours) as server:
        form = f"code=c&state={STATE}".encode()
        whole = (
            b"POST /callback HTTP/1.1\r\nHost: " + _authority(server) + b"\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n" % len(form)
        ) + form
        edges = [0, *sorted({cut for cut in cuts if cut < len(whole)}), len(whole)]

        answer = _talk(server, [whole[a:b] for a, b in pairwise(edges)])

        assert answer.startswith(b"HTTP/1.1 303 See Other\r\n")
