"""A session's token on the requests of httpx and requests."""

import asyncio
import logging
import subprocess
import sys
from traceback import format_exception

import httpx
import pytest
import requests
from fakes.provider import ScriptedProvider
from resource_kit import FACES, INVALID, Given, KeyedSession, Resource, SyncFace, in_threads

from pywry_auth.errors import (
    AuthenticationError,
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenExpiredError,
)
from pywry_auth.http_auth.futility import FREE_TRIES, Futility
from pywry_auth.http_auth.httpx_auth import HttpxAuth
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.protocol.origin import safe_origin
from pywry_auth.protocol.renewal import MAX_BACKOFF
from pywry_auth.runtime import LOOP
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


class Scene:
    """A person who is signed in, and a resource that knows which token counts."""

    def __init__(self, face, *, life=3600.0, **changes):
        self.face = face
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock, life=life)
        self.session = KeyedSession(self.provider, MemoryTokenStore(), clock=self.clock)
        asyncio.run(self.session.save_tokens(self.provider.tokens(**changes)))
        self.api = Resource(self.answer)
        self.accepts = {"Bearer access-1"}

    def answer(self, asked):
        return Given(200, {}, asked.body) if asked.authorization in self.accepts else INVALID

    def expire_at_the_resource(self):
        """Let the resource take the next token only, though this one has not ended by our clock."""
        self.accepts = {"Bearer access-2"}

    def client(self, **options):
        return self.face(self.session, [self.api.origin], clock=self.clock, **options)

    @property
    def renewals(self):
        return len(self.provider.refreshed_with)


@pytest.fixture(params=FACES)
def scene(request):
    scene = Scene(request.param)
    with scene.api:
        yield scene


def test_the_token_is_attached(scene):
    with scene.client() as client:
        assert client.get(f"{scene.api.url}/me").status == 200
    assert scene.api.tokens == ["Bearer access-1"]
    assert scene.renewals == 0


def test_a_token_that_has_ended_is_renewed_before_it_is_sent(scene):
    scene.clock.advance(3600)
    scene.expire_at_the_resource()
    with scene.client() as client:
        assert client.get(scene.api.url).status == 200
    assert scene.api.tokens == ["Bearer access-2"]


def test_a_refused_token_is_renewed_once_and_the_request_repeated(scene):
    scene.expire_at_the_resource()
    with scene.client() as client:
        answer = client.get(f"{scene.api.url}/me?x=1")
    assert answer.status == 200
    assert answer.history == (401,)
    assert scene.api.tokens == ["Bearer access-1", "Bearer access-2"]
    assert [asked.path for asked in scene.api.asked] == ["/me?x=1", "/me?x=1"]
    assert scene.renewals == 1


def test_a_second_refusal_is_the_callers_answer(scene):
    scene.accepts = set()
    with scene.client() as client:
        assert client.get(scene.api.url).status == 401
    assert scene.api.tokens == ["Bearer access-1", "Bearer access-2"]
    assert scene.renewals == 1


def test_the_newest_refresh_token_is_used_each_time(scene):
    """fapi2-security-profile-final-client-test-client-refresh-token-test."""
    scene.accepts = {"Bearer access-3"}  # until two refreshes were done
    with scene.client() as client:
        assert client.get(scene.api.url).status == 401
        assert client.get(scene.api.url).status == 200
    assert scene.provider.refreshed_with == ["refresh-1", "refresh-2"]
    assert len(scene.api.asked) == 4


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_methods_that_change_something_are_repeated_too(scene, method):
    scene.expire_at_the_resource()
    with scene.client() as client:
        answer = client.request(method, scene.api.url, content=b"all of it")
    assert answer.status == 200
    assert [asked.body for asked in scene.api.asked] == [b"all of it", b"all of it"]
    assert {asked.method for asked in scene.api.asked} == {method}


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Bearer",
        'bEARER error="invalid_token"',
        'Basic realm="x"',
        'Bearer error="',
        "\t,=;",
    ],
)
def test_a_refusal_in_any_words_renews(scene, challenge):
    scene.expire_at_the_resource()
    refusal = Given(401, {"WWW-Authenticate": challenge})
    accepting = scene.api.answer
    scene.api.answer = lambda asked: refusal if (given := accepting(asked)) is INVALID else given
    with scene.client() as client:
        assert client.get(scene.api.url).status == 200


