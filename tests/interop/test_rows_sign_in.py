"""What a correct provider may ask of a sign-in, asked by oidc-provider (certified)."""

import contextlib
import json
import socket

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from pywry_auth.errors import CallbackError, TokenError
from pywry_auth.flow import CallbackOptions
from pywry_auth.protocol.client_auth import PrivateKeyJwt, SecretBasic, SecretPost
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from tests.providers_kit import OidcProviderOP, running
from tests.real_party import RealParty, member


SECRET_OF = {"basic": "a secret+with:signs%&=", "post": "another secret+with:signs%&="}
CONSENT = {"prompt": "consent"}  # without it oidc-provider drops offline_access
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def native(client_id, **more):
    return {
        "client_id": client_id,
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        **more,
    }


@pytest.fixture(scope="module")
def taken():
    """Two ports that nobody else can take before they are needed."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        yield one, other


def number(listener):
    return listener.getsockname()[1]


def clients(exact_ports):
    public = ECKey.import_key(PEM).as_dict(private=False)
    yield native(
        "basic", token_endpoint_auth_method="client_secret_basic", client_secret=SECRET_OF["basic"]
    )
    yield native(
        "post", token_endpoint_auth_method="client_secret_post", client_secret=SECRET_OF["post"]
    )
    yield native(
        "key",
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="ES256",
        jwks={"keys": [{**public, "use": "sig"}]},
    )
    for alg in ALGORITHMS:
        yield native(alg, id_token_signed_response_alg=alg)
    yield native("signed", userinfo_signed_response_alg="RS256")
    yield {
        "client_id": "exact",
        "client_secret": "exact-secret",
        "token_endpoint_auth_method": "client_secret_post",
        "redirect_uris": [f"http://127.0.0.1:{port}/callback" for port in exact_ports],
        "grant_types": ["authorization_code"],
    }


@pytest.fixture(scope="module")
def op(taken):
    exact_ports = [number(listener) for listener in taken]
    yield from running(OidcProviderOP, clients=list(clients(exact_ports)))


@pytest.fixture
def party(op):
    made = []

    def make(client_id="native", *, callback=None, **options):
        provider = GenericOIDCProvider(client_id, issuer_url=op.issuer, **options)
        made.append(RealParty(op, provider, callback or CallbackOptions()))
        return made[-1]

    yield make
    op.control(edits={})
    for one in made:
        one.close()


def must_sign_in(rp):
    """Sign in to the end: userinfo was reached, and what it brought is stored."""
    before = len(rp.told("me"))
    result = rp.sign_in()
    assert result.success
    assert result.user_info["sub"] == "alice"
    assert len(rp.told("me")) == before + 1
    last = rp.told("me")[-1]
    assert (last["status"], last["authorization"]) == (200, f"Bearer {result.tokens.access_token}")
    assert rp.stored() == result.tokens
    assert rp.person.closed[-1] == f"window {len(rp.person.opened)}"
    return result


def test_a_native_client_signs_in(party):
    rp = party()
    result = must_sign_in(rp)
    asked = rp.person.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email profile"
    assert "response_mode" not in asked
    claims = member(result.tokens.id_token, 1)
    assert (claims["iss"], claims["aud"]) == (rp.op.issuer, "native")
    assert claims["nonce"] == asked["nonce"]
    assert result.tokens.origin.subject == claims["sub"] == "alice"
    assert rp.person.answers[0].has_redirect_location  # the code leaves the address at once


def test_claims_come_with_the_scopes_that_ask_for_them(party):
    plain = must_sign_in(party(scopes=["openid"])).user_info
    assert set(plain) == {"sub"}
    named = must_sign_in(party(scopes=["openid", "profile"])).user_info
    assert (named["name"], named["preferred_username"]) == ("User alice", "alice")
    assert "email" not in named
    written = must_sign_in(party(scopes=["openid", "email"])).user_info
    assert (written["email"], written["email_verified"]) == ("alice@example.test", True)


@pytest.mark.parametrize(
    ("client_id", "options"),
    [
        ("basic", {"client_auth": SecretBasic("basic", SECRET_OF["basic"])}),
        ("post", {"client_auth": SecretPost("post", SECRET_OF["post"])}),
        ("post", {"client_secret": SECRET_OF["post"]}),
        ("key", {"client_auth": PrivateKeyJwt("key", PEM, "ES256")}),
    ],
    ids=["client_secret_basic", "client_secret_post", "by default", "private_key_jwt"],
)
def test_a_confidential_client_proves_itself_as_registered(party, client_id, options):
    rp = party(client_id, scopes=["openid", "offline_access"], authorize_params=CONSENT, **options)
    first = must_sign_in(rp).tokens
    assert rp.refresh().access_token != first.access_token
    assert rp.sign_out()


@pytest.mark.parametrize("client_id", ["basic", "post", "key"])
def test_a_confidential_client_with_a_wrong_proof_is_refused(party, client_id):
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    wrong = {
        "basic": SecretBasic("basic", "wrong"),
        "post": SecretPost("post", "wrong"),
        "key": PrivateKeyJwt("key", pem, "ES256"),
    }
    rp = party(client_id, client_auth=wrong[client_id])
    with pytest.raises(TokenError) as caught:
        rp.sign_in()
    assert caught.value.error == "invalid_client"
    assert rp.stored() is None


@pytest.mark.parametrize("registered", [True, False], ids=["registered", "announced"])
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_id_tokens_are_checked_in_every_algorithm(party, alg, registered):
    more = {"id_token_signed_response_alg": alg} if registered else {}
    tokens = must_sign_in(party(alg, **more)).tokens
    assert member(tokens.id_token, 0)["alg"] == alg


def test_an_id_token_in_another_algorithm_than_the_registered_one_is_refused(party):
    rp = party("ES256", id_token_signed_response_alg="RS256")
    with pytest.raises(TokenError):
        rp.sign_in()
    assert rp.stored() is None


def test_a_signed_userinfo_answer_is_believed(party):
    result = must_sign_in(party("signed"))
    assert result.user_info["aud"] == "signed"


def test_the_code_may_come_by_form_post(party):
    rp = party(callback=CallbackOptions(response_mode="form_post"))
    must_sign_in(rp)
    assert rp.person.asked["response_mode"] == "form_post"
    assert rp.person.answers[0].request.method == "POST"


@pytest.mark.parametrize("response_mode", ["query", "form_post"])
def test_a_refusal_comes_with_its_reason(party, response_mode):
    rp = party(callback=CallbackOptions(response_mode=response_mode))
    rp.person.denies = True
    tokens_before = len(rp.told("token"))
    with pytest.raises(CallbackError) as caught:
        rp.sign_in()
    assert caught.value.error == "access_denied"
    assert len(rp.told("token")) == tokens_before
    assert rp.stored() is None


@pytest.mark.parametrize("response_mode", ["query", "form_post"])
def test_an_answer_that_nobody_was_asked_for_is_an_error(party, response_mode):
    rp = party(
        callback=CallbackOptions(response_mode=response_mode),
        authorize_params={"prompt": "none", "max_age": "0"},
        par=FeatureUse.OFF,  # handed over, this provider adds prompt=login to prompt=none
    )
    with pytest.raises(CallbackError) as caught:
        rp.sign_in()
    assert caught.value.error == "login_required"


def test_an_announced_issuer_comes_with_the_redirect(party, op):
    rp = party()
    must_sign_in(rp)
    arrived = rp.person.answers[0].request.url
    assert arrived.params["iss"] == op.issuer
    assert rp.provider.announces_iss


def test_max_age_is_answered_with_the_time_of_the_sign_in(party):
    rp = party(authorize_params={"max_age": "60"})
    claims = member(must_sign_in(rp).tokens.id_token, 1)
    assert isinstance(claims["auth_time"], int)


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_the_redirect_may_go_to_another_name_of_this_machine(party, host):
    if not has_ipv6():
        pytest.skip("this machine has no IPv6")
    rp = party(callback=CallbackOptions(host=host))
    must_sign_in(rp)
    redirect = rp.person.answers[0].request.url
    assert redirect.host == host


def test_localhost_is_listened_to_on_both_families(party):
    if not has_ipv6():
        pytest.skip("this machine has no IPv6")
    rp = party(callback=CallbackOptions(host="localhost"))
    walk, reached = rp.person.show_window, []

    def show_window(url, config):
        port = httpx.URL(rp.person.asked["redirect_uri"]).port
        for family in ("127.0.0.1", "::1"):
            with socket.create_connection((family, port), timeout=5):
                reached.append(family)
        return walk(url, config)

    rp.person.show_window = show_window
    must_sign_in(rp)
    assert reached == ["127.0.0.1", "::1"]


def has_ipv6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def test_where_ports_are_exact_the_first_free_one_is_taken(party, taken):
    busy, free = (number(listener) for listener in taken)
    rp = party("exact", client_secret="exact-secret", callback=CallbackOptions(ports=(busy, free)))
    taken[1].close()
    must_sign_in(rp)
    assert rp.person.asked["redirect_uri"] == f"http://127.0.0.1:{free}/callback"


def test_keys_replaced_between_two_sign_ins_are_read_again(party, op):
    rp = party()
    first = must_sign_in(rp).tokens
    op.control(newKeys=True)
    second = must_sign_in(rp).tokens
    assert member(first.id_token, 0)["kid"] != member(second.id_token, 0)["kid"]


def test_keys_replaced_during_a_sign_in_are_read_again(party, op):
    rp = party()
    must_sign_in(rp)  # so that the old keys are known
    walk = rp.person.show_window

    def show_window(url, config):
        op.control(newKeys=True)
        return walk(url, config)

    rp.person.show_window = show_window
    must_sign_in(rp)


def test_a_token_without_a_known_end_is_not_ended(party, op):
    op.control(edits={"authorization_code": {"expires_in": None}})
    rp = party()
    tokens = must_sign_in(rp).tokens
    assert tokens.expires_in is None
    assert rp.access_token() == tokens.access_token


@pytest.mark.parametrize(
    ("edit", "expires_in"),
    [
        ({"token_type": "bEARER"}, 3600),
        ({"expires_in": "900"}, 900),
        ({"expires_in": 900.0}, 900),
    ],
    ids=json.dumps,
)
def test_a_token_answer_may_be_written_in_other_ways(party, op, edit, expires_in):
    op.control(edits={"authorization_code": edit})
    assert must_sign_in(party()).tokens.expires_in == expires_in


def test_a_token_answer_without_an_id_token_is_refused(party, op):
    op.control(edits={"authorization_code": {"id_token": None}})
    rp = party()
    with pytest.raises(TokenError, match="no ID token"):
        rp.sign_in()
    assert rp.stored() is None
