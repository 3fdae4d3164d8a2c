"""Requests to a resource with a manager's token, against answers of every kind."""

import io
import logging
import math
import threading
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
from grants_kit import API, ELSEWHERE, InTurn, World
from resource_kit import Given, Resource, in_threads, moved

from pywry_auth.errors import (
    ConfigError,
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ReauthRequiredError,
    RefreshTransportError,
    ServerError,
    TransportError,
)
from pywry_auth.grants import AuthTransport, RateLimiter, TransportSettings, transport
from pywry_auth.protocol.wire import MAX_RETRY_AFTER
from pywry_auth.testing.clock import VirtualClock


@pytest.fixture
def world():
    return World()


def transport_of(world, *answers, http=None, base_url=API, allowed_origins=(), **settings):
    if answers:
        world.answer = InTurn(*answers)
    return AuthTransport(
        world.manager(),
        http=http or world.http,
        base_url=base_url,
        allowed_origins=allowed_origins,
        settings=TransportSettings(**settings),
        clock=world.clock,
        sleep=world.sleep,
    )


def test_the_fixed_module_holds_all_three_names():
    assert transport.AuthTransport is AuthTransport
    assert transport.BearerAuth.__name__ == "BearerAuth"
    assert transport.TransportSettings is TransportSettings


def test_settings_of_another_kind_are_refused(world):
    with pytest.raises(ConfigError, match=r"settings is dict, not TransportSettings\("):
        AuthTransport(world.manager(), http=world.http, base_url=API, settings={"max_retries": 1})


def test_the_settings_are_the_documented_ones():
    usual = TransportSettings()
    assert (usual.request_timeout, usual.max_retries) == (30.0, 5)
    assert (usual.backoff_factor, usual.backoff_cap) == (0.5, 60.0)
    assert (usual.requests_per_minute, usual.max_streams) == (None, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"request_timeout": 0},
        {"request_timeout": math.nan},
        {"max_retries": -1},
        {"backoff_factor": -0.1},
        {"backoff_factor": math.nan},
        {"backoff_cap": math.inf},
        {"requests_per_minute": 0},
        {"requests_per_minute": math.nan},
        {"max_streams": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ConfigError):
        TransportSettings(**wrong)


# The bearer


def test_4b_50_a_request_carries_the_bearer(world):
    api = transport_of(world)
    answer = api.request("GET", "/me", params={"x": "1"}, headers={"Accept": "text/plain"})
    assert answer.json() == {"fine": True}
    assert world.tokens == ["Bearer access-1"]
    (asked,) = world.asked
    assert (str(asked.url), asked.headers["accept"]) == (f"{API}/me?x=1", "text/plain")


def test_4b_51_a_401_is_renewed_once_and_not_counted_as_a_retry(world):
    api = transport_of(world, max_retries=0)
    api.request("GET", "/me")
    world.expire_at_the_resource()
    assert api.request("POST", "/jobs", json={"a": 1}).status_code == 200
    assert world.tokens == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]
    assert [one.content for one in world.asked[1:]] == [b'{"a":1}'] * 2
    assert len(world.granted) == 2
    assert world.slept == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("challenge", [None, "Bearer", 'Bearer error="invalid_token"'])
def test_4b_52_a_401_that_lasts_ends_after_two_calls(world, method, challenge):
    headers = {} if challenge is None else {"WWW-Authenticate": challenge}
    api = transport_of(world, httpx.Response(401, headers=headers))
    with pytest.raises(ReauthRequiredError) as caught:
        api.request(method, "/me?key=hidden")
    assert world.tokens == ["Bearer access-1", "Bearer access-2"]
    assert f"{API}/me answered 401" in str(caught.value)
    assert caught.value.hint
    assert world.slept == []


def test_a_401_that_another_token_would_meet_too_is_no_end_of_the_session(world):
    refusal = httpx.Response(401, headers={"WWW-Authenticate": 'Bearer error="invalid_request"'})
    api = transport_of(world, refusal)
    with pytest.raises(HTTPStatusError) as caught:
        api.request("GET", "/me")
    assert caught.value.status_code == 401
    assert len(world.asked) == len(world.granted) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_where_no_token_was_sent_says_so(world, status):
    api = transport_of(world, status)
    with pytest.raises(HTTPStatusError) as caught:
        api.request("GET", f"{ELSEWHERE}/me")
    assert f"no token was sent to {ELSEWHERE}" in caught.value.hint
    assert "allowed_origins" in caught.value.hint
    assert world.tokens == [None]