@pytest.mark.parametrize("word", ["insufficient_scope", "invalid_request", "invalid_dpop_proof"])
def test_a_refusal_that_another_token_would_meet_too_renews_nothing(scene, word):
    scene.api.answer = lambda _: Given(401, {"WWW-Authenticate": f'Bearer error="{word}"'})
    with scene.client() as client:
        assert client.get(scene.api.url).status == 401
    assert scene.renewals == 0
    assert len(scene.api.asked) == 1


@pytest.mark.parametrize("status", [200, 204, 302, 400, 403, 404, 407, 429, 500, 503])
def test_any_other_answer_is_the_callers(scene, status):
    scene.api.answer = lambda _: Given(status, INVALID.headers, b"")
    with scene.client() as client:
        assert client.get(scene.api.url).status == status
    assert scene.renewals == 0
    assert len(scene.api.asked) == 1


@pytest.mark.parametrize("face", FACES)
def test_an_unknown_end_is_no_end_until_the_resource_says_so(face):
    """fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in."""
    scene = Scene(face, life=None)
    scene.clock.advance(10 * 365 * 86400)
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 200
        assert scene.renewals == 0
        scene.expire_at_the_resource()
        assert client.get(scene.api.url).status == 200
    assert scene.renewals == 1


@pytest.mark.parametrize("face", FACES)
def test_the_type_of_a_token_is_said_in_one_way(face):
    """fapi2-security-profile-final-client-test-token-type-case-insensitivity."""
    scene = Scene(face, token_type="bEARER")
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 200
    assert scene.api.tokens == ["Bearer access-1"]


def test_a_header_of_the_callers_own_is_left_alone(scene):
    with scene.client() as client:
        answer = client.get(scene.api.url, headers={"authorization": "Bearer mine"})
    assert answer.status == 401
    assert scene.api.tokens == ["Bearer mine"]
    assert scene.renewals == 0


def test_another_origin_gets_no_token(scene):
    with Resource(lambda _: INVALID) as stranger, scene.client() as client:
        assert client.get(stranger.url).status == 401
    assert stranger.tokens == [None]
    assert scene.renewals == 0


def test_the_same_machine_under_another_name_is_another_origin(scene):
    with scene.client() as client:
        client.get(scene.api.url.replace("127.0.0.1", "localhost"))
    assert scene.api.tokens == [None]


@pytest.mark.parametrize("make", [HttpxAuth, RequestsAuth])
@pytest.mark.parametrize("origins", [[], "https://api.example", ["https://*.example"], ["ftp://x"]])
def test_who_may_be_given_the_token_must_be_said(make, origins):
    session = KeyedSession(ScriptedProvider(VirtualClock()), MemoryTokenStore())
    with pytest.raises(ConfigError):
        make(session, allowed_origins=origins)


# Many at once


def test_fifty_requests_with_one_ended_token_renew_once(scene):
    scene.expire_at_the_resource()
    with scene.client() as client:
        answers = client.many([f"{scene.api.url}/{n}" for n in range(50)])
    assert [answer.status for answer in answers] == [200] * 50
    assert scene.renewals == 1
    assert scene.api.tokens.count("Bearer access-2") == 50


def test_faces_share_one_renewal(scene):
    scene.expire_at_the_resource()

    def ask(face):
        with face(scene.session, [scene.api.origin], clock=scene.clock) as client:
            return client.get(scene.api.url).status

    assert in_threads(ask, FACES * 4) == [200] * 12
    assert scene.renewals == 1


