"""Key sets: what is usable is used, the rest is skipped."""

import json
from contextlib import suppress

import pytest
from fakes.jose import b64, public_jwk
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError
from pywry_auth.protocol.jwks import MAX_KEYS, SUITS, read_jwks
from pywry_auth.protocol.wire import WireReply


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def names(keys, alg, kid=None):
    found = read_jwks(reply({"keys": keys}))
    return [key.kid for key in found.candidates(alg=alg, kid=kid)]


def test_a_token_without_a_kid_is_tried_with_every_key_of_its_type():
    keys = [public_jwk("RS256"), public_jwk("ES256"), public_jwk("RS256", 1), public_jwk("EdDSA")]
    assert names(keys, "RS256") == ["RS256-0", "RS256-1"]
    assert names(keys, "PS384") == ["RS256-0", "RS256-1"]
    assert names(keys, "ES256") == ["ES256-0"]
    assert names(keys, "ES384") == []
    assert names(keys, "EdDSA") == ["EdDSA-0"]


def test_a_kid_chooses_and_never_across_types():
    keys = [
        public_jwk("RS256", kid="same"),
        public_jwk("ES256", kid="same"),
        public_jwk("RS256", 1),
    ]
    assert names(keys, "RS256", "same") == ["same"]
    assert names(keys, "ES256", "same") == ["same"]
    assert names(keys, "RS256", "unknown") == []


def test_a_set_without_names_is_tried_by_type():
    keys = [public_jwk("RS256", kid=None), public_jwk("ES256", kid=None)]
    assert names(keys, "RS256", "whatever") == [None]


def test_an_alg_of_a_key_binds_it():
    assert names([public_jwk("RS256", alg="RS256")], "PS256") == []
    assert names([public_jwk("RS256", alg="PS256")], "PS256") == ["RS256-0"]


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "x"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "x"},
        {"kty": "OKP", "crv": "X25519", "x": "AA", "kid": "x"},
        {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AA", "kid": "x"},
        {"kty": "RSA", "kid": "x"},
        {"kty": "RSA", "n": "!!!", "e": "AQAB", "kid": "x"},
        {"kid": "x"},
        {"kty": 5},
        public_jwk("RS256", use="enc"),
        public_jwk("RS256", key_ops=["encrypt"]),
        public_jwk("ES256", crv="P-384"),
    ],
    ids=lambda key: f"{key.get('kty')}-{key.get('crv', key.get('use', ''))}",
)
def test_a_key_nobody_can_use_is_skipped(key):
    keys = [key, public_jwk("ES256", 1)]
    for alg in SUITS:
        expected = ["ES256-1"] if alg == "ES256" else []
        assert names(keys, alg) == expected


@pytest.mark.parametrize(
    "body", [b"", b"<html>", [], {}, {"keys": 5}, {"keys": [5]}, {"keys": None}]
)
def test_what_is_no_key_set_is_a_token_error(body):
    with pytest.raises(TokenError):
        read_jwks(reply(body))


@pytest.mark.parametrize(("bits", "expected"), [(2048, 1), (2047, 0), (1024, 0), (512, 0)])
def test_a_short_rsa_key_signs_nothing_and_warns_nobody(bits, expected):
    modulus = b64(((1 << bits) - 1).to_bytes((bits + 7) // 8))
    key = {"kty": "RSA", "n": modulus, "e": "AQAB"}
    assert len(read_jwks(reply({"keys": [key]})).keys) == expected


def test_a_set_that_is_meant_to_keep_us_busy_is_refused():
    with pytest.raises(TokenError):
        read_jwks(reply({"keys": [{}] * (MAX_KEYS + 1)}))


members = st.dictionaries(
    st.sampled_from(["kty", "kid", "use", "alg", "crv", "x", "y", "n", "e", "key_ops", "x5c", "d"]),
    json_values | st.sampled_from(["RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB", "sig"]),
)


@given(
    st.binary()
    | json_values.map(lambda v: json.dumps(v).encode())
    | st.lists(members, max_size=3).map(lambda v: json.dumps({"keys": v}).encode())
)
def test_any_bytes_are_keys_or_a_token_error(body):
    with suppress(TokenError):
        read_jwks(WireReply(200, {}, body)).candidates(alg="RS256", kid="x")
