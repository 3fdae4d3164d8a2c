"""Providers on a network that answers from a table."""

import asyncio
import base64
import json
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fakes.jose import CLIENT, ISSUER, claims, half_hash, public_jwk, sign
from fakes.wire import connected, reply

from pywry_auth.errors import (
    ConfigError,
    DiscoveryError,
    DiscoveryTransportError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import AuthorizationRequest
from pywry_auth.protocol.client_auth import NoClientAuth, SecretBasic
from pywry_auth.protocol.skipped import UNKNOWN_ISSUER
from pywry_auth.providers import (
    GenericOIDCProvider,
    GitHubProvider,
    GoogleProvider,
    MicrosoftProvider,
    StandardProvider,
)
from pywry_auth.testing.clock import START, VirtualClock
from pywry_auth.window.base import WindowKind


OPENID = f"{ISSUER}/.well-known/openid-configuration"
OAUTH = f"{ISSUER}/.well-known/oauth-authorization-server"
AUTHORIZE, TOKEN, JWKS, ME, REVOKE = (
    f"{ISSUER}/{p}" for p in ("authorize", "token", "jwks", "me", "revoke")
)
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": AUTHORIZE,
    "token_endpoint": TOKEN,
    "userinfo_endpoint": ME,
    "revocation_endpoint": REVOKE,
    "jwks_uri": JWKS,
}
OFFLINE = TransportError("nobody answered")
TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


def run(coroutine):
    return asyncio.run(coroutine)


def token_reply(**members):
    return reply({"access_token": "a1", "token_type": "Bearer", **members})


def oidc(answers=None, *, document=None, **options):
    """An OpenID provider whose every endpoint answers rightly."""
    clock = VirtualClock()
    provider = GenericOIDCProvider(
        options.pop("client_id", CLIENT),
        issuer_url=options.pop("issuer_url", ISSUER),
        clock=clock,
        **options,
    )
    table = {
        OPENID: reply({**DOCUMENT, **(document or {})}),
        JWKS: reply({"keys": [public_jwk("RS256"), public_jwk("ES256")]}),
        TOKEN: token_reply(id_token=sign(claims(START, nonce="n")), refresh_token="r1"),
        ME: reply({"sub": "alice"}),
        REVOKE: reply(b""),
        **(answers or {}),
    }
    sender = connected(provider, table)
    return provider, sender, clock


def exchange(provider, nonce="n"):
    return run(provider.exchange_code("code", "http://127.0.0.1:1/callback", "v" * 43, nonce))


def query(url):
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


# -- any provider -------------------------------------------------------------------------------


def standard(**options):
    return StandardProvider("me", authorize_url=AUTHORIZE, token_url=TOKEN, **options)


def test_an_authorize_url_says_everything():
    pkce = PKCEChallenge.generate()
    url = standard(scopes=["a", "b"]).build_authorize_url(
        "http://127.0.0.1:1/cb", "s", pkce, {"x": "y"}
    )
    assert query(url) == {
        "response_type": "code",
        "client_id": "me",
        "redirect_uri": "http://127.0.0.1:1/cb",
        "state": "s",
        "scope": "a b",
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
        "x": "y",
    }


def test_an_authorize_url_is_merged_with_its_own_query():
    provider = StandardProvider(
        "me", authorize_url=f"{AUTHORIZE}?tenant=1&state=old", token_url=TOKEN
    )
    found = query(provider.build_authorize_url("r", "s"))
    assert found["tenant"] == "1"
    assert found["state"] == "s"
    assert "scope" not in found


def test_parameters_of_a_provider_are_sent_and_can_be_overridden():
    provider = standard(authorize_params={"prompt": "login", "audience": "api"})
    found = query(provider.build_authorize_url("r", "s", None, {"prompt": "none"}))
    assert (found["prompt"], found["audience"]) == ("none", "api")


def test_without_an_authorization_endpoint_there_is_no_url():
    with pytest.raises(DiscoveryError):
        StandardProvider("me", token_url=TOKEN).build_authorize_url("r", "s")