def test_a_token_that_was_renewed_meanwhile_is_not_renewed_again(scene):
    def answer(asked):
        if asked.authorization == "Bearer access-1":  # somebody else was quicker
            LOOP.run(scene.session.refresh())
            return INVALID
        return Given(200)

    scene.api.answer = answer
    with scene.client() as client:
        assert client.get(scene.api.url).status == 200
    assert scene.renewals == 1


# A resource that refuses every token


def test_a_resource_that_refuses_every_token_does_not_wear_the_provider_out(scene):
    scene.accepts = set()
    with scene.client() as client:
        for _ in range(20):
            assert client.get(scene.api.url).status == 401
        assert scene.renewals == FREE_TRIES
        scene.clock.advance(MAX_BACKOFF)
        for _ in range(20):
            assert client.get(scene.api.url).status == 401
    assert scene.renewals == FREE_TRIES + 1


def test_it_is_asked_as_before_once_it_takes_another_token(scene):
    scene.accepts = set()
    with scene.client() as client:
        for _ in range(5):
            client.get(scene.api.url)
        token = scene.provider.tokens()
        asyncio.run(scene.session.save_tokens(token))
        scene.accepts = {f"Bearer {token.access_token}"}
        assert client.get(scene.api.url).status == 200
        scene.accepts = {"Bearer access-6"}
        assert client.get(scene.api.url).history == (401,)
    assert scene.renewals == FREE_TRIES + 1


def test_one_address_that_refuses_what_others_take_does_not_either(scene):
    scene.api.answer = lambda asked: INVALID if asked.path == "/no" else Given()
    with scene.client() as client:
        for _ in range(10):
            assert client.get(f"{scene.api.url}/no").status == 401
            assert client.get(f"{scene.api.url}/yes").status == 200
    assert scene.renewals == FREE_TRIES


def test_many_refusals_of_one_token_count_once():
    futility = Futility(clock := VirtualClock())
    origin = safe_origin("https://api.example.com")
    for _ in range(50):
        futility.refused(origin, "one")
    assert futility.allows(origin)
    for number in range(FREE_TRIES - 1):
        futility.refused(origin, str(number))
    assert not futility.allows(origin)
    assert futility.allows(safe_origin("https://another.example.com"))
    clock.advance(MAX_BACKOFF)
    assert futility.allows(origin)


# What goes wrong


def test_offline_is_told_as_such(scene):
    scene.expire_at_the_resource()
    scene.provider.script = [RefreshTransportError("nobody answered")]
    with scene.client() as client, pytest.raises(RefreshTransportError, match="nobody answered"):
        client.get(scene.api.url)
    assert scene.session.tokens.access_token == "access-1"


def test_a_session_that_was_ended_needs_a_person(scene):
    scene.expire_at_the_resource()
    scene.provider.script = [ReauthRequiredError("refused", error="invalid_grant")]
    with scene.client() as client, pytest.raises(ReauthRequiredError):
        client.get(scene.api.url)


@pytest.mark.parametrize("face", FACES)
def test_a_token_that_cannot_be_renewed_is_refused_to_the_caller(face):
    scene = Scene(face, refresh_token=None)
    scene.accepts = set()
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 401
    assert len(scene.api.asked) == 1


def test_nobody_who_is_signed_out_sends_anything(scene):
    asyncio.run(scene.session.logout())
    with scene.client() as client, pytest.raises(TokenExpiredError):
        client.get(scene.api.url)
    assert scene.api.asked == []


@pytest.mark.parametrize("face", [FACES[0], FACES[2]])
def test_a_blocking_request_on_the_packages_own_loop_is_refused(face):
    scene = Scene(face)

    async def ask():
        with scene.client() as client:
            client.get(scene.api.url)

    with scene.api, pytest.raises(AuthenticationError, match="wait for itself"):
        LOOP.run(ask())
    assert scene.api.asked == []


