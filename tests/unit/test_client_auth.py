"""How a client proves itself."""

import base64
import json
import warnings
from urllib.parse import unquote_plus

import pytest
from fakes.jose import private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import JoseError

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.client_auth import (
    ASSERTION_TYPE,
    NoClientAuth,
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
    basic,
)


NOW = 1_800_000_000.0
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def proof(auth):
    return auth.proof(audience="https://op.example", now=NOW)


def test_a_public_client_only_names_itself():
    assert proof(NoClientAuth("me")).fields == {"client_id": "me"}
    assert proof(NoClientAuth("me")).headers == {}


def test_a_secret_in_the_form():
    assert proof(SecretPost("me", "s")).fields == {"client_id": "me", "client_secret": "s"}
    assert proof(SecretPost("me", "s")).headers == {}


def test_basic_is_form_encoded_before_base64():
    header = basic("my id:%", "pä ss:w%rd+")
    decoded = base64.b64decode(header.removeprefix("Basic ")).decode("ascii")
    assert decoded == "my+id%3A%25:p%C3%A4+ss%3Aw%25rd%2B"


@given(words, words)
def test_any_id_and_secret_come_through_basic(client_id, secret):
    found = proof(SecretBasic(client_id, secret))
    assert found.fields == {}
    decoded = base64.b64decode(found.headers["authorization"].removeprefix("Basic ")).decode(
        "ascii"
    )
    assert [unquote_plus(part) for part in decoded.split(":")] == [client_id, secret]


def test_nothing_secret_prints():
    key = private_key("ES256").as_pem(private=True).decode()
    for auth in (SecretPost("me", "canary"), SecretBasic("me", "canary"), PrivateKeyJwt("me", key)):
        said = f"{auth!r}{proof(auth)!r}"
        assert "canary" not in said
        assert "PRIVATE" not in said
        assert "authorization" not in said
        assert "eyJhb" not in said


def assertion(auth):
    fields = proof(auth).fields
    assert fields["client_id"] == "me"
    assert fields["client_assertion_type"] == ASSERTION_TYPE
    header, claims, _ = fields["client_assertion"].split(".")
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims)]


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
def test_an_assertion_is_short_lived_fresh_and_for_the_issuer_alone(alg):
    from joserfc import jwt

    key = private_key(alg)
    auth = PrivateKeyJwt("me", key.as_pem(private=True).decode(), alg, kid="k1")
    header, claims = assertion(auth)
    assert header == {"alg": alg, "typ": "JWT", "kid": "k1"}
    assert claims["iss"] == claims["sub"] == "me"
    assert claims["aud"] == "https://op.example"
    assert claims["iat"] == NOW
    assert 0 < claims["exp"] - NOW <= 300
    assert assertion(auth)[1]["jti"] != claims["jti"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwt.decode(proof(auth).fields["client_assertion"], key, algorithms=[alg])


def test_an_assertion_may_be_made_with_a_jwk_for_another_audience():
    auth = PrivateKeyJwt("me", private_key("ES256").as_dict(private=True), audience="https://old")
    header, claims = assertion(auth)
    assert "kid" not in header
    assert claims["aud"] == "https://old"


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        ("no key at all", "ES256"),
        ("rsa", "ES256"),
        ("ec", "HS256"),
        ("ec", "none"),
        ("ec", ""),
        ("ec", "ES999"),
        ({"kty": "EC"}, "ES256"),
        ("public", "ES256"),
    ],
)
def test_a_key_that_cannot_sign_is_a_config_error(key, alg):
    pems = {"rsa": "RS256", "ec": "ES256"}
    if key == "public":
        key = private_key(alg).as_pem(private=False).decode()
    if key in ("rsa", "ec"):
        key = private_key(pems[key]).as_pem(private=True).decode()
    with pytest.raises(ConfigError) as caught:
        proof(PrivateKeyJwt("me", key, alg))
    assert not isinstance(caught.value.__cause__, JoseError)
    assert "BEGIN" not in str(caught.value)