@pytest.mark.parametrize("name", ["authorize_url", "token_url", "userinfo_url", "revocation_url"])
def test_an_address_that_is_not_encrypted_is_refused(name):
    with pytest.raises(ConfigError, match=name):
        StandardProvider("me", **{name: "http://op.example/x"})


def test_a_client_id_is_needed():
    with pytest.raises(ConfigError, match="client_id"):
        StandardProvider("")


def test_no_scope_is_asked_for_that_nobody_named():
    assert standard().scopes == []


def test_a_secret_makes_a_confidential_client():
    assert standard().is_public
    assert not standard(client_secret="s").is_public
    assert standard(client_secret="s", client_auth=NoClientAuth("me")).is_public


def test_nothing_secret_prints():
    assert "canary" not in repr(standard(client_secret="canary"))


def test_a_provider_without_a_token_endpoint_says_so():
    provider = StandardProvider("me", authorize_url=AUTHORIZE)
    with pytest.raises(TokenError):
        exchange(provider)
    with pytest.raises(TokenRefreshError):
        run(provider.refresh_tokens("r"))


def test_offline_is_transport_everywhere():
    provider = standard(userinfo_url=ME, revocation_url=REVOKE)
    connected(provider, {TOKEN: OFFLINE, ME: OFFLINE, REVOKE: OFFLINE})
    with pytest.raises(TokenTransportError):
        exchange(provider)
    with pytest.raises(RefreshTransportError):
        run(provider.refresh_tokens("r"))
    with pytest.raises(TransportError):
        run(provider.get_userinfo("a"))
    assert run(provider.revoke_token("r")) is False
    assert run(provider.revoke_access_token("r")) is False


def test_userinfo_without_an_endpoint_is_empty_and_an_error_is_httpx_s():
    assert run(standard().get_userinfo("a")) == {}
    provider = standard(userinfo_url=ME)
    sender = connected(provider, {ME: reply({}, 401)})
    with pytest.raises(httpx.HTTPError):
        run(provider.get_userinfo("a"))
    assert sender.sent[0].headers["authorization"] == "Bearer a"


def test_revocation_says_which_kind_of_token_it_is():
    provider = standard(revocation_url=REVOKE)
    sender = connected(provider, {REVOKE: reply(b"")})
    assert run(provider.revoke_token("r")) is True
    assert run(provider.revoke_access_token("a")) is True
    hints = [sender.form(REVOKE, i)["token_type_hint"] for i in range(2)]
    assert hints == ["refresh_token", "access_token"]
    assert run(standard().revoke_token("r")) is False


def test_a_provider_of_one_s_own_revokes_in_its_own_way():
    class Own(StandardProvider):
        async def revoke_token(self, token):
            return token == "yes"

    assert run(Own("me").revoke_access_token("yes")) is True


@pytest.mark.parametrize("auth", [None, SecretBasic("me", "s:%")], ids=["post", "basic"])
def test_the_client_proves_itself_the_same_way_everywhere(auth):
    provider = standard(client_secret="s:%", revocation_url=REVOKE, client_auth=auth)
    sender = connected(provider, {TOKEN: token_reply(), REVOKE: reply(b"")})
    exchange(provider)
    run(provider.refresh_tokens("r"))
    run(provider.revoke_token("r"))
    for request in sender.sent:
        fields = dict(parse_qsl(request.body.decode()))
        if auth is None:
            assert (fields["client_id"], fields["client_secret"]) == ("me", "s:%")
        else:
            assert (
                request.headers["authorization"]
                == f"Basic {base64.b64encode(b'me:s%3A%25').decode()}"
            )
            assert "client_secret" not in fields


def test_tokens_say_whose_they_are():
    provider = standard()
    connected(provider, {TOKEN: token_reply()})
    tokens = exchange(provider)
    assert (tokens.origin.issuer, tokens.origin.client_id, tokens.origin.subject) == (
        TOKEN,
        "me",
        "",
    )