def test_a_refusal_of_a_token_that_was_sent_says_nothing_of_origins(world):
    with pytest.raises(HTTPStatusError) as caught:
        transport_of(world, 403).request("GET", "/me")
    assert "allowed_origins" not in caught.value.hint
    with pytest.raises(HTTPStatusError) as caught:
        transport_of(world, 401).request("GET", "/me", headers={"Authorization": "Basic x"})
    assert "not accepted" in caught.value.hint


def test_a_refusal_after_a_redirect_elsewhere_names_where_no_token_went(world):
    def moving(request):
        if request.url.host == "api.example.com":
            return httpx.Response(302, headers={"location": f"{ELSEWHERE}/x"})
        return httpx.Response(401)

    world.answer = moving
    with pytest.raises(HTTPStatusError) as caught:
        transport_of(world).request("GET", "/me", follow_redirects=True)
    assert f"{ELSEWHERE}, where redirects led" in caught.value.hint
    assert world.tokens == ["Bearer access-1", None]


def test_a_refusal_at_an_address_that_is_not_encrypted_says_why_no_token_was_sent(world):
    with pytest.raises(HTTPStatusError) as caught:
        transport_of(world, 401).request("GET", "http://api.example.com/me")
    assert "https addresses only" in caught.value.hint


def test_what_is_said_of_a_repetition_names_the_address_and_the_reason(world, caplog):
    with caplog.at_level(logging.INFO):
        transport_of(world, 503, 200).request("GET", "/me?key=hidden")
    (said,) = [one.getMessage() for one in caplog.records if one.name.startswith("pywry_auth")]
    assert f"{API}/me answered 503" in said
    assert "hidden" not in said


def test_a_401_to_a_header_of_the_caller_is_no_end_of_the_session(world):
    api = transport_of(world, 401)
    with pytest.raises(HTTPStatusError) as caught:
        api.request("GET", "/me", headers={"Authorization": "Basic abc"})
    assert caught.value.status_code == 401
    assert world.tokens == ["Basic abc"]
    assert world.granted == []


def test_what_the_manager_raises_is_raised_and_not_tried_again(world):
    api = transport_of(world)
    world._token = InTurn(httpx.ConnectError("away"))
    with pytest.raises(RefreshTransportError):
        api.request("GET", "/me")
    assert world.asked == []
    assert world.slept == []


# Where the bearer goes


def test_4b_57_elsewhere_nothing_is_sent_along(world):
    api = transport_of(world, 200, base_url=f"{API}/v1", allowed_origins=["https://f.example.com"])
    for url in ("/a", f"{API}/b", "https://f.example.com/c", f"{ELSEWHERE}/d", f"{API}:444/e"):
        api.request("GET", url)
    assert world.tokens == [*["Bearer access-1"] * 3, None, None]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_4b_57_a_redirect_to_another_origin_drops_the_bearer(world, status, stream):
    with Resource(lambda _: Given(200)) as other:
        with (
            Resource(lambda _: moved(f"{other.url}/there", status)) as near,
            httpx.Client(follow_redirects=True, trust_env=False) as client,
        ):
            api = transport_of(world, http=client, base_url=near.url)
            assert fetched(api, "/x", stream=stream).status_code == 200
        assert near.tokens == ["Bearer access-1"]
    assert other.tokens == [None]


def test_a_redirect_is_followed_as_the_client_or_the_caller_says(world):
    api = transport_of(world, httpx.Response(302, headers={"Location": "/there"}), 200)
    assert api.request("GET", "/x").status_code == 302
    world.answer = InTurn(httpx.Response(302, headers={"Location": "/there"}), 200)
    assert api.request("GET", "/x", follow_redirects=True).status_code == 200
    assert world.tokens == ["Bearer access-1"] * 3


@pytest.mark.parametrize(
    ("base", "url", "whole"),
    [
        (API, "/me", f"{API}/me"),
        (API, "me?x=1", f"{API}/me?x=1"),
        (f"{API}/v1", "/me", f"{API}/v1/me"),
        (f"{API}/v1/", "me", f"{API}/v1/me"),
        (f"{API}/v1", "", f"{API}/v1"),
        (f"{API}/v1", f"{API}/v2/me", f"{API}/v2/me"),
    ],
)
def test_relative_addresses_are_added_to_the_base(world, base, url, whole):
    transport_of(world, 200, base_url=base).request("GET", url)
    assert [str(one.url) for one in world.asked] == [whole]


