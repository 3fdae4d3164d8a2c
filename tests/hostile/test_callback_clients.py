import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pywry_auth.callback_server import OAuthCallbackServer
from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.wire import Limits
from pywry_auth.protocol.authorization import CallbackParams


DEADLINE = 10.0  # seconds; only a broken server comes near it
SHORT = 0.05
OURS = "/callback?code=the-code&state=ours"
FORM = "application/x-www-form-urlencoded"


def _ours(params: CallbackParams) -> bool:
    return params.state == "ours"


@pytest.fixture
def server() -> Iterator[OAuthCallbackServer]:
    with OAuthCallbackServer(accepts=_ours) as started:
        yield started


def _authority(server: OAuthCallbackServer) -> str:
    return server.redirect_uri.split("/")[2]


def _connect(server: OAuthCallbackServer) -> socket.socket:
    host, port = _authority(server).split(":")
    return socket.create_connection((host, int(port)), timeout=DEADLINE)


def _talk(server: OAuthCallbackServer, data: bytes) -> bytes:
    """Send *data* and hang on; gives everything that comes back until the server hangs up."""
    with _connect(server) as client:
        found = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(data)
            while chunk := client.recv(65536):
                found += chunk
        return found


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _get(server: OAuthCallbackServer, target: str, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"GET {target} HTTP/{version}", *(headers or (f"Host: {_authority(server)}",))]
    return _talk(server, "\r\n".join([*lines, "", ""]).encode("latin-1"))


def _post(server: OAuthCallbackServer, body: bytes, *headers: str) -> bytes:
    lines = [
        "POST /callback HTTP/1.1",
        f"Host: {_authority(server)}",
        f"Content-Type: {FORM}",
        *(headers or (f"Content-Length: {len(body)}",)),
    ]
    return _talk(server, "\r\n".join([*lines, "", ""]).encode() + body)


@contextlib.contextmanager
def _watching(server: OAuthCallbackServer) -> Iterator[None]:
    """Be the browser that asks for the last page, for which the wait has some patience."""
    with ThreadPoolExecutor(1) as browser:
        page = browser.submit(_get, server, "/callback/done")
        yield
        assert _status(page.result(DEADLINE)) == 200


def _still_waits(server: OAuthCallbackServer) -> None:
    """The proof after each attack: nothing was accepted, and the true redirect still is."""
    assert server.wait_for_callback(0) is None
    assert _status(_get(server, OURS)) == 302
    with _watching(server):
        assert server.wait_for_callback(DEADLINE) == {"code": "the-code", "state": "ours"}


def test_fifty_silent_connections_hold_up_nobody(server: OAuthCallbackServer) -> None:
    spare = [_connect(server) for _ in range(50)]

    assert _status(_get(server, "/")) == 200
    _still_waits(server)
    for client in spare:
        client.close()


def test_more_connections_than_we_keep_push_out_the_oldest_silent_one(
    server: OAuthCallbackServer,
) -> None:
    most = Limits().connections
    clients = [_connect(server) for _ in range(most + 20)]
    _still_waits(server)  # accepted behind all of them

    for gone in clients[:20]:
        with contextlib.suppress(ConnectionResetError):
            assert gone.recv(1) == b""
    clients[-1].sendall(f"GET /nowhere HTTP/1.1\r\nHost: {_authority(server)}\r\n\r\n".encode())
    assert clients[-1].recv(64).startswith(b"HTTP/1.1 404")
    for client in clients:
        client.close()


def test_a_flood_does_not_push_out_the_browser_that_waits_for_the_outcome() -> None:
    async def scenario(listener: CallbackListener, port: int) -> None:
        assert listener.offer(CallbackParams(code="c", state="ours"))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /callback/done HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        await asyncio.sleep(SHORT)
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(12)]
        await asyncio.sleep(SHORT)

        listener.settle(Outcome.success())

        assert b"You are signed in" in await reader.read()
        for _, spare in [(reader, writer), *idle]:
            spare.close()

    _on_loop(scenario, Limits(connections=4, close_seconds=SHORT))


def _on_loop(scenario: Callable[[CallbackListener, int], Awaitable[None]], limits: Limits) -> None:
    async def whole() -> None:
        listener = CallbackListener(accepts=_ours, limits=limits)
        try:
            async with asyncio.timeout(DEADLINE):
                uri = await listener.start()
                await scenario(listener, int(uri.split(":")[2].split("/")[0]))
        finally:
            listener.close()

    asyncio.run(whole())


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET /callback?code=x&state=ours HTTP/1.1\r\nX: ",
        b"POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9000\r\n\r\ncode=x&state=ours",
    ],
)
def test_a_slow_drip_dies_whatever_it_drips(head: bytes) -> None:
    async def scenario(listener: CallbackListener, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.replace(b"HOST", b"127.0.0.1:%d" % port))
        gone = asyncio.create_task(reader.read())
        with contextlib.suppress(ConnectionError):
            while not (await asyncio.wait({gone}, timeout=0.005))[0]:
                writer.write(b"G")
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert await gone == b""
        writer.close()
        assert not listener.offer(CallbackParams(code="x", state="forged"))
        assert listener.offer(CallbackParams(code="new", state="ours"))

    _on_loop(scenario, Limits(read_seconds=SHORT))


