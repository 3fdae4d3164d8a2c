"""ID tokens: believed when everything about them is right, and never otherwise."""

import json
import warnings
from contextlib import suppress

import pytest
from fakes.jose import (
    CLIENT,
    ISSUER,
    b64,
    claims,
    compact,
    half_hash,
    private_key,
    public_jwk,
    sign,
)
from fakes.wire import reply
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import TokenError
from pywry_auth.protocol.id_token import (
    DEFAULT_ALGORITHMS,
    LEEWAY,
    MAX_TOKEN,
    IdTokenRules,
    UnknownKeyError,
    algorithms_for,
    require_recent_sign_in,
    same_identity,
    verify_id_token,
    verify_userinfo,
)
from pywry_auth.protocol.jwks import Jwks, read_jwks
from pywry_auth.protocol.skipped import NO_NONCE
from pywry_auth.testing.clock import START


ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
SECRET = "a client secret of some length, as it should be"
RULES = IdTokenRules(ISSUER, CLIENT)
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"
TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


def keys(*members):
    return read_jwks(reply({"keys": list(members)}))


ALL = keys(*(public_jwk(alg) for alg in ALGORITHMS))


def verify(token, *, jwks=ALL, rules=RULES, now=START, nonce=NO_NONCE, access_token=None):
    return verify_id_token(
        token, jwks, rules=rules, now=now, nonce=nonce, access_token=access_token
    )


def refuse(token, **options):
    with pytest.raises(TokenError) as caught:
        verify(token, **options)
    return caught.value


# -- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_good_signature_is_accepted(alg):
    found = verify(sign(claims(START, name="Alice"), alg))
    assert found["sub"] == "alice"
    assert found["name"] == "Alice"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_changed_signature_is_refused(alg):
    head, body, signature = sign(claims(START), alg).split(".")
    flipped = "A" if signature[9] != "A" else "B"
    refuse(f"{head}.{body}.{signature[:9]}{flipped}{signature[10:]}")
    refuse(f"{head}.{body}.")
    refuse(f"{head}.{body}.{b64(bytes(64))}")


def test_a_changed_claim_is_refused():
    head, _, signature = sign(claims(START)).split(".")
    body = b64(json.dumps(claims(START, sub="mallory")).encode())
    refuse(f"{head}.{body}.{signature}")


def test_another_key_of_the_same_kind_is_refused():
    refuse(sign(claims(START), "RS256", 1, kid="RS256-0"))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_unsigned_is_refused_whatever_is_announced(alg):
    token = compact({"alg": alg}, claims(START), b"")
    refuse(token)
    allowed = algorithms_for([alg, "RS256"], registered=None, has_secret=True)
    refuse(token, rules=IdTokenRules(ISSUER, CLIENT, allowed, SECRET))
    assert algorithms_for(None, registered=alg, has_secret=True) == frozenset()


def hmac_signed(key, alg="HS256"):
    import hmac

    text = f"{b64(json.dumps({'alg': alg}).encode())}.{b64(json.dumps(claims(START)).encode())}"
    return f"{text}.{b64(hmac.digest(key, text.encode(), 'sha' + alg[2:]))}"


def test_a_public_key_is_no_secret():
    pem = private_key("RS256").as_pem(private=False)
    for secret in (pem, pem.strip(), json.dumps(public_jwk("RS256")).encode()):
        refuse(hmac_signed(secret))
        allowed = algorithms_for(["HS256"], registered=None, has_secret=True)
        refuse(hmac_signed(secret), rules=IdTokenRules(ISSUER, CLIENT, allowed, SECRET))


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_hmac_is_accepted_only_where_it_was_agreed_and_with_the_secret(alg):
    token = hmac_signed(SECRET.encode(), alg)
    refuse(token)
    for allowed in (
        algorithms_for([alg], registered=None, has_secret=True),
        algorithms_for(None, registered=alg, has_secret=True),
    ):
        assert verify(token, rules=IdTokenRules(ISSUER, CLIENT, allowed, SECRET))["sub"] == "alice"
        refuse(token, rules=IdTokenRules(ISSUER, CLIENT, allowed, SECRET + "x"))
    assert alg not in algorithms_for([alg], registered=None, has_secret=False)
    assert alg not in algorithms_for(None, registered=None, has_secret=True)


