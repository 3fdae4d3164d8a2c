"""Accounts connected at real authorization servers, as an application with integrations does it."""

import asyncio
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from pywry_auth.errors import CallbackError, ReauthRequiredError, TokenError
from pywry_auth.integrations import OAuth2AppCredentials, OAuth2Flow
from tests.providers_kit import ALL, OidcProviderOP, running


SECRET = "a secret+with:signs%&="
SCOPE = ["openid", "email", "offline_access"]


@contextmanager
def callback():
    """Give a redirect URI where somebody answers; the answer itself is of no interest."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/callback"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def home():
    with callback() as uri:
        yield uri


@pytest.fixture(scope="module", params=ALL, ids=lambda kind: kind.__name__)
def op(request):
    yield from running(request.param)


def flow_at(op, home, **fields):
    found = httpx.get(op.discovery_url, timeout=10).json()
    app = OAuth2AppCredentials(
        authorization_url=found["authorization_endpoint"],
        token_url=found["token_endpoint"],
        issuer=found["issuer"]
        if found.get("authorization_response_iss_parameter_supported")
        else "",
        redirect_uri=home,
        **{"client_id": op.client_id, **fields},
    )
    return OAuth2Flow(app, default_scope=SCOPE, authorize_params={"prompt": "consent"})


async def connect(flow, op):
    begun = await flow.authorize()
    answered = await asyncio.to_thread(op.walk, begun["authorization_url"])
    response = str(answered.url)
    return await flow.exchange(subject="ada", authorization_response=response), response


def test_4a_31_an_account_is_connected_and_renewed(op, home):
    async def scenario():
        flow = flow_at(op, home)
        found, response = await connect(flow, op)
        assert found.access_token
        assert found.scheme == "Bearer"
        assert "openid" in found.scopes
        assert found.expires_at is not None
        renewed = await flow.refresh(subject="ada", credentials=found)
        # canaille's tokens say the second they were made in, so two may be alike
        assert renewed.access_token
        assert renewed.issued_at > found.issued_at
        assert renewed.refresh_token
        assert renewed.scopes == found.scopes
        with pytest.raises(CallbackError):
            await flow.exchange(subject="ada", authorization_response=response)
        await flow.close()

    asyncio.run(scenario())


def test_a_person_who_says_no_is_told_apart(op, home):
    async def scenario():
        flow = flow_at(op, home)
        begun = await flow.authorize()
        answered = await asyncio.to_thread(op.walk, begun["authorization_url"], deny=True)
        with pytest.raises(CallbackError) as caught:
            await flow.exchange(subject="ada", authorization_response=str(answered.url))
        assert caught.value.error == "access_denied"
        await flow.close()

    asyncio.run(scenario())


def clients(home):
    for method in ("client_secret_basic", "client_secret_post"):
        yield {
            "client_id": method,
            "client_secret": SECRET,
            "token_endpoint_auth_method": method,
            "redirect_uris": [home],
            "grant_types": ["authorization_code", "refresh_token"],
        }


@pytest.fixture(scope="module")
def certified(home):
    yield from running(OidcProviderOP, clients=list(clients(home)))


@pytest.mark.parametrize("method", [None, "client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("included", [False, True])
def test_4a_25_a_client_with_a_secret_is_believed(certified, home, method, included):
    async def scenario():
        flow = flow_at(
            certified,
            home,
            client_id=method or "client_secret_basic",
            client_secret=SECRET,
            token_endpoint_auth_method=method,
            include_client_id=included,
        )
        found, _ = await connect(flow, certified)
        assert (await flow.refresh(credentials=found)).access_token
        await flow.close()

    asyncio.run(scenario())


def test_a_wrong_secret_is_told_without_being_repeated(certified, home):
    async def scenario():
        wrong = "hemmelig-4711"
        flow = flow_at(certified, home, client_id="client_secret_basic", client_secret=wrong)
        with pytest.raises(TokenError) as caught:
            await connect(flow, certified)
        assert caught.value.error == "invalid_client"
        assert wrong not in str(caught.value)
        await flow.close()

    asyncio.run(scenario())


def test_a_refresh_token_that_does_not_count_any_more_wants_a_person(certified, home):
    async def scenario():
        flow = flow_at(certified, home)
        with pytest.raises(ReauthRequiredError):
            await flow.refresh(refresh_token="never-given")
        await flow.close()

    asyncio.run(scenario())