def test_close_may_be_repeated_and_the_provider_used_again():
    async def scenario():
        async with standard() as provider:
            sender = connected(provider, {TOKEN: token_reply()})
            await provider.close()
            await provider.close()
            assert (await provider.refresh_tokens("r")).access_token == "a1"
        assert sender.closed == 3

    run(scenario())
    run(standard().close())


# -- discovery ----------------------------------------------------------------------------------


def test_an_issuer_is_enough():
    provider, sender, _ = oidc()
    run(provider.prepare())
    assert (provider.authorize_url, provider.token_url) == (AUTHORIZE, TOKEN)
    assert (provider.userinfo_url, provider.revocation_url) == (ME, REVOKE)
    assert provider.issuer == ISSUER
    assert [request.url for request in sender.sent] == [OPENID]


def test_fifty_callers_share_one_discovery():
    provider, sender, _ = oidc()

    async def scenario():
        await asyncio.gather(*(provider.prepare() for _ in range(50)))
        await provider.prepare()

    run(scenario())
    assert len(sender.sent) == 1


@pytest.mark.parametrize(
    "failure",
    [OFFLINE, reply({}, 503), reply(b"<html>"), reply({**DOCUMENT, "issuer": "https://x.example"})],
)
def test_a_failed_discovery_is_tried_again(failure):
    provider, _, _ = oidc({OPENID: [failure, reply(DOCUMENT)]})
    with pytest.raises(DiscoveryError):
        run(provider.prepare())
    assert provider.authorize_url == ""
    run(provider.prepare())
    assert provider.token_url == TOKEN


def test_being_offline_is_told_apart_from_being_wrong():
    provider, _, _ = oidc({OPENID: OFFLINE})
    with pytest.raises(DiscoveryTransportError):
        run(provider.prepare())
    with pytest.raises(TokenTransportError):
        exchange(provider)
    with pytest.raises(RefreshTransportError):
        run(provider.refresh_tokens("r"))
    provider, _, _ = oidc({OPENID: reply({}, 404)})
    with pytest.raises(TokenRefreshError) as caught:
        run(provider.refresh_tokens("r"))
    assert not isinstance(caught.value, TransportError)


def test_addresses_given_by_hand_win():
    provider, _, _ = oidc(token_url="https://mine.example/token")
    run(provider.prepare())
    assert provider.token_url == "https://mine.example/token"
    assert provider.authorize_url == AUTHORIZE


def test_the_oauth_document_is_asked_for_what_is_missing():
    oauth = reply(
        {"issuer": ISSUER, "revocation_endpoint": REVOKE, "token_endpoint": f"{ISSUER}/other"}
    )
    provider, sender, _ = oidc({OAUTH: oauth}, document={"revocation_endpoint": None})
    run(provider.prepare())
    assert provider.revocation_url == REVOKE
    assert provider.token_url == TOKEN
    assert [request.url for request in sender.sent] == [OPENID, OAUTH]


@pytest.mark.parametrize(
    "failure",
    [
        OFFLINE,
        reply({}, 404),
        reply({"issuer": "https://evil.example", "revocation_endpoint": "https://evil.example/r"}),
    ],
)
def test_an_oauth_document_that_is_missing_or_foreign_does_not_matter(failure):
    provider, _, _ = oidc({OAUTH: failure}, document={"revocation_endpoint": None})
    run(provider.prepare())
    assert provider.revocation_url == ""


def test_a_provider_that_lists_no_s256_is_refused_before_anything_is_asked():
    provider, _, _ = oidc(document={"code_challenge_methods_supported": ["plain"]})
    attempt = AuthorizationRequest.begin(
        "r", openid=True, pkce=PKCEChallenge.generate(), issuer=ISSUER
    )

    async def scenario():
        await provider.prepare()
        await provider.authorization_url(attempt)

    with pytest.raises(DiscoveryError, match="S256"):
        run(scenario())


def test_basic_is_used_where_nothing_else_is_announced():
    provider, _, _ = oidc(
        document={"token_endpoint_auth_methods_supported": ["client_secret_basic"]},
        client_secret="s",
    )
    run(provider.prepare())
    assert isinstance(provider.client_auth, SecretBasic)


