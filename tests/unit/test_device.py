"""What the device authorization endpoint is asked, what of its answers is shown to a person."""

from urllib.parse import parse_qsl

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.client_auth import NoClientAuth, SecretBasic
from pywry_auth.protocol.device import (
    DEVICE_GRANT,
    MAX_LIFE,
    DeviceAuthorization,
    device_request,
    device_token_request,
    read_device_reply,
)


NOW = 1_800_000_000.0
ENDPOINT = "https://id.example.com/device/code"
HERE = "http://127.0.0.1:8080/device/code"
PROOF = NoClientAuth("me").proof(audience="https://id.example.com", now=NOW)
RIGHT = {
    "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://id.example.com/device",
    "verification_uri_complete": "https://id.example.com/device?user_code=WDJB-MJHT",
    "expires_in": 1800,
    "interval": 5,
}
DROPPED = object()


def read(status=200, endpoint=ENDPOINT, **changes):
    body = {name: value for name, value in (RIGHT | changes).items() if value is not DROPPED}
    return read_device_reply(reply(body, status), device_url=endpoint, now=NOW)


def fields(request):
    return dict(parse_qsl(request.body.decode()))


def test_the_endpoint_is_asked_with_client_and_scope():
    request = device_request(ENDPOINT, proof=PROOF, scope="openid email")
    assert request.method == "POST"
    assert fields(request) == {"client_id": "me", "scope": "openid email"}
    assert fields(device_request(ENDPOINT, proof=PROOF, scope="")) == {"client_id": "me"}


def test_the_client_proves_itself_at_both_endpoints():
    proof = SecretBasic("me", "secret").proof(audience="", now=NOW)
    for request in (
        device_request(ENDPOINT, proof=proof, scope=""),
        device_token_request(ENDPOINT, proof=proof, device_code="x"),
    ):
        assert request.headers["authorization"].startswith("Basic ")
        assert "secret" not in repr(request)


def test_tokens_are_asked_for_with_the_device_code():
    request = device_token_request(ENDPOINT, proof=PROOF, device_code="the code")
    assert fields(request) == {
        "grant_type": DEVICE_GRANT,
        "device_code": "the code",
        "client_id": "me",
    }
    assert "the code" not in repr(request)


def test_a_whole_answer_is_read():
    found = read()
    assert found.device_code == RIGHT["device_code"]
    assert found.interval == 5.0
    assert found.expires_in == 1800.0
    assert found.prompt.user_code == "WDJB-MJHT"
    assert found.prompt.host == "id.example.com"
    assert found.prompt.verification_uri == RIGHT["verification_uri"]
    assert found.prompt.scanned_uri == RIGHT["verification_uri_complete"]
    assert found.prompt.expires_at == NOW + 1800
    assert found.prompt.seconds_left(NOW + 1000) == 800
    assert found.prompt.seconds_left(NOW + 5000) == 0


def test_neither_code_prints():
    found = read()
    assert "WDJB" not in repr(found)
    assert RIGHT["device_code"] not in repr(found)


@pytest.mark.parametrize(
    ("sent", "seconds"), [(DROPPED, 5.0), (None, 5.0), (0, 1.0), (2.5, 2.5), ("7", 7.0)]
)
def test_the_interval_is_five_seconds_unless_said(sent, seconds):
    assert read(interval=sent).interval == seconds


@pytest.mark.parametrize("sent", [-1, "soon", "", True, float("nan"), float("inf"), 601, [5]])
def test_an_interval_that_is_nonsense_is_refused(sent):
    with pytest.raises(TokenError, match=r"interval|no device authorization"):
        read(interval=sent)


@pytest.mark.parametrize(("sent", "seconds"), [(1800, 1800), ("900", 900), (10**9, MAX_LIFE)])
def test_a_life_is_read_and_never_longer_than_a_day(sent, seconds):
    assert read(expires_in=sent).expires_in == seconds


@pytest.mark.parametrize(
    "sent", [DROPPED, None, 0, -5, "soon", True, float("nan"), float("inf"), {}]
)
def test_a_life_that_is_nonsense_is_refused(sent):
    with pytest.raises(TokenError):
        read(expires_in=sent)


@pytest.mark.parametrize(
    "sent",
    [
        DROPPED,
        "",
        7,
        " ",
        "ABCD ",
        "A" * 41,
        "AB\nCD",
        "AB\x1b[2JCD",
        "\u0410BCD",  # a Cyrillic A
        "ABCD\u202eDCBA",
        "AB\u200bCD",
    ],
)
def test_a_code_no_person_could_read_and_type_is_refused(sent):
    with pytest.raises(TokenError, match=r"user_code|no device authorization"):
        read(user_code=sent)


