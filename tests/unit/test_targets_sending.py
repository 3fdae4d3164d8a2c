"""Requests of targets at real servers on this machine: whom the token reaches, what is repeated."""

import asyncio
import logging
import shutil
import ssl

import httpx
import pytest
from pydantic import BaseModel

from pywry_auth.errors import (
    ConfigError,
    CredentialMissingError,
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
    TransportError,
)
from pywry_auth.integrations import RateLimit, Target
from pywry_auth.integrations.reaching.sending import address_at
from pywry_auth.protocol.answers import Backoff
from pywry_auth.testing.virtual_loop import settle
from tests.resource_kit import Given, Resource, moved
from tests.window_site import self_signed


CANARY = "canary-77aa"
LATER = 1_790_000_000.0


class Thing(BaseModel):
    id: int


@pytest.fixture
def waits(monkeypatch):
    """Let no retry wait, and tell for how long it would have."""
    found = []

    async def no_sleep(seconds):
        found.append(seconds)

    monkeypatch.setattr("pywry_auth.integrations.reaching.retrying.sleep", no_sleep)
    return found


def answering(*given):
    """Answer with each of *given* once, with the last one again and again."""
    left = list(given)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def run(work, **settings):
    """Give *work* a target, and close it afterwards."""

    async def scenario():
        async with Target(**{"token": CANARY, **settings}) as target:
            return await work(target)

    return asyncio.run(scenario())


def asks(url, method="GET", path="/x", *, settings=None, **options):
    """Send one request; give its response, or the error."""

    async def work(target):
        try:
            return await target.request(method, path, **options)
        except (HTTPStatusError, TransportError, ConfigError) as exc:
            return exc

    return run(work, base_url=url, **(settings or {}))


# What is sent


def test_a_request_carries_the_token_and_says_who_asks():
    with Resource(answering(Given(200))) as api:
        response = asks(api.url, settings={"user_agent": "acme/1.0", "token_type": "bearer"})
    assert response.status_code == 200
    [asked] = api.asked
    assert (asked.method, asked.path) == ("GET", "/x")
    assert asked.authorization == f"Bearer {CANARY}"
    assert asked.headers["user-agent"] == "acme/1.0"
    assert asked.headers["accept"] == "application/json"


def test_another_scheme_is_presented_as_it_is():
    with Resource(answering(Given(200))) as api:
        asks(api.url, settings={"token_type": "token"})
    assert api.tokens == [f"token {CANARY}"]


def test_without_a_token_there_is_no_header():
    with Resource(answering(Given(200))) as api:
        asks(api.url, settings={"token": ""})
    assert api.tokens == [None]


def test_a_header_of_the_callers_own_is_left_alone():
    with Resource(answering(Given(200))) as api:
        asks(api.url, headers={"Authorization": "Basic own", "Accept": "text/plain"})
    assert api.tokens == ["Basic own"]
    assert api.asked[0].headers["accept"] == "text/plain"


def test_a_query_is_added_to_the_one_that_is_there():
    with Resource(answering(Given(200))) as api:
        asks(api.url, path="/x?a=1&b=2", params={"b": 3, "c": ["4", "5"]})
    assert api.asked[0].path == "/x?a=1&b=3&c=4&c=5"


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"json": {"a": 1}}, b'{"a":1}'),
        ({"data": {"a": "1"}}, b"a=1"),
        ({"content": b"raw"}, b"raw"),
        ({"content": "text"}, b"text"),
    ],
)
def test_bodies_are_sent_as_they_were_given(options, body):
    with Resource(answering(Given(200))) as api:
        asks(api.url, "post", **options)
    assert api.asked[0].method == "POST"
    assert api.asked[0].body == body


def test_files_are_sent_in_parts():
    with Resource(answering(Given(200))) as api:
        asks(api.url, "POST", files={"f": ("a.txt", b"content", "text/plain")})
    assert api.asked[0].headers["content-type"].startswith("multipart/form-data")
    assert b"content" in api.asked[0].body


