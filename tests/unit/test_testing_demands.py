"""What the programmable provider says of clients that push, prove, name wrongly."""

import json
import secrets
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.dpop import DPoPKey, proof
from pywry_auth.testing import (
    Binding,
    Conduct,
    Nonces,
    ProgrammableProvider,
    Proofs,
    Pushing,
    RefreshPolicy,
)


CALLBACK = "http://127.0.0.1:9/callback"
KEY, OTHER = DPoPKey.draw(), DPoPKey.draw()
BOUND = Conduct(proofs=Proofs(Binding.REQUIRED), refresh=RefreshPolicy.KEEP)


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


class Client:
    """Speaks to one issuer, as rightly or as wrongly as it is told."""

    def __init__(self, op, conduct):
        self.op, self.mode = op, secrets.token_hex(4)
        self.url = op.add(self.mode, conduct)
        self.pkce = PKCEChallenge.generate()
        self.http = httpx.Client(trust_env=False)

    def asks(self, **more):
        return {
            "response_type": "code",
            "client_id": "rp-client",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "code_challenge": self.pkce.challenge,
            "code_challenge_method": "S256",
            **more,
        }

    def opens(self, **params):
        return self.http.get(f"{self.url}/authorize", params=params)

    def posts(self, path, fields, *, key=None, header=None, **more):
        url = f"{self.url}/{path}"
        made = header or (proof(key, "POST", url, now=time.time(), **more) if key else None)
        return self.http.post(url, data=fields, headers={"dpop": made} if made else {})

    def redeems(self, *, key=KEY, **more):
        arrived = self.opens(**self.asks()).headers["location"]
        fields = {
            "grant_type": "authorization_code",
            "client_id": "rp-client",
            "code": parse_qs(urlsplit(arrived).query)["code"][0],
            "redirect_uri": CALLBACK,
            "code_verifier": self.pkce.verifier,
        }
        return self.posts("token", fields, key=key, **more)

    def wrong(self):
        self.http.close()
        return self.op.violations(self.mode)


def test_a_correct_proof_is_not_objected_to(op):
    client = Client(op, BOUND)
    tokens = client.redeems().json()
    assert tokens["token_type"] == "DPoP"
    assert client.wrong() == []


def altered(**changes):
    """Make a header whose proof says something else than it should."""

    def make(client):
        url, told = f"{client.url}/token", {"method": "POST", "at": time.time(), **changes}
        return proof(
            KEY,
            told["method"],
            told.get("url", url),
            now=told["at"],
            access_token=told.get("access_token"),
        )

    return make


def with_secret_key(client):
    header = {
        "typ": "dpop+jwt",
        "jwk": {k: v for k, v in json.loads(KEY.to_text()).items() if k != "alg"},
    }
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": "POST",
        "htu": f"{client.url}/token",
        "iat": int(time.time()),
    }
    return KEY.sign(header, claims)


def of_another_type(client):
    header = {"typ": "JWT", "jwk": dict(KEY.public_jwk)}
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": "POST",
        "htu": f"{client.url}/token",
        "iat": int(time.time()),
    }
    return KEY.sign(header, claims)


def signed_by_another(client):
    good = proof(KEY, "POST", f"{client.url}/token", now=time.time())
    return ".".join([*good.split(".")[:2], proof(OTHER, "POST", "x://y", now=1).split(".")[2]])


@pytest.mark.parametrize(
    ("make", "law"),
    [
        (altered(method="GET"), "htm is the method"),
        (altered(url="http://127.0.0.1/elsewhere"), "htu is the address"),
        (altered(at=time.time() - 4000), "iat is now"),
        (altered(access_token="at"), "ath is there exactly at a resource"),
        (with_secret_key, "the jwk is public"),
        (of_another_type, "typ is dpop+jwt"),
        (signed_by_another, "wrongly signed"),
        (lambda _: "no proof", "malformed"),
    ],
    ids=["method", "address", "time", "token", "secret key", "type", "signature", "nonsense"],
)
def test_a_wrong_proof_is_objected_to_and_buys_nothing(op, make, law):
    client = Client(op, BOUND)
    answer = client.redeems(header=make(client))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    (violation,) = client.wrong()
    assert law in violation


def test_a_missing_proof_is_objected_to_where_one_is_required(op):
    client = Client(op, BOUND)
    assert client.redeems(key=None).status_code == 400
    assert client.wrong() == ["token: there is no proof"]


