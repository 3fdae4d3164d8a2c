"""The device grant of a program, whatever a server answers in whatever order."""

from itertools import pairwise
from urllib.parse import parse_qsl

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import (
    AuthError,
    AuthFlowCancelled,
    TokenError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.grants import DeviceCodeAuth
from pywry_auth.grants.device import granted_by_device
from pywry_auth.protocol.client_auth import PrivateKeyJwt, SecretBasic, SecretPost
from pywry_auth.protocol.wire import WireReply
from pywry_auth.testing import VirtualClock
from pywry_auth.testing.assertion import client_key_pem
from pywry_auth.tokens import OAuthTokenSet
from tests.relying_party import chain


DEVICE_URL = "https://id.example.com/device"
TOKEN_URL = "https://id.example.com/token"
LIFE = 120.0  # seconds the code is good
BEGUN = {
    "device_code": "the-device-code",
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://id.example.com/confirm",
    "expires_in": LIFE,
    "interval": 5,
}
TOKENS = {"access_token": "at", "token_type": "Bearer", "refresh_token": "rt", "expires_in": 60}


def said(word, status=400):
    return reply({"error": word}, status)


ANSWERS = {
    "pending": said("authorization_pending"),
    "slow": said("slow_down"),
    "busy": WireReply(503, {"retry-after": "7"}, b""),
    "cut": TransportError("nobody is there"),
    "denied": said("access_denied"),
    "ended": said("expired_token"),
    "refused": said("invalid_client", 401),
    "page": reply(b"<html>hotel</html>"),
    "number": reply(b"7"),
    "tokens": reply(TOKENS),
}
LAST = {"denied", "ended", "refused", "page", "number", "tokens"}


class Network:
    """Two endpoints that answer from a list, and a clock that each wait turns."""

    def __init__(self, *names, begun=BEGUN):
        self.clock = VirtualClock()
        self.begun = begun
        self.names = list(names)
        self.sent = []
        self.waits = []
        self.asked_at = []
        self.shown = []
        self.gives_up_after = None

    def send(self, request):
        self.sent.append(request)
        if request.url == DEVICE_URL:
            if isinstance(self.begun, Exception):
                raise self.begun
            return reply(self.begun, 400 if "error" in self.begun else 200)
        self.asked_at.append(self.clock.monotonic())
        name = self.names.pop(0) if len(self.names) > 1 else self.names[0]
        if isinstance(ANSWERS[name], Exception):
            raise ANSWERS[name]
        return ANSWERS[name]

    def wait(self, seconds):
        assert seconds >= 0
        self.waits.append(seconds)
        self.clock.advance(seconds)
        return self.gives_up_after is not None and len(self.waits) > self.gives_up_after

    def show(self, prompt):
        self.shown.append(prompt)

    def asks(self, **more):
        grant = DeviceCodeAuth("tv", device_url=DEVICE_URL, show=self.show, **more)
        return granted_by_device(
            grant,
            token_url=TOKEN_URL,
            issuer="https://id.example.com",
            send=self.send,
            clock=self.clock,
            wait=self.wait,
        )

    def form(self, index):
        return parse_qsl(self.sent[index].body.decode())


@given(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=12))
def test_any_order_of_answers_ends_in_tokens_or_an_error_we_know(names):
    network = Network(*names, "pending")
    begin = network.clock.monotonic()
    try:
        outcome = network.asks()
    except AuthError as exc:
        outcome = exc
    heard = [*names, *["pending"] * 100][: len(network.asked_at)]
    assert isinstance(outcome, OAuthTokenSet) == (heard[-1:] == ["tokens"])
    assert not LAST & set(heard[:-1])  # nothing is asked after the end
    assert len(network.shown) == 1
    # Between two questions there is the interval, five seconds longer for each "slow_down".
    moments = [begin, *network.asked_at]
    for number, (before, after) in enumerate(pairwise(moments)):
        assert after - before >= 5 + 5 * heard[:number].count("slow")
    assert network.clock.monotonic() - begin <= LIFE + 5 + 5 * heard.count("slow")


@given(st.sampled_from(["denied", "ended", "refused", "page", "number"]))
def test_no_error_tells_a_code(name):
    with pytest.raises(AuthError) as caught:
        Network("pending", name).asks()
    told = f"{caught.value!r}{caught.value.__dict__}"
    assert "the-device-code" not in told
    assert "ABCD-EFGH" not in told


ECHO = {"error": "invalid_client", "error_description": "no s3cret+& for the-device-code"}


