"""The network adapter, against real sockets on this machine."""

import asyncio
import gzip
import sys
import threading
from contextlib import asynccontextmanager

import httpx
import pytest

from pywry_auth.errors import ConfigError, TransportError
from pywry_auth.http import HttpClient, raise_for_status
from pywry_auth.protocol.wire import MAX_REPLY, WireReply, WireRequest
from pywry_auth.testing.virtual_loop import settle


CRLF = b"\r\n"


def answer(body=b"", status=b"200 OK", *headers):
    head = (
        b"HTTP/1.1 " + status,
        b"content-length: %d" % len(body),
        b"connection: close",
        *headers,
    )
    return CRLF.join(head) + CRLF * 2 + body


@asynccontextmanager
async def server(*answers):
    """Serve *answers* in order, the last one again and again; gives the URL and what was asked."""
    asked = []
    left = list(answers)

    async def serve(reader, writer):
        head = await reader.readuntil(CRLF * 2)
        length = [line for line in head.lower().split(CRLF) if line.startswith(b"content-length")]
        body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
        asked.append((head, body))
        data = left.pop(0) if len(left) > 1 else left[0]
        if data is None:
            await reader.read()
        else:
            writer.write(data)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", asked


def get(url, **headers):
    return WireRequest("GET", url, headers)


def talk(*answers, request=get, within=5.0):
    async def scenario():
        client = HttpClient()
        try:
            async with server(*answers) as (url, asked):
                return await client.send(request(url), within=within), asked
        finally:
            await client.close()
            await settle()  # asyncio closes sockets a turn later

    return asyncio.run(scenario())


def test_a_request_goes_out_and_a_reply_comes_back():
    reply, asked = talk(
        answer(b"hello", b"418 Teapot", b"X-Thing: a"),
        request=lambda url: WireRequest("POST", f"{url}/t", {"x-mine": "1"}, b"body"),
    )
    assert (reply.status, reply.body, reply.headers["x-thing"]) == (418, b"hello", "a")
    head, body = asked[0]
    assert head.startswith(b"POST /t HTTP/1.1")
    assert b"x-mine: 1" in head
    assert body == b"body"


def test_redirects_are_not_followed():
    reply, asked = talk(answer(b"", b"302 Found", b"Location: /elsewhere"))
    assert reply.status == 302
    assert len(asked) == 1


def test_cookies_are_not_kept():
    async def scenario():
        client = HttpClient()
        async with server(answer(b"", b"200 OK", b"Set-Cookie: a=b; Path=/")) as (url, asked):
            await client.send(get(url), within=5)
            await client.send(get(url), within=5)
        await client.close()
        return asked

    assert all(b"cookie" not in head.lower() for head, _ in asyncio.run(scenario()))


@pytest.mark.parametrize("size", [MAX_REPLY, MAX_REPLY + 1])
def test_answers_above_a_mebibyte_are_dropped(size):
    if size <= MAX_REPLY:
        assert len(talk(answer(bytes(size)))[0].body) == size
    else:
        with pytest.raises(TransportError, match="larger"):
            talk(answer(bytes(size)))


def test_an_answer_that_only_looks_small_is_dropped():
    bomb = gzip.compress(bytes(MAX_REPLY * 20))
    assert len(bomb) < MAX_REPLY
    with pytest.raises(TransportError, match="larger"):
        talk(answer(bomb, b"200 OK", b"Content-Encoding: gzip"))


def test_silence_is_given_up():
    with pytest.raises(TransportError, match=r"within 0\.05 s"):
        talk(None, within=0.05)


@pytest.mark.parametrize(
    "data", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"]
)
def test_a_broken_answer_is_transport(data):
    with pytest.raises(TransportError):
        talk(data)


def test_an_undecodable_answer_is_transport():
    with pytest.raises(TransportError):
        talk(answer(b"not gzip", b"200 OK", b"Content-Encoding: gzip"))


def send(url, **headers):
    async def scenario():
        client = HttpClient()
        try:
            return await client.send(get(url, **headers), within=5)
        finally:
            await client.close()

    return asyncio.run(scenario())


def test_nobody_there_is_transport():
    with pytest.raises(TransportError, match="cannot be reached"):
        send("http://127.0.0.1:1/")


def test_a_name_nobody_knows_is_transport():
    with pytest.raises(TransportError):
        send("https://host.invalid/")


@pytest.mark.parametrize("url", ["http://op.example/", "ftp://127.0.0.1/", "127.0.0.1", "http://["])
def test_an_address_that_is_not_encrypted_is_never_called(url):
    with pytest.raises(ConfigError):
        send(url)