def test_the_base_is_that_of_the_client_where_none_is_given(world):
    api = transport_of(world, http=world.client(base_url=f"{API}/v3"), base_url="")
    api.request("GET", "/me")
    assert [str(one.url) for one in world.asked] == [f"{API}/v3/me"]
    assert world.tokens == ["Bearer access-1"]


@pytest.mark.parametrize("url", ["//evil.example/x", "ftp://api.example.com/x", "https:///x", "\0"])
def test_an_address_that_may_be_misread_is_refused(world, url):
    with pytest.raises(ConfigError):
        transport_of(world).request("GET", url)
    assert world.asked == []


def test_a_relative_address_needs_a_base(world):
    api = transport_of(world, 200, base_url="", allowed_origins=[API])
    with pytest.raises(ConfigError, match="base_url"):
        api.request("GET", "/me")
    api.request("GET", f"{API}/me")
    assert world.tokens == ["Bearer access-1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://api.example.com"},
        {"base_url": "https://ada:pw@api.example.com"},
        {"base_url": f"{API}?x=1"},
        {"base_url": API, "allowed_origins": ELSEWHERE},
        {"base_url": API, "allowed_origins": [f"{ELSEWHERE}/path"]},
    ],
)
def test_a_transport_whose_token_may_go_anywhere_is_refused(world, wrong):
    with pytest.raises(ConfigError) as caught:
        transport_of(world, **wrong)
    assert "pw@" not in str(caught.value)


def test_where_nothing_is_named_the_first_origin_alone_is_trusted(world):
    api = transport_of(world, base_url="")
    api.request("GET", f"{API}/me")
    with pytest.raises(HTTPStatusError) as caught:
        api.request("GET", f"{ELSEWHERE}/me")
    assert "allowed_origins" in caught.value.hint
    assert world.tokens == ["Bearer access-1", None]


# Trying again


def test_4b_53_a_429_that_asks_for_no_wait_is_tried_again(world):
    api = transport_of(world, httpx.Response(429, headers={"Retry-After": "0"}), 200)
    assert api.request("GET", "/me").status_code == 200
    assert len(world.asked) == 2
    assert len(world.slept) == 1
    assert 0 <= world.slept[0] <= 0.5


def test_4b_53_a_429_that_lasts_is_an_error_with_status_and_delay(world):
    api = transport_of(world, httpx.Response(429, headers={"Retry-After": "7"}), max_retries=3)
    with pytest.raises(RateLimitError) as caught:
        api.request("GET", "/me")
    assert (caught.value.status_code, caught.value.retry_after) == (429, 7.0)
    assert caught.value.retryable
    assert world.slept == [7.0, 7.0, 7.0]
    assert len(world.asked) == 4


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again_after_growing_waits(world, status):
    api = transport_of(world, status)
    with pytest.raises(HTTPStatusError) as caught:
        api.request("GET", "/me")
    assert caught.value.status_code == status
    assert len(world.asked) == 6
    for repeated, wait in enumerate(world.slept):
        assert 0 <= wait <= 0.5 * 2**repeated


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 418, 500, 501, 505])
def test_what_will_not_pass_is_not_tried_again(world, status):
    api = transport_of(world, status)
    with pytest.raises((HTTPStatusError, ReauthRequiredError)):
        api.request("GET", "/me")
    assert world.slept == []


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
        httpx.WriteError("pipe"),
    ],
)
def test_a_network_that_comes_back_costs_a_wait(world, error):
    api = transport_of(world, error, error, 200)
    assert api.request("GET", "/me").status_code == 200
    assert len(world.slept) == 2


def test_a_network_that_stays_away_is_a_transport_error(world):
    api = transport_of(world, httpx.ConnectError("https://ada:pw@x refused"), max_retries=2)
    with pytest.raises(TransportError) as caught:
        api.request("GET", "/me?key=hidden")
    assert str(caught.value) == "api.example.com cannot be reached (ConnectError)"
    assert len(world.asked) == 3


@pytest.mark.parametrize(
    "error",
    [httpx.UnsupportedProtocol("x"), httpx.LocalProtocolError("x"), httpx.DecodingError("x")],
)
def test_what_would_go_wrong_again_is_not_tried_again(world, error):
    with pytest.raises(TransportError):
        transport_of(world, error).request("GET", "/me")
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    "trouble", [503, 429, httpx.ReadError("reset"), httpx.ConnectError("away")]
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "post"])
def test_4b_56_what_may_be_done_twice_is_not_tried_again(world, method, trouble):
    api = transport_of(world, trouble, 200)
    with pytest.raises((HTTPStatusError, TransportError)):
        api.request(method, "/jobs", content=b"once")
    assert len(world.asked) == 1
    assert world.slept == []