def test_a_client_secret_that_is_a_public_key_is_refused_with_an_error_of_ours():
    pem = private_key("RS256").as_pem(private=False).decode()
    rules = IdTokenRules(ISSUER, CLIENT, frozenset({"HS256"}), pem)
    refuse(hmac_signed(pem.encode()), rules=rules)


def test_a_short_client_secret_still_works_without_a_warning():
    rules = IdTokenRules(ISSUER, CLIENT, frozenset({"HS256"}), "short")
    assert verify(hmac_signed(b"short"), rules=rules)["sub"] == "alice"


def test_accepted_is_what_is_registered_else_what_is_announced():
    assert algorithms_for(None, registered=None, has_secret=False) == DEFAULT_ALGORITHMS
    assert algorithms_for(["ES256", "XX"], registered=None, has_secret=False) == {"ES256"}
    assert algorithms_for(["ES256"], registered="PS256", has_secret=False) == {"PS256"}
    assert algorithms_for([], registered=None, has_secret=False) == frozenset()


def test_an_algorithm_that_was_not_agreed_is_refused_though_its_key_is_there():
    refuse(sign(claims(START), "ES256"), rules=IdTokenRules(ISSUER, CLIENT, frozenset({"RS256"})))


@pytest.mark.parametrize(
    ("alg", "kid"),
    [("RS256", "ES256-0"), ("ES256", "RS256-0"), ("ES256", "ES384-0"), ("EdDSA", "ES256-0")],
)
def test_the_algorithm_must_suit_the_key(alg, kid):
    error = refuse(sign(claims(START), alg, kid=kid))
    assert isinstance(error, UnknownKeyError)


def test_a_key_in_the_token_itself_is_never_used():
    refuse(sign(claims(START), "RS256", 7, kid="RS256-0", jwk=public_jwk("RS256", 7)))
    refuse(sign(claims(START), "RS256", 7, kid="nobody", jku="https://evil.example/jwks"))


def test_an_unknown_kid_asks_for_the_keys_again():
    assert isinstance(refuse(sign(claims(START), kid="new")), UnknownKeyError)
    assert isinstance(refuse(sign(claims(START)), jwks=Jwks(())), UnknownKeyError)


def test_without_a_kid_every_fitting_key_is_tried():
    many = keys(
        public_jwk("RS256", 3), public_jwk("ES256"), public_jwk("RS256", 1), public_jwk("RS256")
    )
    assert verify(sign(claims(START), kid=None), jwks=many)["sub"] == "alice"
    error = refuse(sign(claims(START), "RS256", 5, kid=None), jwks=many)
    assert isinstance(error, UnknownKeyError)


def test_decoys_of_the_same_name_do_not_matter():
    many = keys(
        public_jwk("ES256", kid="k"),
        public_jwk("RS256", 1, kid="k"),
        public_jwk("EdDSA", kid="k"),
        public_jwk("RS256", kid="k"),
        public_jwk("RS256", 2, kid="k", use="enc"),
    )
    assert verify(sign(claims(START), kid="k"), jwks=many)["sub"] == "alice"


def test_unknown_header_members_do_not_matter_and_critical_ones_do():
    assert verify(sign(claims(START), x5t="abc", typ="JWT", extra={"a": 1}))["sub"] == "alice"
    refuse(sign(claims(START), crit=["extra"], extra=1))


