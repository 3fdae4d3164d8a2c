"""What was sent in confidence is not repeated, however a server writes it."""

import json
import re
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError
from pywry_auth.grants.renewal.known_secrets import KnownSecrets
from pywry_auth.protocol.client_auth import ClientProof, SecretBasic, SecretPost


NO_PROOF = ClientProof()
SECRET = 'pa55 "w&rd/\u00e9<canary>'
secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30)


def knowing(secret, name="password"):
    return KnownSecrets({name: secret}, NO_PROOF)


@pytest.mark.parametrize(
    "write", [str, quote, quote_plus, escape, lambda text: json.dumps(text)[1:-1]]
)
def test_4b_19_a_secret_goes_in_whatever_spelling(write):
    assert knowing(SECRET)(f"no {write(SECRET)} here") == "no [removed] here"


@pytest.mark.parametrize("name", ["password", "totp", "client_secret", "assertion", "own_thing"])
def test_what_nobody_calls_public_is_secret(name):
    assert knowing("canary", name)("no canary here") == "no [removed] here"


@pytest.mark.parametrize("name", ["username", "client_id", "scope", "grant_type", "audience"])
def test_what_is_public_may_be_said(name):
    assert knowing("canary", name)("no canary here") == "no canary here"


@pytest.mark.parametrize("proof", [SecretPost("c", SECRET), SecretBasic("c", SECRET)])
def test_the_proof_of_the_client_goes_too(proof):
    made = proof.proof(audience="x", now=0)
    clean = KnownSecrets({}, made)
    assert SECRET not in clean(f"no {SECRET} here")
    sent = made.headers.get("authorization", "").removeprefix("Basic ")
    assert clean(f"no {sent} here") == ("no [removed] here" if sent else "no  here")


@pytest.mark.parametrize("size", range(4, 6))
def test_what_was_cut_short_ends_before_the_secret(size):
    assert knowing("canary")("no " + "canary"[:size]) == "no [removed]"


def test_a_few_letters_are_no_secret():
    assert knowing("canary")("a can") == "a can"
    assert knowing("")("nothing") == "nothing"


@given(secrets, st.text(max_size=30), st.text(max_size=30), st.integers(0, 90))
def test_no_cut_of_a_text_tells_a_secret(secret, before, after, cut):
    told = knowing(secret)((before + secret + after)[:cut])
    shown = told.replace("[removed]", "\0")
    if len(secret) < 8:  # part of many a word; by itself it is a secret
        assert not re.search(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", shown)
    else:
        assert secret not in shown


def test_an_error_is_told_in_clean_words():
    error = TokenError("no canary", error="canary", error_description="a canary", hint="ask")
    told = knowing("canary").out_of(error)
    assert (str(told), told.error, told.error_description, told.hint) == (
        "no [removed]",
        "[removed]",
        "a [removed]",
        "ask",
    )
    plain = knowing("canary").out_of(TokenError("nothing"))
    assert (plain.error, plain.error_description) == (None, None)