def test_a_promise_of_iss_is_remembered():
    provider, _, _ = oidc(document={"authorization_response_iss_parameter_supported": True})
    run(provider.prepare())
    assert provider.announces_iss


@pytest.mark.parametrize("issuer", ["http://op.example", "op.example", "https://op.example?a=b"])
def test_what_is_no_issuer_is_refused_at_once(issuer):
    with pytest.raises(ConfigError):
        GenericOIDCProvider("me", issuer_url=issuer)


def test_the_home_of_tokens_is_the_same_before_and_after_discovery():
    provider, _, _ = oidc(document={"issuer": f"{ISSUER}/"})
    before = provider.origin()
    run(provider.prepare())
    assert provider.origin() == before


# -- ID tokens ----------------------------------------------------------------------------------


def test_an_exchange_checks_the_id_token_and_names_the_subject():
    provider, sender, _ = oidc()
    tokens = exchange(provider)
    assert tokens.origin.subject == "alice"
    assert tokens.origin.issuer == ISSUER
    assert [request.url for request in sender.sent] == [OPENID, TOKEN, JWKS]
    assert sender.form(TOKEN)["code_verifier"] == "v" * 43


@pytest.mark.parametrize(
    "id_token",
    [
        sign(claims(START, nonce="other")),
        sign(claims(START, nonce="n", aud="x")),
        sign(claims(START, nonce="n", at_hash="wrong")),
        sign(claims(START, nonce="n"), "RS256", 4, kid="RS256-0"),
        "garbage",
        "",
        None,
    ],
    ids=["nonce", "aud", "at_hash", "signature", "garbage", "empty", "none"],
)
def test_a_bad_id_token_fails_the_exchange(id_token):
    provider, _, _ = oidc({TOKEN: token_reply(id_token=id_token)})
    with pytest.raises(TokenError):
        exchange(provider)


def test_a_right_at_hash_is_fine():
    good = sign(claims(START, nonce="n", at_hash=half_hash("a1", "ES256")), "ES256")
    provider, _, _ = oidc({TOKEN: token_reply(id_token=good)})
    assert exchange(provider).access_token == "a1"


def test_without_openid_no_id_token_is_missed():
    provider, _, _ = oidc({TOKEN: token_reply()}, scopes=["mail"])
    assert exchange(provider).id_token is None


def test_with_validation_off_nothing_in_the_id_token_is_used():
    provider, sender, _ = oidc(
        {TOKEN: token_reply(id_token="garbage")}, require_id_token_validation=False
    )
    tokens = exchange(provider)
    assert tokens.id_token == "garbage"
    assert tokens.origin.subject == ""
    assert sender.to(JWKS) == []


def test_an_id_token_nothing_is_known_about_fails_the_exchange():
    provider = GenericOIDCProvider("me", authorize_url=AUTHORIZE, token_url=TOKEN)
    connected(provider, {TOKEN: token_reply(id_token=sign(claims(START)))})
    with pytest.raises(TokenError, match="no keys"):
        exchange(provider)


def test_keys_that_cannot_be_had_are_transport():
    provider, _, _ = oidc({JWKS: OFFLINE})
    with pytest.raises(TokenTransportError):
        exchange(provider)
    provider, _, _ = oidc({JWKS: reply({}, 503)})
    with pytest.raises(TokenTransportError):
        exchange(provider)
    provider, _, _ = oidc({JWKS: reply(b"<html>")})
    with pytest.raises(TokenError) as caught:
        exchange(provider)
    assert not isinstance(caught.value, TransportError)


def validate(provider, token, nonce=None):
    return run(provider.validate_id_token(token, nonce))


def rotated(**header):
    return sign(claims(START), "RS256", 1, **header)


NEW_KEYS = reply({"keys": [public_jwk("RS256", 1)]})


