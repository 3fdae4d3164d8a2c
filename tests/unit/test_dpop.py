"""Proofs of possession, as RFC 9449 wants them."""

import base64
import hashlib
import json

import pytest
from fakes.jose import b64
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.dpop import (
    ALGORITHMS,
    MAX_ORIGINS,
    DPoPKey,
    DPoPNonces,
    algorithm_for,
    demanded_nonce,
    proof,
    target_uri,
)
from pywry_auth.protocol.signature import OneAlgorithm
from pywry_auth.protocol.wire import WireReply


NOW = 1_800_000_000.4
URL = "https://op.example/token"
KEY = DPoPKey.draw()
KINDS = {"ES": ECKey, "Ed": OKPKey, "PS": RSAKey, "RS": RSAKey}


def read(token):
    """Check a proof with the key it shows, and give header and claims."""
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    shown = KINDS[head["alg"][:2]].import_key(head["jwk"])
    signed = jws.deserialize_compact(token, shown, registry=OneAlgorithm(head["alg"]))
    return head, json.loads(signed.payload)


def test_a_proof_names_request_key_and_time():
    head, claims = read(proof(KEY, "post", URL, now=NOW))
    assert head == {"typ": "dpop+jwt", "alg": "ES256", "jwk": dict(KEY.public_jwk)}
    assert claims.pop("jti")
    assert claims == {"htm": "POST", "htu": URL, "iat": 1_800_000_000}


def test_nonce_and_token_hash_are_there_when_they_are_given():
    _, claims = read(proof(KEY, "GET", URL, now=NOW, nonce="n-1", access_token="at"))
    assert claims["nonce"] == "n-1"
    assert claims["ath"] == b64(hashlib.sha256(b"at").digest())


def test_every_proof_is_another_one():
    found = {read(proof(KEY, "GET", URL, now=NOW))[1]["jti"] for _ in range(20)}
    assert len(found) == 20
    assert all(len(jti) >= 16 for jti in found)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_key_of_every_kind_signs_and_comes_back(alg):
    key = DPoPKey.draw(alg)
    again = DPoPKey.from_text(key.to_text())
    assert again == key
    head, _ = read(proof(again, "GET", URL, now=NOW))
    assert head["alg"] == alg
    assert not {"d", "p", "q", "dp", "dq", "qi", "alg", "kid"} & set(head["jwk"])
    assert KINDS[alg[:2]].import_key(head["jwk"]).thumbprint() == key.thumbprint


def test_a_key_of_another_does_not_pass_for_this_one():
    token = proof(KEY, "GET", URL, now=NOW)
    with pytest.raises(JoseError):
        jws.deserialize_compact(token, ECKey.import_key(dict(DPoPKey.draw().public_jwk)), ["ES256"])


def test_nobody_changes_a_key_by_what_it_shows():
    with pytest.raises(TypeError):
        KEY.public_jwk["kty"] = "oct"


def test_nothing_secret_prints():
    secret = json.loads(KEY.to_text())["d"]
    assert secret not in f"{KEY!r} {KEY} {KEY.public_jwk}"


@pytest.mark.parametrize(
    "damage",
    [
        lambda jwk: {**jwk, "d": "AAAA"},
        lambda jwk: {**jwk, "d": DPoPKey.draw().to_text()},
        lambda jwk: {name: value for name, value in jwk.items() if name != "d"},
        lambda jwk: {name: value for name, value in jwk.items() if name != "alg"},
        lambda jwk: {name: value for name, value in jwk.items() if name != "kty"},
        lambda jwk: {**jwk, "alg": "none"},
        lambda jwk: {**jwk, "alg": "HS256"},
        lambda jwk: {**jwk, "alg": "PS256"},
        lambda jwk: {**jwk, "alg": "ES384"},
        lambda jwk: {**jwk, "crv": "P-384"},
        lambda jwk: {**jwk, "kty": "oct", "k": "AAAA"},
        lambda _: [1],
        lambda _: {},
    ],
)
def test_a_damaged_key_is_never_taken_up(damage):
    text = json.dumps(damage(json.loads(KEY.to_text())))
    with pytest.raises(ConfigError) as caught:
        DPoPKey.from_text(text)
    assert json.loads(KEY.to_text())["d"] not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_no_json_is_no_key(text):
    with pytest.raises(ConfigError):
        DPoPKey.from_text(text)


