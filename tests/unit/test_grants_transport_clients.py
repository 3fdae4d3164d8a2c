"""Clients of the application's own, with hooks and transports that do more than ours."""

import httpx
import pytest
from grants_kit import API, World

from pywry_auth.errors import (
    ConfigError,
    HTTPStatusError,
    NotFoundError,
    ReauthRequiredError,
    TransportError,
)
from pywry_auth.grants import AuthTransport, TransportSettings


RAISING = {"response": [httpx.Response.raise_for_status]}


class Api:
    """Answers what it is told, in turn, and notes which token came."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.tokens = []

    def __call__(self, request):
        self.tokens.append(request.headers.get("authorization"))
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, BaseException):
            raise step
        return httpx.Response(step, json={"message": "as asked"})


def asking(api, **client):
    world = World()
    http = httpx.Client(transport=httpx.MockTransport(api), **client)
    settings = TransportSettings(max_retries=1)
    return AuthTransport(
        world.manager(), http=http, base_url=API, settings=settings, sleep=world.sleep
    ), http


def test_a_hook_that_raises_hides_no_answer():
    transport, _ = asking(Api(404), event_hooks=RAISING)
    with pytest.raises(NotFoundError) as caught:
        transport.request("GET", "/x")
    assert caught.value.status_code == 404


def test_a_hook_that_raises_keeps_no_token_from_being_renewed():
    api = Api(401, 200)
    transport, _ = asking(api, event_hooks=RAISING)
    assert transport.request("GET", "/x").json() == {"message": "as asked"}
    assert len(set(api.tokens)) == len(api.tokens) == 2


def test_a_second_401_is_the_end_with_a_hook_as_well():
    api = Api(401)
    transport, _ = asking(api, event_hooks=RAISING)
    with pytest.raises(ReauthRequiredError):
        transport.request("GET", "/x")
    assert len(api.tokens) == 2


def test_a_body_that_is_gone_is_not_sent_again_after_a_hook():
    api = Api(401, 200)
    transport, _ = asking(api, event_hooks=RAISING)
    with pytest.raises(HTTPStatusError, match="401") as caught:
        transport.request("POST", "/x", content=iter([b"once"]))
    assert "the token was renewed: send it again" in caught.value.hint
    assert transport.request("POST", "/x", content=b"again").status_code == 200
    assert len(set(api.tokens)) == 2


def test_a_closed_client_is_named():
    transport, http = asking(Api(200))
    http.close()
    with pytest.raises(ConfigError, match="closed"):
        transport.request("GET", "/x")


def test_a_transport_that_breaks_off_in_its_own_way_is_no_answer():
    api = Api(ConnectionResetError("reset"), 200)
    transport, _ = asking(api)
    assert transport.request("GET", "/x").status_code == 200
    with pytest.raises(TransportError, match="ConnectionResetError"):
        asking(Api(ConnectionResetError("reset")))[0].request("POST", "/x")


def test_a_client_of_the_wrong_kind_is_named_at_once():
    with pytest.raises(ConfigError, match="http is AsyncClient"):
        AuthTransport(World().manager(), http=httpx.AsyncClient(), base_url=API)
