"""What is asked at the provider's sign-out page, and what counts as its answer."""

from urllib.parse import parse_qs, urlsplit

from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.protocol.logout import MAX_HINT, LogoutRequest


RETURN = "http://127.0.0.1:8765/logged-out"


def asked(**changes):
    values = {
        "client_id": "me",
        "redirect_uri": RETURN,
        "id_token_hint": "a.b.c",
        "logout_hint": "alice",
    }
    return LogoutRequest.begin("https://op.example/end?tenant=x", **(values | changes))


def query(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def test_everything_the_provider_may_need_is_sent():
    request = asked()
    assert request.url.startswith("https://op.example/end?tenant=x&")
    assert query(request) == {
        "tenant": "x",
        "id_token_hint": "a.b.c",
        "client_id": "me",
        "logout_hint": "alice",
        "post_logout_redirect_uri": RETURN,
        "state": request.state,
    }


def test_what_is_not_known_is_left_out():
    request = asked(id_token_hint=None, logout_hint=None, redirect_uri=None)
    assert query(request) == {"tenant": "x", "client_id": "me"}


def test_a_hint_that_no_server_would_read_is_left_out():
    assert "id_token_hint" not in query(asked(id_token_hint="a" * (MAX_HINT + 1)))
    assert len(query(asked(id_token_hint="a" * MAX_HINT))["id_token_hint"]) == MAX_HINT


def test_each_logout_draws_its_own_state():
    first, second = asked(), asked()
    assert first.state != second.state
    assert len(first.state) == 43


def test_only_our_state_exactly_once_is_our_answer():
    request = asked()
    parse = CallbackParams.parse
    assert request.is_answered_by(parse(f"state={request.state}"))
    assert request.is_answered_by(parse(f"client_id=me&state={request.state}"))
    for stranger in ("", "state=", f"state={request.state}_INVALID", "state=%E2%82%AC"):
        assert not request.is_answered_by(parse(stranger))
    assert not request.is_answered_by(parse(f"state={request.state}&state={request.state}"))


def test_neither_hint_nor_state_prints():
    request = asked()
    for secret in ("a.b.c", "alice", request.state):
        assert secret not in repr(request)