def test_an_option_nobody_knows_is_refused_before_anything_is_sent():
    async def work(target):
        with pytest.raises(TypeError, match="follow_redirects"):
            await target.request("GET", "/x", follow_redirects=True)

    with Resource(answering(Given(200))) as api:
        run(work, base_url=api.url)
    assert api.asked == []


# Where it goes


@pytest.mark.parametrize(
    ("base", "path", "address"),
    [
        ("https://api.example", "/user", "https://api.example/user"),
        ("https://api.example/", "user", "https://api.example/user"),
        ("https://api.example/api/v3", "/user", "https://api.example/api/v3/user"),
        ("https://api.example/v3", "/a?u=https://b.example", None),
        ("https://api.example/v3", "https://api.example/other?x=1", None),
        ("https://api.example/v3", "https://API.example:443/other", None),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/x", None),
        ("https://api.example", "@evil.example/x", "https://api.example/@evil.example/x"),
        ("https://api.example", ":80/x", "https://api.example/:80/x"),
    ],
)
def test_a_path_is_below_the_base_or_at_its_origin(base, path, address):
    found = address_at(base, path)
    if address is None:
        address = path if path.startswith("http") else f"{base}{path}"
    assert found == address


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x",
        "https://api.example.evil.example/x",
        "https://api.example:8443/x",
        "https://user@api.example/x",
        "http://api.example/x",
        "https://api.example\\@evil.example/x",
        "//evil.example/x",
        "\\\\evil.example/x",
        "/x#fragment",
        "/x\n",
        "/x y",
        "ftp://api.example/x",
        "https://",
    ],
)
def test_what_leads_elsewhere_is_refused_before_anything_is_sent(path):
    with pytest.raises(ConfigError):
        address_at("https://api.example", path)


def test_an_address_of_another_server_gets_nothing():
    with Resource(answering(Given(200))) as api, Resource(answering(Given(200))) as other:
        error = asks(api.url, path=f"{other.url}/x")
    assert isinstance(error, ConfigError)
    assert other.asked == api.asked == []
    assert CANARY not in str(error)


@pytest.mark.parametrize(
    "url", ["http://api.example", "ftp://api.example", "api.example", "https://u:p@api.example"]
)
def test_a_base_that_is_not_encrypted_is_refused(url):
    with pytest.raises(ValueError, match="base_url"):
        Target(token=CANARY, base_url=url)


def test_a_base_in_another_alphabet_is_refused():
    with pytest.raises(ConfigError):
        Target(token=CANARY, base_url="https://аpi.example")  # noqa: RUF001


def test_a_target_without_an_address_says_so():
    error = asks("")
    assert isinstance(error, ConfigError)
    assert "base_url" in error.hint


# Redirects


def test_a_redirect_at_the_same_origin_keeps_the_token():
    with Resource(answering(Given(200))) as api:
        api.answer = answering(moved("/renamed", 301), Given(200, body=b'{"id": 1}'))
        response = asks(api.url)
    assert response.json() == {"id": 1}
    assert [one.path for one in api.asked] == ["/x", "/renamed"]
    assert api.tokens == [f"Bearer {CANARY}"] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_origin_is_followed_without_the_token(status):
    with (
        Resource(answering(Given(200, body=b"file"))) as other,
        Resource(answering(moved(f"{other.url}/file", status))) as api,
    ):
        response = asks(api.url, headers={"X-Api-Key": CANARY, "Cookie": CANARY})
    assert response.content == b"file"
    assert api.tokens == [f"Bearer {CANARY}"]
    [strange] = other.asked
    assert strange.path == "/file"
    assert CANARY not in str(strange.headers)


def test_the_same_machine_under_another_port_is_another_origin_and_never_home_again():
    with Resource(answering(Given(200))) as api, Resource(answering(Given(200))) as other:
        other.answer = answering(moved(f"{api.url}/back"))
        api.answer = answering(moved(f"{other.url}/away"), Given(200))
        asks(api.url)
    assert other.tokens == [None]
    assert api.tokens == [f"Bearer {CANARY}", None]


