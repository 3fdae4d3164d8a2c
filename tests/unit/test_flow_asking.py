"""A sign-in that asks for more than the provider's settings say."""

import asyncio
import base64
import json
import time

import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow

from pywry_auth import AuthFlowManager, MemoryTokenStore, SessionManager, SignInOptions
from pywry_auth.errors import ConfigError, ReauthRequiredError, StepUpError, TokenError
from pywry_auth.providers import GoogleProvider
from pywry_auth.testing.clock import VirtualClock


DEADLINE = 5.0  # seconds; only a broken flow comes near it


def unsigned(**claims):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


class StrongProvider(ScriptedProvider):
    """Signs in as told; what it hands out stands for ID tokens that it has checked."""

    validates_id_tokens = True

    def __init__(self, scopes=("openid", "mail")):
        super().__init__(VirtualClock(time.time()))
        self.scopes = list(scopes)
        self.authorize_url = "https://op.example/authorize"
        self.subject = "alice"
        self.claims = {}
        self.said = None  # the scope of the answer, or None where it is silent
        self.gives_id_token = True
        self.asked_who = 0
        self.userinfo = {}

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        del code, redirect_uri, pkce_verifier, nonce
        token = unsigned(sub=self.subject, **self.claims) if self.gives_id_token else None
        said = {} if self.said is None else {"scope": self.said}
        return self.tokens(
            origin=self.origin(self.subject),
            id_token=token,
            scope=self.said or " ".join(self.scopes),
            raw=said,
        )

    async def get_userinfo(self, access_token):
        assert access_token.startswith("access-")
        self.asked_who += 1
        return self.userinfo


def sign_in(provider, options=None, **keep):
    window = FakeWindow(lambda page: page.approve())
    manager = AuthFlowManager(provider, window=window, auth_timeout=DEADLINE, **keep)
    try:
        result = manager.run_native(options=options)
    finally:
        sent = window.pages[0].query if window.pages else {}
    return result, sent


def refused(provider, options, error=StepUpError, **keep):
    window = FakeWindow(lambda page: page.approve())
    manager = AuthFlowManager(provider, window=window, auth_timeout=DEADLINE, **keep)
    with pytest.raises(error) as caught:
        manager.run_native(options=options)
    return caught.value, window


def signed_in(provider, store=None, **tokens):
    """A session that somebody is signed in at."""
    session = SessionManager(provider, store or MemoryTokenStore(), "mine")
    asyncio.run(session.save_tokens(provider.tokens(**tokens)))
    return session


# -- what is sent -------------------------------------------------------------------------------


def test_options_go_into_this_one_request():
    provider = StrongProvider()
    provider.authorize_params = {"prompt": "consent", "audience": "api"}
    provider.claims = {"acr": "gold", "auth_time": time.time()}
    options = SignInOptions(
        scopes="openid calendar",
        acr_values=["gold", "silver"],
        max_age=0,
        prompt="login",
        login_hint="alice@example.com",
        id_token_hint=unsigned(sub="alice"),
    )
    _, sent = sign_in(provider, options)
    assert sent["scope"] == "openid calendar"
    assert sent["acr_values"] == "gold silver"
    assert sent["max_age"] == "0"
    assert sent["prompt"] == "login"
    assert sent["audience"] == "api"
    assert sent["login_hint"] == "alice@example.com"
    assert sent["id_token_hint"] == unsigned(sub="alice")
    _, after = sign_in(provider)
    assert after["prompt"] == "consent"
    assert after["scope"] == "openid mail"
    assert not {"acr_values", "max_age", "login_hint", "id_token_hint"} & set(after)


def test_an_awaited_sign_in_and_authenticate_take_options_too():
    provider = StrongProvider()
    window = FakeWindow(lambda page: page.approve())
    manager = AuthFlowManager(provider, window=window, auth_timeout=DEADLINE)
    asyncio.run(manager.arun_native(options=SignInOptions(login_hint="a")))
    manager.authenticate(None, options=SignInOptions(login_hint="b"))
    assert [page.query["login_hint"] for page in window.pages] == ["a", "b"]


