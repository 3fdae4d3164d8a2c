"""One sign-in from the button to the stored tokens, with a person at a window."""

import asyncio
import logging
import threading
import time
from dataclasses import replace
from operator import methodcaller
from urllib.parse import urlsplit

import httpx
import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, SeenPage, nobody, visit

from pywry_auth import AuthFlowManager, AuthFlowState, CallbackOptions, SessionManager
from pywry_auth.errors import (
    AuthenticationError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    CallbackError,
    ConfigError,
    DiscoveryError,
    StoreError,
    TokenError,
    TokenTransportError,
    TransportError,
    WindowError,
)
from pywry_auth.flow.running import Running
from pywry_auth.protocol.skipped import UNKNOWN_ISSUER
from pywry_auth.providers import GenericOIDCProvider, GoogleProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.base import WindowKind


DEADLINE = 5.0  # seconds; only a broken flow comes near it


class AskedProvider(ScriptedProvider):
    """Remembers what it was asked, and answers userinfo as told."""

    def __init__(self, *, secret="", scopes=None, issuer=UNKNOWN_ISSUER):
        super().__init__(VirtualClock(time.time()))
        self.client_secret = secret
        self.scopes = ["openid"] if scopes is None else scopes
        self.authorize_url = "https://op.example/authorize"
        self.issuer = issuer
        self.exchanged = []
        self.exchange_error = None
        self.userinfo = {"sub": "alice", "name": "Alice"}
        self.subject = "alice"
        self.prepared = 0

    async def prepare(self):
        self.prepared += 1

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        self.exchanged.append((code, redirect_uri, pkce_verifier, nonce))
        if self.exchange_error is not None:
            raise self.exchange_error
        return self.tokens(origin=self.origin(self.subject))

    async def get_userinfo(self, access_token):
        assert access_token.startswith("access-")
        if isinstance(self.userinfo, BaseException):
            raise self.userinfo
        return self.userinfo


def approve(page):
    page.approve()


def flow(provider=None, person=approve, **options):
    window = options.pop("window", None) or FakeWindow(person)
    options.setdefault("auth_timeout", DEADLINE)
    manager = AuthFlowManager(provider or AskedProvider(), window=window, **options)
    return manager, window


