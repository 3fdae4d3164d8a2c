"""Signing in again without anybody seeing it, or saying at once that a person must be asked."""

import asyncio
import base64
import json
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, nobody

from pywry_auth import AuthFlowManager, AuthFlowState, NotSilent, SessionManager
from pywry_auth.errors import (
    AuthFlowCancelled,
    DiscoveryTransportError,
    TokenError,
    TokenTransportError,
)
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.window.base import WindowKind
from pywry_auth.window.profiles import profile_folder
from pywry_auth.window.webview import WebviewWindow


# An engine without a screen: it goes to the redirect URI, as the provider would send it.
ENGINE = """
import json, os, sys, urllib.request
from urllib.parse import parse_qs, urlsplit, urlencode
config = json.loads(sys.stdin.readline())
with open(os.environ["SEEN"], "a") as seen:
    seen.write(json.dumps(config) + "\\n")
query = {name: values[0] for name, values in parse_qs(urlsplit(config["url"]).query).items()}
def say(event, fact=""):
    print(json.dumps({"event": event, "fact": fact}), flush=True)
def answer(**params):
    target = query["redirect_uri"] + "?" + urlencode({"state": query["state"], **params})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(target, timeout=10)
"""
REST = "\nsys.stdin.read()"


def id_token(**claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return ".".join([part({"alg": "none"}), part(claims), "c2ln"])


class Provider(ScriptedProvider):
    def __init__(self):
        super().__init__(VirtualClock(time.time()))
        self.authorize_url = "https://op.example/authorize"
        self.authorize_params = {"prompt": "consent"}
        self.subject = "alice"
        self.exchanged = 0
        self.exchange_error = None
        self.prepare_waits_for = None

    async def prepare(self):
        if self.prepare_waits_for is not None:
            await self.prepare_waits_for()

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        del code, redirect_uri, pkce_verifier, nonce
        self.exchanged += 1
        if self.exchange_error is not None:
            raise self.exchange_error
        return self.tokens(origin=self.origin(self.subject), id_token=id_token(sub=self.subject))


class Desk:
    """An application whose session has ended, with what a hidden window saw."""

    def __init__(self, folder):
        self.seen_file = folder / "seen"
        self.provider = Provider()
        self.store = MemoryTokenStore()
        self.session = SessionManager(self.provider, self.store)
        self.last = self.provider.tokens(
            refresh_token=None,
            id_token=id_token(sub="alice", preferred_username="alice@work.example"),
        )
        self.store.put("default", self.last)

    def flow(self, script, *, profile="work"):
        window = WebviewWindow(
            profile=profile,
            gui="qt",
            child_command=[sys.executable, "-c", ENGINE + script],
            fallback=None,
        )
        return AuthFlowManager(self.provider, session_manager=self.session, window=window)

    @property
    def seen(self):
        if not self.seen_file.exists():
            return []
        return [json.loads(line) for line in self.seen_file.read_text().splitlines()]

    def stored(self):
        return self.store.get("default")


@pytest.fixture
def desk(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    (profile_folder("work") / "cookies").touch()
    return Desk(tmp_path)


def test_the_same_person_is_signed_in_again_and_kept(desk):
    flow = desk.flow("answer(code='c')" + REST)
    result = flow.run_silent(20)
    assert result.tokens.origin.subject == "alice"
    assert desk.stored() == result.tokens
    assert flow.flow_state is AuthFlowState.COMPLETED
    assert flow.why_not_silent is None
    (config,) = desk.seen
    query = parse_qs(urlsplit(config["url"]).query)
    assert query["prompt"] == ["none"]
    assert query["id_token_hint"] == [desk.last.id_token]
    assert query["login_hint"] == ["alice@work.example"]
    assert {"state", "code_challenge"} <= set(query)
    assert config["hidden"] is True


def test_awaited_it_is_the_same(desk):
    async def run():
        return await desk.flow("answer(code='c')" + REST).arun_silent(20)

    assert asyncio.run(run()).success


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("answer(error='login_required')", NotSilent.LOGIN),
        ("answer(error='consent_required')", NotSilent.CONSENT),
        ("answer(error='interaction_required')", NotSilent.INTERACTION),
        ("answer(error='account_selection_required')", NotSilent.ACCOUNT),
        ("answer(error='server_error')", NotSilent.REFUSED),
        ("answer(error='late')", NotSilent.REFUSED),
        ("say('failed', 'name')", NotSilent.WINDOW),
        ("sys.exit(134)", NotSilent.WINDOW),
    ],
)
def test_whatever_is_no_success_stores_nothing_and_says_why(desk, script, why):
    flow = desk.flow(script + REST)
    assert flow.run_silent(20) is None
    assert flow.why_not_silent is why
    assert desk.stored() == desk.last
    assert desk.provider.exchanged == 0
    assert flow.flow_state is AuthFlowState.PENDING


