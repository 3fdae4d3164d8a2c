"""PKCE as RFC 7636 wants it."""

import re
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pywry_auth.pkce import PKCEChallenge, s256


UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
verifiers = st.text(UNRESERVED, min_size=43, max_size=128)


def test_the_challenge_is_that_of_rfc_7636_appendix_b():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@settings(deadline=None)
@given(st.integers(32, 96))
def test_a_generated_verifier_has_43_to_128_unreserved_characters(length):
    made = PKCEChallenge.generate(length)
    assert re.fullmatch(r"[A-Za-z0-9\-._~]{43,128}", made.verifier)
    assert re.fullmatch(r"[A-Za-z0-9\-_]{43}", made.challenge)
    assert made.challenge == s256(made.verifier)
    assert made.method == "S256"


def test_every_generated_verifier_is_a_new_one():
    assert len({PKCEChallenge.generate().verifier for _ in range(100)}) == 100


@pytest.mark.parametrize("length", [-1, 0, 31, 97, 1000])
def test_fewer_or_more_random_bytes_are_refused(length):
    with pytest.raises(ValueError, match="32 to 96"):
        PKCEChallenge.generate(length)


@settings(deadline=None)
@given(verifiers)
def test_any_verifier_of_the_alphabet_is_taken(verifier):
    assert PKCEChallenge(verifier, s256(verifier)).verifier == verifier


@settings(deadline=None)
@given(st.text(max_size=200).filter(lambda t: not re.fullmatch(r"[A-Za-z0-9\-._~]{43,128}", t)))
def test_any_other_verifier_is_refused(verifier):
    with pytest.raises(ValueError, match="RFC 7636"):
        PKCEChallenge(verifier, "x")


def test_a_verifier_with_a_line_break_at_its_end_is_refused():
    with pytest.raises(ValueError, match="RFC 7636"):
        PKCEChallenge("a" * 43 + "\n", "x")


def test_plain_is_refused():
    with pytest.raises(ValueError, match="S256"):
        PKCEChallenge("a" * 43, "a" * 43, "plain")


def test_the_verifier_never_prints_and_never_changes():
    made = PKCEChallenge.generate()
    assert made.verifier not in f"{made!r}{made}"
    with pytest.raises(FrozenInstanceError):
        made.verifier = "b" * 43