@pytest.mark.parametrize("proof", [SecretPost("tv", "s3cret+&"), SecretBasic("tv", "s3cret+&")])
@pytest.mark.parametrize("word", ["invalid_client", "access_denied"])
def test_4b_19_a_server_that_repeats_secrets_is_not_repeated(proof, word, monkeypatch):
    monkeypatch.setitem(ANSWERS, "refused", reply(ECHO | {"error": word}, 400))
    with pytest.raises(AuthError) as caught:
        Network("pending", "refused").asks(client_auth=proof)
    told = "".join(f"{one!r}{one.__dict__}" for one in chain(caught.value))
    assert "no [removed] for [removed]" in told
    assert "s3cret" not in told
    assert "the-device-code" not in told


def test_4b_19_a_device_endpoint_that_repeats_secrets_is_not_repeated():
    with pytest.raises(TokenError) as caught:
        Network("pending", begun=ECHO).asks(client_auth=SecretPost("tv", "s3cret+&"))
    told = "".join(f"{one!r}{one.__dict__}" for one in chain(caught.value))
    assert "no [removed] for" in told
    assert "s3cret" not in told


def test_the_tokens_are_those_that_came():
    network = Network("pending", "tokens")
    tokens = network.asks(scope="read")
    assert (tokens.access_token, tokens.refresh_token) == ("at", "rt")
    assert tokens.scope == "read"  # the answer said nothing of it
    assert network.waits == [5.0, 5.0]


def test_everything_is_asked_in_the_name_of_the_client_with_its_scope_and_resources():
    network = Network("tokens")
    places = ["https://a.example.com", "https://b.example.com"]
    network.asks(scope="read write", resources=places, audience="api")
    named = [("resource", place) for place in places]
    assert network.form(0) == [
        ("audience", "api"),
        *named,
        ("scope", "read write"),
        ("client_id", "tv"),
    ]
    assert network.form(1) == [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", "the-device-code"),
        *named,
        ("client_id", "tv"),
    ]


@pytest.mark.parametrize(
    "proof",
    [
        SecretPost("tv", "s3cret"),
        SecretBasic("tv", "s3cret"),
        PrivateKeyJwt("tv", client_key_pem().decode()),
    ],
)
def test_4b_29_a_confidential_client_proves_itself_at_each_question_anew(proof):
    network = Network("pending", "tokens")
    network.asks(client_auth=proof)
    assert len(network.sent) == 3
    for index, request in enumerate(network.sent):
        form = dict(network.form(index))
        in_header = "authorization" in request.headers
        assert in_header == isinstance(proof, SecretBasic)
        assert ("client_secret" in form) == isinstance(proof, SecretPost)
        assert ("client_assertion" in form) == isinstance(proof, PrivateKeyJwt)
    if isinstance(proof, PrivateKeyJwt):
        assert len({dict(network.form(index))["client_assertion"] for index in range(3)}) == 3


@pytest.mark.parametrize("after", [0, 1, 2])
def test_who_gives_up_asks_no_more(after):
    network = Network("pending")
    network.gives_up_after = after
    with pytest.raises(AuthFlowCancelled, match="nobody waits"):
        network.asks()
    assert len(network.asked_at) == after


def test_without_a_network_there_is_no_code_to_show():
    network = Network("pending", begun=TransportError("nobody is there"))
    with pytest.raises(TokenTransportError, match="nobody is there"):
        network.asks()
    assert network.shown == []
    assert network.waits == []


def test_the_time_a_person_is_shown_the_code_is_no_pause_of_its_own():
    network = Network("tokens")
    network.show = lambda _prompt: network.clock.advance(30)
    network.asks()
    assert network.waits == [0.0]


def test_a_client_that_may_not_ask_is_told_what_to_change():
    with pytest.raises(TokenError) as caught:
        Network("pending", begun={"error": "unauthorized_client"}).asks()
    assert "let the provider allow this grant" in caught.value.hint
    with pytest.raises(TokenError) as caught:
        Network("pending", "refused").asks()
    assert "check the client id" in caught.value.hint


def test_an_address_that_is_no_endpoint_is_named():
    network = Network("pending", begun={"detail": "Not Found", "error": 404})
    with pytest.raises(TokenError, match="no device authorization") as caught:
        network.asks()
    assert "is device_url the device authorization endpoint" in caught.value.hint
    with pytest.raises(TokenError) as caught:
        Network("page").asks()
    assert "is token_url the token endpoint" in caught.value.hint


def test_a_word_of_the_servers_own_has_no_made_up_advice():
    with pytest.raises(TokenError) as caught:
        Network("pending", begun={"error": "moon_phase"}).asks()
    assert caught.value.hint == ""