def test_openid_among_the_further_scopes_asks_for_an_id_token():
    provider = StrongProvider(scopes=["mail"])
    _, sent = sign_in(provider, SignInOptions(scopes=["openid"]))
    assert sent["nonce"]
    provider.gives_id_token = False
    refused(provider, SignInOptions(scopes=["openid"]), TokenError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": ()},
        {"max_age": -1},
        {"prompt": "none login"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_cannot_be_asked_for_is_refused_at_once(wrong):
    with pytest.raises(ConfigError):
        SignInOptions(**wrong)


def test_hints_never_print():
    options = SignInOptions(login_hint="alice@example.com", id_token_hint=unsigned(sub="alice"))
    assert "alice" not in repr(options)
    assert unsigned(sub="alice") not in repr(options)


@pytest.mark.parametrize("options", [{"acr_values": ["gold"]}, {"max_age": 0}])
def test_a_proof_nobody_can_check_is_refused_before_a_window_opens(options):
    unchecked, silent = StrongProvider(), StrongProvider(scopes=["mail"])
    unchecked.validates_id_tokens = False
    for provider in (unchecked, silent):
        _, window = refused(provider, SignInOptions(**options), ConfigError)
        assert window.pages == []


def test_a_hint_that_is_no_id_token_is_refused_before_a_window_opens():
    _, window = refused(StrongProvider(), SignInOptions(id_token_hint="alice"), ConfigError)
    assert window.pages == []


# -- what must be proved ------------------------------------------------------------------------


def test_a_weaker_sign_in_is_refused_and_nothing_is_kept():
    provider = StrongProvider()
    session = signed_in(provider)
    before = session.tokens
    provider.claims = {"acr": "bronze"}
    error, _ = refused(provider, SignInOptions(acr_values=["gold"]), session_manager=session)
    assert error.context == {"asked": ("gold",), "came": "bronze"}
    assert session.tokens == before
    assert provider.asked_who == 0
    asyncio.run(session.logout())


def test_a_strength_that_is_only_preferred_refuses_nobody():
    provider = StrongProvider()
    provider.claims = {"acr": "bronze"}
    result, sent = sign_in(provider, SignInOptions(acr_values=["gold"], require_acr=False))
    assert result.success
    assert sent["acr_values"] == "gold"


@pytest.mark.parametrize("claims", [{}, {"auth_time": time.time() - 3600}, {"auth_time": "now"}])
def test_an_old_sign_in_is_refused(claims):
    provider, store = StrongProvider(), MemoryTokenStore()
    provider.claims = claims
    refused(provider, SignInOptions(max_age=60), TokenError, token_store=store)
    assert asyncio.run(store.list_keys()) == []
    assert provider.asked_who == 0


@pytest.mark.parametrize("offset", [-3600.0, 3600.0])
def test_the_provider_s_clock_says_how_old_a_sign_in_is(offset):
    provider = StrongProvider()
    provider.clock_offset = offset
    provider.claims = {"auth_time": time.time() + offset}
    assert sign_in(provider, SignInOptions(max_age=60))[0].success
    provider.claims = {"auth_time": time.time() + offset - 600}
    refused(provider, SignInOptions(max_age=60), TokenError)


def test_without_an_id_token_nothing_is_proved():
    provider = StrongProvider()
    provider.gives_id_token = False
    refused(provider, SignInOptions(acr_values=["gold"]))


@pytest.mark.parametrize(
    "options",
    [
        SignInOptions(id_token_hint=unsigned(sub="alice")),
        SignInOptions(scopes=["openid", "drive"]),
        SignInOptions(max_age=0),
        SignInOptions(acr_values=["gold"]),
    ],
    ids=["hint", "scopes", "max_age", "acr"],
)
def test_a_step_up_does_not_become_another_person(options):
    provider = StrongProvider()
    provider.claims = {"acr": "gold", "auth_time": time.time()}
    session = signed_in(provider)
    before = session.tokens
    provider.subject = "bob"
    error, _ = refused(provider, options, session_manager=session)
    assert "somebody else" in str(error)
    assert session.tokens == before
    assert provider.asked_who == 0
    asyncio.run(session.logout())


def test_a_step_up_of_who_is_only_stored_does_not_become_another_person():
    provider, store = StrongProvider(), MemoryTokenStore()
    provider.claims = {"auth_time": time.time()}
    first = signed_in(provider, store)
    later = SessionManager(provider, store, "mine")  # as after a new start
    provider.subject = "bob"
    refused(provider, SignInOptions(max_age=0), session_manager=later)
    assert asyncio.run(store.load("mine")).origin.subject == "alice"
    for session in (later, first):
        asyncio.run(session.logout(revoke=False))


def test_somebody_whom_only_userinfo_names_is_refused_too():
    provider = StrongProvider(scopes=["mail"])
    session = signed_in(provider)
    before = session.tokens
    provider.subject, provider.gives_id_token = "", False
    provider.userinfo = {"id": "bob"}
    refused(provider, SignInOptions(scopes=["drive"]), session_manager=session)
    assert session.tokens == before
    asyncio.run(session.logout())


def test_the_same_person_steps_up_and_the_session_goes_on():
    provider = StrongProvider()
    provider.claims = {"acr": "gold", "auth_time": time.time()}
    session = signed_in(provider)
    hint = unsigned(sub="alice")
    options = SignInOptions(acr_values="gold", max_age=0, id_token_hint=hint)
    result, _ = sign_in(provider, options, session_manager=session)
    assert session.tokens.access_token == result.tokens.access_token
    asyncio.run(session.logout())


def test_who_asks_to_choose_an_account_may_get_another_one():
    provider = StrongProvider()
    session = signed_in(provider)
    provider.subject = "bob"
    options = SignInOptions(scopes=["openid"], prompt="select_account")
    sign_in(provider, options, session_manager=session)
    assert session.tokens.origin.subject == "bob"
    asyncio.run(session.logout())


# -- scopes -------------------------------------------------------------------------------------


def test_a_denied_scope_is_reported_and_no_error():
    provider = StrongProvider()
    provider.said = "mail"
    result, _ = sign_in(provider, SignInOptions(scopes=["openid", "mail", "drive"]))
    assert result.success
    assert result.scopes.asked == ("openid", "mail", "drive")
    assert result.scopes.granted == ("mail", "openid")
    assert result.scopes.denied == ("drive",)
    assert result.tokens.scope == "mail"


def test_a_usual_sign_in_reports_its_scopes_too():
    provider = StrongProvider()
    provider.said = "openid mail more"
    result, _ = sign_in(provider)
    assert (result.scopes.denied, result.scopes.unasked) == ((), ("more",))


def test_a_silent_answer_grants_what_was_asked_this_time():
    result, _ = sign_in(StrongProvider(), SignInOptions(scopes=["openid", "drive"]))
    assert result.tokens.scopes == ("openid", "drive")
    assert result.scopes.denied == ()


def test_a_person_who_says_no_to_the_one_new_scope_is_believed():
    provider = StrongProvider()
    provider.said = "openid mail"  # exactly what the provider is always asked for
    result, _ = sign_in(provider, SignInOptions(scopes=["openid", "mail", "drive"]))
    assert result.scopes.denied == ("drive",)
    assert result.tokens.scope == "openid mail"


def test_asking_for_more_keeps_what_was_granted_before():
    provider = StrongProvider()
    session = signed_in(provider, scope="mail calendar", id_token=unsigned(sub="alice"))
    _, sent = sign_in(provider, SignInOptions(scopes=["drive"]), session_manager=session)
    assert sent["scope"].split() == ["openid", "mail", "calendar", "drive"]
    asyncio.run(session.logout())


def test_a_stronger_sign_in_keeps_what_was_granted_before():
    provider = StrongProvider()
    provider.claims = {"acr": "gold"}
    session = signed_in(provider, scope="mail calendar", id_token=unsigned(sub="alice"))
    _, sent = sign_in(provider, SignInOptions(acr_values=["gold"]), session_manager=session)
    assert sent["scope"].split() == ["openid", "mail", "calendar"]
    asyncio.run(session.logout())


def test_a_store_of_its_own_is_asked_what_the_hinted_person_was_granted():
    provider, store = StrongProvider(), MemoryTokenStore()
    provider.said = "openid mail calendar"
    sign_in(provider, token_store=store)
    hint = unsigned(sub="alice")
    options = SignInOptions(scopes=["drive"], id_token_hint=hint)
    _, sent = sign_in(provider, options, token_store=store)
    assert sent["scope"].split() == ["openid", "mail", "calendar", "drive"]


def test_a_provider_that_adds_earlier_grants_itself_is_told_so():
    provider = StrongProvider()
    provider.incremental_params = GoogleProvider.incremental_params
    session = signed_in(provider, scope="mail calendar")
    _, sent = sign_in(provider, SignInOptions(scopes=["drive"]), session_manager=session)
    assert sent["scope"] == "openid drive"
    assert sent["include_granted_scopes"] == "true"
    asyncio.run(session.logout())


def test_google_s_own_names_for_scopes_are_no_denial():
    aliases = GoogleProvider.scope_aliases
    provider = StrongProvider(scopes=["openid", "email", "profile"])
    provider.scope_aliases = aliases
    provider.said = f"openid {aliases['profile']} {aliases['email']}"
    result, _ = sign_in(provider)
    assert (result.scopes.denied, result.scopes.unasked) == ((), ())


def test_nothing_differs_where_nothing_is_asked():
    assert SignInOptions().params == {}
    assert not SignInOptions(prompt="none").is_step_up


# -- beside a session that is lost -------------------------------------------------------------


def test_a_session_that_was_lost_may_ask_for_a_step_up_itself():
    provider, store = StrongProvider(), MemoryTokenStore()
    provider.claims = {"acr": "gold", "auth_time": time.time()}
    provider.script = [ReauthRequiredError("revoked", error="invalid_grant")]

    def ask_person():
        options = SignInOptions(acr_values=["gold"], max_age=0)
        results.append(sign_in(provider, options, session_manager=session)[0])

    results = []
    session = SessionManager(provider, store, "mine", on_reauth_required=ask_person)
    old = provider.tokens(issued_at=time.time() - 7200)
    asyncio.run(store.save("mine", old))
    assert asyncio.run(session.get_access_token()) == results[0].tokens.access_token
    asyncio.run(session.logout())


def test_a_step_up_meanwhile_ends_neither_the_renewal_nor_itself():
    provider = StrongProvider()
    provider.claims = {"auth_time": time.time()}
    session = signed_in(provider)

    async def both():
        renewal = asyncio.ensure_future(session.refresh())
        window = FakeWindow(lambda page: page.approve())
        flow = AuthFlowManager(
            provider, window=window, session_manager=session, auth_timeout=DEADLINE
        )
        stepped = await flow.arun_native(options=SignInOptions(max_age=0))
        await asyncio.gather(renewal, return_exceptions=True)
        return stepped

    result = asyncio.run(both())
    assert session.tokens.access_token == result.tokens.access_token
    asyncio.run(session.logout())
