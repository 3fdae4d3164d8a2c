"""A manager's token on the requests of httpx."""

import asyncio
import io
import logging
import threading

import httpx
import pytest
from grants_kit import API, ELSEWHERE, InTurn, World
from resource_kit import INVALID, Given, Resource, in_threads

from pywry_auth.errors import ConfigError, ReauthRequiredError, RefreshTransportError
from pywry_auth.grants import BearerAuth
from pywry_auth.runtime import LOOP


class Blocking:
    """``httpx.Client`` with our ``auth=``."""

    def __init__(self, world, auth, **options):
        self._client = world.client(auth=auth, **options)

    def request(self, *arguments, **options):
        return self._client.request(*arguments, **options)

    def get(self, url, **options):
        return self.request("GET", url, **options)


class Awaited(Blocking):
    """``httpx.AsyncClient`` with our ``auth=``, on a loop of its own for each request."""

    def __init__(self, world, auth, **options):
        self._make = lambda: world.async_client(auth=auth, **options)

    def request(self, *arguments, **options):
        async def ask():
            async with self._make() as client:
                return await client.request(*arguments, **options)

        return asyncio.run(ask())


@pytest.fixture(params=[Blocking, Awaited])
def face(request):
    return request.param


@pytest.fixture
def world():
    return World()


def test_4b_50_a_request_carries_the_bearer(world, face):
    client = face(world, BearerAuth(world.manager(), allowed_origins=[API]))
    assert client.get(f"{API}/me").status_code == 200
    assert client.get(f"{API}/me").status_code == 200
    assert world.tokens == ["Bearer access-1", "Bearer access-1"]
    assert len(world.granted) == 1


def test_4b_51_a_refused_token_is_renewed_once_and_the_request_repeated(world, face):
    manager = world.manager()
    manager.authorization_header()
    world.expire_at_the_resource()
    client = face(world, BearerAuth(manager, allowed_origins=[API]))
    assert client.request("POST", f"{API}/jobs", content=b"all of it").status_code == 200
    assert world.tokens == ["Bearer access-1", "Bearer access-2"]
    assert [one.content for one in world.asked] == [b"all of it"] * 2
    assert len(world.granted) == 2


def test_4b_52_a_second_refusal_is_the_callers_answer(world, face):
    world.accepts = set()
    client = face(world, BearerAuth(world.manager(), allowed_origins=[API]))
    assert client.get(API).status_code == 401
    assert len(world.asked) == 2


@pytest.mark.parametrize(
    ("body", "sent"),
    [(lambda: iter([b"once"]), 1), (lambda: io.BytesIO(b"whole"), 2), (lambda: b"whole", 2)],
)
def test_a_body_is_sent_again_only_where_it_can_be_read_again(world, body, sent):
    def answer(asked):
        return Given(200) if asked.authorization == "Bearer access-2" else INVALID

    with Resource(answer) as api:
        auth = BearerAuth(world.manager(), allowed_origins=[api.origin])
        with httpx.Client(auth=auth, trust_env=False) as client:
            assert client.post(api.url, content=body()).status_code == (401 if sent == 1 else 200)
            assert len({asked.body for asked in api.asked}) == 1
            assert len(api.asked) == sent
            assert client.post(api.url, content=b"another").status_code == 200
    assert len(world.granted) == 2


def test_what_the_manager_raises_is_raised(world, face):
    world.refuses_grants = True
    client = face(world, BearerAuth(world.manager(person=True), allowed_origins=[API]))
    with pytest.raises(ReauthRequiredError):
        client.get(API)
    assert world.asked == []


def test_a_token_endpoint_that_is_down_is_no_answer_of_the_resource(world, face):
    manager = world.manager()
    manager.authorization_header()
    world.expire_at_the_resource()
    client = face(world, BearerAuth(manager, allowed_origins=[API]))
    world._token = InTurn(httpx.ConnectError("away"))
    with pytest.raises(RefreshTransportError):
        client.get(API)
    assert len(world.asked) == 1


def test_a_token_that_was_cleared_meanwhile_is_not_sent(world, face):
    manager = world.manager()
    manager.authorization_header()
    client = face(world, BearerAuth(manager, allowed_origins=[API]))
    manager.clear()
    assert client.get(API).status_code == 200
    assert world.tokens == ["Bearer access-2"]