@pytest.mark.parametrize("sent", ["A", "WDJB MJHT", "123-456-789", "a" * 40, "~!"])
def test_a_code_of_ordinary_characters_is_shown_as_it_is(sent):
    assert read(user_code=sent).prompt.user_code == sent


@pytest.mark.parametrize("sent", [DROPPED, "", "x" * 8193, "a\nb", "\u00e9", 5])
def test_a_device_code_that_cannot_be_sent_back_is_refused(sent):
    with pytest.raises(TokenError):
        read(device_code=sent)


BAD_ADDRESSES = [
    "http://id.example.com/device",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//id.example.com/device",
    "id.example.com/device",
    "",
    "https://",
    "https://user:pass@id.example.com/",
    "https://id.example.com\\@evil.example/",
    "https://id.example.com/ device",
    "https://id.example.com/\x1b[2J",
    "https://\u0456d.example.com/device",
    "https://id.example.com/" + "x" * 1024,
    "http://127.0.0.1:9000/device",
    "https://localhost/device",
    "https://id.example.com:99999/",
]


@pytest.mark.parametrize("sent", [*BAD_ADDRESSES, DROPPED, 7])
def test_an_address_nobody_should_open_is_refused(sent):
    with pytest.raises(TokenError):
        read(verification_uri=sent, verification_uri_complete=DROPPED)


@pytest.mark.parametrize("sent", [url for url in BAD_ADDRESSES if url])
def test_a_complete_address_nobody_should_open_is_refused(sent):
    with pytest.raises(TokenError):
        read(verification_uri_complete=sent)


@pytest.mark.parametrize(
    "sent",
    [
        DROPPED,
        None,
        "",
        7,
        "https://evil.example/device?c=1",
        "https://id.example.com.evil.example/",
    ],
)
def test_a_code_is_scanned_at_the_host_that_is_named_or_typed(sent):
    prompt = read(verification_uri_complete=sent).prompt
    assert prompt.verification_uri_complete == ""
    assert prompt.scanned_uri == prompt.verification_uri


def test_the_host_is_that_of_the_port_too():
    prompt = read(
        verification_uri="https://id.example.com:8443/device",
        verification_uri_complete="https://id.example.com/device?c=1",
    ).prompt
    assert prompt.host == "id.example.com:8443"
    assert prompt.verification_uri_complete == ""


def test_a_page_that_routes_by_its_fragment_may_be_opened():
    url = "https://d-123.example.com/start/#/device"
    assert read(verification_uri=url).prompt.verification_uri == url


def test_a_provider_on_this_machine_may_name_this_machine():
    url = "http://127.0.0.1:8080/device"
    assert read(endpoint=HERE, verification_uri=url).prompt.verification_uri == url


def test_the_older_name_of_the_address_is_understood():
    found = read(verification_uri=DROPPED, verification_url="https://www.example.com/device")
    assert found.prompt.verification_uri == "https://www.example.com/device"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_server_that_says_not_now_is_no_refusal(status):
    with pytest.raises(TokenTransportError):
        read(status)


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_refusal_is_told_with_its_word(status):
    body = {"error": "unauthorized_client", "error_description": "not for\x1b[2J you"}
    with pytest.raises(TokenError, match=r"not for .2J you") as caught:
        read_device_reply(reply(body, status), device_url=ENDPOINT, now=NOW)
    assert caught.value.error == "unauthorized_client"
    assert type(caught.value) is TokenError


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"error": 7}'])
def test_an_answer_that_is_none_is_refused(body):
    with pytest.raises(TokenError, match="no device authorization"):
        read_device_reply(reply(body), device_url=ENDPOINT, now=NOW)


def test_a_good_answer_under_a_bad_status_is_none():
    with pytest.raises(TokenError):
        read(302)


values = st.none() | st.booleans() | st.floats() | st.text(max_size=30) | st.integers()


@given(st.dictionaries(st.sampled_from(sorted(RIGHT)), values))
def test_whatever_arrives_is_a_whole_authorization_or_a_typed_error(changes):
    try:
        found = read(**changes)
    except TokenError:
        return
    assert isinstance(found, DeviceAuthorization)
    assert found.prompt.user_code.isprintable()
    assert found.prompt.user_code.isascii()
    assert found.prompt.verification_uri.startswith("https://")
    assert 1 <= found.interval <= 600
    assert 1 <= found.expires_in <= MAX_LIFE