@pytest.mark.parametrize("token", [rotated(), rotated(kid=None)], ids=["new kid", "no kid"])
def test_new_keys_are_read_at_once_also_right_after_the_first_load(token):
    provider, sender, _ = oidc({JWKS: [reply({"keys": [public_jwk("RS256")]}), NEW_KEYS]})
    assert validate(provider, sign(claims(START)))["sub"] == "alice"
    assert validate(provider, token)["sub"] == "alice"
    assert len(sender.to(JWKS)) == 2


def test_invented_key_names_cause_one_repeat_a_minute():
    provider, sender, clock = oidc()
    for number in range(5):
        with pytest.raises(TokenError):
            validate(provider, sign(claims(START), kid=f"invented-{number}"))
    assert len(sender.to(JWKS)) == 2
    clock.advance(59)
    with pytest.raises(TokenError):
        validate(provider, sign(claims(START), kid="x"))
    assert len(sender.to(JWKS)) == 2
    clock.advance(2)
    with pytest.raises(TokenError):
        validate(provider, sign(claims(START), kid="x"))
    assert len(sender.to(JWKS)) == 3


def test_a_wrong_signature_of_a_known_key_reads_nothing_again():
    provider, sender, _ = oidc()
    with pytest.raises(TokenError):
        validate(provider, sign(claims(START), "RS256", 3, kid="RS256-0"))
    assert len(sender.to(JWKS)) == 1


def test_two_sign_ins_right_after_a_rotation_both_succeed():
    provider, sender, _ = oidc({JWKS: [reply({"keys": [public_jwk("RS256")]}), NEW_KEYS]})

    async def scenario():
        await provider.validate_id_token(sign(claims(START)))
        return await asyncio.gather(*(provider.validate_id_token(rotated()) for _ in range(5)))

    assert [found["sub"] for found in run(scenario())] == ["alice"] * 5
    assert len(sender.to(JWKS)) == 2


def test_a_refresh_checks_a_new_id_token():
    provider, _, _ = oidc({TOKEN: token_reply(id_token=sign(claims(START)), refresh_token="r2")})
    tokens = run(provider.refresh_tokens("r1"))
    assert (tokens.refresh_token, tokens.origin.subject) == ("r2", "alice")
    for bad in (sign(claims(START, iss=ISSUER + "1")), sign(claims(START, aud="x")), "garbage"):
        provider, _, _ = oidc({TOKEN: token_reply(id_token=bad)})
        with pytest.raises(TokenRefreshError) as caught:
            run(provider.refresh_tokens("r1"))
        assert not isinstance(caught.value, ReauthRequiredError)


def test_a_refresh_whose_keys_cannot_be_had_is_transport():
    provider, _, _ = oidc({JWKS: OFFLINE, TOKEN: token_reply(id_token=sign(claims(START)))})
    with pytest.raises(RefreshTransportError):
        run(provider.refresh_tokens("r1"))


def test_a_refresh_without_an_id_token_is_fine():
    provider, _, _ = oidc({TOKEN: token_reply()})
    assert run(provider.refresh_tokens("r1")).refresh_token == "r1"


def test_a_max_age_is_checked():
    provider, _, _ = oidc(
        {TOKEN: token_reply(id_token=sign(claims(START, nonce="n", auth_time=START - 500)))},
        authorize_params={"max_age": "60"},
    )
    with pytest.raises(TokenError, match="auth_time"):
        exchange(provider)


def test_signed_userinfo_is_checked_or_not_used():
    who = {"iss": ISSUER, "aud": CLIENT, "sub": "alice", "name": "A"}

    async def ask(provider):
        await provider.prepare()
        return await provider.get_userinfo("a")

    provider, _, _ = oidc({ME: reply(sign(who).encode(), content_type="application/jwt")})
    assert run(ask(provider))["name"] == "A"
    provider, _, _ = oidc(
        {ME: reply(sign(who, "RS256", 2, kid="RS256-0").encode(), content_type="application/jwt")}
    )
    with pytest.raises(TokenError):
        run(ask(provider))
    provider, _, _ = oidc(
        {ME: reply(b"x.y.z", content_type="application/jwt")}, require_id_token_validation=False
    )
    assert run(ask(provider)) == {}