# -- claims -------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat"])
def test_a_missing_claim_is_refused(missing):
    refuse(sign(claims(START, **{missing: None})))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": ISSUER + "1"},
        {"iss": ISSUER + "/"},
        {"iss": ""},
        {"sub": ""},
        {"sub": 5},
        {"aud": CLIENT + "1"},
        {"aud": []},
        {"aud": [CLIENT + "1"]},
        {"aud": [CLIENT, "somebody-else"]},
        {"aud": CLIENT, "azp": "somebody-else"},
        {"aud": [CLIENT, "x"], "azp": "x"},
        {"exp": "soon"},
        {"exp": str(int(START) + 300)},
        {"exp": True},
        {"iat": "now"},
        {"iat": START + LEEWAY + 1},
        {"nbf": START + LEEWAY + 1},
        {"exp": START - LEEWAY},
        {"exp": 10**400},
        {"iat": -(10**400)},
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(changes):
    if changes == {"exp": 10**400}:
        with suppress(TokenError):  # for ever, or refused: but no other error
            verify(sign(claims(START, **changes)))
        return
    if changes == {"iat": -(10**400)}:
        with suppress(TokenError):
            verify(sign(claims(START, **changes)))
        return
    refuse(sign(claims(START, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT], "azp": CLIENT},
        {"aud": [CLIENT, "x"], "azp": CLIENT},
        {"iat": START + LEEWAY - 1},
        {"nbf": START + LEEWAY - 1},
        {"nbf": 0},
        {"exp": START - LEEWAY + 1},
        {"exp": START + 300.5, "iat": START - 0.5},
        {"iat": START - 10_000},
    ],
    ids=str,
)
def test_a_right_claim_is_accepted(changes):
    assert verify(sign(claims(START, **changes)))["sub"] == "alice"


def test_a_wrong_time_names_the_clock():
    assert "clock" in refuse(sign(claims(START, exp=START - 100))).hint
    assert "clock" in refuse(sign(claims(START, iat=START + 100))).hint


def test_the_skew_is_at_most_five_minutes():
    assert 0 < LEEWAY <= 300


def test_a_nonce_that_was_sent_is_required():
    assert verify(sign(claims(START, nonce="n")), nonce="n")
    refuse(sign(claims(START, nonce="n1")), nonce="n")
    refuse(sign(claims(START)), nonce="n")
    assert verify(sign(claims(START, nonce="whatever")))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_an_at_hash_is_compared_when_there_is_one(alg):
    good = half_hash("access", alg)
    assert verify(sign(claims(START, at_hash=good), alg), access_token="access")
    refuse(sign(claims(START, at_hash=good + "1"), alg), access_token="access")
    refuse(sign(claims(START, at_hash=good), alg), access_token="another")
    refuse(sign(claims(START, at_hash=""), alg), access_token="access")
    assert verify(sign(claims(START), alg), access_token="access")


@pytest.mark.parametrize(
    "tid", [None, "common", "", "{tenantid}", TENANT + "x", TENANT[:-1], "../evil", f"{TENANT}\n"]
)
def test_a_tenant_that_is_no_guid_is_refused(tid):
    iss = TEMPLATE.replace("{tenantid}", tid or "common")
    refuse(sign(claims(START, iss=iss, tid=tid)), rules=IdTokenRules(TEMPLATE, CLIENT))


def test_a_tenant_must_be_the_issuer_s_own():
    rules = IdTokenRules(TEMPLATE, CLIENT)
    own = TEMPLATE.replace("{tenantid}", TENANT)
    other = TENANT.replace("9", "8")
    assert verify(sign(claims(START, iss=own, tid=TENANT)), rules=rules)["tid"] == TENANT
    refuse(sign(claims(START, iss=own, tid=other)), rules=rules)
    refuse(sign(claims(START, iss=TEMPLATE, tid=TENANT)), rules=rules)
    refuse(sign(claims(START, iss=ISSUER, tid=TENANT)), rules=rules)


def test_how_long_ago_somebody_signed_in_may_matter():
    require_recent_sign_in({"auth_time": START - 50}, max_age=60, now=START)
    for wrong in ({}, {"auth_time": START - 200}, {"auth_time": "x"}, {"auth_time": None}):
        with pytest.raises(TokenError, match="auth_time"):
            require_recent_sign_in(wrong, max_age=60, now=START)