def test_4b_57_no_token_goes_to_another_origin(world, face, caplog):
    client = face(world, BearerAuth(world.manager(), allowed_origins=[API]))
    with caplog.at_level(logging.DEBUG):
        others = (
            ELSEWHERE,
            f"{API}:8443",
            "http://api.example.com",
            "https://api.example.com.evil",
        )
        for url in (*others, *others):
            client.get(url)
    assert world.tokens == [None] * 8
    assert world.granted == []
    said = [one for one in caplog.records if one.msg.startswith("grants.token_withheld")]
    assert [record.origin for record in said] == list(others)  # once for each
    words = said[0].getMessage()  # all that Python's default handler shows
    assert f"no token goes to {ELSEWHERE}" in words
    assert "allowed_origins" in words


def test_4b_57_a_redirect_to_another_origin_drops_the_token(world, face):
    def moving(request):
        if request.url.host == "api.example.com":
            return httpx.Response(302, headers={"location": f"{ELSEWHERE}/x"})
        return httpx.Response(200)

    world.answer = moving
    auth = BearerAuth(world.manager(), allowed_origins=[API])
    client = face(world, auth, follow_redirects=True)
    assert client.get(f"{API}/x").status_code == 200
    assert world.tokens == ["Bearer access-1", None]


def test_without_a_list_the_first_origin_alone_is_trusted(world, face, caplog):
    auth = BearerAuth(world.manager())
    assert "nowhere yet" in repr(auth)
    client = face(world, auth)
    client.get(f"{API}/a")
    with caplog.at_level(logging.WARNING):
        client.get(f"{ELSEWHERE}/b")
        client.get(f"{ELSEWHERE}/c")
    client.get(f"{API}/d")
    assert world.tokens == ["Bearer access-1", None, None, "Bearer access-1"]
    assert [record.origin for record in caplog.records] == [ELSEWHERE]
    assert API in repr(auth)


@pytest.mark.parametrize("unsafe", ["http://api.example.com", "https://ada:pw@api.example.com"])
def test_an_address_where_no_token_may_go_is_never_trusted(world, face, unsafe, caplog):
    client = face(world, BearerAuth(world.manager()))
    client.get(unsafe)
    client.get(API)
    assert "access" not in str(world.tokens[0])
    assert world.tokens[1] == "Bearer access-1"
    assert "pw" not in caplog.text


def test_a_request_with_a_header_of_its_own_trusts_nobody(world, face):
    client = face(world, BearerAuth(world.manager()))
    client.get(ELSEWHERE, headers={"Authorization": "Basic abc"})
    client.get(API)
    assert world.tokens == ["Basic abc", "Bearer access-1"]


def test_threads_at_the_same_moment_trust_one_origin(world, monkeypatch):
    client = world.client(auth=BearerAuth(world.manager()))
    start, begun = threading.Barrier(8), threading.local()

    def is_free(request):
        if "it" not in vars(begun):
            begun.it = True
            start.wait(5.0)  # all of them found that nobody is trusted yet
        return "authorization" not in request.headers

    monkeypatch.setattr("pywry_auth.grants.requests.bearer.is_free", is_free)
    in_threads(lambda number: client.get(f"https://host-{number}.example.com"), range(8))
    assert sorted(map(str, world.tokens)) == ["Bearer access-1", *["None"] * 7]


def test_a_blocking_request_with_a_valid_token_enters_no_other_thread(world, monkeypatch):
    manager = world.manager()
    manager.authorization_header()
    client = world.client(auth=BearerAuth(manager, allowed_origins=[API]))
    begun = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda one: begun.append(one) or start(one))
    monkeypatch.setattr(LOOP, "submit", begun.append)
    assert client.get(API).status_code == 200
    assert begun == []


def test_an_origin_that_is_none_is_refused_when_it_is_made(world):
    for wrong in (["https://api.example.com/path"], ["http://api.example.com"], API):
        with pytest.raises(ConfigError):
            BearerAuth(world.manager(), allowed_origins=wrong)


def test_no_secret_shows(world, face):
    auth = BearerAuth(world.manager(), allowed_origins=[API])
    face(world, auth).get(API)
    assert "access-1" not in f"{auth!r}{vars(auth)}"
    assert "secret" not in repr(auth)