def test_a_provider_of_the_last_run_still_knows_where_to_revoke_and_ask():
    provider, sender, _ = oidc()
    assert run(provider.revoke_token("r1")) is True
    assert sender.form(REVOKE)["token"] == "r1"
    provider, _, _ = oidc()
    assert run(provider.get_userinfo("a1")) == {"sub": "alice"}
    provider, _, _ = oidc({OPENID: OFFLINE})
    assert run(provider.revoke_token("r1")) is False


# -- Google -------------------------------------------------------------------------------------


def test_google_asks_for_a_refresh_token_in_the_browser():
    provider = GoogleProvider("me")
    found = query(provider.build_authorize_url("r", "s"))
    assert provider.authorize_url == "https://accounts.google.com/o/oauth2/v2/auth"
    assert found["access_type"] == "offline"
    assert found["prompt"] == "consent"
    assert found["scope"] == "openid email profile"
    assert provider.prefers is WindowKind.BROWSER
    assert (
        query(provider.build_authorize_url("r", "s", None, {"prompt": "none"}))["prompt"] == "none"
    )
    own = GoogleProvider("me", authorize_params={"prompt": "select_account"})
    assert query(own.build_authorize_url("r", "s"))["prompt"] == "select_account"


def test_google_s_endpoints_are_known():
    provider = GoogleProvider("me")
    assert provider.issuer_url == "https://accounts.google.com"
    assert provider.token_url == "https://oauth2.googleapis.com/token"
    assert provider.revocation_url == "https://oauth2.googleapis.com/revoke"
    assert provider.userinfo_url == "https://openidconnect.googleapis.com/v1/userinfo"


# -- GitHub -------------------------------------------------------------------------------------

GITHUB_TOKEN = "https://github.com/login/oauth/access_token"
USER, EMAILS = "https://api.github.com/user", "https://api.github.com/user/emails"


def github(answers, **options):
    provider = GitHubProvider("me", **options)
    return provider, connected(provider, answers)


def test_github_gets_the_verifier_and_asks_for_what_is_documented():
    provider, sender = github(
        {
            GITHUB_TOKEN: reply(
                {"access_token": "a", "token_type": "bearer", "scope": "read:user,user:email"}
            )
        }
    )
    assert provider.scopes == ["read:user", "user:email"]
    assert provider.issuer is UNKNOWN_ISSUER
    tokens = exchange(provider)
    assert sender.form(GITHUB_TOKEN)["code_verifier"] == "v" * 43
    assert sender.sent[0].headers["accept"] == "application/json"
    assert tokens.authorization_header == "Bearer a"


def test_github_s_commas_between_scopes_are_spaces():
    answer = reply({"access_token": "a", "refresh_token": "r", "scope": "read:user,user:email"})
    provider, _ = github({GITHUB_TOKEN: answer})
    for tokens in (
        run(provider.exchange_code("code", "http://127.0.0.1:1/callback")),
        run(provider.refresh_tokens("r")),
    ):
        assert tokens.scopes == ("read:user", "user:email")


def test_github_s_errors_come_with_status_200():
    provider, _ = github(
        {
            GITHUB_TOKEN: reply(
                {"error": "bad_verification_code", "error_description": "The code is wrong"}
            )
        }
    )
    with pytest.raises(TokenError) as caught:
        exchange(provider)
    assert caught.value.error == "bad_verification_code"


def test_github_s_refused_refresh_token_needs_a_person():
    provider, _ = github({GITHUB_TOKEN: reply({"error": "bad_refresh_token"})})
    with pytest.raises(ReauthRequiredError) as caught:
        run(provider.refresh_tokens("r"))
    assert caught.value.error == "bad_refresh_token"
    provider, _ = github({GITHUB_TOKEN: reply({"error": "incorrect_client_credentials"})})
    with pytest.raises(TokenRefreshError) as caught:
        run(provider.refresh_tokens("r"))
    assert type(caught.value) is TokenRefreshError