def test_no_token_is_told_to_anybody(scene, caplog):
    scene.expire_at_the_resource()
    with caplog.at_level(logging.DEBUG), scene.client() as client:
        client.get(scene.api.url)
        scene.accepts = set()
        scene.provider.script = [RefreshTransportError("nobody answered")]
        with pytest.raises(RefreshTransportError) as caught:
            client.get(scene.api.url)
    told = repr(client.auth) + str(client.auth) + "".join(format_exception(caught.value))
    assert scene.api.origin in repr(client.auth)
    assert "access-" not in told
    assert "refresh-" not in told
    ours = [record for record in caplog.records if record.name.startswith("pywry_auth")]
    assert "access-" not in " ".join(map(str, (vars(record) for record in ours)))


# The libraries' own ways


def test_cookies_are_not_touched(scene):
    scene.expire_at_the_resource()
    accepting = scene.api.answer

    def answer(asked):
        given = accepting(asked)
        return Given(given.status, {**given.headers, "Set-Cookie": "seen=yes"})

    scene.api.answer = answer
    with scene.client(cookies={"mine": "1"}) as client:
        client.get(scene.api.url)
    assert [asked.headers["cookie"] for asked in scene.api.asked] == ["mine=1", "mine=1"]


def test_answers_may_be_streamed():
    scene = Scene(SyncFace)
    scene.expire_at_the_resource()
    scene.api.answer = lambda asked: (
        Given(200, {}, b"x" * 300_000) if asked.authorization in scene.accepts else INVALID
    )
    auth = HttpxAuth(scene.session, allowed_origins=[scene.api.origin])
    with (
        scene.api,
        httpx.Client(auth=auth, trust_env=False) as client,
        client.stream("GET", scene.api.url) as response,
    ):
        assert sum(map(len, response.iter_bytes(1000))) == 300_000
    auth = RequestsAuth(scene.session, allowed_origins=[scene.api.origin])
    scene.accepts = {"Bearer access-3"}
    scene.api = Resource(scene.api.answer)
    auth = RequestsAuth(scene.session, allowed_origins=[scene.api.origin])
    with (
        scene.api,
        requests.Session() as client,
        client.get(scene.api.url, auth=auth, stream=True) as response,
    ):
        assert not response._content_consumed
        assert sum(map(len, response.iter_content(1000))) == 300_000


def test_a_request_that_is_sent_twice_takes_the_newest_token_each_time():
    scene = Scene(SyncFace)
    auth = HttpxAuth(scene.session, allowed_origins=[scene.api.origin])
    request = httpx.Request("GET", scene.api.url)
    with scene.api, httpx.Client(auth=auth, trust_env=False) as client:
        client.send(request)
        LOOP.run(scene.session.refresh())
        scene.expire_at_the_resource()
        client.send(request)
    assert scene.api.tokens == ["Bearer access-1", "Bearer access-2"]


def test_a_prepared_request_that_is_sent_again_is_repaired_each_time():
    scene = Scene(SyncFace)
    auth = RequestsAuth(scene.session, allowed_origins=[scene.api.origin])
    with scene.api, requests.Session() as client:
        request = client.prepare_request(requests.Request("GET", scene.api.url, auth=auth))
        for number in (2, 3, 4):
            scene.accepts = {f"Bearer access-{number}"}
            assert client.send(request).status_code == 200
    assert scene.renewals == 3
    assert len(scene.api.asked) == 6


def test_without_requests_the_extra_is_named():
    code = (
        "import sys; sys.modules['requests'] = None; from pywry_auth import HttpxAuth\n"
        "try:\n    from pywry_auth import RequestsAuth\n"
        "except ValueError as exc:\n    print(type(exc).__name__, exc.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == 'ConfigError pip install "pywry-auth[requests]"'


def test_a_blocking_request_with_a_fresh_token_enters_no_other_thread(scene, monkeypatch):
    crossings = []
    submit = LOOP.submit
    monkeypatch.setattr(LOOP, "submit", lambda work: crossings.append(work) or submit(work))
    with scene.client() as client:
        assert client.get(scene.api.url).status == 200
        assert crossings == []
        scene.expire_at_the_resource()
        assert client.get(scene.api.url).status == 200
    assert crossings != []
    assert scene.api.tokens == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]