def test_another_origin_gets_no_client_wide_header_of_ours_either():
    async def scenario(api):
        async with httpx.AsyncClient(
            headers={"Authorization": f"Basic {CANARY}"}, follow_redirects=True
        ) as http:
            target = Target(token="own", base_url=api.url, http=http)
            await target.request("GET", "/x")

    with Resource(answering(Given(200))) as api, Resource(answering(Given(200))) as other:
        api.answer = answering(moved(f"{other.url}/file"))
        asyncio.run(scenario(api))
    assert api.tokens == ["Bearer own"]
    assert other.tokens == [None]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_changes_something_is_never_sent_elsewhere(status):
    with (
        Resource(answering(Given(200))) as other,
        Resource(answering(moved(f"{other.url}/x", status))) as api,
    ):
        response = asks(api.url, "POST", json={"secret": CANARY})
    assert response.status_code == status
    assert other.asked == []


@pytest.mark.parametrize(
    ("status", "methods"),
    [
        (301, ["POST"]),
        (302, ["POST"]),
        (303, ["POST", "GET"]),
        (307, ["POST", "POST"]),
        (308, ["POST", "POST"]),
    ],
)
def test_at_home_a_post_is_sent_again_only_where_everybody_reads_that_alike(status, methods):
    with Resource(answering(moved("/renamed", status), Given(200))) as api:
        asks(api.url, "POST", json={"a": 1})
    assert [one.method for one in api.asked] == methods
    assert {one.body for one in api.asked if one.method == "POST"} == {b'{"a":1}'}


def test_redirects_in_circles_end():
    with Resource(answering(moved("/x"))) as api:
        error = asks(api.url, settings={"retry_attempts": 0})
    assert isinstance(error, TransportError)
    assert len(api.asked) == 6


@pytest.mark.parametrize(
    ("base", "location"),
    [
        ("http://127.0.0.1:1", "http://plain.example/x"),
        ("https://api.example", "http://api.example/x"),
        ("https://api.example", "http://127.0.0.1:8080/admin"),
        ("https://api.example", "https://127.0.0.1/admin"),
        ("https://api.example", "https://me@files.example/x"),
        ("https://api.example", "ftp://files.example/x"),
    ],
)
def test_a_redirect_to_where_nobody_should_go_is_not_followed(base, location):
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": location})

    async def scenario():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            target = Target(token=CANARY, base_url=base, http=http, retry_attempts=0)
            with pytest.raises(TransportError):
                await target.request("GET", "/x")

    asyncio.run(scenario())
    assert asked == [f"{base}/x"]


# Errors


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Given(400), HTTPStatusError),
        (Given(401), HTTPStatusError),
        (Given(403), HTTPStatusError),
        (Given(403, body=b"quota exceeded"), QuotaExceededError),
        (Given(403, {"Retry-After": "3"}), RateLimitError),
        (Given(403, {"X-RateLimit-Remaining": "0"}), RateLimitError),
        (Given(403, {"X-RateLimit-Remaining": "5"}), HTTPStatusError),
        (Given(403, {"Retry-After": "3"}, b"quota"), QuotaExceededError),
        (Given(404), NotFoundError),
        (Given(429), RateLimitError),
        (Given(500), ServerError),
    ],
)
def test_an_error_is_the_typed_one(given, kind):
    with Resource(answering(given)) as api:
        error = asks(api.url, path="/x?key=hidden", settings={"retry_attempts": 0})
    assert type(error) is kind
    assert error.status_code == given.status
    assert error.url == f"{api.url}/x"


def test_an_error_repeats_no_token():
    with Resource(answering(Given(400, body=f"bad token {CANARY}".encode()))) as api:
        error = asks(api.url)
    assert CANARY not in f"{error} {error!r} {error.body}"
    assert "bad token" in error.body