# -- refreshed ID tokens ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"exp": START + 9000, "iat": START + 50}, True),
        ({"nonce": None}, True),
        ({"auth_time": None}, True),
        ({"aud": [CLIENT]}, True),
        ({"iss": ISSUER + "1"}, False),
        ({"sub": "mallory"}, False),
        ({"aud": "x"}, False),
        ({"aud": [CLIENT, "x"]}, False),
        ({"auth_time": 6}, False),
        ({"nonce": "other"}, False),
    ],
    ids=str,
)
def test_a_refreshed_token_speaks_of_the_same_sign_in(changes, same):
    old = sign(claims(START, nonce="n", auth_time=5))
    new = sign(claims(START, **{"nonce": "n", "auth_time": 5, **changes}))
    assert same_identity(old, new) is same


def test_comparing_what_is_no_id_token_is_a_token_error():
    for wrong in ("", "a.b", "a.b.c", "é.é.é", sign(b"[]")):
        with pytest.raises(TokenError):
            same_identity(sign(claims(START)), wrong)


# -- signed userinfo ----------------------------------------------------------------------------


def test_signed_userinfo_needs_issuer_audience_and_signature():
    def check(token):
        return verify_userinfo(token, ALL, rules=RULES)

    who = {"iss": ISSUER, "aud": CLIENT, "sub": "alice", "name": "A"}
    assert check(sign(who))["name"] == "A"
    for wrong in ({**who, "iss": "x"}, {**who, "aud": "x"}, {"sub": "alice"}, {**who, "sub": ""}):
        with pytest.raises(TokenError):
            check(sign(wrong))
    for wrong in ("", "a.b.c", "x" * (MAX_TOKEN + 1), compact({"alg": "none"}, who, b"")):
        with pytest.raises(TokenError):
            check(wrong)


# -- anything at all ----------------------------------------------------------------------------


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
CLAIM_NAMES = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "azp",
    "at_hash",
    "tid",
    "auth_time",
]
HEADER_NAMES = ["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "jku", "cty", "zip"]


def errors_are_ours(token):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rules in (RULES, IdTokenRules(TEMPLATE, CLIENT)):
            with suppress(TokenError):
                verify(token, rules=rules, nonce="n", access_token="a")
                raise AssertionError("believed")
        with suppress(TokenError):
            verify_userinfo(token, ALL, rules=RULES)
        with suppress(TokenError):
            same_identity(token, token)


@given(st.text() | st.lists(st.binary().map(b64) | st.text(), max_size=4).map(".".join))
def test_any_text_is_refused_with_an_error_of_ours(text):
    errors_are_ours(text)


@given(st.binary() | json_values.map(lambda v: json.dumps(v).encode()))
def test_any_signed_payload_is_refused_with_an_error_of_ours(payload):
    errors_are_ours(sign(payload, "EdDSA"))


@given(st.dictionaries(st.sampled_from(CLAIM_NAMES), json_values))
def test_any_signed_claims_are_refused_with_an_error_of_ours(changes):
    errors_are_ours(sign({**claims(START), **changes}, "EdDSA"))


@given(st.dictionaries(st.sampled_from(HEADER_NAMES), json_values | st.sampled_from(ALGORITHMS)))
def test_any_header_is_refused_with_an_error_of_ours(header):
    errors_are_ours(compact({"alg": "EdDSA", "kid": "EdDSA-0", **header}, claims(START), bytes(64)))


def test_a_token_too_long_to_be_one_is_refused():
    refuse("x" * (MAX_TOKEN + 1))
    refuse(compact(b"[" * 10_000, b"[" * 10_000, b""))


def test_no_error_holds_what_the_token_held():
    for token in (
        sign(claims(START, sub="canary", aud="x")),
        sign({"canary": "canary"}),
        compact({"alg": "canary"}, {}, b""),
    ):
        error = refuse(token)
        assert "canary" not in f"{error}{error!r}{error.__cause__}"