def test_a_client_that_has_its_reply_and_stays_is_left() -> None:
    async def scenario(listener: CallbackListener, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert await reader.read()
        (served,) = listener._connections._open
        await asyncio.wait({served})
        writer.close()

    _on_loop(scenario, Limits(close_seconds=SHORT))


def test_a_client_that_goes_on_talking_is_left() -> None:
    async def scenario(listener: CallbackListener, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert await reader.read()
        with contextlib.suppress(ConnectionError):
            while True:  # the server has said goodbye, and hears no more of this
                writer.write(b"more" * 4096)
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.close()
        assert await listener.start() == f"http://127.0.0.1:{port}/callback"

    _on_loop(scenario, Limits(close_seconds=SHORT))


@pytest.mark.parametrize(
    "target",
    [
        "/callback?error=access_denied",
        "/callback?error=access_denied&state=forged",
        "/callback?error=access_denied&error_description=bye&state=",
        "/callback?code=stolen",
        "/callback?code=stolen&state=forged",
        "/callback?code=stolen&state=ours&state=ours",
        "/callback?code=stolen&state=ours%00",
        "/callback?code=stolen&state=ours%20",
        "/callback?code=stolen&state[]=ours",
        "/callback?code=stolen#state=ours",
    ],
)
def test_no_page_can_end_the_sign_in_without_our_state(
    server: OAuthCallbackServer, target: str
) -> None:
    for _ in range(3):
        assert _status(_get(server, target)) in {400, 404}
    _still_waits(server)


def test_the_same_redirect_from_twenty_threads_is_accepted_once() -> None:
    judged: list[CallbackParams] = []

    def accepts(params: CallbackParams) -> bool:
        judged.append(params)
        return params.state == "ours"

    with OAuthCallbackServer(accepts=accepts) as server, ThreadPoolExecutor(20) as pool:
        together = threading.Barrier(20)

        def deliver(_: int) -> int:
            together.wait(DEADLINE)
            return _status(_get(server, OURS))

        assert list(pool.map(deliver, range(20))) == [302] * 20
        assert len(judged) == 1


def test_of_twenty_different_redirects_at_once_exactly_one_is_accepted(
    server: OAuthCallbackServer,
) -> None:
    together = threading.Barrier(20)

    def deliver(number: int) -> tuple[int, str]:
        together.wait(DEADLINE)
        return _status(_get(server, f"/callback?code=c{number}&state=ours")), f"c{number}"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))

    (accepted,) = [code for status, code in answers if status == 302]
    assert [status for status, _ in answers].count(400) == 19
    with _watching(server):
        assert server.wait_for_callback(DEADLINE) == {"code": accepted, "state": "ours"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:0PORT",
        "127.0.0.1:PORT.",
        "127.0.0.1.:PORT",
        "localhost:PORT",
        "[::1]:PORT",
        "127.1:PORT",
        "2130706433:PORT",
        "user@127.0.0.1:PORT",
        "127.0.0.1:PORT, 127.0.0.1:PORT",
        "127.0.0.1.evil.example:PORT",
        "",
    ],
)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_name_that_was_bent_to_us_reaches_nothing(
    server: OAuthCallbackServer, host: str, version: str
) -> None:
    name = host.replace("PORT", _authority(server).split(":")[1])

    answer = _get(server, OURS, f"Host: {name}", version=version)

    assert _status(answer) == 421
    assert b"the-code" not in answer
    _still_waits(server)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("count", [0, 2])
def test_a_missing_or_doubled_host_is_refused(
    server: OAuthCallbackServer, count: int, version: str
) -> None:
    headers = [f"Host: {_authority(server)}"] * count or ["Accept: */*"]

    assert _status(_get(server, OURS, *headers, version=version)) == 400
    _still_waits(server)


