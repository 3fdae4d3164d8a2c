"""What a resource means by turning a request away, and what is done about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.protocol.refusal import Refusal, StepUpChallenge, refusal_of
from pywry_auth.protocol.resource import Carried, Remedy, Sent, remedy_for


STEP_UP = 'error="insufficient_user_authentication"'


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("", Refusal.TOKEN),
        ("Bearer", Refusal.TOKEN),
        ('Bearer error="invalid_token"', Refusal.TOKEN),
        ("bEaReR ERROR=invalid_token", Refusal.TOKEN),
        ('Bearer error="never_heard_of"', Refusal.TOKEN),
        ('Basic realm="x"', Refusal.TOKEN),
        ('Basic error="insufficient_scope"', Refusal.TOKEN),
        ('Bearer error="insufficient_scope", scope="a b"', Refusal.REQUEST),
        ('Bearer error="invalid_request"', Refusal.REQUEST),
        ('DPoP error="invalid_dpop_proof"', Refusal.REQUEST),
        ('DPoP error="use_dpop_nonce"', Refusal.NONCE),
        ("dPoP error=use_dpop_nonce", Refusal.NONCE),
        ('Bearer error="invalid_token", DPoP error="use_dpop_nonce"', Refusal.NONCE),
        ('Bearer error="use_dpop_nonce"', Refusal.TOKEN),
        (f"Bearer {STEP_UP}", Refusal.STEP_UP),
        (f'Bearer realm="x", DPoP algs="ES256", {STEP_UP}', Refusal.STEP_UP),
        (f"Basic {STEP_UP}", Refusal.TOKEN),
    ],
)
def test_the_words_of_a_refusal_are_understood(header, meaning):
    assert refusal_of(401, header) is meaning


@pytest.mark.parametrize("status", [200, 204, 302, 400, 403, 404, 407, 500])
def test_only_401_is_a_refusal(status):
    assert refusal_of(status, f'DPoP error="use_dpop_nonce", Bearer {STEP_UP}') is Refusal.NONE


def test_a_step_up_says_how_and_how_long_ago():
    header = f'Bearer {STEP_UP}, acr_values="urn:mfa urn:card", max_age="5"'
    assert StepUpChallenge.read(header) == StepUpChallenge(("urn:mfa", "urn:card"), 5)


@pytest.mark.parametrize("header", ["", "Bearer", 'Bearer error="invalid_token", max_age=5'])
def test_another_refusal_asks_for_no_step_up(header):
    assert StepUpChallenge.read(header) is None


@pytest.mark.parametrize("said", ["-1", "soon", "", "1e3", "9" * 20, "٣"])
def test_a_max_age_that_is_no_number_of_seconds_is_left_out(said):
    assert StepUpChallenge.read(f'Bearer {STEP_UP}, max_age="{said}"').max_age is None


def test_of_endless_acr_values_the_first_are_taken():
    header = f'Bearer {STEP_UP}, acr_values="{" ".join(f"a{n}" for n in range(900))} a0"'
    assert StepUpChallenge.read(header).acr_values == tuple(f"a{n}" for n in range(20))


WORDS = [
    "Bearer",
    "DPoP",
    "error",
    "max_age",
    "acr_values",
    "insufficient_user_authentication",
    "use_dpop_nonce",
    "1",
    "é",
    "\x00",
    "a",
    " ",
    ",",
    "=",
    '"',
    "\\",
]


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
    )
)
def test_no_header_breaks_the_reader(header):
    assert isinstance(refusal_of(401, header), Refusal)
    found = StepUpChallenge.read(header)
    assert found is None or (found.max_age is None or found.max_age >= 0)


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        (Refusal.NONE, Remedy.RETURN),
        (Refusal.TOKEN, Remedy.RENEW),
        (Refusal.NONCE, Remedy.PROVE_AGAIN),
        (Refusal.STEP_UP, Remedy.STEP_UP),
        (Refusal.REQUEST, Remedy.RETURN),
    ],
)
def test_each_refusal_has_its_remedy(refusal, remedy):
    assert remedy_for(refusal, Sent("POST", can_step_up=True)) is remedy


def test_nobody_is_asked_where_nobody_can_be():
    assert remedy_for(Refusal.STEP_UP, Sent("GET")) is Remedy.RETURN


@given(
    st.sampled_from(Refusal),
    st.sampled_from(Carried),
    st.frozensets(st.sampled_from(Remedy)),
    st.booleans(),
    st.sampled_from(["GET", "POST"]),
)
def test_nothing_is_tried_twice(refusal, carried, tried, can_step_up, method):
    remedy = remedy_for(refusal, Sent(method, carried, tried, can_step_up))
    assert remedy is Remedy.RETURN or remedy not in tried


@given(st.sampled_from(Refusal), st.booleans())
def test_what_the_caller_set_itself_is_left_alone(refusal, can_step_up):
    sent = Sent("GET", Carried.NOT_OURS, can_step_up=can_step_up)
    assert remedy_for(refusal, sent) is Remedy.RETURN


@pytest.mark.parametrize("refusal", set(Refusal) - {Refusal.NONE})
@pytest.mark.parametrize("carried", [Carried.NOTHING, Carried.NO_PROOF])
def test_what_was_left_behind_on_a_redirect_is_taken_along(refusal, carried):
    assert remedy_for(refusal, Sent("POST", carried)) is Remedy.ATTACH


def test_what_a_stranger_is_shown_is_asked_for_again_where_that_is_safe():
    assert remedy_for(Refusal.NONE, Sent("GET", Carried.NOTHING)) is Remedy.ATTACH
    assert remedy_for(Refusal.NONE, Sent("POST", Carried.NOTHING)) is Remedy.RETURN
    assert remedy_for(Refusal.NONE, Sent("GET", Carried.NO_PROOF)) is Remedy.RETURN