def test_what_cannot_be_written_as_http_is_transport():
    with pytest.raises(TransportError):
        send("http://127.0.0.1:1/", authorization="Bearer é\u20ac")
    with pytest.raises(TransportError):
        send("http://127.0.0.1:1/", authorization="Bearer a\r\nx: y")
    with pytest.raises(TransportError):
        send("https://xn--a.example/")


def test_no_error_holds_the_address_s_query():
    with pytest.raises(TransportError) as caught:
        send("http://127.0.0.1:1/?code=canary")
    assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.__cause__}"


def test_a_client_may_be_used_and_closed_from_many_loops():
    client = HttpClient()
    bodies = []
    all_answered = threading.Barrier(3)  # whoever closes, closes everybody's

    async def once():
        async with server(answer(b"ok")) as (url, _):
            bodies.append((await client.send(get(url), within=5)).body)
            await asyncio.to_thread(all_answered.wait)
            await client.close()
        await settle()

    threads = [threading.Thread(target=asyncio.run, args=(once(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [b"ok"] * 3


def test_close_may_be_repeated_and_the_client_used_again():
    async def scenario():
        client = HttpClient()
        await client.close()
        async with server(answer(b"ok")) as (url, _):
            for _round in range(2):
                assert (await client.send(get(url), within=5)).body == b"ok"
                await client.close()
                await client.close()
        await settle()

    asyncio.run(scenario())


def test_close_reaches_the_connections_of_another_running_loop():
    client = HttpClient()
    ready, done = threading.Event(), threading.Event()

    def elsewhere():
        async def use():
            await client.warm()
            ready.set()
            await asyncio.to_thread(done.wait)

        asyncio.run(use())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    assert ready.wait(5)
    asyncio.run(client.close())
    assert client._pool._clients.drain() == []
    done.set()
    thread.join()


def test_an_error_reply_becomes_httpx_s_own_exception_without_secrets():
    request = WireRequest("GET", "https://op.example/me", {"authorization": "canary"})
    raise_for_status(request, WireReply(200, {}, b""))
    with pytest.raises(httpx.HTTPStatusError) as caught:
        raise_for_status(request, WireReply(403, {}, b"canary"))
    assert caught.value.response.status_code == 403
    assert "canary" not in f"{caught.value}{caught.value!r}"


def packed(data, *codings):
    for _ in codings:
        data = gzip.compress(data, 9)
    return answer(data, b"200 OK", b"Content-Encoding: " + b", ".join(codings))


def test_a_packed_answer_is_unpacked_though_nobody_asked():
    reply, asked = talk(packed(b"hello", b"gzip"))
    assert reply.body == b"hello"
    assert b"accept-encoding: identity" in asked[0][0].lower()


def test_an_answer_packed_twice_is_dropped_before_it_fills_the_memory():
    with pytest.raises(TransportError, match="packed"):
        talk(packed(bytes(MAX_REPLY * 20), b"gzip", b"gzip"))


def test_what_follows_a_packed_answer_is_refused():
    data = gzip.compress(b"{}") + b"more"
    with pytest.raises(TransportError, match="packed"):
        talk(answer(data, b"200 OK", b"Content-Encoding: gzip"))


def test_a_cookie_of_an_answer_that_was_dropped_is_not_kept():
    async def scenario():
        client = HttpClient()
        large = answer(bytes(MAX_REPLY + 1), b"200 OK", b"Set-Cookie: a=b; Path=/")
        async with server(large, answer()) as (url, asked):
            with pytest.raises(TransportError):
                await client.send(get(url), within=5)
            await client.send(get(url), within=5)
        await client.close()
        await settle()
        return asked

    assert b"cookie" not in asyncio.run(scenario())[1][0].lower()


def test_what_stays_on_this_machine_goes_through_no_proxy(monkeypatch):
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    reply, _ = talk(answer(b"direct"))
    assert reply.body == b"direct"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("all_proxy", "ftp://127.0.0.1:1"),
        ("https_proxy", "nonsense:x"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(TransportError, match="proxy") as caught:
        send("https://op.example/")
    assert value not in f"{caught.value}"


def test_a_kind_of_proxy_that_needs_another_package_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    with pytest.raises(TransportError, match="proxy") as caught:
        send("https://op.example/")
    assert "socksio" in caught.value.hint


def test_an_error_does_not_take_along_what_was_sent():
    async def main():
        client = HttpClient()
        request = WireRequest(
            "POST",
            "http://127.0.0.1:9/token?x=hidden-1",
            {"authorization": "hidden-2"},
            b"hidden-3",
        )
        try:
            await client.send(request, within=5)
        except TransportError as exc:
            return exc.__context__
        finally:
            await client.close()

    error = asyncio.run(main())
    assert isinstance(error, httpx.HTTPError)  # which tells the coach why
    sent = error.request
    assert "hidden" not in f"{sent.url} {sent.headers.raw} {sent.content}"