@pytest.mark.parametrize("trouble", [503, 429, httpx.ReadError("reset")])
def test_4b_56_unless_the_caller_knows_better(world, trouble):
    api = transport_of(world, trouble, 200)
    assert api.request("POST", "/jobs", content=b"twice", idempotent=True).status_code == 200
    assert [one.content for one in world.asked] == [b"twice", b"twice"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "get"])
def test_4b_56_what_is_the_same_twice_is_tried_again(world, method):
    assert transport_of(world, 503, 200).request(method, "/me").status_code == 200
    assert len(world.asked) == 2


def test_4b_56_unless_the_caller_knows_that_it_is_not(world):
    with pytest.raises(ServerError):
        transport_of(world, 503, 200).request("GET", "/spend", idempotent=False)
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    ("body", "sent"), [(lambda: iter([b"once"]), 1), (lambda: io.BytesIO(b"whole"), 2)]
)
def test_a_body_is_sent_again_only_where_it_can_be_read_again(world, body, sent):
    answers = [Given(503), Given(200)]
    with Resource(lambda _: answers.pop(0)) as near, httpx.Client(trust_env=False) as client:
        api = transport_of(world, http=client, base_url=near.url)
        if sent == 1:
            with pytest.raises(ServerError):
                api.request("PUT", "/x", content=body())
        else:
            assert api.request("PUT", "/x", content=body()).status_code == 200
        assert len(near.asked) == sent
        assert len({asked.body for asked in near.asked}) == 1


def test_a_body_that_was_used_up_before_a_401_is_told_apart_from_the_end_of_a_session(world):
    def answer(asked):
        return Given(200) if asked.authorization == "Bearer access-2" else Given(401)

    with Resource(answer) as near, httpx.Client(trust_env=False) as client:
        api = transport_of(world, http=client, base_url=near.url)
        with pytest.raises(HTTPStatusError) as caught:
            api.request("PUT", "/x", content=iter([b"once"]))
        assert caught.value.status_code == 401
        assert "send it again" in caught.value.hint
        assert api.request("PUT", "/x", content=iter([b"once"])).status_code == 200


@pytest.mark.parametrize(
    "said", ["-1", "nan", "NaN", "inf", "-inf", "Infinity", "1e999", "soon", "", "٣", "0x10", "1;2"]
)
def test_4b_55_nonsense_in_retry_after_is_as_if_nothing_was_said(world, said):
    refusal = httpx.Response(503, headers={"Retry-After": said.encode("utf-8")})
    api = transport_of(world, refusal, 200)
    assert api.request("GET", "/me").status_code == 200
    assert len(world.slept) == 1
    assert 0 <= world.slept[0] <= 0.5


@pytest.mark.parametrize("said", ["61", "3600", "9" * 400])
@pytest.mark.parametrize("status", [429, 503])
def test_4b_55_a_huge_retry_after_is_cut_to_the_cap(world, said, status):
    api = transport_of(world, httpx.Response(status, headers={"Retry-After": said}), 200)
    assert api.request("GET", "/me").status_code == 200
    assert world.slept == [60.0]


@pytest.mark.parametrize(("ahead", "wait"), [(9, 9.0), (-100, None), (10_000, 60.0), (10**9, 60.0)])
def test_4b_55_retry_after_may_be_a_date(world, ahead, wait):
    when = format_datetime(datetime.fromtimestamp(world.clock.now() + ahead, UTC), usegmt=True)
    api = transport_of(world, httpx.Response(429, headers={"Retry-After": when}), 200)
    assert api.request("GET", "/me").status_code == 200
    (slept,) = world.slept
    assert 0 <= slept <= 0.5 if wait is None else slept == wait


def test_the_delay_of_an_error_is_what_the_server_said(world):
    api = transport_of(world, httpx.Response(429, headers={"Retry-After": "600"}), max_retries=0)
    with pytest.raises(RateLimitError) as caught:
        api.request("GET", "/me")
    assert caught.value.retry_after == 600.0 <= MAX_RETRY_AFTER