def test_a_proof_is_good_for_one_use(op):
    client = Client(op, BOUND)
    used = proof(KEY, "POST", f"{client.url}/token", now=time.time())
    assert client.redeems(header=used).is_success
    client.pkce = PKCEChallenge.generate()
    assert client.redeems(header=used).status_code == 400
    assert client.wrong() == ["token: jti of a proof was used before"]


def test_a_nonce_that_nobody_asked_for_is_objected_to(op):
    client = Client(op, BOUND)
    client.redeems(nonce="mine")
    assert client.wrong() == ["token: a nonce was sent that nobody asked for"]


def test_a_nonce_that_is_not_known_yet_is_asked_for_without_reproach(op):
    client = Client(op, Conduct(proofs=Proofs(Binding.REQUIRED, nonces=Nonces.STEADY)))
    answer = client.redeems()
    assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
    assert answer.headers["dpop-nonce"]
    assert client.wrong() == []


def test_a_refresh_token_stays_with_its_key(op):
    client = Client(op, BOUND)
    tokens = client.redeems().json()
    fields = {
        "grant_type": "refresh_token",
        "client_id": "rp-client",
        "refresh_token": tokens["refresh_token"],
    }
    assert client.posts("token", fields, key=OTHER).status_code == 400
    assert client.posts("token", fields, key=KEY).is_success
    assert client.wrong() == ["token: another key than before"]


def test_a_code_that_was_asked_for_with_a_key_stays_with_it(op):
    client = Client(op, BOUND)
    asks = client.asks
    client.asks = lambda: asks(dpop_jkt=OTHER.thumbprint)
    assert client.redeems(key=KEY).status_code == 400
    assert client.wrong() == ["token: another key than before"]


@pytest.mark.parametrize(
    ("scheme", "key", "law"),
    [
        ("Bearer", KEY, "the scheme is Bearer"),
        ("DPoP", None, "not proved by the token's key"),
        ("DPoP", OTHER, "not proved by the token's key"),
    ],
)
def test_a_bound_token_is_of_no_use_alone(op, scheme, key, law):
    client = Client(op, BOUND)
    token = client.redeems().json()["access_token"]
    url = f"{client.url}/userinfo"
    headers = {"authorization": f"{scheme} {token}"}
    if key is not None:
        headers["dpop"] = proof(key, "GET", url, now=time.time(), access_token=token)
    assert client.http.get(url, headers=headers).status_code == 401
    assert client.wrong() == [f"userinfo: {law}"]


PUSHED = Conduct(pushing=Pushing.REQUIRED)


def test_a_request_in_the_open_is_objected_to_where_it_must_be_handed_over(op):
    client = Client(op, PUSHED)
    assert client.opens(**client.asks()).status_code == 400
    assert client.wrong() == ["authorize: the request was not handed over"]


def test_a_name_of_a_request_is_good_for_one_use(op):
    client = Client(op, PUSHED)
    name = client.posts("par", client.asks()).json()["request_uri"]
    assert client.opens(client_id="rp-client", request_uri=name).status_code == 302
    assert client.opens(client_id="rp-client", request_uri=name).status_code == 400
    assert client.wrong() == ["authorize: request_uri was used before"]


@pytest.mark.parametrize(
    ("params", "law"),
    [
        ({"state": "x"}, "more than client_id and request_uri"),
        ({"client_id": "somebody"}, "the client_id is not that of the request"),
        ({"request_uri": "urn:invented"}, "unknown or stale request_uri"),
    ],
)
def test_an_address_says_nothing_but_client_and_name(op, params, law):
    client = Client(op, PUSHED)
    name = client.posts("par", client.asks()).json()["request_uri"]
    sent = {"client_id": "rp-client", "request_uri": name, **params}
    assert client.opens(**sent).status_code == 400
    assert law in client.wrong()[0]


@pytest.mark.parametrize("more", [{"request_uri": "urn:x"}, {"client_id": "somebody"}])
def test_a_request_that_cannot_be_taken_gets_no_name(op, more):
    client = Client(op, PUSHED)
    answer = client.posts("par", client.asks(**more))
    assert answer.status_code in {400, 401}
    assert "request_uri" not in answer.json()
    assert len(client.wrong()) == 1


def test_other_resources_than_before_are_objected_to(op):
    client = Client(op, Conduct(resources=("urn:a", "urn:b")))
    asks = client.asks
    client.asks = lambda: asks(resource="urn:a")
    assert client.redeems(key=None).json()["error"] == "invalid_target"
    assert client.wrong() == ["token: other resources than in the authorization request"]