def test_a_page_that_waits_for_a_person_is_given_up_at_the_bound(desk):
    flow = desk.flow(REST)
    assert flow.run_silent(0.3) is None
    assert flow.why_not_silent is NotSilent.LATE


def test_a_provider_that_cannot_be_prepared_in_time_is_given_up_without_a_window(desk):
    async def for_ever():
        await asyncio.sleep(60)

    desk.provider.prepare_waits_for = for_ever
    flow = desk.flow(REST)
    assert flow.run_silent(0.1) is None
    assert flow.why_not_silent is NotSilent.LATE
    assert desk.seen == []


def test_a_provider_nobody_can_reach_is_said_to_be_that(desk):
    async def fails():
        raise DiscoveryTransportError("no network")

    desk.provider.prepare_waits_for = fails
    flow = desk.flow(REST)
    assert flow.run_silent(20) is None
    assert flow.why_not_silent is NotSilent.NETWORK


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TokenTransportError("nobody answered"), NotSilent.NETWORK),
        (TokenError("forged"), NotSilent.REFUSED),
    ],
)
def test_an_exchange_that_fails_stores_nothing(desk, error, why):
    desk.provider.exchange_error = error
    flow = desk.flow("answer(code='c')" + REST)
    assert flow.run_silent(20) is None
    assert flow.why_not_silent is why
    assert desk.stored() == desk.last


def test_somebody_else_is_refused_and_not_stored(desk):
    desk.provider.subject = "mallory"
    flow = desk.flow("answer(code='c')" + REST)
    assert flow.run_silent(20) is None
    assert flow.why_not_silent is NotSilent.SOMEBODY_ELSE
    assert desk.stored() == desk.last
    assert desk.session.tokens == desk.last


def test_an_answer_that_came_in_time_is_taken_to_its_end(desk):
    """A code is spent by then: to stop would leave tokens that are nobody's."""
    exchange = desk.provider.exchange_code
    bound = 3.0

    async def slowly(*arguments):
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(bound, over.set)
        await over.wait()
        return await exchange(*arguments)

    desk.provider.exchange_code = slowly
    assert desk.flow("answer(code='c')" + REST).run_silent(bound).success
    assert desk.stored().access_token.startswith("access-")


def test_without_a_profile_it_is_none_at_once_and_no_process_starts(desk):
    flow = desk.flow("answer(code='c')" + REST, profile=None)
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NO_PROFILE
    assert desk.seen == []


@pytest.mark.parametrize("window", [WindowKind.BROWSER, "paste", FakeWindow(nobody), None], ids=str)
def test_another_window_than_the_native_one_has_no_cookies_of_ours(desk, window, monkeypatch):
    monkeypatch.setenv("PYWRY_AUTH_WINDOW", "browser")
    flow = AuthFlowManager(
        desk.provider, session_manager=desk.session, window=window, profile="work"
    )
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NO_PROFILE


def test_a_provider_that_refuses_embedded_windows_is_not_asked_in_a_hidden_one(desk):
    desk.provider.prefers = WindowKind.BROWSER
    flow = desk.flow("answer(code='c')" + REST)
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NO_PROFILE
    assert desk.seen == []


@pytest.mark.parametrize("broken", [None, "no.token", "a.b.c"])
def test_without_an_id_token_that_names_somebody_nobody_is_asked_for(desk, broken):
    desk.store.put("default", desk.provider.tokens(refresh_token=None, id_token=broken))
    flow = desk.flow("answer(code='c')" + REST)
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NOBODY
    assert desk.seen == []


def test_where_nothing_is_stored_nobody_is_asked_for(desk):
    desk.store.drop("default")
    flow = desk.flow("answer(code='c')" + REST)
    assert flow.run_silent() is None
    assert flow.why_not_silent is NotSilent.NOBODY


def test_cancelled_it_says_so_and_the_next_one_works(desk):
    flow = desk.flow(REST)

    def cancel_once_shown():
        end = time.monotonic() + 15
        while not desk.seen and time.monotonic() < end:
            time.sleep(0.02)
        flow.cancel()

    canceller = threading.Thread(target=cancel_once_shown)
    canceller.start()
    with pytest.raises(AuthFlowCancelled):
        flow.run_silent(20)
    canceller.join()
    assert flow.flow_state is AuthFlowState.CANCELLED
    assert desk.stored() == desk.last


def test_after_none_a_person_can_be_asked(desk):
    flow = AuthFlowManager(
        desk.provider,
        session_manager=desk.session,
        window=FakeWindow(lambda page: page.approve()),
        auth_timeout=5,
    )
    assert flow.run_silent() is None
    assert flow.run_native().success