def test_an_old_client_is_served(server: OAuthCallbackServer) -> None:
    assert _status(_get(server, OURS, version="1.0")) == 302


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\r\n\r\n\r\n\r\nnonsense\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\x00\x01\x02\xff\xfe\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # a TLS greeting
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET /callback?code=x&state=ours HTTP/9.9\r\nHost: HOST\r\n\r\n", 505),
        (b"GET /callback?code=x&state=ours\r\n\r\n", 400),
        (b"GET http://HOST/callback?code=x&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET //HOST/callback?code=x&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
        (b"GET callback?code=x&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET /callback?code=a\x00b&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET /callback?code=a b&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET /callback?code=\xff&state=ours HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        (b"GET /callback?code=x&state=ours HTTP/1.1\r\nHost : HOST\r\n\r\n", 400),
        (b"GET /callback?code=x&state=ours HTTP/1.1\r\n Host: HOST\r\n\r\n", 400),
        (b"GET /callback?code=x&state=ours HTTP/1.1\r\nHost: HOST\r\nX: \x00\r\n\r\n", 400),
        (b"G" * 40_000, 431),
        (b"GET /callback?code=" + b"x" * 40_000, 431),
        (
            b"GET /callback?state=ours&code=" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",
            431,
        ),
        (b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"x" * 40_000, 431),
        (b"GET / HTTP/1.1\r\nHost: HOST\r\n" + b"X: yyyyyyyy\r\n" * 4000, 431),
    ],
)
def test_what_is_no_request_is_refused_at_once(
    server: OAuthCallbackServer, request_bytes: bytes, status: int
) -> None:
    answer = _talk(server, request_bytes.replace(b"HOST", _authority(server).encode()))

    assert _status(answer) == status
    _still_waits(server)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"code=x&state=ours", ["Content-Length: 99999999999"], 413),
        (b"code=x&state=ours&x=" + b"x" * 100_000, ["Content-Length: 100020"], 413),
        (b"code=x&state=ours&x=" + b"x" * 900_000, ["Content-Length: 900020"], 413),
        (b"x", ["Content-Length: -1"], 400),
        (b"x", ["Content-Length: 1", "Content-Length: 2"], 400),
        (b"x", ["Content-Length: 1e3"], 400),
        (b"x", ["Transfer-Encoding: gzip, chunked"], 501),
        (b"zz\r\ncode=x&state=ours\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"], 400),
        (b"fffff\r\n" + b"x" * 100_000, ["Transfer-Encoding: chunked"], 413),
        (b"1;" + b"x" * 100_000, ["Transfer-Encoding: chunked"], 431),
    ],
)
def test_a_body_that_is_too_much_is_refused(
    server: OAuthCallbackServer, body: bytes, headers: list[str], status: int
) -> None:
    assert _status(_post(server, body, *headers)) == status
    _still_waits(server)


def test_a_form_in_chunks_is_a_form(server: OAuthCallbackServer) -> None:
    body = b"a\r\ncode=c&sta\r\n7\r\nte=ours\r\n0\r\n\r\n"

    assert _status(_post(server, body, "Transfer-Encoding: chunked")) == 303
    with _watching(server):
        assert server.wait_for_callback(DEADLINE) == {"code": "c", "state": "ours"}


def test_a_form_of_two_types_is_no_form(server: OAuthCallbackServer) -> None:
    body = b"code=c&state=ours"
    headers = [f"Content-Length: {len(body)}", "Content-Type: text/plain"]

    assert _status(_post(server, body, *headers)) == 415
    _still_waits(server)


def test_what_follows_a_request_is_never_looked_at(server: OAuthCallbackServer) -> None:
    host = _authority(server)
    first = f"GET /callback?error=x HTTP/1.1\r\nHost: {host}\r\n\r\n"
    second = f"GET {OURS} HTTP/1.1\r\nHost: {host}\r\n\r\n"

    answer = _talk(server, (first + second + "garbage\x00").encode())

    assert answer.count(b"HTTP/1.1 ") == 1
    assert _status(answer) == 400
    _still_waits(server)


def test_a_script_in_a_redirect_reaches_no_page(server: OAuthCallbackServer) -> None:
    script = "%3Cscript%3Ealert(1)%3C/script%3E"
    for state in ("forged", "ours"):
        query = f"error={script}&error_description={script}&code={script}&state={state}"
        answer = _get(server, f"/callback?{query}")
        assert b"alert(1)" not in answer

    with ThreadPoolExecutor(1) as browser:
        page = browser.submit(_get, server, "/callback/done")
        assert server.wait_for_callback(DEADLINE) is not None
        done = page.result(DEADLINE)
    assert b"alert(1)" not in done
    assert b"<script" not in done


def test_a_nul_in_a_code_is_handed_on_as_it_is(server: OAuthCallbackServer) -> None:
    assert _status(_get(server, "/callback?code=a%00b&state=ours")) == 302
    with _watching(server):
        assert server.wait_for_callback(DEADLINE) == {"code": "a\x00b", "state": "ours"}


def test_a_client_that_says_all_it_has_and_listens_is_answered(server: OAuthCallbackServer) -> None:
    with _connect(server) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {_authority(server)}\r\n\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        assert client.recv(64).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "data", [b"", b"GET /callback?co", b"GET / HTTP/1.1\r\nHost: HOST\r\n\r\n"]
)
def test_a_client_that_resets_its_connection_leaves_no_trace(
    server: OAuthCallbackServer, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(20):
        with _connect(server) as client:
            client.sendall(data.replace(b"HOST", _authority(server).encode()))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _still_waits(server)
    assert not caplog.records


def test_stopping_amid_fifty_open_requests_leaves_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    server = OAuthCallbackServer(accepts=_ours)
    server.start()
    clients = [_connect(server) for _ in range(50)]
    for number, client in enumerate(clients):
        client.sendall(b"GET /callback?code=x" * (number % 3))
    assert _status(_get(server, "/")) == 200

    server.stop()

    for client in clients:
        client.settimeout(Limits().read_seconds / 2)  # before they would have ended by themselves
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
        client.close()
    assert not caplog.records
