import asyncio
import contextlib
import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from pywry_auth.callback_server import OAuthCallbackServer
from pywry_auth.errors import AuthenticationError, CallbackError
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.runtime import LOOP


DEADLINE = 10.0  # seconds; only a broken server comes near it


def _browse(url: str) -> "Future[tuple[str, str]]":
    """Open *url* as a browser would, on another thread; gives the last address and page."""
    found: Future[tuple[str, str]] = Future()

    def open_it() -> None:
        try:
            with urllib.request.urlopen(url, timeout=DEADLINE) as answer:  # noqa: S310 (loopback)
                found.set_result((answer.geturl(), answer.read().decode()))
        except OSError as exc:
            if isinstance(exc, urllib.error.HTTPError):
                exc.close()
            found.set_exception(exc)

    threading.Thread(target=open_it, daemon=True).start()
    return found


def test_the_wait_gives_what_came_and_the_browser_sees_a_page_without_the_code() -> None:
    with OAuthCallbackServer() as server:
        page = _browse(f"{server.redirect_uri}?code=c&state=s&iss=https://op&other=x")

        assert server.wait_for_callback(DEADLINE) == {
            "code": "c",
            "state": "s",
            "iss": "https://op",
        }
        address, text = page.result(DEADLINE)
        assert address == f"{server.redirect_uri}/done"
        assert "The answer has arrived" in text
        assert "You are signed in" not in text  # nobody knows that yet


def test_a_refusal_is_shown_as_a_failure_without_the_words_of_the_sender() -> None:
    with OAuthCallbackServer() as server:
        page = _browse(
            f"{server.redirect_uri}?error=access_denied&error_description=%3Cb%3Ecall+555&state=s"
        )

        assert server.wait_for_callback(DEADLINE) == {
            "error": "access_denied",
            "error_description": "<b>call 555",
            "state": "s",
        }
        assert "The provider did not sign you in." in page.result(DEADLINE)[1]
        assert "555" not in page.result(DEADLINE)[1]


@pytest.mark.parametrize(
    ("answer", "german"),
    [
        ("error=access_denied", "Der Anbieter hat Sie nicht angemeldet."),
        ("code=a&code=b", "Die Antwort des Anbieters ist unbrauchbar."),
    ],
)
def test_what_went_wrong_is_said_in_the_language_of_the_person(
    monkeypatch: pytest.MonkeyPatch, answer: str, german: str
) -> None:
    monkeypatch.setenv("PYWRY_AUTH_LANGUAGE", "de")
    with OAuthCallbackServer() as server:
        page = _browse(f"{server.redirect_uri}?{answer}&state=s")
        with contextlib.suppress(CallbackError):  # it may be no answer at all
            server.wait_for_callback(DEADLINE)
        assert german in page.result(DEADLINE)[1]


def test_a_repeated_parameter_is_an_error_and_a_failure_page() -> None:
    with OAuthCallbackServer() as server:
        page = _browse(f"{server.redirect_uri}?code=a&code=b&state=s")

        with pytest.raises(CallbackError, match="repeats code"):
            server.wait_for_callback(DEADLINE)
        assert "cannot be used" in page.result(DEADLINE)[1]


def test_the_same_answer_is_given_to_a_second_wait() -> None:
    with OAuthCallbackServer() as server:
        _browse(f"{server.redirect_uri}?code=c")

        assert server.wait_for_callback(DEADLINE) == {"code": "c"}
        assert server.wait_for_callback(0) == {"code": "c"}


def test_a_browser_that_takes_a_moment_still_gets_its_last_page() -> None:
    def slowly(uri: str) -> bytes:
        client = http.client.HTTPConnection(urlsplit(uri).netloc)
        client.request("GET", "/callback?code=c")
        with client.getresponse() as moved:
            assert moved.status == 302
        time.sleep(0.05)  # as long as a busy browser may think
        client.request("GET", "/callback/done")
        with client.getresponse() as page:
            return page.read()

    server = OAuthCallbackServer()
    with ThreadPoolExecutor(1) as browser:
        page = browser.submit(slowly, server.start())
        assert server.wait_for_callback(DEADLINE) == {"code": "c"}
        server.stop()
        assert b"The answer has arrived" in page.result(DEADLINE)


def test_no_answer_in_time_is_none_and_the_server_stays() -> None:
    with OAuthCallbackServer() as server:
        assert server.wait_for_callback(0.01) is None
        assert server.wait_for_callback(timeout=0) is None
        _browse(f"{server.redirect_uri}?code=c")
        assert server.wait_for_callback(DEADLINE) == {"code": "c"}


