"""A program's tokens on the requests of httpx and requests, through the objects for sessions."""

import asyncio

import httpx
import pytest
import requests
from fakes.provider import ScriptedProvider
from grants_kit import API, World
from resource_kit import FACES, INVALID, Given, Resource, in_threads

from pywry_auth import ClientCredentialsAuth, HttpxAuth, RequestsAuth, SessionManager, TokenManager
from pywry_auth.errors import ConfigError, ReauthRequiredError, RefreshTransportError
from pywry_auth.grants import BearerAuth
from pywry_auth.runtime import LOOP
from pywry_auth.token_store import MemoryTokenStore


@pytest.fixture
def world():
    return World()


@pytest.fixture(params=FACES)
def face(request):
    return request.param


def taking(*tokens):
    """A resource that takes these tokens only."""
    taken = {f"Bearer {one}" for one in tokens}
    return Resource(lambda asked: Given() if asked.authorization in taken else INVALID)


def test_a_managers_token_goes_to_the_allowed_origins_only(world, face):
    with taking("access-1") as api, taking() as other:
        with face(world.manager(), [api.origin]) as client:
            assert client.get(f"{api.url}/me").status == 200
            assert client.get(f"{api.url}/me").status == 200
            assert client.get(f"{other.url}/me").status == 401
        assert api.tokens == ["Bearer access-1"] * 2
        assert other.tokens == [None]
    assert len(world.granted) == 1


def test_a_refused_token_is_renewed_once_and_the_request_repeated(world, face):
    manager = world.manager()
    with taking("access-2") as api, face(manager, [api.origin]) as client:
        assert client.get(f"{api.url}/me").status == 200
        assert client.get(f"{api.url}/me").status == 200
        assert api.tokens == ["Bearer access-1", *["Bearer access-2"] * 2]
    assert len(world.granted) == 2
    assert manager.tokens.access_token == "access-2"


def test_a_second_refusal_is_the_callers_answer(world, face):
    with taking() as api, face(world.manager(), [api.origin]) as client:
        assert client.get(f"{api.url}/me").status == 401
        assert api.tokens == ["Bearer access-1", "Bearer access-2"]
    assert len(world.granted) == 2


def test_many_requests_with_one_refused_token_renew_it_once(world, face):
    manager = world.manager()
    manager.authorization_header()
    with taking("access-2") as api, face(manager, [api.origin]) as client:
        answers = client.many([f"{api.url}/{number}" for number in range(12)])
        assert [one.status for one in answers] == [200] * 12
        assert set(api.tokens) == {"Bearer access-1", "Bearer access-2"}
    assert len(world.granted) == 2


def test_all_three_libraries_share_one_manager(world):
    manager = world.manager()
    with taking("access-2") as api:

        def ask(face):
            with face(manager, [api.origin]) as client:
                return client.get(f"{api.url}/me").status

        assert in_threads(ask, FACES * 3) == [200] * 9
    assert len(world.granted) == 2


def test_a_token_that_has_ended_is_renewed_before_it_is_sent(world, face):
    manager = world.manager()
    manager.authorization_header()
    world.clock.advance(3600)
    with taking("access-2") as api, face(manager, [api.origin]) as client:
        assert client.get(f"{api.url}/me").status == 200
        assert api.tokens == ["Bearer access-2"]


def test_a_session_that_ended_needs_a_person(world, face):
    manager = world.manager(person=True)
    manager.authorization_header()
    world.refuses_grants = True
    with (
        taking() as api,
        face(manager, [api.origin]) as client,
        pytest.raises(ReauthRequiredError),
    ):
        client.get(f"{api.url}/me")


def test_without_a_network_the_callers_learn_that_it_is_the_network(face):
    def gone(request):
        raise httpx.ConnectError("nobody is there", request=request)

    grant = ClientCredentialsAuth("id", "secret")
    with (
        httpx.Client(transport=httpx.MockTransport(gone)) as http,
        taking() as api,
        face(TokenManager(grant, http=http, token_url=f"{API}/token"), [api.origin]) as client,
        pytest.raises(RefreshTransportError),
    ):
        client.get(f"{api.url}/me")
    assert api.asked == []


def test_the_packages_own_loop_goes_on_while_a_manager_waits(world):
    # What blocks a manager must never block the loop that all sessions share.
    manager = world.manager()

    async def ask():
        return await manager.get_access_token(), LOOP.is_here

    assert LOOP.run(ask()) == ("access-1", True)
    assert asyncio.run(manager.dpop_key()) is None


@pytest.mark.parametrize("make", [HttpxAuth, RequestsAuth])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("a-token", "session is str"),
        (None, "session is NoneType"),
        (MemoryTokenStore(), "session is MemoryTokenStore"),
        (ClientCredentialsAuth("c", "s"), "session is ClientCredentialsAuth"),
        (SessionManager, "session is the class SessionManager"),
    ],
)
def test_what_is_no_session_is_refused_at_once(make, given, words):
    with pytest.raises(ConfigError, match=words) as caught:
        make(given, allowed_origins=[API])
    assert "a-token" not in str(caught.value)


def test_a_bearer_wants_a_manager(world):
    session = SessionManager(ScriptedProvider(world.clock), MemoryTokenStore(), clock=world.clock)
    with pytest.raises(ConfigError, match="is SessionManager, not a TokenManager") as caught:
        BearerAuth(session, allowed_origins=[API])
    assert "HttpxAuth" in caught.value.hint


@pytest.mark.parametrize("make", [BearerAuth, HttpxAuth])
def test_requests_with_an_object_for_httpx_is_told_which_one_to_use(world, make):
    auth = make(world.manager(), allowed_origins=[API])
    with pytest.raises(TypeError, match=r"for requests use RequestsAuth\(.*allowed_origins"):
        requests.get(API, auth=auth, timeout=5)


def test_httpx_with_the_object_for_requests_is_told_which_one_to_use(world):
    auth = RequestsAuth(world.manager(), allowed_origins=[API])
    with (
        world.client(auth=auth) as client,
        pytest.raises(TypeError, match=r"for httpx use HttpxAuth\(.*allowed_origins"),
    ):
        client.get(API)
    assert world.asked == []
