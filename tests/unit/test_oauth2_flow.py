"""Connecting an account by a code (4A.21 to 4A.27, 4A.30 to 4A.32)."""

import asyncio
import base64
import logging
import threading
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fakes.wire import FakeSender, reply
from pydantic import ValidationError

from pywry_auth.errors import (
    CallbackError,
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenError,
    TokenRefreshError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.integrations import (
    AppCredentials,
    OAuth2AppCredentials,
    OAuth2Flow,
    UserCredentials,
    get_auth_provider,
)
from pywry_auth.integrations.flows.pending import MOST
from pywry_auth.pkce import s256
from pywry_auth.testing import VirtualClock


AUTHORIZE = "https://op.example/authorize"
TOKEN = "https://op.example/token"
HOME = "https://app.example/callback"
SECRET = "hemmelig-4711"
APP = {
    "authorization_url": AUTHORIZE,
    "token_url": TOKEN,
    "client_id": "client-1",
    "client_secret": SECRET,
    "redirect_uri": HOME,
}
GRANTED = {
    "access_token": "access-1",
    "token_type": "bearer",
    "refresh_token": "refresh-1",
    "expires_in": 3600,
    "scope": "read write",
    "unasked": "further",
}


class Desk:
    """A flow on a network that answers from a table."""

    def __init__(self, answer=None, *, app=None, cls=OAuth2Flow, **options):
        self.clock = VirtualClock()
        self.sender = FakeSender({TOKEN: GRANTED_REPLY if answer is None else answer})
        self.flow = cls(
            app or OAuth2AppCredentials(**APP),
            sender=self.sender,
            clock=self.clock,
            provider="acme",
            **options,
        )

    def authorize(self, **options):
        return asyncio.run(self.flow.authorize(**options))

    def exchange(self, **options):
        return asyncio.run(self.flow.exchange(subject="ada", **options))

    def refresh(self, **options):
        return asyncio.run(self.flow.refresh(**options))

    def form(self, index=-1):
        return self.sender.form(TOKEN, index)

    def refuses(self, error=CallbackError, **options):
        """Exchange in vain, without a request, and give what was raised."""
        before = len(self.sender.sent)
        with pytest.raises(error) as caught:
            self.exchange(**options)
        assert len(self.sender.sent) == before
        return caught.value


GRANTED_REPLY = reply(GRANTED)


def params_of(begun):
    return dict(parse_qsl(urlsplit(begun["authorization_url"]).query, keep_blank_values=True))


def answer_to(begun, code="code-1", **more):
    return f"{HOME}?" + urlencode({"code": code, "state": begun["state"], **more})


def test_4a_21_the_address_is_the_configured_endpoint_with_the_state_that_is_given_back():
    begun = Desk().authorize(state="chosen")
    assert begun["state"] == "chosen"
    assert begun["authorization_url"].startswith(f"{AUTHORIZE}?")
    params = params_of(begun)
    assert params["state"] == "chosen"
    assert (params["client_id"], params["redirect_uri"]) == ("client-1", HOME)
    assert params["response_type"] == "code"


def test_a_state_that_is_left_out_is_drawn_anew_each_time():
    desk = Desk()
    states = {desk.authorize()["state"] for _ in range(5)}
    assert len(states) == 5
    assert min(map(len, states)) >= 43


def test_a_nonce_goes_with_a_request_for_an_id_token():
    desk = Desk()
    assert "nonce" not in params_of(desk.authorize(scope="read"))
    nonces = {params_of(desk.authorize(scope="openid read"))["nonce"] for _ in range(3)}
    assert len(nonces) == 3
    assert min(map(len, nonces)) >= 43


def test_a_query_that_the_endpoint_has_stays():
    app = OAuth2AppCredentials(**APP | {"authorization_url": f"{AUTHORIZE}?tenant=acme"})
    params = params_of(Desk(app=app).authorize())
    assert (params["tenant"], params["client_id"]) == ("acme", "client-1")


@pytest.mark.parametrize("separator", [" ", ",", "+"])
def test_4a_22_scopes_are_joined_by_the_separator_and_replaced_by_those_of_a_call(separator):
    app = OAuth2AppCredentials(**APP, scope_separator=separator)
    desk = Desk(app=app, default_scope=["read", "write"])
    assert params_of(desk.authorize())["scope"] == f"read{separator}write"
    assert params_of(desk.authorize(scope=["admin"]))["scope"] == "admin"
    assert params_of(desk.authorize(scope="a b"))["scope"] == f"a{separator}b"
    assert params_of(desk.authorize(scope=("b", "a", "b")))["scope"] == f"b{separator}a"
    assert params_of(desk.authorize(scope={"b", "a"}))["scope"] == f"a{separator}b"
    assert "scope" not in params_of(desk.authorize(scope=[]))
    assert "scope" not in params_of(Desk(app=app).authorize())


def test_4a_23_client_options_of_a_call_beat_those_of_the_flow_which_beat_the_credentials():
    desk = Desk(client_kwargs={"client_id": "of-flow", "redirect_uri": "https://flow.example/"})
    begun = desk.authorize()
    assert params_of(begun)["client_id"] == "of-flow"
    begun = desk.authorize(client_kwargs={"client_id": "of-call", "redirect_uri": None})
    params = params_of(begun)
    assert (params["client_id"], params["redirect_uri"]) == ("of-call", "https://flow.example/")
    begun = desk.authorize(redirect_uri="https://call.example/")
    assert params_of(begun)["redirect_uri"] == "https://call.example/"
    begun = desk.authorize(client_kwargs={"authorize_url": "https://other.example/a"})
    assert begun["authorization_url"].startswith("https://other.example/a?")


def test_what_a_call_began_with_is_what_its_exchange_goes_by():
    desk = Desk()
    begun = desk.authorize(
        client_kwargs={
            "client_id": "of-call",
            "client_secret": "other",
            "token_endpoint_auth_method": "client_secret_post",
        }
    )
    desk.exchange(authorization_response=answer_to(begun))
    form = desk.form()
    assert (form["client_id"], form["client_secret"]) == ("of-call", "other")


@pytest.mark.parametrize(
    "options", [{"client_idd": "x"}, {"timeout": 0}, {"token_url": "http://evil.example"}], ids=str
)
def test_an_option_that_cannot_be_is_named_and_uses_nothing_up(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        Desk(client_kwargs=options)
    desk = Desk()
    begun = desk.authorize()
    error = desk.refuses(
        ConfigError, authorization_response=answer_to(begun), client_kwargs=options
    )
    assert error.__context__ is None  # it would know the client secret
    assert desk.exchange(authorization_response=answer_to(begun)).access_token == "access-1"


def test_further_parameters_reach_the_address_and_the_token_request():
    desk = Desk(authorize_params={"access_type": "offline", "prompt": "consent"})
    begun = desk.authorize(extra_params={"prompt": "none", "login_hint": "ada"})
    params = params_of(begun)
    assert (params["access_type"], params["prompt"], params["login_hint"]) == (
        "offline",
        "none",
        "ada",
    )
    desk.exchange(authorization_response=answer_to(begun), token_params={"audience": "api"})
    assert desk.form()["audience"] == "api"
    desk.refresh(refresh_token="r", token_params={"audience": "api"})
    assert desk.form()["audience"] == "api"


@pytest.mark.parametrize(
    "name",
    ["state", "code_challenge", "code_challenge_method", "client_id", "redirect_uri", "scope"],
)
def test_what_makes_a_sign_in_safe_is_no_further_parameter(name):
    desk = Desk()
    with pytest.raises(ConfigError, match=name):
        desk.authorize(extra_params={name: "x"})
    with pytest.raises(ConfigError, match=name):
        Desk(authorize_params={name: "x"})


@pytest.mark.parametrize(
    "name", ["grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "scope"]
)
def test_what_makes_a_token_request_safe_is_no_further_field(name):
    desk = Desk()
    begun = desk.authorize()
    desk.refuses(ConfigError, authorization_response=answer_to(begun), token_params={name: "x"})
    with pytest.raises(ConfigError, match=name):
        desk.refresh(refresh_token="r", token_params={name: "x"})
    assert desk.sender.sent == []


def test_4a_24_an_exchange_gives_the_providers_own_credentials():
    class AcmeCredentials(UserCredentials):
        workspace: str | None = None

    desk = Desk(reply(GRANTED | {"workspace": "w1"}), token_class=AcmeCredentials)
    desk.authorize(state="s")
    found = desk.exchange(code="code-1", state="s")
    assert type(found) is AcmeCredentials
    assert (found.access_token, found.refresh_token) == ("access-1", "refresh-1")
    assert found.scopes == ("read", "write")
    assert found.expires_at == desk.clock.now() + 3600
    assert found.issued_at == desk.clock.now()
    assert found.workspace == "w1"
    assert found.model_extra == {}  # the answer itself is not kept
    form = desk.form()
    assert (form["grant_type"], form["code"], form["redirect_uri"]) == (
        "authorization_code",
        "code-1",
        HOME,
    )


def test_scopes_of_an_answer_are_split_at_the_separator_of_its_server():
    app = OAuth2AppCredentials(**APP, scope_separator=",")
    desk = Desk(reply(GRANTED | {"scope": "read,write"}), app=app)
    desk.authorize(state="s")
    found = desk.exchange(code="c", state="s")
    assert (found.scope, found.scopes) == ("read write", ("read", "write"))


def test_an_answer_says_ends_in_the_way_of_the_standard_or_not_at_all():
    odd = {"access_token": "a", "token_type": "Bearer", "expires_at": "never", "issued_at": -1}
    desk = Desk(reply(odd))
    desk.authorize(state="s")
    found = desk.exchange(code="c", state="s")
    assert (found.expires_at, found.issued_at) == (None, desk.clock.now())


def test_an_answer_that_is_silent_granted_what_was_asked():
    silent = {name: value for name, value in GRANTED.items() if name != "scope"}
    desk = Desk(reply(silent), default_scope="usual")
    desk.authorize(state="s", scope=["a", "b"])
    assert desk.exchange(code="c", state="s").scopes == ("a", "b")


def basic_of(request):
    return base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()


def test_4a_25_the_client_is_named_in_the_form_where_the_setting_says_so():
    for included in (False, True):
        app = OAuth2AppCredentials(**APP, include_client_id=included)
        desk = Desk(app=app)
        desk.authorize(state="s")
        desk.exchange(code="c", state="s")
        desk.refresh(refresh_token="r")
        for index, request in enumerate(desk.sender.sent):
            assert ("client_id" in desk.form(index)) is included
            assert "client_secret" not in desk.form(index)
            assert basic_of(request) == f"client-1:{SECRET}"


@pytest.mark.parametrize(
    ("method", "secret", "names"),
    [
        ("client_secret_post", SECRET, {"client_id", "client_secret"}),
        ("client_secret_basic", SECRET, set()),
        ("none", SECRET, {"client_id"}),
        (None, SECRET, set()),
        (None, "", {"client_id"}),
    ],
)
def test_the_client_proves_itself_as_it_is_registered(method, secret, names):
    app = OAuth2AppCredentials(
        **APP | {"client_secret": secret, "token_endpoint_auth_method": method}
    )
    desk = Desk(app=app)
    desk.authorize(state="s")
    desk.exchange(code="c", state="s")
    desk.refresh(refresh_token="r")
    for index, request in enumerate(desk.sender.sent):
        form = desk.form(index)
        assert set(form) & {"client_id", "client_secret"} == names
        assert ("authorization" in request.headers) is (not names)


def test_4a_26_a_refresh_uses_the_explicit_token_or_the_one_inside_the_credentials():
    desk = Desk()
    held = UserCredentials(access_token="old", refresh_token="held")
    assert desk.refresh(credentials=held).access_token == "access-1"
    assert desk.form()["refresh_token"] == "held"
    desk.refresh(credentials=held.to_record())
    assert desk.form()["refresh_token"] == "held"
    desk.refresh(credentials=held, refresh_token="explicit", subject="ada")
    assert desk.form() == {"grant_type": "refresh_token", "refresh_token": "explicit"}
    before = len(desk.sender.sent)
    for options in ({}, {"credentials": UserCredentials()}, {"credentials": {}}):
        with pytest.raises(ValueError, match="no refresh token"):
            desk.refresh(**options)
    assert len(desk.sender.sent) == before


def test_4a_27_a_refresh_keeps_what_the_answer_does_not_say():
    desk = Desk(reply({"access_token": "new", "token_type": "Bearer"}))
    held = UserCredentials(
        access_token="old",
        refresh_token="held",
        refresh_expires_at=desk.clock.now() + 9000,
        expires_at=desk.clock.now(),
        scope="read write",
        id_token="h.p.s",
        workspace={"id": 7},
    )
    found = desk.refresh(credentials=held)
    assert (found.access_token, found.refresh_token) == ("new", "held")
    assert found.scopes == ("read", "write")
    assert found.id_token == "h.p.s"
    assert found.refresh_expires_at == held.refresh_expires_at
    assert found.model_extra == {"workspace": {"id": 7}}
    assert found.expires_at is None  # unknown, not the old one
    assert held.access_token == "old"


def test_a_new_refresh_token_does_not_end_when_the_old_one_would_have():
    desk = Desk()
    held = UserCredentials(refresh_token="old", refresh_expires_at=desk.clock.now() + 5)
    found = desk.refresh(credentials=held)
    assert (found.refresh_token, found.refresh_expires_at) == ("refresh-1", None)


def test_a_refresh_may_ask_for_less():
    desk = Desk(app=OAuth2AppCredentials(**APP, scope_separator=","))
    desk.refresh(refresh_token="r", scope=["a", "b"])
    assert desk.form()["scope"] == "a,b"


def test_4a_30_an_exchange_without_an_answer_or_with_two_is_refused():
    desk = Desk()
    begun = desk.authorize()
    for options in (
        {},
        {"code": ""},
        {"authorization_response": ""},
        {"code": "c", "authorization_response": answer_to(begun)},
    ):
        desk.refuses(ValueError, **options)
    assert desk.exchange(authorization_response=answer_to(begun))


def test_4a_30_a_refusal_with_status_200_is_an_error():
    refusal = {"error": "bad_verification_code", "error_description": "it has expired"}
    desk = Desk(reply(refusal))
    desk.authorize(state="s")
    with pytest.raises(TokenError, match="it has expired") as caught:
        desk.exchange(code="code-1", state="s")
    assert (caught.value.error, caught.value.provider) == ("bad_verification_code", "acme")
    with pytest.raises(TokenRefreshError, match="it has expired"):
        desk.refresh(refresh_token="r")


def test_4a_31_every_request_carries_a_challenge_and_its_exchange_the_verifier():
    desk = Desk()
    begun = [desk.authorize() for _ in range(3)]
    challenges = [params_of(one)["code_challenge"] for one in begun]
    assert len(set(challenges)) == 3
    assert {params_of(one)["code_challenge_method"] for one in begun} == {"S256"}
    for one, challenge in reversed(list(zip(begun, challenges, strict=True))):
        desk.exchange(authorization_response=answer_to(one))
        assert s256(desk.form()["code_verifier"]) == challenge


def test_4a_32_an_unknown_state_is_refused_and_what_waits_goes_on_waiting():
    desk = Desk()
    begun = desk.authorize()
    altered = begun["state"][:-1] + ("a" if begun["state"][-1] != "a" else "b")
    for wrong in (
        "unknown",
        altered,
        "",
        begun["state"] + "x",
        begun["state"].upper(),
        "ü",
        "\ud800",
    ):
        desk.refuses(code="code-1", state=wrong)
    for query in (
        f"code=c&state={altered}",
        "code=c",
        "code=c&state=",
        f"code=c&state={begun['state']}&state={begun['state']}",
        f"code=c&state={begun['state']}&state=other",
    ):
        desk.refuses(authorization_response=f"{HOME}?{query}")
    assert desk.exchange(authorization_response=answer_to(begun))


def test_4a_32_a_state_counts_once():
    desk = Desk()
    begun = desk.authorize()
    desk.exchange(authorization_response=answer_to(begun))
    error = desk.refuses(authorization_response=answer_to(begun))
    assert begun["state"] not in str(error)
    desk.refuses(code="code-1", state=begun["state"])
    desk.refuses(code="code-1")


def test_4a_32_a_state_counts_once_even_where_the_exchange_fails():
    desk = Desk(TransportError("offline"))
    begun = desk.authorize()
    with pytest.raises(TokenTransportError):
        desk.exchange(authorization_response=answer_to(begun))
    desk.refuses(authorization_response=answer_to(begun))


def test_4a_32_a_state_counts_for_ten_minutes():
    desk = Desk()
    begun = desk.authorize()
    desk.clock.move(599.0)
    late = desk.authorize()
    desk.clock.move(1.0)
    desk.refuses(authorization_response=answer_to(begun))
    desk.clock.move(598.0)
    assert desk.exchange(authorization_response=answer_to(late))


def test_a_clock_that_is_set_back_keeps_no_state_alive():
    desk = Desk()
    begun = desk.authorize()
    desk.clock.move(600.0)
    desk.clock.jump(-3600.0)
    desk.refuses(authorization_response=answer_to(begun))


def test_callers_at_the_same_moment_redeem_an_answer_once():
    desk = Desk()
    begun = desk.authorize()

    async def scenario():
        tries = [
            desk.flow.exchange(subject="ada", authorization_response=answer_to(begun))
            for _ in range(10)
        ]
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = asyncio.run(scenario())
    assert [type(one) for one in outcomes].count(UserCredentials) == 1
    assert [type(one) for one in outcomes].count(CallbackError) == 9
    assert len(desk.sender.sent) == 1


def test_threads_that_redeem_at_once_redeem_once():
    desk = Desk()
    begun = desk.authorize()
    outcomes, gate = [], threading.Barrier(6)

    def redeem():
        gate.wait()
        try:
            outcomes.append(desk.exchange(authorization_response=answer_to(begun)))
        except CallbackError as exc:
            outcomes.append(exc)

    threads = [threading.Thread(target=redeem) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in outcomes].count(UserCredentials) == 1
    assert len(desk.sender.sent) == 1


def test_a_bare_code_belongs_to_the_only_one_that_waits():
    desk = Desk()
    error = desk.refuses(code="code-1")
    assert "state" in error.hint
    begun = desk.authorize()
    assert desk.exchange(code="code-1")
    assert s256(desk.form()["code_verifier"]) == params_of(begun)["code_challenge"]
    desk.refuses(code="code-1")
    one, other = desk.authorize(), desk.authorize()
    desk.refuses(code="code-1")
    desk.exchange(code="code-1", state=other["state"])
    assert s256(desk.form()["code_verifier"]) == params_of(other)["code_challenge"]
    desk.exchange(code="code-1")
    assert s256(desk.form()["code_verifier"]) == params_of(one)["code_challenge"]


def test_a_state_beside_the_response_has_to_be_its_own():
    desk = Desk()
    one, other = desk.authorize(), desk.authorize()
    desk.refuses(authorization_response=answer_to(one), state=other["state"])
    assert desk.exchange(authorization_response=answer_to(one), state=one["state"])
    assert desk.exchange(authorization_response=answer_to(other))


def test_a_state_that_is_begun_again_goes_by_the_later_request():
    desk = Desk()
    desk.authorize(state="same")
    later = desk.authorize(state="same")
    desk.exchange(code="c", state="same")
    assert s256(desk.form()["code_verifier"]) == params_of(later)["code_challenge"]
    desk.refuses(code="c", state="same")


def test_a_response_may_be_a_whole_address_or_its_query():
    desk = Desk()
    for form in ("{0}", "?{0}", HOME + "?{0}"):
        begun = desk.authorize()
        query = urlencode({"state": begun["state"], "code": "c"})
        assert desk.exchange(authorization_response=form.format(query))


@pytest.mark.parametrize(
    "text", ["nonsense", "https://app.example/", "a" * 20_000 + "=1", "code=c&state=\ud800"]
)
def test_a_response_that_is_none_is_refused_without_being_repeated(text):
    desk = Desk()
    desk.authorize()
    error = desk.refuses(authorization_response=text)
    assert text not in str(error)
    assert error.__context__ is None  # it may know the code


def test_the_person_may_say_no():
    desk = Desk()
    begun = desk.authorize()
    query = urlencode({"state": begun["state"], "error": "access_denied"})
    error = desk.refuses(authorization_response=f"{HOME}?{query}")
    assert (error.error, error.provider) == ("access_denied", "acme")
    desk.refuses(authorization_response=answer_to(begun))  # the attempt is over


def test_the_answer_of_another_issuer_is_refused_where_the_own_one_is_known():
    app = OAuth2AppCredentials(**APP, issuer="https://op.example")
    desk = Desk(app=app)
    begun = desk.authorize()
    error = desk.refuses(authorization_response=answer_to(begun, iss="https://evil.example"))
    assert error.error == "invalid_iss"
    begun = desk.authorize()
    assert desk.exchange(authorization_response=answer_to(begun, iss="https://op.example"))
    begun = desk.authorize()
    assert desk.exchange(authorization_response=answer_to(begun))
    unknown = Desk()
    begun = unknown.authorize()
    assert unknown.exchange(authorization_response=answer_to(begun, iss="https://any.example"))


@pytest.mark.parametrize("bad", [None, 7, ["ada"], {"user": object()}])
def test_4a_19_a_subject_that_json_cannot_say_uses_nothing_up(bad):
    desk = Desk()
    begun = desk.authorize()
    with pytest.raises(TypeError, match="subject"):
        asyncio.run(desk.flow.exchange(subject=bad, authorization_response=answer_to(begun)))
    assert desk.sender.sent == []
    assert desk.exchange(authorization_response=answer_to(begun))
    with pytest.raises(TypeError, match="subject"):
        desk.refresh(subject=bad if bad is not None else 5, refresh_token="r")


def test_the_redirect_uri_of_the_exchange_is_the_one_that_was_sent():
    desk = Desk()
    begun = desk.authorize(redirect_uri="https://call.example/")
    desk.exchange(authorization_response=answer_to(begun), redirect_uri="https://call.example/")
    assert desk.form()["redirect_uri"] == "https://call.example/"
    begun = desk.authorize()
    desk.refuses(
        ConfigError, authorization_response=answer_to(begun), redirect_uri="https://other.example/"
    )
    silent = Desk(app=OAuth2AppCredentials(**APP | {"redirect_uri": ""}))
    begun = silent.authorize()
    assert "redirect_uri" not in params_of(begun)
    silent.exchange(authorization_response=answer_to(begun))
    assert "redirect_uri" not in silent.form()
    begun = silent.authorize()
    silent.exchange(authorization_response=answer_to(begun), redirect_uri=HOME)
    assert silent.form()["redirect_uri"] == HOME


@pytest.mark.parametrize("missing", ["authorization_url", "client_id"])
def test_an_address_without_an_endpoint_or_a_client_is_a_value_error(missing):
    app = OAuth2AppCredentials(**APP | {missing: ""})
    with pytest.raises(ValueError, match=missing):
        Desk(app=app).authorize()
    with pytest.raises(ValueError, match="state"):
        Desk().authorize(state="")


def test_tokens_without_an_endpoint_are_a_value_error():
    app = OAuth2AppCredentials(**APP | {"token_url": ""})
    desk = Desk(app=app)
    begun = desk.authorize()
    desk.refuses(ValueError, authorization_response=answer_to(begun))
    with pytest.raises(ValueError, match="token_url"):
        desk.refresh(refresh_token="r")


def test_a_flow_needs_credentials_that_know_oauth():
    with pytest.raises(TypeError, match="OAuth2AppCredentials"):
        OAuth2Flow(AppCredentials())


@pytest.mark.parametrize(
    ("answer", "exchanged", "refreshed"),
    [
        (TransportError("offline"), TokenTransportError, RefreshTransportError),
        (reply({}, 503), TokenTransportError, RefreshTransportError),
        (reply({}, 429), TokenTransportError, RefreshTransportError),
        (reply({"error": "invalid_grant"}, 400), TokenError, ReauthRequiredError),
        (reply({"error": "bad_refresh_token"}), TokenError, ReauthRequiredError),
        (reply({"ok": False, "error": "invalid_refresh_token"}), TokenError, ReauthRequiredError),
        (reply({"error": "invalid_client"}, 401), TokenError, TokenRefreshError),
        (reply(b"<html>"), TokenError, TokenRefreshError),
        (reply([]), TokenError, TokenRefreshError),
        (reply({"access_token": ""}), TokenError, TokenRefreshError),
        (reply(GRANTED | {"access_token": "a b"}), TokenError, TokenRefreshError),
        (reply(GRANTED | {"expires_in": -1}), TokenError, TokenRefreshError),
        (reply(GRANTED | {"token_type": "mac"}), TokenError, TokenRefreshError),
    ],
    ids=range(13),
)
def test_what_goes_wrong_at_the_token_endpoint_has_its_error(answer, exchanged, refreshed):
    desk = Desk(answer)
    desk.authorize(state="s")
    with pytest.raises(exchanged) as caught:
        desk.exchange(code="code-1", state="s")
    assert type(caught.value) is exchanged
    assert caught.value.provider == "acme"
    with pytest.raises(refreshed) as caught:
        desk.refresh(refresh_token="r")
    assert type(caught.value) is refreshed
    assert caught.value.provider == "acme"


def test_an_answer_that_does_not_fit_the_providers_model_is_told_without_its_content():
    class Strict(UserCredentials):
        workspace: int

    desk = Desk(reply(GRANTED | {"workspace": SECRET}), token_class=Strict)
    desk.authorize(state="s")
    with pytest.raises(TokenError, match="workspace") as caught:
        desk.exchange(code="code-1", state="s")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_credentials_that_cannot_be_read_are_told_without_their_content():
    class Strict(UserCredentials):
        workspace: int

    with pytest.raises(ValidationError, match="workspace") as caught:
        Desk(token_class=Strict).refresh(credentials={"workspace": SECRET, "refresh_token": SECRET})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("bad", ["text", 7, ["refresh_token"]])
def test_credentials_that_are_none_are_a_type_error(bad):
    with pytest.raises(TypeError, match="mapping or a model"):
        Desk().refresh(credentials=bad, refresh_token="r")


def test_4a_12_no_secret_is_shown_or_logged(caplog):
    with caplog.at_level(logging.DEBUG):
        desk = Desk()
        begun = desk.authorize(client_kwargs={"client_secret": "other-secret"})
        shown = repr(desk.flow) + str(vars(desk.flow)) + repr(vars(desk.flow._pending))
        found = desk.exchange(authorization_response=answer_to(begun))
        for refusal in (reply({"error": "invalid_grant"}, 400), TransportError("offline")):
            desk.sender.program(TOKEN, refusal)
            with pytest.raises(TokenRefreshError) as caught:
                desk.refresh(credentials=found)
            shown += str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    shown += repr(found) + caplog.text
    secrets = [SECRET, "other-secret", "access-1", "refresh-1", "code-1", begun["state"]]
    secrets.append(desk.form(0)["code_verifier"])
    assert [one for one in secrets if one in shown] == []


def test_authorisations_that_nobody_finishes_do_not_pile_up():
    desk = Desk()
    first = desk.authorize()

    async def many():
        for _ in range(MOST):
            last = await desk.flow.authorize()
        return last

    last = asyncio.run(many())
    desk.refuses(authorization_response=answer_to(first))
    assert desk.exchange(authorization_response=answer_to(last))
    desk.clock.move(600.0)
    desk.authorize()
    assert len(desk.flow._pending._begun) == 1


def test_a_flow_closes_its_connections():
    desk = Desk()
    asyncio.run(desk.flow.close())
    assert desk.sender.closed == 1
    asyncio.run(OAuth2Flow(OAuth2AppCredentials(**APP)).close())


def built_in(key, answer, **fields):
    """Give a built-in flow at the table's network, with a secret where it has to have one."""
    cls = get_auth_provider(key)
    app = cls.app_credentials_class.load(
        {"client_id": "c", "client_secret": SECRET, "redirect_uri": HOME, **fields}, env={}
    )
    made = cls(app).oauth2
    made._sender = FakeSender({app.token_url: answer})
    return made


def connected(made):
    async def scenario():
        begun = await made.authorize(scope=["a", "b"])
        found = await made.exchange(subject="ada", authorization_response=answer_to(begun))
        return params_of(begun), found

    return asyncio.run(scenario())


SERVICES = {
    "asana": ("https://app.asana.com/-/oauth_authorize", "https://app.asana.com/-/oauth_token"),
    "github": (
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
    ),
    "google": (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
    ),
    "hubspot": ("https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/v1/token"),
    "microsoft": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    ),
    "notion": (
        "https://api.notion.com/v1/oauth/authorize",
        "https://api.notion.com/v1/oauth/token",
    ),
    "slack": ("https://slack.com/oauth/v2/authorize", "https://slack.com/api/oauth.v2.access"),
}
IN_HEADER = {"notion", "slack"}


@pytest.mark.parametrize("key", sorted(SERVICES))
def test_every_built_in_service_is_asked_at_its_own_addresses(key):
    authorize_url, token_url = SERVICES[key]
    made = built_in(key, reply(GRANTED))
    begun = asyncio.run(made.authorize())
    assert begun["authorization_url"].startswith(f"{authorize_url}?")
    params, found = connected(made)
    assert params["code_challenge_method"] == "S256"
    assert params["scope"] == ("a,b" if key == "slack" else "a b")
    assert type(found) is get_auth_provider(key).user_credentials_class
    (request,) = made._sender.sent
    assert request.url == token_url
    form = dict(parse_qsl(request.body.decode()))
    assert ("client_secret" in form) is (key not in IN_HEADER)
    assert ("authorization" in request.headers) is (key in IN_HEADER)


def test_google_is_asked_for_a_token_that_lasts_and_notion_for_a_person():
    params, _ = connected(built_in("google", reply(GRANTED)))
    assert (params["access_type"], params["prompt"]) == ("offline", "consent")
    params, _ = connected(built_in("notion", reply(GRANTED)))
    assert params["owner"] == "user"


def test_github_separates_by_commas_in_answers():
    answer = {"access_token": "gho", "token_type": "bearer", "scope": "repo,user"}
    _, found = connected(built_in("github", reply(answer)))
    assert (found.scope, found.scopes) == ("repo user", ("repo", "user"))
    assert found.refresh_token is None


SLACK = {
    "ok": True,
    "access_token": "xoxb-1",
    "token_type": "bot",
    "scope": "chat:write,users:read",
    "bot_user_id": "U0",
    "app_id": "A0",
    "team": {"id": "T0", "name": "Acme"},
    "authed_user": {"id": "U1"},
}


def test_slack_gives_the_token_of_its_bot():
    _, found = connected(built_in("slack", reply(SLACK)))
    assert (found.access_token, found.scheme) == ("xoxb-1", "Bearer")
    assert found.scopes == ("chat:write", "users:read")
    assert (found.bot_user_id, found.app_id, found.user_token) == ("U0", "A0", None)
    assert found.team == {"id": "T0", "name": "Acme"}
    assert "authed_user" not in found.to_record()


def test_slack_gives_the_token_of_a_person_beside_or_instead():
    person = {"id": "U1", "access_token": "xoxp-1", "token_type": "user", "scope": "search:read"}
    _, found = connected(built_in("slack", reply(SLACK | {"authed_user": person})))
    assert (found.access_token, found.user_token) == ("xoxb-1", "xoxp-1")
    alone = {"ok": True, "team": None, "authed_user": person | {"refresh_token": "xoxe"}}
    _, found = connected(built_in("slack", reply(alone)))
    assert (found.access_token, found.refresh_token) == ("xoxp-1", "xoxe")
    assert (found.scopes, found.user_token) == (("search:read",), None)


def test_slack_refuses_with_status_200():
    refusal = reply({"ok": False, "error": "invalid_code"})
    with pytest.raises(TokenError, match="invalid_code") as caught:
        connected(built_in("slack", refusal))
    assert caught.value.provider == "slack"


@pytest.mark.parametrize(
    "answer",
    [reply(b"<html>"), reply([]), reply({"ok": True}), reply(SLACK | {"token_type": [["bot"]]})],
)
def test_an_answer_of_slack_that_holds_nothing_is_an_error(answer):
    with pytest.raises(TokenError):
        connected(built_in("slack", answer))


def test_notion_says_which_workspace_was_connected():
    answer = {
        "access_token": "secret_1",
        "token_type": "bearer",
        "workspace_id": "w",
        "workspace_name": "Acme",
        "bot_id": "b",
        "owner": {"workspace": True},
    }
    _, found = connected(built_in("notion", reply(answer)))
    assert (found.workspace_id, found.workspace_name, found.bot_id) == ("w", "Acme", "b")
    assert "owner" not in found.to_record()


def test_hubspot_refuses_in_words_of_its_own():
    refusal = {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}
    made = built_in("hubspot", reply(refusal, 400))
    with pytest.raises(ReauthRequiredError, match="missing or invalid"):
        asyncio.run(made.refresh(refresh_token="r"))
    made = built_in("hubspot", reply({"status": "BAD_CLIENT_ID", "message": "no"}, 400))
    with pytest.raises(TokenRefreshError) as caught:
        asyncio.run(made.refresh(refresh_token="r"))
    assert (type(caught.value), caught.value.error) == (TokenRefreshError, "bad_client_id")
    made = built_in("hubspot", reply({"status": "error", "message": "busy"}, 502))
    with pytest.raises(RefreshTransportError):
        asyncio.run(made.refresh(refresh_token="r"))


def test_the_issuer_of_google_is_held_against_what_answers():
    made = built_in("google", reply(GRANTED))
    begun = asyncio.run(made.authorize())
    response = answer_to(begun, iss="https://evil.example")
    with pytest.raises(CallbackError, match="another provider"):
        asyncio.run(made.exchange(subject="ada", authorization_response=response))
    assert made._sender.sent == []