# What errors say


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b"", NotFoundError),
        (403, b'{"error": "Daily QUOTA exceeded"}', QuotaExceededError),
        (403, b"no", HTTPStatusError),
        (400, b"", HTTPStatusError),
        (418, b"", HTTPStatusError),
        (500, b"", ServerError),
        (501, b"", ServerError),
        (599, b"", ServerError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_4b_54_each_status_has_its_class(world, status, body, kind, stream):
    api = transport_of(world, httpx.Response(status, content=body))
    with pytest.raises(HTTPStatusError) as caught:
        fetched(api, "/x/1?key=hidden#part", stream=stream)
    error = caught.value
    assert type(error) is kind
    assert (error.status_code, error.url) == (status, f"{API}/x/1")
    assert str(error) == f"{API}/x/1 answered {status}"
    assert error.body == body.decode()


def test_4b_54_a_quota_that_is_used_up_is_told_apart_from_a_refusal(world):
    api = transport_of(world, httpx.Response(403, json={"message": "quota exceeded for today"}))
    with pytest.raises(QuotaExceededError) as caught:
        api.request("GET", "/me")
    assert "quota exceeded" in caught.value.body
    assert not caught.value.retryable


@pytest.mark.parametrize("stream", [False, True])
def test_4b_54_the_body_is_cut_and_no_token_is_in_it(world, stream):
    def echo(request):
        said = f"you sent {request.headers['authorization']} and {request.url}"
        return httpx.Response(400, text=said + "x" * 10_000)

    world.answer = echo
    with pytest.raises(HTTPStatusError) as caught:
        fetched(transport_of(world), "/me", stream=stream)
    assert len(caught.value.body) == 500
    assert "access-1" not in caught.value.body + str(caught.value) + repr(caught.value)
    assert "you sent Bearer [removed]" in caught.value.body


def test_no_secret_shows(world, caplog):
    api = transport_of(world, 503, 200)
    with caplog.at_level(logging.DEBUG):
        api.request("GET", "/me?key=hidden")
    shown = repr(api) + "".join(
        str(vars(record)) for record in caplog.records if "httpx" not in record.name
    )
    for secret in ("access-1", "secret", "hidden"):
        assert secret not in shown
    assert "transport.again" in shown


# Streams


class Pieces(httpx.SyncByteStream):
    """An answer that comes piece by piece."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.given = 0
        self.closed = False

    def __iter__(self):
        for piece in self.pieces:
            self.given += 1
            yield piece

    def close(self):
        self.closed = True


def fetched(api, url, *, stream, **options):
    if not stream:
        return api.request("GET", url, **options)
    with api.stream("GET", url, **options) as response:
        response.read()
        return response


def test_a_stream_is_read_piece_by_piece_and_closed(world):
    body = Pieces(b"one", b"two", b"three")
    world.answer = lambda _: httpx.Response(200, stream=body)
    with transport_of(world).stream("GET", "/big") as response:
        pieces = response.iter_bytes()
        assert (next(pieces), body.given) == (b"one", 1)
        assert not body.closed
    assert body.closed
    assert body.given == 1
    assert world.tokens == ["Bearer access-1"]


def test_4b_57_streams_follow_the_same_401_rule(world):
    api = transport_of(world)
    api.request("GET", "/me")
    world.expire_at_the_resource()
    assert fetched(api, "/big", stream=True).status_code == 200
    assert world.tokens[1:] == ["Bearer access-1", "Bearer access-2"]
    world.accepts = set()
    with pytest.raises(ReauthRequiredError):
        fetched(api, "/big", stream=True)
    assert len(world.asked) == 5


def test_a_stream_is_tried_again_before_it_begins(world):
    api = transport_of(world, 503, httpx.ReadError("reset"), 200)
    assert fetched(api, "/big", stream=True).status_code == 200
    assert len(world.slept) == 2


class Breaking(Pieces):
    """An answer that ends too early."""

    def __iter__(self):
        yield from super().__iter__()
        raise httpx.ReadError("reset")


def test_a_stream_that_breaks_off_is_a_transport_error_and_not_asked_for_again(world):
    body = Breaking(b"half")
    world.answer = lambda _: httpx.Response(200, stream=body)
    api = transport_of(world)
    came = []
    with pytest.raises(TransportError, match="broke off"), api.stream("GET", "/big") as response:
        came.extend(response.iter_bytes())
    assert came == [b"half"]
    assert body.closed
    assert len(world.asked) == 1


def test_an_answer_that_breaks_off_is_asked_for_again_where_it_is_read_whole(world):
    bodies = [httpx.Response(200, stream=Breaking(b"half")), httpx.Response(200, text="whole")]
    world.answer = lambda _: bodies.pop(0)
    assert transport_of(world).request("GET", "/x").text == "whole"


def test_an_error_of_the_caller_inside_a_stream_stays_its_own(world):
    api = transport_of(world)
    mine = httpx.ReadError("of another request", request=httpx.Request("GET", ELSEWHERE))
    with pytest.raises(httpx.ReadError) as caught, api.stream("GET", "/big") as response:
        raise mine
    assert caught.value is mine
    assert response.is_closed


def test_a_refusal_of_a_stream_is_not_read_for_ever(world):
    endless = Pieces(*[b"x" * 1024] * 10_000)
    world.answer = lambda _: httpx.Response(400, stream=endless)
    with pytest.raises(HTTPStatusError):
        fetched(transport_of(world), "/big", stream=True)
    assert endless.given < 100
    assert endless.closed


def test_only_so_many_streams_are_open_at_once(world):
    api = transport_of(world, max_streams=2, request_timeout=0.01)
    with api.stream("GET", "/1"), api.stream("GET", "/2"):
        with (
            pytest.raises(TransportError, match="2 streams are open") as caught,
            api.stream("GET", "/3"),
        ):
            pass
        assert "max_streams" in caught.value.hint
    with api.stream("GET", "/4"), api.stream("GET", "/5"):
        pass
    assert [one.url.path for one in world.asked] == ["/1", "/2", "/4", "/5"]


def test_a_stream_that_failed_gives_its_place_back(world):
    api = transport_of(world, 404, max_streams=1, request_timeout=0.01)
    for _ in range(3):
        with pytest.raises(NotFoundError), api.stream("GET", "/x"):
            pass


# Threads, time-outs, pace


def test_threads_with_one_ended_token_cost_one_renewal(world):
    api = transport_of(world)
    api.request("GET", "/me")
    world.expire_at_the_resource()
    answers = in_threads(lambda number: api.request("GET", f"/{number}").status_code, range(8))
    assert answers == [200] * 8
    assert len(world.granted) == 2


def test_a_request_has_the_time_limit_of_the_settings_or_its_own(world):
    limits = []
    world.answer = lambda request: (
        limits.append(request.extensions["timeout"]) or httpx.Response(200)
    )
    api = transport_of(world, request_timeout=12.0)
    api.request("GET", "/a")
    api.request("GET", "/b", timeout=3.0)
    assert [limit["read"] for limit in limits] == [12.0, 3.0]


def test_requests_are_paced_repetitions_too(world):
    api = transport_of(world, 503, 200, requests_per_minute=10, backoff_factor=0.0)
    api.request("GET", "/a")
    api.request("GET", "/b")
    assert len(world.asked) == 3
    assert sum(world.slept) == pytest.approx(12.0)  # 6 s between two of them


def test_a_limiter_lets_a_burst_pass_then_one_at_a_time():
    clock = VirtualClock()
    limiter = RateLimiter(60, burst=3, clock=clock, sleep=clock.advance)
    assert [limiter.acquire() for _ in range(5)] == [0, 0, 0, 1, 1]
    clock.advance(600)
    assert [limiter.acquire() for _ in range(4)] == [0, 0, 0, 1]


def test_a_limiter_never_lets_more_pass_than_a_tenth_above_what_was_asked():
    clock = VirtualClock()
    limiter = RateLimiter(100, clock=clock, sleep=clock.advance)
    started = clock.monotonic()
    passed = 0
    while clock.monotonic() < started + 60:
        limiter.acquire()
        passed += 1
    assert passed <= 111


def test_threads_at_a_limiter_get_turns_one_after_another():
    clock = VirtualClock()
    waits = []
    limiter = RateLimiter(60, burst=1, clock=clock, sleep=float)
    threads = [threading.Thread(target=lambda: waits.append(limiter.acquire())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [0, 1, 2, 3, 4, 5]


def test_whoever_gives_up_waiting_leaves_its_turn_to_the_next():
    clock = VirtualClock()

    def interrupted(seconds):
        del seconds
        raise KeyboardInterrupt

    limiter = RateLimiter(60, burst=1, clock=clock, sleep=interrupted)
    limiter.acquire()
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            limiter.acquire()
    clock.advance(1.0)
    assert limiter.acquire() == 0


@pytest.mark.parametrize("wrong", [0, -1, math.nan])
def test_a_limiter_that_lets_nothing_pass_is_refused(wrong):
    with pytest.raises(ConfigError):
        RateLimiter(wrong)
