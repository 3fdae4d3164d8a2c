"""What a resource says when it turns somebody away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.protocol.challenge import Challenge, challenges


def test_one_challenge_with_its_parameters():
    header = 'DPoP realm="api", error="use_dpop_nonce", algs="ES256 PS256"'
    assert challenges(header) == [
        Challenge("dpop", {"realm": "api", "error": "use_dpop_nonce", "algs": "ES256 PS256"})
    ]


def test_two_challenges_in_one_header_keep_their_parameters_apart():
    header = 'Bearer error="invalid_token", dPoP error=use_dpop_nonce'
    bearer, dpop = challenges(header)
    assert (bearer.scheme, bearer.params) == ("bearer", {"error": "invalid_token"})
    assert (dpop.scheme, dpop.params) == ("dpop", {"error": "use_dpop_nonce"})


@pytest.mark.parametrize("header", ["Negotiate", "Negotiate YII=", "Negotiate YII==, Basic"])
def test_a_challenge_may_hold_a_token_or_nothing(header):
    assert challenges(header)[0] == Challenge("negotiate", {})


def test_quoted_text_may_hold_commas_quotes_and_whole_challenges():
    header = r'Bearer error_description="no, \"never\": DPoP error=use_dpop_nonce"'
    (only,) = challenges(header)
    assert only.params == {"error_description": 'no, "never": DPoP error=use_dpop_nonce'}


def test_of_a_repeated_parameter_the_first_counts():
    assert challenges("DPoP error=a, error=b")[0].params == {"error": "a"}


@pytest.mark.parametrize("header", ["", ",,,", 'error="x"', '"', 'error="use_dpop_nonce"  DPoP'])
def test_a_parameter_of_nobody_is_no_challenge(header):
    assert challenges(header) == []


def test_what_follows_nonsense_is_left_out():
    assert challenges('Bearer realm="a", \x00 DPoP error="x"') == [
        Challenge("bearer", {"realm": "a"})
    ]


@given(st.text(max_size=200))
def test_no_header_breaks_the_reader(header):
    assert all(found.scheme for found in challenges(header))


def test_an_endless_header_is_cut():
    assert len(challenges("a," * 100_000)) <= 4 * 1024 + 1