def nobody_listens(redirect_uri):
    """The socket closes at once, if not this very instant."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if visit(redirect_uri) == 0:
            return True
        time.sleep(0.01)
    return False


# -- success ------------------------------------------------------------------------------------


def test_a_sign_in_gives_tokens_and_who_signed_in():
    provider = AskedProvider()
    manager, window = flow(provider)
    assert manager.flow_state is AuthFlowState.PENDING
    result = manager.run_native()
    assert result.success
    assert result.error is None
    assert result.tokens.access_token == "access-1"
    assert result.user_info == {"sub": "alice", "name": "Alice"}
    assert manager.flow_state is AuthFlowState.COMPLETED
    assert manager.window_kind is WindowKind.WEBVIEW
    assert not window.open
    assert provider.prepared == 1
    assert nobody_listens(window.redirect_uri)


def test_the_exchange_gets_what_the_request_sent():
    provider = AskedProvider()
    manager, window = flow(provider)
    manager.run_native()
    sent = window.pages[0].query
    code, redirect_uri, verifier, nonce = provider.exchanged[0]
    assert code == "the-code"
    assert redirect_uri == sent["redirect_uri"]
    assert nonce == sent["nonce"]
    assert sent["code_challenge_method"] == "S256"
    assert 43 <= len(verifier) <= 128
    assert verifier not in window.pages[0].url
    assert urlsplit(redirect_uri).hostname == "127.0.0.1"


def test_each_sign_in_is_fresh():
    manager, window = flow()
    manager.run_native()
    manager.run_native()
    first, second = (page.query for page in window.pages)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) == 43


def test_without_openid_no_nonce_is_sent():
    provider = AskedProvider(scopes=["mail"])
    manager, window = flow(provider)
    manager.run_native()
    assert "nonce" not in window.pages[0].query
    assert provider.exchanged[0][3] is None


def test_the_callback_arrives_where_it_was_asked_for():
    options = CallbackOptions(path="/signed-in", response_mode="form_post")

    def person(page):
        visit(page.query["redirect_uri"], {"code": "c", "state": page.query["state"]})

    manager, window = flow(person=person, callback=options)
    assert manager.run_native().success
    assert urlsplit(window.redirect_uri).path == "/signed-in"
    assert window.pages[0].query["response_mode"] == "form_post"


# -- storing ------------------------------------------------------------------------------------


def test_a_store_alone_keeps_tokens_under_subject_and_issuer():
    store = MemoryTokenStore()
    manager, _ = flow(token_store=store)
    result = manager.run_native()
    assert asyncio.run(store.list_keys()) == ["alice@https://op.example/token"]
    assert store.get("alice@https://op.example/token") == result.tokens


def test_a_session_keeps_tokens_under_its_own_key_only():
    store = MemoryTokenStore()
    provider = AskedProvider()
    session = SessionManager(provider, store, "mine")
    manager, _ = flow(provider, token_store=store, session_manager=session)
    manager.run_native()
    assert asyncio.run(store.list_keys()) == ["mine"]
    assert asyncio.run(session.get_access_token()) == "access-1"
    asyncio.run(session.logout())


@pytest.mark.parametrize(
    ("subject", "userinfo", "key"),
    [
        ("", {"sub": "s", "id": 7, "login": "l"}, "s"),
        ("", {"id": 7, "login": "l", "email": "m"}, "7"),
        ("", {"login": "l", "email": "m"}, "l"),
        ("", {"email": "m"}, "m"),
        ("", {}, "default"),
        ("", {"sub": ""}, "default"),
        ("", {"sub": None, "id": True}, "default"),
        ("alice", {}, "alice"),
    ],
)
def test_the_subject_is_found_in_order(subject, userinfo, key):
    provider = AskedProvider()
    provider.subject, provider.userinfo = subject, userinfo
    store = MemoryTokenStore()
    manager, _ = flow(provider, token_store=store)
    manager.run_native()
    assert asyncio.run(store.list_keys()) == [f"{key}@https://op.example/token"]


class RefusingStore(MemoryTokenStore):
    def __init__(self, *, lists=False):
        super().__init__()
        self.lists = lists

    async def list_keys(self):
        if not self.lists:
            raise StoreError("the keyring is locked", hint="unlock it")
        return await super().list_keys()

    async def save(self, key, tokens):  # noqa: ARG002  # the abstract method's names
        raise StoreError("the disk is full")

    async def load(self, key):
        if not self.lists:
            raise StoreError("the keyring is locked", hint="unlock it")
        return await super().load(key)


@pytest.mark.parametrize("with_session", [False, True], ids=["store", "session"])
def test_a_store_that_refuses_is_found_before_the_window_opens(with_session):
    provider = AskedProvider()
    store = RefusingStore()
    keep = (
        {"session_manager": SessionManager(provider, store)}
        if with_session
        else {"token_store": store}
    )
    manager, window = flow(provider, **keep)
    with pytest.raises(AuthenticationError) as caught:
        manager.run_native()
    assert "keyring is locked" in str(caught.value)
    assert caught.value.hint == "unlock it"
    assert window.pages == []
    assert provider.prepared == 0
    assert manager.flow_state is AuthFlowState.FAILED


@pytest.mark.parametrize("with_session", [False, True], ids=["store", "session"])
def test_a_store_that_refuses_afterwards_loses_nothing(with_session, caplog):
    provider = AskedProvider()
    store = RefusingStore(lists=True)
    session = SessionManager(provider, store)
    keep = {"session_manager": session} if with_session else {"token_store": store}
    told = []
    manager, _ = flow(provider, on_notice=told.append, **keep)
    result = manager.run_native()
    assert result.success
    assert result.tokens.access_token == "access-1"
    assert "save_failed" in caplog.text or told
    asyncio.run(session.logout(revoke=False))


# -- redirects ----------------------------------------------------------------------------------


def test_a_stranger_s_redirect_gets_400_and_the_wait_goes_on():
    statuses = []

    def person(page):
        strangers = (
            {},
            {"code": "evil"},
            {"code": "evil", "state": "guess"},
            {"error": "access_denied"},
            {"error": "access_denied", "state": page.query["state"] + "1"},
        )
        statuses.extend(page.answer(**params) for params in strangers)
        twice = f"state={page.query['state']}"
        statuses.append(visit(f"{page.query['redirect_uri']}?code=evil&{twice}&{twice}"))
        page.approve()

    provider = AskedProvider()
    manager, _ = flow(provider, person)
    assert manager.run_native().success
    assert statuses == [400] * 6
    assert [asked[0] for asked in provider.exchanged] == ["the-code"]


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"iss": "https://evil.example", "code": "c"}, "invalid_iss"),
        ({"iss": "https://evil.example", "error": "access_denied"}, "invalid_iss"),
        ({"iss": "https://op.example/", "code": "c"}, "invalid_iss"),
        ({"error": "access_denied", "code": "c"}, "access_denied"),
        ({"code": "c"}, "missing_iss"),
        ({"iss": "https://op.example"}, None),
        ({"iss": "https://op.example", "code": ""}, None),
    ],
    ids=[
        "iss",
        "iss before error",
        "iss is a string",
        "error before code",
        "no iss",
        "no code",
        "empty",
    ],
)
def test_a_redirect_is_judged_by_iss_then_error_then_code(extra, error):
    provider = AskedProvider(issuer="https://op.example")
    provider.announces_iss = True
    manager, window = flow(provider, lambda page: page.answer(state=page.query["state"], **extra))
    with pytest.raises(CallbackError) as caught:
        manager.run_native()
    assert caught.value.error == error
    assert provider.exchanged == []
    assert manager.flow_state is AuthFlowState.FAILED
    assert nobody_listens(window.redirect_uri)


def test_an_error_without_iss_is_an_error_though_iss_was_promised():
    provider = AskedProvider(issuer="https://op.example")
    provider.announces_iss = True
    manager, _ = flow(
        provider, lambda page: page.answer(state=page.query["state"], error="access_denied")
    )
    with pytest.raises(CallbackError) as caught:
        manager.run_native()
    assert caught.value.error == "access_denied"


@pytest.mark.parametrize("name", ["code", "iss", "error"])
def test_a_repeated_parameter_ends_the_attempt(name):
    provider = AskedProvider(issuer="https://op.example")

    def person(page):
        given = {"code": "c", "iss": "https://op.example", "error": "x"}
        twice = f"{name}={given[name]}&{name}={given[name]}"
        visit(f"{page.query['redirect_uri']}?state={page.query['state']}&{twice}")

    manager, _ = flow(provider, person)
    with pytest.raises(CallbackError):
        manager.run_native()
    assert provider.exchanged == []


def test_a_redirect_that_comes_twice_is_redeemed_once():
    provider = AskedProvider()

    def person(page):
        threads = [threading.Thread(target=page.approve) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    manager, _ = flow(provider, person)
    manager.run_native()
    assert len(provider.exchanged) == 1


def test_a_pasted_redirect_is_judged_like_any_other():
    judged = []

    def person(page):
        good = f"{page.query['redirect_uri']}?code=the-code&state={page.query['state']}"
        wrong = (
            "",
            "nonsense",
            "http://[",
            f"{page.query['redirect_uri']}?code=c&state=x",
            "state=\udcff",
        )
        judged.extend(page.listener.pasted(text) for text in wrong)
        judged.append(page.listener.pasted(f"  {good}\n"))

    manager, window = flow(person=person)
    assert manager.run_native().success
    window.wait_for_person()
    assert judged == [False] * 5 + [True]


# -- being left ---------------------------------------------------------------------------------


def test_a_closed_window_is_cancelled():
    manager, window = flow(person=lambda page: page.listener.closed())
    with pytest.raises(AuthFlowCancelled):
        manager.run_native()
    assert manager.flow_state is AuthFlowState.CANCELLED
    assert nobody_listens(window.redirect_uri)


def test_a_window_closed_over_a_page_that_led_nowhere_says_what_the_page_said():
    def read_and_close(page):
        page.listener.troubled("consent_required")
        page.listener.troubled("redirect_uri_mismatch")
        page.listener.closed()

    manager, window = flow(person=read_and_close)
    with pytest.raises(AuthenticationError) as caught:
        manager.run_native()
    assert type(caught.value) is AuthenticationError
    assert caught.value.context["page"] == "redirect_uri_mismatch"
    assert manager.flow_state is AuthFlowState.FAILED
    assert nobody_listens(window.redirect_uri)


def test_a_trouble_that_went_away_is_not_held_against_the_page():
    def go_on_and_close(page):
        page.listener.troubled("redirect_uri_mismatch")
        page.listener.troubled("")
        page.listener.closed()

    manager, _ = flow(person=go_on_and_close)
    with pytest.raises(AuthFlowCancelled):
        manager.run_native()


def test_a_window_that_broke_says_so():
    broken = WindowError("the window crashed", exit_code=-11)
    manager, _ = flow(person=lambda page: page.listener.closed(broken))
    with pytest.raises(WindowError) as caught:
        manager.run_native()
    assert caught.value.exit_code == -11
    assert manager.flow_state is AuthFlowState.FAILED


def test_a_window_that_cannot_open_says_so():
    class NoWindow(FakeWindow):
        def show(self, url, listener):  # noqa: ARG002  # the protocol's names
            raise WindowError("no display")

    manager, window = flow(window=NoWindow())
    with pytest.raises(WindowError):
        manager.run_native()
    assert window.times_closed == 1
    assert manager.flow_state is AuthFlowState.FAILED


def test_cancelled_before_it_begins_nothing_opens():
    manager, window = flow()
    manager.cancel()
    manager.cancel()
    with pytest.raises(AuthFlowCancelled):
        manager.run_native()
    assert window.pages == []
    assert manager.flow_state is AuthFlowState.CANCELLED
    assert manager.run_native().success


@pytest.mark.parametrize("times", [1, 2])
def test_cancelled_from_another_thread(times):
    def person(_page):
        for _ in range(times):
            manager.cancel()

    manager, window = flow(person=person)
    with pytest.raises(AuthFlowCancelled):
        manager.run_native()
    assert manager.flow_state is AuthFlowState.CANCELLED
    assert not window.open
    assert nobody_listens(window.redirect_uri)


def test_cancelled_afterwards_changes_nothing():
    manager, _ = flow()
    manager.run_native()
    manager.cancel()
    assert manager.flow_state is AuthFlowState.COMPLETED
    assert manager.run_native().success


def test_cancelled_on_the_package_s_loop():
    def person(_page):
        LOOP.call_soon(manager.cancel)

    manager, _ = flow(person=person)
    with pytest.raises(AuthFlowCancelled):
        manager.run_native()


def test_a_timeout_of_zero_leaves_no_window_and_no_socket():
    manager, window = flow(person=nobody, auth_timeout=0)
    with pytest.raises(AuthFlowTimeout) as caught:
        manager.run_native()
    assert caught.value.timeout == 0
    assert manager.flow_state is AuthFlowState.TIMED_OUT
    assert not window.open
    assert all(nobody_listens(page.query["redirect_uri"]) for page in window.pages)


@pytest.mark.parametrize("way", ["run_native", "run_silent"])
def test_ctrl_c_as_a_sign_in_begins_leaves_none_under_way(monkeypatch, way):
    begin = Running.begin

    def interrupted(running, claim):
        begin(running, claim)
        raise KeyboardInterrupt

    manager, window = flow(person=lambda page: page.approve())
    with monkeypatch.context() as patch:
        patch.setattr(Running, "begin", interrupted)
        with pytest.raises(KeyboardInterrupt):
            methodcaller(way)(manager)
    assert window.pages == []
    assert manager.flow_state is AuthFlowState.CANCELLED
    assert manager.run_native().success


def test_a_second_sign_in_at_the_same_time_is_refused():
    second = []

    def person(page):
        try:
            manager.run_native()
        except AuthenticationError as exc:
            second.append(exc)
        page.approve()

    manager, _ = flow(person=person)
    assert manager.run_native().success
    assert len(second) == 1
    assert "under way" in str(second[0])
    assert manager.flow_state is AuthFlowState.COMPLETED


def test_ctrl_c_ends_the_sign_in():
    class Interrupted(FakeWindow):
        def host(self, outcome):
            assert self.shown.wait(DEADLINE)
            outcome.cancel()
            raise KeyboardInterrupt

    manager, window = flow(window=Interrupted())
    with pytest.raises(KeyboardInterrupt):
        manager.run_native()
    assert manager.flow_state is AuthFlowState.CANCELLED
    assert not window.open
    assert nobody_listens(window.redirect_uri)


# -- the caller's own window --------------------------------------------------------------------


class OwnWindow:
    """The two functions a caller gives."""

    def __init__(self, person=approve):
        self.person = person
        self.shown = []
        self.closed = []
        self.threads = set()

    def show(self, url, config):
        self.threads.add(threading.current_thread())
        self.shown.append((url, config))
        threading.Thread(target=self.person, args=(SeenPage(url),), daemon=True).start()
        return "label-1"

    def close(self, label):
        self.threads.add(threading.current_thread())
        self.closed.append(label)


def test_the_caller_s_functions_are_called_on_the_caller_s_thread():
    own = OwnWindow()
    manager = AuthFlowManager(AskedProvider(), auth_timeout=DEADLINE)
    result = manager.run_native(own.show, own.close, {"title": "Mine", "icon": "x"})
    assert result.success
    assert own.closed == ["label-1"]
    assert own.threads == {threading.current_thread()}
    assert own.shown[0][1] == {
        "title": "Mine",
        "width": 500,
        "height": 700,
        "center": True,
        "resizable": True,
        "icon": "x",
    }
    assert manager.window_kind is WindowKind.CALLABLE


def test_the_caller_s_window_is_closed_when_nobody_comes():
    own = OwnWindow(nobody)
    manager = AuthFlowManager(AskedProvider(), auth_timeout=0.05)
    with pytest.raises(AuthFlowTimeout):
        manager.run_native(own.show, own.close)
    assert own.closed == ["label-1"]


def test_a_window_function_that_raises_closes_the_socket():
    seen = []

    def show(url, _config):
        seen.append(SeenPage(url))
        raise RuntimeError("no screen")

    manager = AuthFlowManager(AskedProvider(), auth_timeout=DEADLINE)
    with pytest.raises(RuntimeError, match="no screen"):
        manager.run_native(show)
    assert manager.flow_state is AuthFlowState.FAILED
    assert nobody_listens(seen[0].query["redirect_uri"])
    assert manager.run_native(OwnWindow().show).success


def test_a_caller_s_window_for_a_provider_that_refuses_windows_is_warned_of(caplog):
    provider = AskedProvider()
    provider.prefers = WindowKind.BROWSER
    assert AuthFlowManager(provider, auth_timeout=DEADLINE).run_native(OwnWindow().show).success
    assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == [
        "flow.provider_refuses_windows"
    ]


def test_the_native_window_by_name_is_refused_where_the_provider_refuses_it():
    manager = AuthFlowManager(GoogleProvider("me"), window=WindowKind.WEBVIEW)
    with pytest.raises(ConfigError) as caught:
        manager.run_native()
    assert "google" in str(caught.value)
    assert manager.flow_state is AuthFlowState.FAILED


def test_a_window_nobody_knows_is_refused(monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_WINDOW", "hologram")
    with pytest.raises(ConfigError, match="PYWRY_AUTH_WINDOW"):
        AuthFlowManager(AskedProvider()).run_native()


# -- threads and loops --------------------------------------------------------------------------


def test_on_the_package_s_own_loop_it_is_refused_at_once():
    manager, window = flow()

    async def blocking():
        manager.run_native()

    with pytest.raises(AuthenticationError, match="would wait for itself"):
        LOOP.run(blocking())
    assert window.pages == []
    assert manager.flow_state is AuthFlowState.PENDING


def test_a_thread_with_a_running_loop_may_sign_in():
    manager, _ = flow()

    async def application():
        return manager.run_native()

    assert asyncio.run(application()).success


# -- providers that fail ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["", "no-scheme", "//op.example/a", "ftp://op.example/", "http://op.example/"]
)
def test_without_a_complete_address_nothing_is_opened(url):
    provider = AskedProvider()
    provider.authorize_url = url
    manager, window = flow(provider)
    with pytest.raises(DiscoveryError):
        manager.run_native()
    assert window.pages == []


def test_an_oidc_provider_without_anything_is_a_discovery_error():
    manager, window = flow(GenericOIDCProvider("me"))
    with pytest.raises(DiscoveryError):
        manager.run_native()
    assert window.pages == []
    assert manager.flow_state is AuthFlowState.FAILED


@pytest.mark.parametrize(
    "error", [TokenError("no", error="invalid_grant"), TokenTransportError("offline")]
)
def test_a_failed_exchange_is_told_and_stores_nothing(error):
    provider = AskedProvider()
    provider.exchange_error = error
    store = MemoryTokenStore()
    manager, window = flow(provider, token_store=store)
    with pytest.raises(type(error)):
        manager.run_native()
    assert asyncio.run(store.list_keys()) == []
    assert manager.flow_state is AuthFlowState.FAILED
    assert nobody_listens(window.redirect_uri)


@pytest.mark.parametrize(
    "error",
    [
        TransportError("offline"),
        httpx.ReadTimeout("slow"),
        httpx.HTTPStatusError(
            "500", request=httpx.Request("GET", "https://x"), response=httpx.Response(500)
        ),
    ],
    ids=["offline", "slow", "500"],
)
def test_failing_userinfo_is_a_warning_and_no_claims(error, caplog):
    provider = AskedProvider()
    provider.userinfo = error
    manager, _ = flow(provider)
    result = manager.run_native()
    assert result.user_info == {}
    assert "flow.userinfo_failed" in caplog.text


@pytest.mark.parametrize("userinfo", [{"sub": "mallory"}, {"name": "Alice"}, {"sub": 5}])
def test_userinfo_of_somebody_else_is_refused_and_nothing_stored(userinfo):
    provider = AskedProvider()
    provider.userinfo = userinfo
    store = MemoryTokenStore()
    manager, _ = flow(provider, token_store=store)
    with pytest.raises(TokenError):
        manager.run_native()
    assert asyncio.run(store.list_keys()) == []


# -- PKCE ---------------------------------------------------------------------------------------


def test_pkce_is_left_out_only_for_a_client_with_a_secret(caplog):
    provider = AskedProvider(secret="s3cret")
    manager, window = flow(provider, use_pkce=False)
    manager.run_native()
    assert "code_challenge" not in window.pages[0].query
    assert provider.exchanged[0][2] is None
    assert "flow.without_pkce" in caplog.text


def test_a_public_client_always_uses_pkce(caplog):
    provider = AskedProvider()
    manager, window = flow(provider, use_pkce=False)
    manager.run_native()
    assert window.pages[0].query["code_challenge_method"] == "S256"
    assert provider.exchanged[0][2] is not None
    assert "flow.pkce_kept" in caplog.text


# -- secrets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["success", "error", "refused"])
def test_nothing_secret_is_logged_or_said(ending, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    provider = AskedProvider(secret="canary-secret")
    if ending == "refused":
        provider.exchange_error = TokenError("no")

    def person(page):
        page.answer(code="canary-guess", state="canary-state")
        if ending == "error":
            page.answer(error="access_denied", state=page.query["state"])
        else:
            page.approve("canary-code")

    manager, window = flow(provider, person, token_store=MemoryTokenStore())
    said = ""
    try:
        said += repr(manager.run_native())
    except AuthenticationError as exc:
        said += f"{exc!r}{exc}{exc.__dict__}"
    said += "".join(f"{r.getMessage()}{vars(r)}" for r in caplog.records) + repr(manager)
    out = capsys.readouterr()
    assert out.out == out.err == ""
    query = window.pages[0].query
    secrets = [
        query["state"],
        query["nonce"],
        query["code_challenge"],
        "canary",
        "access-1",
        "refresh-1",
    ]
    secrets += [asked[2] for asked in provider.exchanged]
    assert [secret for secret in secrets if secret in said] == []
    assert "op.example/authorize" not in said


# -- deployed applications ----------------------------------------------------------------------


class Deployed:
    auth_mode = "deploy"


def test_a_deployed_application_is_told_where_to_go():
    manager, window = flow()
    result = manager.authenticate(Deployed())
    assert not result.success
    assert result.error == "Navigate to /auth/login to authenticate (deploy mode)"
    assert result.tokens is None
    assert window.pages == []
    assert manager.flow_state is AuthFlowState.PENDING


def test_an_application_on_the_desk_signs_in():
    manager, _ = flow()
    assert manager.authenticate(None).success


def test_the_address_of_a_deployed_sign_in():
    manager, _ = flow()
    assert manager.run_deploy() == "/auth/login"
    assert manager.run_deploy("https://app.example") == "https://app.example/auth/login"


def test_the_tokens_given_are_those_stored_with_their_subject():
    provider = AskedProvider()
    provider.subject, provider.userinfo = "", {"login": "octo"}
    manager, _ = flow(provider)
    tokens = manager.run_native().tokens
    assert tokens.origin == replace(provider.origin(), subject="octo")
