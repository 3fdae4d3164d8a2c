"""Who signed in, as userinfo tells it."""

import pytest
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError, TokenTransportError
from pywry_auth.protocol.userinfo import (
    read_userinfo,
    require_same_subject,
    signed_userinfo,
    subject_of,
    userinfo_request,
)
from pywry_auth.protocol.wire import WireReply


def test_the_token_goes_in_the_header_and_nowhere_else():
    request = userinfo_request("https://op.example/me", authorization="Bearer t")
    assert request.url == "https://op.example/me"
    assert request.headers["authorization"] == "Bearer t"
    assert request.body == b""


def test_claims_are_a_json_object():
    assert read_userinfo(reply({"sub": "a"})) == {"sub": "a"}


@given(st.binary().filter(lambda b: not b.strip().startswith(b"{")))
def test_anything_else_did_not_come_from_userinfo(body):
    with pytest.raises(TokenTransportError):
        read_userinfo(WireReply(200, {}, body))


@pytest.mark.parametrize("kind", ["application/jwt", "application/JWT; charset=utf-8"])
def test_signed_claims_are_known_by_their_type(kind):
    assert signed_userinfo(reply(b" a.b.c\n", content_type=kind)) == "a.b.c"
    assert signed_userinfo(reply(b"\xff", content_type=kind)) == "�"


def test_other_types_are_not_signed():
    assert signed_userinfo(reply({})) is None
    assert signed_userinfo(WireReply(200, {}, b"")) is None


@pytest.mark.parametrize("userinfo", [{}, {"sub": "bob"}, {"sub": None}, {"sub": ["alice"]}])
def test_another_subject_is_refused(userinfo):
    with pytest.raises(TokenError):
        require_same_subject(userinfo, "alice")


def test_the_same_subject_is_fine():
    require_same_subject({"sub": "alice"}, "alice")


@pytest.mark.parametrize(
    ("id_token_subject", "userinfo", "subject"),
    [
        ("a", {"sub": "b"}, "a"),
        ("", {"sub": "b", "id": 1}, "b"),
        ("", {"id": 0, "login": "l"}, "0"),
        ("", {"id": False, "login": "l"}, "l"),
        ("", {"sub": ["x"], "email": "m"}, "m"),
        ("", {}, ""),
    ],
)
def test_the_subject_is_found_in_order(id_token_subject, userinfo, subject):
    assert subject_of(id_token_subject, userinfo) == subject