def test_a_key_for_an_unknown_algorithm_cannot_be_drawn():
    with pytest.raises(ConfigError):
        DPoPKey.draw("none")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://op.example/token?x=1#y", "https://op.example/token"),
        ("HTTPS://OP.Example:443/A", "https://op.example/A"),
        ("http://127.0.0.1:8080/token", "http://127.0.0.1:8080/token"),
        ("http://[::1]:80", "http://[::1]/"),
        ("https://op.example:8443", "https://op.example:8443/"),
        ("https://op.example/a%20b/", "https://op.example/a%20b/"),
    ],
)
def test_the_target_has_neither_query_nor_fragment_nor_a_usual_port(url, wanted):
    assert target_uri(url) == wanted


def test_the_best_known_algorithm_of_the_announced_ones_is_taken():
    assert algorithm_for(["RS256", "EdDSA", "ES256"]) == "ES256"
    assert algorithm_for(["RS256", "PS256"]) == "PS256"
    assert algorithm_for(["none", "HS256", "ES256K"]) is None
    assert algorithm_for(None) is None


def test_nonces_of_two_origins_never_mix():
    nonces = DPoPNonces()
    nonces.learn("https://op.example/token", {"dpop-nonce": "as"})
    nonces.learn("https://api.example/x?y", {"dpop-nonce": "rs"})
    nonces.learn("https://api.example:8443/", {})
    assert nonces.nonce_for("https://OP.example:443/par") == "as"
    assert nonces.nonce_for("https://api.example/other") == "rs"
    assert nonces.nonce_for("https://api.example:8443/") is None
    assert "as" not in repr(nonces).replace("class", "")


def test_the_newest_nonce_counts_and_nonsense_changes_nothing():
    nonces = DPoPNonces()
    for said in ("one", "two", "", "three, four", 'five"', "six\\", "x" * 2000):
        nonces.learn(URL, {"dpop-nonce": said})
    assert nonces.nonce_for(URL) == "two"


def test_the_memory_of_nonces_is_bounded_and_loses_the_oldest():
    nonces = DPoPNonces()
    for number in range(MAX_ORIGINS + 5):
        nonces.learn(URL, {"dpop-nonce": "kept"})
        nonces.learn(f"https://h{number}.example/", {"dpop-nonce": "n"})
    assert nonces.nonce_for(URL) == "kept"
    assert nonces.nonce_for("https://h0.example/") is None
    assert nonces.nonce_for(f"https://h{MAX_ORIGINS}.example/") == "n"


def reply(status=400, *, body=b'{"error":"use_dpop_nonce"}', **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireReply(status, {"dpop-nonce": "n-1", **named}, body)


def test_a_token_endpoint_demands_a_nonce_in_its_body():
    assert demanded_nonce(reply()) == "n-1"


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "dPoP"])
def test_a_resource_demands_a_nonce_in_its_challenge(scheme):
    header = f'Bearer realm="x", {scheme} error="use_dpop_nonce"'
    assert demanded_nonce(reply(401, body=b"", www_authenticate=header)) == "n-1"


@pytest.mark.parametrize(
    "answer",
    [
        reply(200),
        reply(500),
        reply(403),
        reply(body=b'{"error":"invalid_grant"}'),
        reply(body=b"["),
        reply(body=b"[" * 100_000),
        reply(401, body=b"", www_authenticate='DPoP error="invalid_token"'),
        reply(401, body=b"", www_authenticate='Bearer error="use_dpop_nonce"'),
        reply(dpop_nonce=""),
        reply(dpop_nonce="two, nonces"),
    ],
)
def test_anything_else_is_not_asked_again(answer):
    assert demanded_nonce(answer) is None


def test_a_nonce_is_its_origin_s_however_that_is_written():
    nonces = DPoPNonces()
    nonces.learn("https://op.example/x", {"dpop-nonce": "n"})
    assert nonces.nonce_for("HTTPS://OP.example:443") == "n"
    assert nonces.nonce_for("https://op.example:8443") is None
    assert nonces.nonce_for("http://op.example") is None
    assert repr(nonces) == "DPoPNonces(['https://op.example'])"
