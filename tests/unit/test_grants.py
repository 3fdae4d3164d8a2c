"""What each grant says of itself."""

import base64
import copy
import json
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError
from urllib.parse import parse_qsl

import pytest
from fakes.jose import private_key
from hypothesis import given
from hypothesis import strategies as st

import pywry_auth
from pywry_auth import grants
from pywry_auth.errors import ConfigError, ReauthRequiredError
from pywry_auth.grants import (
    DEFAULT_CLIENT_ID,
    AuthProvider,
    ClientCredentialsAuth,
    DeviceCodeAuth,
    JwtBearerAuth,
    PasswordAuth,
    RefreshTokenAuth,
    SignedAssertion,
    TokenExchangeAuth,
    TokenGrant,
)
from pywry_auth.protocol.client_auth import (
    NoClientAuth,
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
)
from pywry_auth.protocol.grant import grant_request
from pywry_auth.testing import VirtualClock
from tests.relying_party import chain


NOW = 1_800_000_000.0
PEM = private_key("ES256").as_pem(private=True).decode()
TYPE = "urn:ietf:params:oauth:token-type:"
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


def device(client_id="tv", **more):
    place = {"device_url": "https://id.example.com/device", "show": lambda _prompt: None}
    return DeviceCodeAuth(client_id, **(place | more))


def signed(**more):
    says = {"key": PEM, "issuer": "robot@example.com", "audience": "https://id.example.com/token"}
    return SignedAssertion(**(says | more))


def request_of(grant):
    proof = grant.client_auth().proof(audience="https://id.example.com", now=NOW)
    return grant_request(
        "https://id.example.com/token",
        fields=grant.grant_data(),
        proof=proof,
        resources=grant.resources,
    )


def form_of(grant):
    return parse_qsl(request_of(grant).body.decode(), keep_blank_values=True)


# 4B.1


def test_4b_1_a_password_grant_sends_exactly_its_fields():
    assert PasswordAuth("jane", "pw").grant_data() == {
        "grant_type": "password",
        "client_id": DEFAULT_CLIENT_ID,
        "username": "jane",
        "password": "pw",
    }


def test_4b_1_a_one_time_code_is_sent_only_when_given():
    assert PasswordAuth("jane", "pw", totp="123456").grant_data()["totp"] == "123456"
    assert "totp" not in PasswordAuth("jane", "pw", totp="").grant_data()


def test_4b_1_a_password_can_be_sent_again():
    grant = PasswordAuth("jane", "pw")
    assert grant.can_reauthenticate
    assert grant.can_begin
    assert grant.grant_data() == grant.grant_data()
    assert grant.subject == "jane"


# 4B.2


def test_4b_2_a_refresh_token_is_sent_and_ends_the_session_when_it_ends():
    grant = RefreshTokenAuth("rt")
    assert grant.grant_data() == {
        "grant_type": "refresh_token",
        "client_id": DEFAULT_CLIENT_ID,
        "refresh_token": "rt",
    }
    assert not grant.can_reauthenticate
    assert grant.can_begin


# 4B.3


def test_4b_3_a_client_sends_its_secret_and_needs_nobody():
    grant = ClientCredentialsAuth("robot", "s3cret")
    assert grant.grant_data() == {
        "grant_type": "client_credentials",
        "client_id": "robot",
        "client_secret": "s3cret",
    }
    assert grant.can_reauthenticate


# 4B.4


