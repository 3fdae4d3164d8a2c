"""The programmable provider, spoken to without any client of ours."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from pywry_auth.testing import (
    Alg,
    Append,
    ClientAuthMethod,
    Conduct,
    Drop,
    FromNow,
    HmacSecret,
    KeyPlan,
    Listed,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
    Registration,
    Reply,
    Rotation,
    Signing,
    SwapCase,
    Tamper,
)


REDIRECT_URI = "http://127.0.0.1:9/callback"
KEY_TYPES = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


@pytest.fixture(scope="module")
def op() -> Iterator[ProgrammableProvider]:
    with ProgrammableProvider() as provider:
        yield provider


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as client:
        yield client


@dataclass
class Hand:
    """A relying party made by hand, which a test can make do anything."""

    http: httpx.Client
    issuer: str

    def __post_init__(self) -> None:
        self.metadata = self.http.get(f"{self.issuer}/.well-known/openid-configuration").json()
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.params = {
            "response_type": "code",
            "client_id": "rp-client",
            "redirect_uri": REDIRECT_URI,
            "scope": "openid email",
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def authorize(self, **changes: str) -> httpx.Response:
        return self.http.get(self.metadata["authorization_endpoint"], params=self.params | changes)

    def redirect(self, **changes: str) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.authorize(**changes).headers["location"]).query)

    def token(self, auth: tuple[str, str] | None = None, **changes: str | None) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": "rp-client",
            "redirect_uri": REDIRECT_URI,
            "code_verifier": self.verifier,
        } | changes
        sent = {name: value for name, value in form.items() if value is not None}
        return self.http.post(self.metadata["token_endpoint"], data=sent, auth=auth)

    def tokens(self) -> dict[str, str]:
        return self.token(code=self.redirect()["code"][0]).json()

    def refresh(self, refresh_token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": "rp-client"}
        return self.http.post(
            self.metadata["token_endpoint"], data=form | {"refresh_token": refresh_token}
        )

    def key_set(self) -> list[dict[str, str]]:
        return self.http.get(self.metadata["jwks_uri"]).json()["keys"]


def header_of(token: str) -> dict[str, str]:
    return json.loads(decoded(token.split(".", maxsplit=1)[0]))


def claims_of(token: str) -> dict[str, object]:
    return json.loads(decoded(token.split(".")[1]))


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token: str, jwk: dict[str, str]) -> bool:
    key = KEY_TYPES[jwk["kty"]].import_key(jwk)
    try:
        jws.deserialize_compact(token.encode(), key, algorithms=[header_of(token)["alg"]])
    except JoseError:
        return False
    return True


def test_a_correct_sign_in_leaves_no_violation(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("correct"))
    answer = hand.redirect()
    assert answer["state"] == [hand.params["state"]]
    assert answer["iss"] == [hand.issuer]
    tokens = hand.token(code=answer["code"][0]).json()
    assert tokens["token_type"] == "Bearer"
    assert "expires_in" not in tokens
    assert "refresh_token" not in tokens
    claims = claims_of(tokens["id_token"])
    assert claims["iss"] == hand.issuer
    assert claims["aud"] == "rp-client"
    assert claims["nonce"] == hand.params["nonce"]
    jwk = next(key for key in hand.key_set() if key["kid"] == header_of(tokens["id_token"])["kid"])
    assert verified(tokens["id_token"], jwk)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    info = http.get(hand.metadata["userinfo_endpoint"], headers=bearer).json()
    assert info == {"sub": claims["sub"], "email": "janedoe@example.com", "email_verified": True}
    assert op.violations("correct") == []
    assert op.calls("correct") == ["discovery", "authorize", "token", "jwks", "userinfo"]


def test_at_hash_is_the_left_half_of_the_access_token_hash(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    tokens = Hand(http, op.add("at-hash")).tokens()
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert decoded(str(claims_of(tokens["id_token"])["at_hash"])) == half


def test_both_metadata_addresses_give_the_same_document(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("metadata"))
    other = f"{op.base_url}/.well-known/oauth-authorization-server/metadata"
    assert http.get(other).json() == hand.metadata


def test_the_key_set_holds_the_foreign_keys_of_the_baseline(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    keys = Hand(http, op.add("keys")).key_set()
    signing = [key for key in keys if key["use"] == "sig"]
    kinds = sorted((key["kty"], key.get("crv", "")) for key in signing)
    assert kinds == [
        ("EC", "P-256"),
        ("EC", "P-256"),
        ("EC", "secp256k1"),
        ("OKP", "Ed25519"),
        ("RSA", ""),
        ("RSA", ""),
    ]
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all("alg" not in key and "d" not in key for key in keys)
    assert {key["kty"] for key in keys if key["use"] == "enc"} == {"RSA", "EC"}


@pytest.mark.parametrize("alg", [Alg.RS256, Alg.PS256, Alg.ES256, Alg.EDDSA])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_each_algorithm_verifies_and_a_damaged_signature_does_not(
    op: ProgrammableProvider, http: httpx.Client, alg: Alg
) -> None:
    for tamper in Tamper:
        signing = Signing(alg, tamper)
        hand = Hand(http, op.add(f"alg-{alg}-{tamper}", Conduct(signing=signing)))
        token = hand.tokens()["id_token"]
        jwk = next(key for key in hand.key_set() if key["kid"] == header_of(token)["kid"])
        assert verified(token, jwk) is (tamper is Tamper.NOTHING)


@pytest.mark.parametrize("secret", list(HmacSecret))
def test_hs256_is_made_with_the_secret_asked_for(
    op: ProgrammableProvider, http: httpx.Client, secret: HmacSecret
) -> None:
    client = Registration(client_secret="s" * 32, auth=ClientAuthMethod.SECRET_POST)
    conduct = Conduct(client=client, signing=Signing(Alg.HS256, hmac=secret))
    hand = Hand(http, op.add(f"hs256-{secret}", conduct))
    code = hand.redirect()["code"][0]
    token = hand.token(code=code, client_secret="s" * 32).json()["id_token"]
    key = OctKey.import_key("s" * 32)
    right = secret is HmacSecret.CLIENT_SECRET
    try:
        jws.deserialize_compact(token.encode(), key, algorithms=["HS256"])
    except JoseError:
        assert not right
    else:
        assert right


def test_alg_none_has_an_empty_signature(op: ProgrammableProvider, http: httpx.Client) -> None:
    token = Hand(http, op.add("none", Conduct(signing=Signing(Alg.NONE)))).tokens()["id_token"]
    assert header_of(token)["alg"] == "none"
    assert token.endswith(".")


def test_edits_change_single_members(op: ProgrammableProvider, http: httpx.Client) -> None:
    conduct = Conduct(
        id_token={
            "iss": Append("1"),
            "sub": Drop(),
            "aud": Listed(("", "1")),
            "iat": FromNow(3600),
        },
        token={"token_type": SwapCase(), "expires_in": Put("900")},
    )
    issuer = op.add("edits", conduct)
    tokens = Hand(http, issuer).tokens()
    claims = claims_of(tokens["id_token"])
    assert claims["iss"] == issuer + "1"
    assert "sub" not in claims
    assert claims["aud"] == ["rp-client", "rp-client1"]
    assert claims["iat"] > claims["exp"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("bEARER", "900")


def test_form_post_answers_with_a_form_that_submits_itself(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    page = Hand(http, op.add("form")).authorize(response_mode="form_post")
    assert page.status_code == 200
    assert f'action="{REDIRECT_URI}"' in page.text
    assert 'name="code"' in page.text
    assert "document.forms[0].submit()" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "email"},
        {"response_type": "token"},
        {"client_id": "somebody"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"nonce": "n" * 44},
        {"nonce": "n" * 20 + "!!"},
        {"state": "1"},
        {"client_secret": "x"},
        {"redirect_uri": "http://example.com/callback"},
        {"redirect_uri": "http://127.0.0.1/callback"},
    ],
    ids=str,
)
def test_a_wrong_authorization_request_is_a_violation(
    op: ProgrammableProvider, http: httpx.Client, changes: dict[str, str]
) -> None:
    hand = Hand(http, op.add("violations"))
    assert hand.authorize(**changes).status_code == 400
    assert len(op.violations("violations")) == 1


@pytest.mark.parametrize("name", ["state", "nonce", "code_challenge"])
def test_a_random_value_used_twice_is_a_violation(
    op: ProgrammableProvider, http: httpx.Client, name: str
) -> None:
    issuer = op.add("fresh")
    first, second = Hand(http, issuer), Hand(http, issuer)
    assert first.authorize().status_code == 302
    assert second.authorize(**{name: first.params[name]}).status_code == 400
    assert op.violations("fresh") == [f"authorize: {name} was used before"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "v" * 43},
        {"code_verifier": "short"},
        {"code_verifier": None},
        {"redirect_uri": "http://127.0.0.1:10/callback"},
        {"redirect_uri": None},
        {"client_id": None},
        {"client_secret": "x"},
        {"grant_type": "password"},
        {"code": "made-up"},
    ],
    ids=str,
)
def test_a_wrong_token_request_is_a_violation(
    op: ProgrammableProvider, http: httpx.Client, changes: dict[str, str | None]
) -> None:
    hand = Hand(http, op.add("token-violations"))
    answer = hand.token(**{"code": hand.redirect()["code"][0]} | changes)
    assert answer.status_code in {400, 401}
    assert op.violations("token-violations")


def test_a_code_is_redeemed_once(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("once"))
    code = hand.redirect()["code"][0]
    assert hand.token(code=code).status_code == 200
    assert hand.token(code=code).json()["error"] == "invalid_grant"
    assert "token: not so: the code is redeemed once" in op.violations("once")


def test_client_secret_basic_is_form_decoded(op: ProgrammableProvider, http: httpx.Client) -> None:
    client = Registration("rp:client", "a b+c%d:é", ClientAuthMethod.SECRET_BASIC)
    hand = Hand(http, op.add("basic", Conduct(client=client)))
    code = hand.redirect(client_id="rp:client")["code"][0]
    encoded = ("rp%3Aclient", "a+b%2Bc%25d%3A%C3%A9")
    assert hand.token(code=code, auth=encoded, client_id=None).status_code == 200
    assert op.violations("basic") == []
    assert hand.token(code=code, client_secret="a b+c%d:é").status_code == 401


def test_the_access_token_belongs_into_the_header(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("header"))
    token = hand.tokens()["access_token"]
    url = hand.metadata["userinfo_endpoint"]
    assert http.get(url, params={"access_token": token}).status_code == 401
    assert len(op.violations("header")) == 3


def test_refresh_tokens_rotate_and_a_spent_one_is_refused(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("rotate", Conduct(refresh=RefreshPolicy.ROTATE)))
    first = hand.tokens()["refresh_token"]
    second = hand.refresh(first).json()["refresh_token"]
    assert second != first
    assert hand.refresh(first).json()["error"] == "invalid_grant"
    assert hand.refresh(second).status_code == 200
    assert op.violations("rotate") == ["refresh: a spent refresh token was sent again"]


def test_reuse_detection_ends_the_session(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("reuse", Conduct(refresh=RefreshPolicy.DETECT_REUSE)))
    first = hand.tokens()["refresh_token"]
    second = hand.refresh(first).json()["refresh_token"]
    hand.refresh(first)
    assert hand.refresh(second).json()["error"] == "invalid_grant"


def test_a_kept_refresh_token_stays_the_same(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("keep", Conduct(refresh=RefreshPolicy.KEEP)))
    first = hand.tokens()["refresh_token"]
    assert hand.refresh(first).json()["refresh_token"] == first


def test_ended_sessions_are_refused(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("ended", Conduct(refresh=RefreshPolicy.ROTATE)))
    token = hand.tokens()["refresh_token"]
    op.end_sessions("ended")
    assert hand.refresh(token).json()["error"] == "invalid_grant"
    assert op.violations("ended") == []


def test_revocation_ends_the_refresh_token(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("revoke", Conduct(refresh=RefreshPolicy.ROTATE)))
    token = hand.tokens()["refresh_token"]
    form = {"client_id": "rp-client", "token": token, "token_type_hint": "refresh_token"}
    assert http.post(hand.metadata["revocation_endpoint"], data=form).status_code == 200
    assert hand.refresh(token).status_code == 400
    assert op.violations("revoke") == []


def test_a_fixed_reply_to_a_refresh_spends_nothing(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    reply = Reply(429, "slow down", "text/plain", {"Retry-After": "7"})
    conduct = Conduct(refresh=RefreshPolicy.ROTATE, replies={"refresh": reply})
    hand = Hand(http, op.add("busy", conduct))
    token = hand.tokens()["refresh_token"]
    busy = hand.refresh(token)
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
    op.program("busy", Conduct(refresh=RefreshPolicy.ROTATE))
    assert hand.refresh(token).status_code == 200


@pytest.mark.parametrize("reply", [Reply(cut=True), Reply(body="{}", lost=10)], ids=str)
def test_a_connection_can_be_cut(
    op: ProgrammableProvider, http: httpx.Client, reply: Reply
) -> None:
    hand = Hand(http, op.add("cut", Conduct(replies={"token": reply})))
    with pytest.raises(httpx.RemoteProtocolError):
        hand.tokens()


@pytest.mark.parametrize(
    ("rotation", "looks"),
    [
        (Rotation.NEVER, [True, True]),
        (Rotation.BEFORE_SIGNING, [True, True]),
        (Rotation.LATE, [False, True]),
        (Rotation.HIDDEN, [False, False]),
    ],
)
def test_the_key_set_shows_the_signing_key_when_the_plan_says_so(
    op: ProgrammableProvider, http: httpx.Client, rotation: Rotation, looks: list[bool]
) -> None:
    hand = Hand(http, op.add(f"rotation-{rotation}", Conduct(keys=KeyPlan(rotation=rotation))))
    kid = header_of(hand.tokens()["id_token"])["kid"]
    assert [any(key["kid"] == kid for key in hand.key_set()) for _ in looks] == looks


def test_keys_change_with_each_sign_in(op: ProgrammableProvider, http: httpx.Client) -> None:
    issuer = op.add("each", Conduct(keys=KeyPlan(rotation=Rotation.EACH_SIGN_IN)))
    first, second = (header_of(Hand(http, issuer).tokens()["id_token"])["kid"] for _ in "12")
    assert first != second


def test_keys_without_names_have_no_kid(op: ProgrammableProvider, http: httpx.Client) -> None:
    hand = Hand(http, op.add("nameless", Conduct(keys=KeyPlan(each=1, named=False))))
    assert "kid" not in header_of(hand.tokens()["id_token"])
    assert all("kid" not in key for key in hand.key_set())


def test_decoys_share_the_kid_but_not_the_type(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("decoys", Conduct(keys=KeyPlan(decoys=True))))
    kid = header_of(hand.tokens()["id_token"])["kid"]
    same = [key for key in hand.key_set() if key["kid"] == kid]
    assert sorted(key["kty"] for key in same) == ["EC", "EC", "OKP", "RSA"]


def test_a_repeated_parameter_comes_with_another_value(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    answer = Hand(http, op.add("repeat", Conduct(repeated=("code",)))).redirect()
    assert len(set(answer["code"])) == 2


def test_nothing_secret_prints(op: ProgrammableProvider, http: httpx.Client) -> None:
    conduct = Conduct(client=Registration(client_secret="canary-secret"))
    hand = Hand(http, op.add("printing", conduct))
    code = hand.redirect()["code"][0]
    hand.token(code=code)
    printed = repr(op.requests("printing")) + repr(conduct)
    assert code not in printed
    assert "canary-secret" not in printed
    assert hand.verifier not in printed


def test_everything_issued_can_be_searched_for(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    hand = Hand(http, op.add("issued", Conduct(refresh=RefreshPolicy.ROTATE)))
    code = hand.redirect()["code"][0]
    tokens = hand.token(code=code).json()
    given = {code, *(tokens[name] for name in ("access_token", "id_token", "refresh_token"))}
    assert set(op.issued("issued")) == given


def test_a_correct_answer_can_be_late_and_calls_can_be_waited_for(
    op: ProgrammableProvider, http: httpx.Client
) -> None:
    issuer = op.add("late", Conduct(delays={"discovery": 60}))
    assert not op.wait_for("late", "discovery", timeout=0.01)
    with pytest.raises(httpx.ReadTimeout):
        http.get(f"{issuer}/.well-known/openid-configuration", timeout=0.05)
    assert op.wait_for("late", "discovery")


def test_an_unknown_issuer_is_404(op: ProgrammableProvider, http: httpx.Client) -> None:
    assert http.get(f"{op.base_url}/nobody/.well-known/openid-configuration").status_code == 404


def test_stop_gives_up_replies_that_wait() -> None:
    with ProgrammableProvider() as provider:
        issuer = provider.add("slow", Conduct(replies={"discovery": Reply(delay=60)}))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=0.05, trust_env=False)
    provider.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(issuer, trust_env=False)