def test_github_keeps_the_refresh_token():
    provider, _ = github({GITHUB_TOKEN: reply({"access_token": "a2", "expires_in": 28800})})
    assert run(provider.refresh_tokens("ghr_1")).refresh_token == "ghr_1"


ADDRESSES = [
    {"email": "second@example.org", "primary": False, "verified": True},
    {"email": "unverified@example.org", "primary": True, "verified": False},
    {"email": "first@example.org", "primary": True, "verified": True},
]


def test_github_s_hidden_address_is_looked_up():
    provider, sender = github(
        {USER: reply({"login": "octo", "email": None}), EMAILS: reply(ADDRESSES)}
    )
    found = run(provider.get_userinfo("a"))
    assert found == {"login": "octo", "email": "first@example.org", "email_verified": True}
    assert sender.to(EMAILS)[0].headers["authorization"] == "Bearer a"


@pytest.mark.parametrize(
    ("user", "emails", "scopes"),
    [
        ({"login": "octo", "email": "own@example.org"}, reply(ADDRESSES), None),
        ({"login": "octo", "email": None}, reply(ADDRESSES), ["read:user"]),
        ({"login": "octo", "email": None}, reply(ADDRESSES[:2]), None),
        ({"login": "octo", "email": None}, reply({"message": "no"}, 403), None),
        ({"login": "octo", "email": None}, OFFLINE, None),
    ],
    ids=["public", "no scope", "none verified", "refused", "offline"],
)
def test_github_s_address_is_left_as_it_is_otherwise(user, emails, scopes):
    provider, _ = github({USER: reply(user), EMAILS: emails}, scopes=scopes)
    assert run(provider.get_userinfo("a")) == user


def test_github_revokes_in_its_own_way():
    place = "https://api.github.com/applications/me/token"
    provider, sender = github({place: reply(b"", 204)}, client_secret="s3cret")
    assert run(provider.revoke_token("gho_1")) is True
    request = sender.sent[0]
    assert request.method == "DELETE"
    assert request.headers["authorization"] == f"Basic {base64.b64encode(b'me:s3cret').decode()}"
    assert json.loads(request.body) == {"access_token": "gho_1"}
    for answer in (reply({}, 404), reply({}, 200), OFFLINE):
        provider, _ = github({place: answer}, client_secret="s3cret")
        assert run(provider.revoke_token("gho_1")) is False


def test_github_without_a_secret_cannot_revoke():
    provider, sender = github({})
    assert run(provider.revoke_token("gho_1")) is False
    assert sender.sent == []


# -- Microsoft ----------------------------------------------------------------------------------

LOGIN = "https://login.microsoftonline.com"
TEMPLATE = f"{LOGIN}/{{tenantid}}/v2.0"
OTHER_TENANT = "11111111-2222-3333-4444-555555555555"


def microsoft(tenant, document_issuer):
    provider = MicrosoftProvider(CLIENT, tenant_id=tenant, clock=VirtualClock())
    base = f"{LOGIN}/{tenant}/v2.0"
    connected(
        provider,
        {
            f"{base}/.well-known/openid-configuration": reply(
                {**DOCUMENT, "issuer": document_issuer}
            ),
            JWKS: reply({"keys": [public_jwk("RS256")]}),
        },
    )
    return provider


def of_tenant(tid, **changes):
    return sign(claims(START, iss=TEMPLATE.replace("{tenantid}", tid), tid=tid, **changes))


@pytest.mark.parametrize("tenant", ["common", "organizations"])
def test_a_token_of_many_tenants_names_its_own(tenant):
    provider = microsoft(tenant, TEMPLATE)
    for tid in (TENANT, OTHER_TENANT):
        assert validate(provider, of_tenant(tid))["tid"] == tid
    for bad in (
        of_tenant("common"),
        of_tenant("not-a-guid"),
        sign(claims(START, iss=TEMPLATE, tid=TENANT)),
        sign(claims(START, iss=TEMPLATE.replace("{tenantid}", TENANT), tid=OTHER_TENANT)),
        sign(claims(START, iss=TEMPLATE.replace("{tenantid}", TENANT))),
    ):
        with pytest.raises(TokenError):
            validate(provider, bad)
    assert provider.issuer is UNKNOWN_ISSUER