def test_a_refused_token_comes_with_advice():
    with Resource(answering(Given(401))) as api:
        assert "open a new session" in asks(api.url).hint


@pytest.mark.parametrize(
    "headers", [{"X-Key": f"{CANARY}\nX-Evil: 1"}, {"X-Key": f"{CANARY}é"}, {"X Y": CANARY}]
)
def test_what_cannot_be_written_is_the_callers_fault_and_not_tried_twice(waits, headers):
    with Resource(answering(Given(200))) as api:
        error = asks(api.url, headers=headers)
    assert isinstance(error, ConfigError)
    assert error.__cause__ is error.__context__ is None
    assert CANARY not in f"{error} {error!r}"
    assert waits == api.asked == []


@pytest.mark.parametrize("path", ["/" + "x" * 70_000, "/\ud800"])
def test_a_path_that_is_no_address_is_the_callers_fault(path):
    with Resource(answering(Given(200))) as api:
        assert isinstance(asks(api.url, path=path), ConfigError)
    assert api.asked == []


def test_nobody_there_is_transport():
    with Resource(answering(Given(200))) as api:
        url = api.url
    error = asks(url, settings={"retry_attempts": 0})
    assert isinstance(error, TransportError)
    assert error.retryable
    assert error.__cause__ is error.__context__ is None  # that one would know the token


def test_a_server_that_never_answers_is_given_up():
    async def scenario():
        async def silent(reader, writer):
            await reader.read()
            writer.close()

        listening = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        target = Target(
            token="a", base_url=f"http://127.0.0.1:{port}", timeout=0.05, retry_attempts=0
        )
        async with target, listening:
            with pytest.raises(TransportError):
                await target.request("GET", "/x")
            with pytest.raises(TransportError):
                await target.request("GET", "/x", timeout=0.02)
        await settle()  # asyncio closes sockets a turn later

    asyncio.run(scenario())


def test_a_server_that_answers_drop_by_drop_is_given_up_too():
    async def scenario():
        async def dripping(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            try:
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.01)
            except ConnectionError:
                writer.close()

        listening = await asyncio.start_server(dripping, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        target = Target(
            token="a", base_url=f"http://127.0.0.1:{port}", timeout=0.1, retry_attempts=0
        )
        async with target, listening:
            with pytest.raises(TransportError, match=r"within 0\.1 seconds"):
                await asyncio.wait_for(target.request("GET", "/x"), 20)
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*rest, return_exceptions=True)
        await settle()

    asyncio.run(scenario())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_server_that_nobody_vouches_for_never_sees_the_token(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with Resource(answering(Given(200)), tls=context) as api:
        error = asks(api.url, settings={"retry_attempts": 0})
    assert isinstance(error, TransportError)
    assert "certificate" in str(error)
    assert api.asked == []


def test_a_token_that_fits_no_header_is_refused_without_being_shown():
    with pytest.raises(ValueError, match="token") as caught:
        Target(token=f"{CANARY}\nX: y")
    assert CANARY not in f"{caught.value} {caught.value!r}"


def test_an_answer_that_is_something_else_is_transport():
    async def work(target):
        with pytest.raises(TransportError, match="Thing") as caught:
            await target.read(Thing, "/x")
        assert caught.value.__context__ is None

    for body in (b"", b"<html>", b"[]", b'{"id": "one"}', b"\xff"):
        with Resource(answering(Given(200, body=body))) as api:
            run(work, base_url=api.url)


# Repeating


BUSY = [Given(status) for status in (429, 502, 503, 504)]


@pytest.mark.parametrize("busy", BUSY, ids=lambda g: str(g.status))
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_what_may_be_asked_twice_is_asked_again(waits, busy, method):
    with Resource(answering(busy, busy, Given(200))) as api:
        response = asks(api.url, method)
    assert response.status_code == 200
    assert len(api.asked) == 3
    assert len(waits) == 2


@pytest.mark.parametrize("busy", BUSY, ids=lambda g: str(g.status))
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_not_be_asked_twice_is_asked_once(waits, busy, method):
    with Resource(answering(busy, Given(200))) as api:
        assert isinstance(asks(api.url, method), HTTPStatusError)
    assert len(api.asked) == 1
    assert waits == []


@pytest.mark.usefixtures("waits")
def test_the_caller_says_that_it_may_be_asked_twice():
    with Resource(answering(Given(503), Given(200))) as api:
        assert asks(api.url, "POST", json={"a": 1}, idempotent=True).status_code == 200
    assert [one.body for one in api.asked] == [b'{"a":1}'] * 2


@pytest.mark.usefixtures("waits")
def test_the_caller_says_that_it_may_not():
    with Resource(answering(Given(503), Given(200))) as api:
        assert isinstance(asks(api.url, idempotent=False), ServerError)
    assert len(api.asked) == 1


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("attempts", [0, 1, 2, 5])
def test_it_is_repeated_as_often_as_the_settings_say(attempts):
    with Resource(answering(Given(503))) as api:
        assert isinstance(asks(api.url, settings={"retry_attempts": attempts}), ServerError)
    assert len(api.asked) == 1 + attempts


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 501])
def test_an_answer_that_stays_the_same_is_not_asked_for_again(status):
    with Resource(answering(Given(status))) as api:
        assert isinstance(asks(api.url), HTTPStatusError)
    assert len(api.asked) == 1


