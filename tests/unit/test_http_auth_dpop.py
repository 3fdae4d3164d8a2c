"""Tokens that are good only beside a proof (RFC 9449 section 7)."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
import requests
from fakes.provider import ScriptedProvider
from joserfc import jws
from joserfc.jwk import ECKey
from resource_kit import FACES, Given, KeyedSession, Resource

from pywry_auth.errors import TokenError
from pywry_auth.http_auth.requests_auth import RequestsAuth
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.testing.clock import START, VirtualClock
from pywry_auth.token_store import MemoryTokenStore


KEY = DPoPKey.draw()


def read(proof):
    """Verify *proof* with the key it shows; gives its header and its claims."""
    header = json.loads(urlsafe_b64decode(proof.split(".")[0] + "=="))
    found = jws.deserialize_compact(proof, ECKey.import_key(header["jwk"]), algorithms=["ES256"])
    return header, json.loads(found.payload)


def claims(asked):
    return read(asked.proof)[1]


def challenge(error, scheme="DPoP", nonce=None):
    headers = {"WWW-Authenticate": f'{scheme} algs="ES256", error="{error}"'}
    return Given(401, headers | ({"DPoP-Nonce": nonce} if nonce else {}))


class Scene:
    """A resource that wants proofs, with a nonce if it says one."""

    def __init__(self, face, *, token_type="DPoP", nonce=None):
        self.face = face
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock)
        self.session = KeyedSession(self.provider, MemoryTokenStore(), clock=self.clock)
        self.session.key = KEY
        tokens = self.provider.tokens(token_type=token_type)
        asyncio.run(self.session.save_tokens(tokens))
        self.nonce = nonce
        self.seen = set()
        self.api = Resource(self.answer)

    def answer(self, asked):
        said = claims(asked)
        assert said["jti"] not in self.seen
        self.seen.add(said["jti"])
        if said.get("nonce") != self.nonce:
            return challenge("use_dpop_nonce", nonce=self.nonce)
        return Given()

    def client(self, *more):
        origins = [self.api.origin, *(one.origin for one in more)]
        return self.face(self.session, origins, clock=self.clock)


@pytest.fixture(params=FACES)
def face(request):
    return request.param


@pytest.mark.parametrize("token_type", ["DPoP", "dpOp", "DPOP"])
def test_a_bound_token_goes_with_a_proof_of_this_very_request(face, token_type):
    scene = Scene(face, token_type=token_type)
    with scene.api, scene.client() as client:
        assert client.request("PUT", f"{scene.api.url}/a%20b?x=1#y", content=b"x").status == 200
    [asked] = scene.api.asked
    header, said = read(asked.proof)
    assert asked.authorization == "DPoP access-1"
    assert header["typ"] == "dpop+jwt"
    assert header["jwk"] == KEY.public_jwk
    assert (said["htm"], said["htu"]) == ("PUT", f"{scene.api.url}/a%20b")
    assert said["iat"] == int(START)
    digest = sha256(b"access-1").digest()
    assert said["ath"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert "nonce" not in said  # nobody asked for one


def test_a_bearer_token_goes_without_proof_whatever_key_there_is(face):
    scene = Scene(face, token_type="Bearer")
    scene.api.answer = lambda _: Given()
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 200
    assert scene.api.asked[0].proof is None


def test_each_request_has_a_proof_of_its_own(face):
    scene = Scene(face)
    with scene.api, scene.client() as client:
        client.many([scene.api.url] * 5)
    assert len(scene.seen) == 5


@pytest.mark.parametrize("scheme", ["DPoP", "dPoP", "DPOP"])
def test_a_nonce_is_taken_and_the_request_repeated(face, scheme):
    """fapi2-security-profile-final-client-test-rs-dpop-auth-scheme-case-insensitivity."""
    scene = Scene(face)

    def answer(asked):
        known = claims(asked).get("nonce") == "n1"
        return Given() if known else challenge("use_dpop_nonce", scheme, "n1")

    scene.api.answer = answer
    with scene.api, scene.client() as client:
        assert client.post(scene.api.url, b"once").status == 200
        assert client.get(scene.api.url).status == 200  # which knows it already
    assert [claims(asked).get("nonce") for asked in scene.api.asked] == [None, "n1", "n1"]
    assert scene.provider.refreshed_with == []


def test_a_nonce_may_change_after_every_success(face):
    scene = Scene(face, nonce="n0")
    numbers = iter(range(1, 100))

    def answer(asked):
        given = scene.answer(asked)
        if given.status != 200:
            return given
        scene.nonce = f"n{next(numbers)}"
        return Given(200, {"DPoP-Nonce": scene.nonce})

    scene.api.answer = answer
    with scene.api, scene.client() as client:
        assert [client.get(scene.api.url).status for _ in range(4)] == [200] * 4
        assert len(scene.api.asked) == 5  # the first asked; the others were told in time
        scene.nonce = "unannounced"
        assert client.get(scene.api.url).status == 200
    assert len(scene.api.asked) == 7


def test_a_nonce_that_is_never_right_is_tried_once(face):
    scene = Scene(face)
    numbers = iter(range(100))
    scene.api.answer = lambda _: challenge("use_dpop_nonce", nonce=f"n{next(numbers)}")
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 401
    assert len(scene.api.asked) == 2
    assert scene.provider.refreshed_with == []


@pytest.mark.parametrize("nonce", [None, "", "two words", "é", "n" * 2000, '"'])
def test_what_is_no_nonce_is_no_reason_to_repeat(face, nonce):
    scene = Scene(face)
    scene.api.answer = lambda _: challenge("use_dpop_nonce", nonce=nonce)
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 401
    assert len(scene.api.asked) == 1


def test_nonces_of_two_origins_are_kept_apart(face):
    scene, other = Scene(face, nonce="mine"), Scene(face, nonce="its")
    with scene.api, other.api, scene.client(other.api) as client:
        for _ in range(2):
            assert client.get(scene.api.url).status == 200
            assert client.get(other.api.url).status == 200
    assert [claims(asked).get("nonce") for asked in scene.api.asked] == [None, "mine", "mine"]
    assert [claims(asked).get("nonce") for asked in other.api.asked] == [None, "its", "its"]


def test_a_stranger_sets_no_nonce(face):
    scene = Scene(face)
    theirs = {"DPoP-Nonce": "theirs"}
    with (
        Resource(lambda _: Given(200, theirs)) as last,
        Resource(lambda _: Given(302, theirs | {"Location": last.url})) as stranger,
        scene.api,
        scene.client() as client,
    ):
        scene.api.answer = lambda _: Given(302, {"Location": stranger.url, "DPoP-Nonce": "ours"})
        assert client.get(scene.api.url).status == 200
        nonces = client.auth._access._nonces
        assert scene.api.origin in repr(nonces)
        assert stranger.origin not in repr(nonces)
        assert last.origin not in repr(nonces)


def test_an_older_nonce_does_not_come_back(face):
    scene = Scene(face, nonce="older")

    def answer(asked):
        given = scene.answer(asked)
        if given.status == 200:  # meanwhile another request is told a newer one
            client.auth._access._nonces.learn(scene.api.url, {"dpop-nonce": "newer"})
        return given

    scene.api.answer = answer
    with scene.api, scene.client() as client:
        assert client.get(scene.api.url).status == 200
        assert client.auth._access._nonces.nonce_for(scene.api.url) == "newer"


def test_nonce_then_renewal_then_success(face):
    scene = Scene(face)
    provider_tokens = scene.provider.tokens
    scene.provider.tokens = lambda **changes: provider_tokens(token_type="DPoP", **changes)

    def answer(asked):
        if claims(asked).get("nonce") != "n":
            return challenge("use_dpop_nonce", nonce="n")
        return Given() if asked.authorization == "DPoP access-2" else challenge("invalid_token")

    scene.api.answer = answer
    with scene.api, scene.client() as client:
        assert client.post(scene.api.url, b"x").status == 200
    shown = [asked.authorization for asked in scene.api.asked]
    assert shown == ["DPoP access-1", "DPoP access-1", "DPoP access-2"]
    assert [claims(asked).get("nonce") for asked in scene.api.asked] == [None, "n", "n"]


def test_a_bound_token_without_its_key_is_not_sent(face):
    scene = Scene(face)
    scene.session.key = None
    with scene.api, scene.client() as client, pytest.raises(TokenError, match="key"):
        client.get(scene.api.url)
    assert scene.api.asked == []


def test_proofs_go_by_the_servers_clock(face):
    scene = Scene(face)
    tokens = scene.provider.tokens(token_type="DPoP", clock_offset=300.0)
    asyncio.run(scene.session.save_tokens(tokens))
    with scene.api, scene.client() as client:
        client.get(scene.api.url)
    assert claims(scene.api.asked[0])["iat"] == int(START) + 300


def test_a_prepared_request_that_is_sent_again_shows_no_old_proof():
    scene = Scene(FACES[2])

    def answer(asked):
        return scene.answer(asked) if asked.proof else challenge("invalid_dpop_proof")

    scene.api.answer = answer
    auth = RequestsAuth(scene.session, allowed_origins=[scene.api.origin])
    with scene.api, requests.Session() as client:
        prepared = client.prepare_request(requests.Request("GET", scene.api.url, auth=auth))
        assert [client.send(prepared).status_code for _ in range(3)] == [200] * 3
    assert len(scene.seen) == 3