def test_a_fixed_tenant_accepts_only_itself():
    own = TEMPLATE.replace("{tenantid}", TENANT)
    provider = microsoft(TENANT, own)
    assert validate(provider, of_tenant(TENANT))["sub"] == "alice"
    with pytest.raises(TokenError):
        validate(provider, of_tenant(OTHER_TENANT))
    assert provider.issuer == own
    for foreign in (
        TEMPLATE,
        TEMPLATE.replace("{tenantid}", OTHER_TENANT),
        "https://evil.example/v2.0",
    ):
        with pytest.raises(DiscoveryError):
            run(microsoft(TENANT, foreign).prepare())


def test_consumers_are_one_tenant():
    provider = microsoft("consumers", TEMPLATE.replace("{tenantid}", TENANT))
    assert validate(provider, of_tenant(TENANT))["sub"] == "alice"
    with pytest.raises(TokenError):
        validate(provider, of_tenant(OTHER_TENANT))
    with pytest.raises(DiscoveryError):
        run(microsoft("consumers", TEMPLATE.replace("{tenantid}", OTHER_TENANT)).prepare())


def test_a_tenant_may_be_named_by_its_domain():
    provider = microsoft("contoso.onmicrosoft.com", TEMPLATE.replace("{tenantid}", OTHER_TENANT))
    assert validate(provider, of_tenant(OTHER_TENANT))["sub"] == "alice"
    with pytest.raises(TokenError):
        validate(provider, of_tenant(TENANT))


@pytest.mark.parametrize("tenant", ["common", "organizations"])
def test_many_tenants_never_trust_one_tenant_s_document(tenant):
    with pytest.raises(DiscoveryError):
        run(microsoft(tenant, TEMPLATE.replace("{tenantid}", TENANT)).prepare())


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "a?b", "a b", "{tenantid}"])
def test_what_is_no_tenant_is_refused(tenant):
    with pytest.raises(ConfigError, match="tenant"):
        MicrosoftProvider("me", tenant_id=tenant)


def test_microsoft_s_facts():
    provider = MicrosoftProvider("me")
    assert provider.scopes == ["openid", "email", "profile", "offline_access"]
    assert provider.issuer_url == f"{LOGIN}/common/v2.0"
    assert provider.authorize_url == f"{LOGIN}/common/oauth2/v2.0/authorize"
    assert provider.token_url == f"{LOGIN}/common/oauth2/v2.0/token"
    assert provider.userinfo_url == "https://graph.microsoft.com/oidc/userinfo"
    assert provider.revocation_url == ""


@pytest.mark.parametrize("auth", [None, SecretBasic(CLIENT, "client/secret+1")])
def test_no_error_holds_what_the_token_endpoint_repeats(auth):
    heard = []

    def parrot(request):
        heard[:] = [request.body.decode(), *request.headers.values()]
        heard.extend(value for name, value in parse_qsl(heard[0]) if name in secret_fields)
        words = " ".join([*heard, "client/secret+1"])
        return reply({"error": "invalid_request", "error_description": words[-250:]}, 400)

    secret_fields = {"code", "code_verifier", "refresh_token"}
    provider, _, _ = oidc({TOKEN: parrot}, client_auth=auth)
    code, verifier, token = "code-of-alice-1", "verifier-" * 5, "refresh-of-alice"
    for work in (
        lambda: provider.exchange_code(code, "http://127.0.0.1:1/callback", verifier, "n"),
        lambda: provider.refresh_tokens(token),
    ):
        with pytest.raises(TokenError) as caught:
            run(work())
        one = caught.value
        told = ""
        while one is not None:
            told, one = f"{told}{one}{one!r}{vars(one)}", one.__context__
        assert "invalid_request" in told
        assert not [each for each in (code, verifier, token) if each in told]
        assert auth is None or "client/secret+1" not in told