def test_what_was_lost_on_the_way_is_asked_for_again(waits):
    async def scenario():
        asked = []

        async def moody(reader, writer):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            if len(asked) > 2:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                await writer.drain()
            writer.close()

        listening = await asyncio.start_server(moody, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening, Target(token=CANARY, base_url=f"http://127.0.0.1:{port}") as target:
            response = await target.request("GET", "/x")
            asked.clear()
            with pytest.raises(TransportError):
                await target.request("POST", "/x")
        await settle()
        return response.status_code, len(asked)

    assert asyncio.run(scenario()) == (200, 1)
    assert len(waits) == 2


def test_a_server_that_asks_to_wait_is_waited_for(waits):
    with Resource(answering(Given(429, {"Retry-After": "7"}), Given(200))) as api:
        asks(api.url)
    assert waits == [7.0]


def test_a_wait_for_ever_is_an_error_at_once(waits):
    with Resource(answering(Given(429, {"Retry-After": "300"}), Given(200))) as api:
        error = asks(api.url)
    assert (type(error), error.retry_after) == (RateLimitError, 300.0)
    assert len(api.asked) == 1
    assert waits == []


def test_a_used_up_limit_says_when_it_is_worth_asking_again(waits, monkeypatch):
    class Known:
        def now(self):
            return LATER

        def monotonic(self):
            return 0.0

    monkeypatch.setattr(Target, "clock", Known())
    used_up = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}
    soon = Given(403, used_up | {"X-RateLimit-Reset": str(int(LATER) + 9)})
    late = Given(429, used_up | {"X-RateLimit-Reset": str(int(LATER) + 900)})
    with Resource(answering(soon, Given(200))) as api:
        assert asks(api.url).status_code == 200
    assert waits == [9.0]
    with Resource(answering(late, Given(200))) as api:
        assert asks(api.url).retry_after == 900.0


def test_the_limit_that_was_told_last_is_kept():
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": "5"}

    async def work(target):
        assert target.rate_limit is None
        await target.request("GET", "/x")
        first = target.rate_limit
        await target.request("GET", "/x")
        return first, target.rate_limit

    with Resource(answering(Given(200, headers), Given(200))) as api:
        first, then = run(work, base_url=api.url)
    assert first is then
    assert (first.limit, first.remaining) == (60, 59)
    assert isinstance(first, RateLimit)


