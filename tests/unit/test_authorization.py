"""One attempt: what it asks, and what it takes for an answer."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import CallbackError
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import MAX_CALLBACK, AuthorizationRequest, CallbackParams
from pywry_auth.protocol.skipped import NO_NONCE, NO_PKCE, UNKNOWN_ISSUER


ISSUER = "https://op.example"
SECRETS = ("state", "nonce", "verifier")


def begin(**changes):
    given_arguments = {
        "openid": True,
        "pkce": PKCEChallenge.generate(),
        "issuer": ISSUER,
        **changes,
    }
    return AuthorizationRequest.begin("http://127.0.0.1:1/callback", **given_arguments)


def ours(attempt, **params):
    return CallbackParams.parse(urlencode({"state": attempt.state, **params}))


def test_every_attempt_draws_256_fresh_bits():
    attempts = [begin() for _ in range(50)]
    assert len({a.state for a in attempts} | {a.nonce for a in attempts}) == 100
    for attempt in attempts:
        assert len(attempt.state) == len(attempt.nonce) == 43


def test_what_an_attempt_sends_beside_state_and_challenge():
    assert begin().extra_params.keys() == {"nonce"}
    assert begin(openid=False).extra_params == {}
    assert begin(openid=False).nonce is NO_NONCE
    assert begin(response_mode="form_post").extra_params["response_mode"] == "form_post"


def test_what_is_left_out_is_left_out_by_name():
    attempt = begin(openid=False, pkce=NO_PKCE)
    assert attempt.challenge is None
    assert attempt.code_verifier is None
    assert attempt.sent_nonce is None


def test_nothing_secret_prints():
    attempt = begin()
    said = repr(attempt) + repr(ours(attempt, code="canary"))
    for secret in (attempt.state, attempt.nonce, attempt.pkce.verifier, "canary"):
        assert secret not in said


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_any_text_is_parameters_or_a_value_error(text):
    for read in (CallbackParams.parse, CallbackParams.from_text):
        try:
            params = read(text)
        except ValueError:
            continue
        assert begin().is_answered_by(params) is False
        with pytest.raises(CallbackError):
            begin(issuer=UNKNOWN_ISSUER).code_from(params)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["code", "state", "iss", "error", "x"]), st.text("ab", max_size=2)
        ),
        max_size=6,
    )
)
def test_repeated_is_what_came_more_than_once(pairs):
    params = CallbackParams.parse(urlencode(pairs))
    names = [name for name, _ in pairs]
    judged = {"code", "state", "iss", "error"}
    assert params.repeated == {name for name in judged if names.count(name) > 1}


def test_too_long_or_too_many_is_a_value_error():
    with pytest.raises(ValueError, match="too long"):
        CallbackParams.parse("a" * (MAX_CALLBACK + 1))
    with pytest.raises(ValueError, match="fields"):
        CallbackParams.parse("&".join("a=b" for _ in range(101)))


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:1/callback?code=c&state=s", "?code=c&state=s", " code=c&state=s\n"],
)
def test_what_a_person_pastes_is_read(text):
    params = CallbackParams.from_text(text)
    assert (params.code, params.state) == ("c", "s")


@pytest.mark.parametrize("text", ["", "hello", "http://127.0.0.1/callback", "http://[", "?"])
def test_what_is_no_redirect_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011  # any of them
        CallbackParams.from_text(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_only_our_own_state_is_ours(state):
    attempt = begin()
    assert attempt.is_answered_by(CallbackParams(state=attempt.state))
    assert not attempt.is_answered_by(CallbackParams(state=state))
    assert not attempt.is_answered_by(CallbackParams())
    again = CallbackParams(state=attempt.state, repeated=frozenset({"state"}))
    assert not attempt.is_answered_by(again)


def test_the_right_answer_is_a_code():
    attempt = begin()
    assert attempt.code_from(ours(attempt, code="c")) == "c"
    assert attempt.code_from(ours(attempt, code="c", iss=ISSUER)) == "c"
    assert begin(issuer=UNKNOWN_ISSUER).issuer is UNKNOWN_ISSUER


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"iss": "https://evil.example", "error": "e", "code": "c", "state": "x"}, "invalid_iss"),
        ({"iss": ISSUER, "error": "e", "code": "c", "state": "x"}, None),
        ({"iss": ISSUER, "error": "e", "code": "c"}, "e"),
        ({"iss": ISSUER + "/", "code": "c"}, "invalid_iss"),
        ({"iss": ISSUER.upper(), "code": "c"}, "invalid_iss"),
        ({"iss": "", "code": "c"}, "invalid_iss"),
        ({}, None),
        ({"code": ""}, None),
    ],
    ids=[
        "iss first",
        "then state",
        "then error",
        "slash",
        "case",
        "empty iss",
        "no code",
        "empty code",
    ],
)
def test_an_answer_is_judged_in_order(params, error):
    attempt = begin()
    with pytest.raises(CallbackError) as caught:
        attempt.code_from(ours(attempt, **params))
    assert caught.value.error == error


def test_a_missing_iss_is_refused_only_beside_a_code_and_only_if_promised():
    promised = begin(iss_announced=True)
    with pytest.raises(CallbackError) as caught:
        promised.code_from(ours(promised, code="c"))
    assert caught.value.error == "missing_iss"
    with pytest.raises(CallbackError) as caught:
        promised.code_from(ours(promised, error="access_denied"))
    assert caught.value.error == "access_denied"
    assert promised.code_from(ours(promised, code="c", iss=ISSUER)) == "c"


@pytest.mark.parametrize("name", ["code", "iss", "error"])
def test_a_repeated_parameter_is_refused(name):
    attempt = begin()
    params = replace(ours(attempt, code="c", iss=ISSUER), repeated=frozenset({name}))
    with pytest.raises(CallbackError):
        attempt.code_from(params)


def test_the_provider_s_words_are_made_safe_to_print():
    attempt = begin()
    params = ours(attempt, error="e\x1b[2J" + "x" * 500, error_description="<b>\r\n" + "y" * 900)
    with pytest.raises(CallbackError) as caught:
        attempt.code_from(params)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