def test_4b_4_grants_open_nothing_and_load_no_client():
    code = """
import socket, sys, builtins
def refuse(*a, **k): raise AssertionError("a grant opened something")
socket.socket.connect = socket.getaddrinfo = refuse
from pywry_auth import ClientCredentialsAuth, DeviceCodeAuth, PasswordAuth, RefreshTokenAuth
from pywry_auth.grants import JwtBearerAuth, TokenExchangeAuth
builtins.open = refuse
made = [PasswordAuth("u", "p"), RefreshTokenAuth("r"), ClientCredentialsAuth("c", "s"),
    JwtBearerAuth("a.b.c"), TokenExchangeAuth("t"),
    DeviceCodeAuth("c", device_url="https://id.example.com/device", show=print)]
for grant in made:
    grant.grant_data(), grant.can_reauthenticate, repr(grant), grant.client_auth()
heavy = {"httpx", "asyncio", "joserfc", "pydantic", "keyring", "ssl"} & set(sys.modules)
print(sorted(heavy))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


# 4B.5


def every_grant():
    """Every grant, with a canary in each secret."""
    key = private_key("ES256").as_pem(private=True).decode()
    basic = SecretBasic("c", "canary")
    return [
        PasswordAuth("jane", "canary", totp="canary", client_id="c", client_auth=basic),
        PasswordAuth("jane", "canary", totp=lambda: "canary"),
        RefreshTokenAuth("canary", client_id="c", client_auth=basic),
        ClientCredentialsAuth("c", "canary"),
        ClientCredentialsAuth("c", "canary", auth_method="client_secret_basic"),
        ClientCredentialsAuth("c", client_auth=PrivateKeyJwt("c", key)),
        device("c", client_auth=basic),
        JwtBearerAuth("canary", client_auth=basic),
        JwtBearerAuth(signed(key=key, claims={"act": "canary"})),
        TokenExchangeAuth("canary", actor_token="canary", client_id="c", client_secret="canary"),
    ]


@pytest.mark.parametrize("grant", every_grant(), ids=lambda grant: type(grant).__name__)
def test_4b_5_nothing_secret_prints(grant):
    for said in (repr(grant), str(grant), f"{grant}", repr(grant.client_auth()), repr([grant])):
        assert "canary" not in said
        assert "PRIVATE" not in said
    assert repr(grant).startswith(type(grant).__name__)
    request = request_of(grant)
    assert "canary" not in f"{request!r}"


@pytest.mark.parametrize("grant", every_grant(), ids=lambda grant: type(grant).__name__)
def test_grants_are_frozen(grant):
    with pytest.raises(FrozenInstanceError):
        grant.client_id = "other"
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        grant.unheard_of = "x"


@pytest.mark.parametrize("grant", every_grant(), ids=lambda grant: type(grant).__name__)
def test_a_copy_is_equal_and_what_differs_is_not(grant):
    assert copy.copy(grant) == grant
    assert hash(copy.copy(grant)) == hash(grant)
    assert grant != PasswordAuth("somebody", "else")


def test_used_or_not_a_grant_is_the_same_grant():
    one, other = PasswordAuth("u", "p", totp="1"), PasswordAuth("u", "p", totp="1")
    one.grant_data()
    assert one == other
    assert hash(one) == hash(other)


# 4B.6


def test_4b_6_a_function_tells_a_code_for_each_grant():
    codes = iter(["111111", "222222"])
    grant = PasswordAuth("jane", "pw", totp=lambda: next(codes))
    assert grant.grant_data()["totp"] == "111111"
    assert grant.can_reauthenticate
    assert grant.grant_data()["totp"] == "222222"
    repr(grant)
    assert grant.can_reauthenticate
    assert grant.can_begin
    assert next(codes, "none is left") == "none is left"


def test_4b_6_a_fixed_code_is_used_once():
    grant = PasswordAuth("jane", "pw", totp="123456")
    assert grant.can_reauthenticate
    assert grant.can_begin
    grant.grant_data()
    assert not grant.can_reauthenticate
    assert not grant.can_begin
    with pytest.raises(ReauthRequiredError, match="used already") as caught:
        grant.grant_data()
    assert "123456" not in f"{caught.value!r}{caught.value.hint}"


def test_4b_6_two_threads_never_send_the_same_code():
    for _ in range(50):
        grant = PasswordAuth("jane", "pw", totp="123456")
        given_codes, begin = [], threading.Barrier(4)

        def ask(grant=grant, given_codes=given_codes, begin=begin):
            begin.wait()
            try:
                given_codes.append(grant.grant_data()["totp"])
            except ReauthRequiredError:
                given_codes.append(None)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given_codes, key=str) == ["123456", None, None, None]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_4b_6_a_copy_shares_what_is_left_of_the_code(copied):
    grant = PasswordAuth("jane", "pw", totp="123456")
    copied(grant).grant_data()
    assert not grant.can_reauthenticate


def test_what_a_function_raises_reaches_the_caller():
    def gone():
        raise OSError("the token generator is unplugged")

    with pytest.raises(OSError, match="unplugged"):
        PasswordAuth("jane", "pw", totp=gone).grant_data()


# 4B.7


def test_4b_7_the_client_can_be_another_one():
    assert PasswordAuth("u", "p", client_id="mine").grant_data()["client_id"] == "mine"
    assert RefreshTokenAuth("r", client_id="mine").grant_data()["client_id"] == "mine"
    assert DEFAULT_CLIENT_ID == "cdse-public"
    assert PasswordAuth("u", "p").client_id == RefreshTokenAuth("r").client_id == DEFAULT_CLIENT_ID


# 4B.29, the half that grants have in it


@pytest.mark.parametrize(
    ("method", "kind"), [("client_secret_post", SecretPost), ("client_secret_basic", SecretBasic)]
)
def test_4b_29_a_client_proves_itself_on_every_request(method, kind):
    grant = ClientCredentialsAuth("robot", "s3cret", auth_method=method)
    assert grant.client_auth() == kind("robot", "s3cret")


def test_4b_29_with_basic_the_secret_is_in_the_header_alone():
    grant = ClientCredentialsAuth("robot", "s3cret", auth_method="client_secret_basic", scope="a")
    assert grant.grant_data() == {"grant_type": "client_credentials", "scope": "a"}
    request = request_of(grant)
    assert b"s3cret" not in request.body
    assert request.headers["authorization"] == (
        "Basic " + base64.b64encode(b"robot:s3cret").decode()
    )


def test_4b_29_with_post_the_secret_is_in_the_form_alone_once():
    request = request_of(ClientCredentialsAuth("robot", "s3cret"))
    assert "authorization" not in request.headers
    names = [name for name, _ in parse_qsl(request.body.decode())]
    assert sorted(names) == ["client_id", "client_secret", "grant_type"]


def test_4b_29_with_a_key_no_secret_is_sent():
    grant = ClientCredentialsAuth("robot", client_auth=PrivateKeyJwt("robot", PEM))
    assert grant.grant_data() == {"grant_type": "client_credentials", "client_id": "robot"}
    form = dict(form_of(grant))
    assert form["client_assertion"].count(".") == 2
    assert "client_secret" not in form


@pytest.mark.parametrize(
    "make",
    [
        lambda proof: PasswordAuth("u", "p", client_id="c", client_auth=proof),
        lambda proof: RefreshTokenAuth("r", client_id="c", client_auth=proof),
        lambda proof: ClientCredentialsAuth("c", client_auth=proof),
        lambda proof: device("c", client_auth=proof),
        lambda proof: JwtBearerAuth("a.b.c", client_id="c", client_auth=proof),
        lambda proof: TokenExchangeAuth("t", client_id="c", client_auth=proof),
    ],
)
def test_4b_29_every_grant_takes_a_proof_and_only_the_clients_own(make):
    proof = SecretBasic("c", "s")
    assert make(proof).client_auth() == proof
    assert "client_id" not in make(proof).grant_data()  # the header names it
    assert make(SecretPost("c", "s")).grant_data()["client_id"] == "c"
    with pytest.raises(ConfigError, match="another one"):
        make(SecretBasic("somebody-else", "s"))


def test_a_public_client_only_names_itself():
    assert PasswordAuth("u", "p").client_auth() == NoClientAuth(DEFAULT_CLIENT_ID)
    assert JwtBearerAuth("a.b.c").client_auth().proof(audience="x", now=NOW).fields == {}
    assert "client_id" not in dict(form_of(JwtBearerAuth("a.b.c")))
    assert "client_id" not in dict(form_of(TokenExchangeAuth("t")))


# what is refused


@pytest.mark.parametrize(
    "make",
    [
        lambda: PasswordAuth("", "p"),
        lambda: PasswordAuth("  ", "p"),
        lambda: PasswordAuth("u", ""),
        lambda: PasswordAuth("u", "p", client_id=""),
        lambda: RefreshTokenAuth(""),
        lambda: RefreshTokenAuth("r", client_id=""),
        lambda: ClientCredentialsAuth("", "s"),
        lambda: ClientCredentialsAuth("c", ""),
        lambda: ClientCredentialsAuth("c", "s", auth_method="none"),
        lambda: ClientCredentialsAuth("c", "s", client_auth=SecretPost("c", "s")),
        lambda: device(""),
        lambda: TokenExchangeAuth(""),
        lambda: TokenExchangeAuth("t", actor_token=""),
        lambda: TokenExchangeAuth("t", subject_token_type="banana"),
        lambda: TokenExchangeAuth("t", subject_token_type=""),
        lambda: TokenExchangeAuth("t", requested_token_type="banana"),
        lambda: TokenExchangeAuth("t", client_secret="s"),
        lambda: TokenExchangeAuth(
            "t", client_id="c", client_secret="s", client_auth=SecretPost("c", "s")
        ),
        lambda: JwtBearerAuth(""),
        lambda: signed(key=""),
        lambda: signed(issuer=""),
        lambda: signed(audience=""),
        lambda: signed(alg=""),
        lambda: signed(life=0),
        lambda: signed(life=float("nan")),
        lambda: signed(life=3601),
        lambda: signed(claims={"iss": "somebody else"}),
    ],
)
def test_what_cannot_work_is_refused_when_made_with_advice(make):
    with pytest.raises(ConfigError) as caught:
        make()
    assert isinstance(caught.value, ValueError)
    assert caught.value.hint


HALF = "p\udce4ss"  # what an environment in Latin-1 gives for "päss"


@pytest.mark.parametrize(
    "make",
    [
        lambda: PasswordAuth(HALF, "p"),
        lambda: PasswordAuth("u", HALF),
        lambda: PasswordAuth("u", "p", totp=HALF),
        lambda: PasswordAuth("u", "p", client_id=HALF),
        lambda: RefreshTokenAuth(HALF),
        lambda: ClientCredentialsAuth("c", HALF),
        lambda: TokenExchangeAuth(HALF),
        lambda: JwtBearerAuth(HALF),
        lambda: TokenExchangeAuth(lambda: HALF).grant_data(),
    ],
)
def test_what_is_no_text_is_refused_and_not_repeated(make):
    with pytest.raises(ConfigError, match="no text") as caught:
        make()
    for error in chain(caught.value):
        assert not isinstance(error, UnicodeError)
        assert HALF not in f"{error!r}{vars(error)}"


@pytest.mark.parametrize(
    "make",
    [
        lambda: PasswordAuth("u", "p", totp=123456),
        lambda: TokenExchangeAuth(b"token"),
        lambda: JwtBearerAuth(None),
    ],
)
def test_what_is_neither_text_nor_function_is_refused_when_made(make):
    with pytest.raises(ConfigError, match="neither text nor a function"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PasswordAuth("u", "p", resources=["no address"]),
        lambda: ClientCredentialsAuth("c", "s", resources=["https://api.example.com/#part"]),
        lambda: device(device_url=""),
        lambda: device(device_url="http://id.example.com/device"),
        lambda: device(device_url="https://user:pw@id.example.com/device"),
    ],
)
def test_an_address_that_is_none_is_refused_when_the_grant_is_made(make):
    with pytest.raises(ConfigError):
        make()


def test_a_device_endpoint_may_be_on_this_machine():
    assert device(device_url="http://127.0.0.1:8000/device").device_url.startswith("http://127")


# device


def test_a_device_needs_a_person_each_time():
    grant = device(scope="openid", resources=["https://api.example.com"])
    assert not grant.can_reauthenticate
    assert grant.can_begin
    assert grant.grant_data() == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": "tv",
        "scope": "openid",
    }


# exchange


def test_an_exchange_says_what_is_given_for_what():
    grant = TokenExchangeAuth(
        "st",
        subject_token_type="id_token",
        actor_token="at",
        actor_token_type="jwt",
        requested_token_type="access_token",
        audience="backend",
        resources=["https://a.example.com", "https://b.example.com"],
        scope="read",
        client_id="c",
        client_secret="s",
    )
    assert form_of(grant) == [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("client_id", "c"),
        ("subject_token", "st"),
        ("subject_token_type", TYPE + "id_token"),
        ("actor_token", "at"),
        ("actor_token_type", TYPE + "jwt"),
        ("requested_token_type", TYPE + "access_token"),
        ("audience", "backend"),
        ("scope", "read"),
        ("resource", "https://a.example.com"),
        ("resource", "https://b.example.com"),
        ("client_secret", "s"),
    ]


def test_an_exchange_without_more_is_of_an_access_token():
    assert TokenExchangeAuth("st").grant_data() == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "st",
        "subject_token_type": TYPE + "access_token",
    }


@pytest.mark.parametrize("word", ["access_token", "id_token", "jwt", "refresh_token", "saml2"])
def test_a_kind_of_token_has_a_short_word(word):
    grant = TokenExchangeAuth("st", subject_token_type=word)
    assert grant.subject_token_type == TYPE + word
    assert TokenExchangeAuth("st", subject_token_type=TYPE + word) == grant


def test_a_kind_of_token_may_be_any_uri():
    own = "urn:example:ticket"
    assert TokenExchangeAuth("st", subject_token_type=own).subject_token_type == own


def test_a_fresh_token_is_asked_for_at_each_exchange():
    tokens = iter(["one", "two"])
    grant = TokenExchangeAuth(lambda: next(tokens))
    assert grant.can_reauthenticate
    assert [grant.grant_data()["subject_token"] for _ in range(2)] == ["one", "two"]


def test_a_fixed_token_is_exchanged_for_one_session():
    assert not TokenExchangeAuth("st").can_reauthenticate
    assert not TokenExchangeAuth(lambda: "st", actor_token="fixed").can_reauthenticate
    assert TokenExchangeAuth("st").can_begin


@pytest.mark.parametrize("make", [TokenExchangeAuth, JwtBearerAuth])
def test_a_function_that_tells_nothing_is_a_wrong_setting(make):
    with pytest.raises(ConfigError, match="empty"):
        make(lambda: "").grant_data()


# assertions


def told(assertion):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in assertion.split(".")[:2]]


def test_an_assertion_is_fresh_at_each_grant():
    clock = VirtualClock()
    grant = JwtBearerAuth(signed(kid="k1", claims={"scope": "drive"}, clock=clock))
    first = grant.grant_data()
    assert first["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    header, claims = told(first["assertion"])
    assert header == {"alg": "ES256", "typ": "JWT", "kid": "k1"}
    jti = claims.pop("jti")
    assert len(jti) >= 22
    assert claims == {
        "iss": "robot@example.com",
        "sub": "robot@example.com",
        "aud": "https://id.example.com/token",
        "iat": int(clock.now()),
        "exp": int(clock.now()) + 300,
        "scope": "drive",
    }
    clock.advance(600)
    later = told(grant.grant_data()["assertion"])[1]
    assert later["jti"] != jti
    assert later["iat"] == claims["iat"] + 600
    assert grant.can_reauthenticate


def test_an_assertion_is_signed_with_the_key():
    from joserfc import jws

    token = signed(subject="jane")()
    key = private_key("ES256")
    payload = jws.deserialize_compact(token, key, algorithms=["ES256"]).payload
    assert json.loads(payload)["sub"] == "jane"
    assert JwtBearerAuth(signed(subject="jane")).subject == "jane"
    assert JwtBearerAuth(signed()).subject == "robot@example.com"
    assert JwtBearerAuth("a.b.c").subject == ""


def test_a_key_may_be_a_jwk_that_nobody_changes_later():
    jwk = private_key("ES256").as_dict(private=True)
    assertion = signed(key=jwk)
    jwk.clear()
    assert assertion().count(".") == 2


def test_a_key_that_cannot_sign_is_a_wrong_setting_without_the_key():
    with pytest.raises(ConfigError, match="cannot make") as caught:
        JwtBearerAuth(signed(key="canary")).grant_data()
    assert "canary" not in f"{caught.value!r}{caught.value.hint}"


def test_a_ready_assertion_is_for_one_session():
    grant = JwtBearerAuth("a.b.c", scope="read")
    assert not grant.can_reauthenticate
    assert grant.grant_data()["assertion"] == "a.b.c"
    assert dict(form_of(grant))["scope"] == "read"


# laws of all


@given(texts, texts, texts)
def test_any_words_come_through_a_form(username, password, totp):
    form = dict(form_of(PasswordAuth(username, password, totp=totp)))
    assert (form["username"], form["password"], form["totp"]) == (username, password, totp)


@given(texts, texts, st.sampled_from(["client_secret_post", "client_secret_basic"]))
def test_any_client_comes_through_once(client_id, secret, method):
    grant = ClientCredentialsAuth(client_id, secret, auth_method=method)
    form = form_of(grant)
    assert len({name for name, _ in form}) == len(form)
    assert (("client_secret", secret) in form) == (method == "client_secret_post")


def test_a_scope_is_sent_by_every_grant_that_has_one():
    made = (
        PasswordAuth("u", "p", scope="a b"),
        RefreshTokenAuth("r", scope="a b"),
        ClientCredentialsAuth("c", "s", scope="a b", audience="api"),
    )
    assert [grant.grant_data()["scope"] for grant in made] == ["a b"] * 3
    assert made[2].grant_data()["audience"] == "api"


def test_resources_are_said_beside_the_fields():
    places = ["https://a.example.com", "https://b.example.com", "https://a.example.com"]
    for grant in (
        PasswordAuth("u", "p", resources=places),
        RefreshTokenAuth("r", resources=places),
        ClientCredentialsAuth("c", "s", resources=places),
        JwtBearerAuth("a.b.c", resources=places),
    ):
        sent = [value for name, value in form_of(grant) if name == "resource"]
        assert sent == places[:2]


def test_a_grant_with_other_words_is_another_grant():
    assert PasswordAuth("u", "p") == PasswordAuth("u", "p")
    assert PasswordAuth("u", "p") != PasswordAuth("u", "q")
    assert RefreshTokenAuth("r") != RefreshTokenAuth("s")


def test_the_names_of_old_are_the_same_classes():
    from pywry_auth.grants import providers

    assert AuthProvider is TokenGrant
    assert providers.AuthProvider is TokenGrant
    assert grants.TokenSet is pywry_auth.OAuthTokenSet
    for name in ("PasswordAuth", "RefreshTokenAuth", "ClientCredentialsAuth", "DeviceCodeAuth"):
        assert vars(providers)[name] is vars(grants).get(name) or grants.__getattr__(name)
        assert issubclass(vars(providers)[name], TokenGrant)
        assert pywry_auth.__getattr__(name) is vars(providers)[name]


def test_somebody_elses_grant_needs_only_two_members():
    class Ticket(TokenGrant):
        client_id = "mine"

        @property
        def can_reauthenticate(self):
            return True

        def grant_data(self):
            return {"grant_type": "urn:example:ticket", "ticket": "t"}

    assert Ticket().client_auth() == NoClientAuth("mine")
    assert form_of(Ticket())[-1] == ("client_id", "mine")
    with pytest.raises(TypeError):
        TokenGrant()


WORD_GRANTS = [
    lambda scope: ClientCredentialsAuth("c", "s", scope=scope),
    lambda scope: RefreshTokenAuth("r", scope=scope),
    lambda scope: TokenExchangeAuth("t", scope=scope),
    lambda scope: JwtBearerAuth("a.b.c", scope=scope),
    lambda scope: device(scope=scope),
]


@pytest.mark.parametrize("made", WORD_GRANTS)
@pytest.mark.parametrize(
    "scope", ["write read", ["write", "read"], ("write", "read"), iter(["write", "read"])]
)
def test_a_scope_is_one_text_or_words_in_their_order(made, scope):
    if not isinstance(scope, str | list | tuple):
        scope = iter(["write", "read"])  # for each case a new one
    grant = made(scope)
    assert grant.scope == "write read"
    assert [value for name, value in form_of(grant) if name == "scope"] == ["write read"]


def test_a_set_of_scopes_is_the_same_text_each_time():
    words = {"d", "a", "c", "b"}
    assert ClientCredentialsAuth("c", "s", scope=words).scope == "a b c d"
    assert ClientCredentialsAuth("c", "s", scope=[]).scope == ""


@pytest.mark.parametrize("made", WORD_GRANTS)
@pytest.mark.parametrize("scope", [None, 7, b"read", ["read", None], [b"read"]])
def test_any_other_scope_is_refused_before_it_is_sent(made, scope):
    with pytest.raises(ConfigError, match="not words") as caught:
        made(scope)
    assert '["read", "write"]' in str(caught.value.hint)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ClientCredentialsAuth("c", 5), "the client secret is int, not text"),
        (lambda: ClientCredentialsAuth("c", b"s"), "the client secret is bytes, not text"),
        (lambda: ClientCredentialsAuth(5, "s"), "the client id is int, not text"),
        (lambda: ClientCredentialsAuth("c", None), "the client secret is empty"),
        (lambda: ClientCredentialsAuth("c", client_auth=("c", "s")), "client_auth is tuple"),
        (lambda: ClientCredentialsAuth("c", client_auth=SecretBasic), "the class SecretBasic"),
        (lambda: ClientCredentialsAuth("c", "s", audience=["a"]), "audience is list, not text"),
        (lambda: TokenExchangeAuth("t", audience=7), "audience is int, not text"),
        (lambda: device(audience=["a"]), "audience is list, not text"),
        (lambda: device(show=None), "show is NoneType, not a function"),
        (lambda: RefreshTokenAuth(None), "the refresh token is empty"),
        (lambda: RefreshTokenAuth(b"rt"), "the refresh token is bytes, not text"),
        (lambda: RefreshTokenAuth("rt", client_auth="secret"), "client_auth is str"),
        (lambda: JwtBearerAuth(SignedAssertion), "the assertion is the class SignedAssertion"),
        (lambda: JwtBearerAuth("a.b.c", client_id=7), "the client id is int, not text"),
        (lambda: PasswordAuth("jane", 1234), "the password is int, not text"),
    ],
)
def test_an_argument_of_another_kind_is_named_with_what_is_wanted(made, words):
    with pytest.raises(ConfigError, match=words) as caught:
        made()
    assert "1234" not in str(caught.value)