def test_a_judge_decides_which_redirect_is_ours() -> None:
    def ours(params: CallbackParams) -> bool:
        return params.state == "ours"

    with OAuthCallbackServer(accepts=ours) as server:
        with pytest.raises(urllib.error.HTTPError, match="400"):
            _browse(f"{server.redirect_uri}?error=x&state=forged").result(DEADLINE)
        _browse(f"{server.redirect_uri}?code=c&state=ours")
        assert server.wait_for_callback(DEADLINE) == {"code": "c", "state": "ours"}


def test_stopping_from_another_thread_wakes_the_waiter() -> None:
    server = OAuthCallbackServer()
    server.start()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.wait_for_callback, 3600)
        server.stop()
        assert waiting.result(DEADLINE) is None
    server.stop()
    assert server.wait_for_callback(3600) is None


def test_stopping_on_the_loop_itself_works_too() -> None:
    async def stop(server: OAuthCallbackServer) -> None:
        server.stop()

    server = OAuthCallbackServer()
    server.start()
    LOOP.run(stop(server))

    assert server.wait_for_callback(3600) is None


def test_many_threads_may_stop_at_once() -> None:
    server = OAuthCallbackServer()
    server.start()
    with ThreadPoolExecutor(8) as pool:
        for stopped in [pool.submit(server.stop) for _ in range(8)]:
            stopped.result(DEADLINE)


def test_what_was_never_started_may_be_stopped_and_cannot_be_waited_for() -> None:
    server = OAuthCallbackServer()
    with pytest.raises(AuthenticationError, match="not been started"):
        server.wait_for_callback(3600)
    server.stop()
    with pytest.raises(AuthenticationError, match="was closed"):
        server.start()


def test_a_port_can_be_opened_again_after_stop_with_fifty_sockets_open() -> None:
    server = OAuthCallbackServer()
    server.start()
    port = int(server.redirect_uri.split(":")[2].split("/")[0])
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for client in clients[:25]:
        client.sendall(b"GET /callback?co")
    _browse(f"{server.redirect_uri}/nowhere").exception(DEADLINE)  # all of them are accepted by now

    server.stop()

    with OAuthCallbackServer(port=port) as again:
        assert again.redirect_uri == f"http://127.0.0.1:{port}/callback"
    for client in clients:
        client.close()


def test_an_exception_in_the_block_closes_the_socket() -> None:
    with pytest.raises(KeyError), OAuthCallbackServer() as server:  # noqa: PT012
        uri = server.redirect_uri
        raise KeyError
    with pytest.raises(urllib.error.URLError, match="refused"):
        _browse(uri).result(DEADLINE)


def test_blocking_on_the_loop_is_refused_at_once() -> None:
    async def wait(server: OAuthCallbackServer) -> None:
        server.wait_for_callback(3600)

    async def start(server: OAuthCallbackServer) -> None:
        server.start()

    with OAuthCallbackServer() as server:
        with pytest.raises(AuthenticationError, match="wait for itself"):
            LOOP.run(wait(server))
        with pytest.raises(AuthenticationError, match="wait for itself"):
            LOOP.run(start(server))


def test_a_thread_with_a_loop_of_its_own_may_wait() -> None:
    async def host() -> dict[str, str] | None:
        with OAuthCallbackServer() as server:
            _browse(f"{server.redirect_uri}?code=c")
            return server.wait_for_callback(DEADLINE)

    assert asyncio.run(host()) == {"code": "c"}


def test_ports_are_tried_in_order_after_the_first() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with OAuthCallbackServer(port=port, ports=(0,)) as server:
            assert f":{port}/" not in server.redirect_uri
        with OAuthCallbackServer(ports=(port, 0)) as server:
            assert f":{port}/" not in server.redirect_uri
        lonely = OAuthCallbackServer(port=port)
        with pytest.raises(AuthenticationError, match=f"{port} is in use"):
            lonely.start()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_localhost_is_answered_on_both_families(family: socket.AddressFamily) -> None:
    with OAuthCallbackServer("localhost") as server:
        authority = server.redirect_uri.split("/")[2]
        assert authority.startswith("localhost:")
        with socket.socket(family) as client:
            loopback = "127.0.0.1" if family == socket.AF_INET else "::1"
            client.connect((loopback, int(authority.split(":")[1])))
            client.sendall(f"GET / HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
            assert client.recv(64).startswith(b"HTTP/1.1 200 OK")


def test_ipv6_is_named_in_brackets() -> None:
    with OAuthCallbackServer("::1") as server:
        assert server.redirect_uri.startswith("http://[::1]:")
        assert (
            "Waiting" in _browse(server.redirect_uri.removesuffix("callback")).result(DEADLINE)[1]
        )