@pytest.mark.usefixtures("waits")
def test_waits_are_told_without_the_token(caplog):
    with Resource(answering(Given(503), Given(200))) as api, caplog.at_level(logging.DEBUG):
        asks(api.url)
    assert "target.again" in caplog.text
    assert CANARY not in caplog.text


def test_a_wait_is_real():
    class Quick(Target):
        backoff = Backoff(0.001, 1.0)

    async def scenario(url):
        async with Quick(token="a", base_url=url) as target:
            return await target.request("GET", "/x")

    with Resource(answering(Given(503), Given(503), Given(200))) as api:
        assert asyncio.run(scenario(api.url)).status_code == 200


# Health


@pytest.mark.parametrize(
    ("status", "ok", "error"),
    [
        (200, True, ""),
        (204, True, ""),
        (302, False, ""),
        (401, False, "http_status"),
        (403, False, "http_status"),
        (404, False, "not_found"),
        (500, False, "server_error"),
    ],
)
def test_health_is_a_result_whatever_the_status(status, ok, error):
    async def work(target):
        return await target.health_check()

    with Resource(answering(Given(status))) as api:
        health = run(work, base_url=api.url)
    assert (health.ok, health.status, health.error) == (ok, status, error)
    assert health.latency > 0.0
    assert len(api.asked) == 1
    assert api.tokens == [f"Bearer {CANARY}"]


def test_health_without_anybody_there_raises():
    with Resource(answering(Given(200))) as api:
        url = api.url

    async def work(target):
        with pytest.raises(TransportError):
            await target.health_check()

    run(work, base_url=url, retry_attempts=0)


def test_health_without_a_token_asks_nobody():
    async def work(target):
        with pytest.raises(CredentialMissingError):
            await target.health_check()

    with Resource(answering(Given(200))) as api:
        run(work, base_url=api.url, token="")
    assert api.asked == []


def test_health_may_be_asked_with_what_the_given_client_proves():
    async def scenario(url):
        async with httpx.AsyncClient(auth=("me", "pw")) as http:
            health = await Target(base_url=url, http=http).health_check()
            await Target(base_url=url, token="own", http=http).request("GET", "/x")
            return health.ok

    with Resource(answering(Given(200))) as api:
        assert asyncio.run(scenario(api.url))
    assert api.tokens == ["Basic bWU6cHc=", "Bearer own"]


# Clients


def test_one_target_serves_many_loops_one_after_the_other():
    target = Target(token="a", base_url="http://127.0.0.1:9")

    async def once(url):
        again = target.over(target.settings.model_copy(update={"base_url": url}))
        status = (await again.request("GET", "/x")).status_code
        await target._channel._pool.close()
        return status

    with Resource(answering(Given(200))) as api:
        assert [asyncio.run(once(api.url)) for _ in range(3)] == [200] * 3


def test_a_crowd_shares_one_target():
    async def work(target):
        return await asyncio.gather(*(target.request("GET", f"/{n}") for n in range(30)))

    with Resource(answering(Given(200))) as api:
        found = run(work, base_url=api.url)
    assert [one.request.url.path for one in found] == [f"/{n}" for n in range(30)]
    assert len(api.asked) == 30


def test_closing_ends_it():
    async def scenario(url):
        target = Target(token="a", base_url=url)
        async with target:
            await target.request("GET", "/x")
        with pytest.raises(ConfigError, match="closed"):
            await target.request("GET", "/x")

    with Resource(answering(Given(200))) as api:
        asyncio.run(scenario(api.url))


def test_a_given_client_that_is_closed_is_named():
    async def scenario(url):
        http = httpx.AsyncClient()
        await http.aclose()
        with pytest.raises(ConfigError, match="closed"):
            await Target(token="a", base_url=url, http=http).request("GET", "/x")

    asyncio.run(scenario("https://api.example"))


def test_settings_are_given_in_one_way():
    target = Target(token="a")
    with pytest.raises(ValueError, match="at once"):
        Target(target.settings, token="b")
