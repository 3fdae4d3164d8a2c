"""A logout: here first, then on the provider's page, whatever that does."""

import asyncio
import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, nobody, visit

from pywry_auth import CallbackOptions, MemoryTokenStore, SessionManager
from pywry_auth.errors import DiscoveryError, StoreError, WindowError
from pywry_auth.flow.logout import LogoutFlow
from pywry_auth.flow.values import LogoutState
from pywry_auth.runtime import LOOP
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.window.base import WindowKind


DEADLINE = 5.0  # seconds; only a broken logout comes near it
SHORT = 0.05  # seconds; nobody comes back
END = "https://op.example/end"


class LeavableProvider(ScriptedProvider):
    """Has a sign-out page, and may be out of reach."""

    def __init__(self):
        super().__init__(VirtualClock(time.time()))
        self.end_session_url = END
        self.unreachable = None

    async def prepare(self):
        if self.unreachable is not None:
            raise self.unreachable


class Stay:
    """A session with its store, and a window with whoever sits before it."""

    def __init__(self, person=nobody, kind=WindowKind.WEBVIEW, store=None, **options):
        self.provider = LeavableProvider()
        self.store = store or MemoryTokenStore()
        self.session = SessionManager(self.provider, self.store, "mine")
        asyncio.run(self.session.save_tokens(self.provider.tokens(id_token="e30.e30.sig")))
        self.window = FakeWindow(person, kind)
        self.told = []
        options.setdefault("timeout", DEADLINE)
        self.flow = LogoutFlow(
            self.session, window=self.window, on_notice=self.told.append, **options
        )

    @property
    def stored(self):
        return asyncio.run(self.store.list_keys())


def come_back(page, **params):
    there = page.query["post_logout_redirect_uri"]
    return visit(f"{there}?{urlencode(params)}" if params else there)


def say_yes(page):
    come_back(page, state=page.query["state"])


def test_here_it_ends_before_the_provider_s_page_is_there():
    seen = []

    def person(page):
        seen.append((stay.stored, stay.session.tokens, list(stay.provider.revoked)))
        say_yes(page)

    stay = Stay(person)
    result = stay.flow.run()
    assert seen == [([], None, ["refresh-1", "access-1"])]
    assert result.confirmed
    assert result.state is LogoutState.CONFIRMED
    assert not stay.window.open


def test_the_provider_is_told_who_leaves_and_where_to_come_back():
    stay = Stay(say_yes)
    stay.flow.run(logout_hint="alice")
    page = stay.window.pages[0]
    assert page.url.startswith(f"{END}?")
    assert page.query["id_token_hint"] == "e30.e30.sig"
    assert page.query["client_id"] == "me"
    assert page.query["logout_hint"] == "alice"
    back = urlsplit(page.query["post_logout_redirect_uri"])
    assert (back.hostname, back.path) == ("127.0.0.1", "/logged-out")
    assert visit(page.query["post_logout_redirect_uri"]) == 0


def test_the_person_comes_back_where_it_was_asked_for():
    stay = Stay(say_yes, callback=CallbackOptions("localhost"), path="/bye")
    assert stay.flow.run().confirmed
    back = urlsplit(stay.window.pages[0].query["post_logout_redirect_uri"])
    assert (back.hostname, back.path) == ("localhost", "/bye")


@pytest.mark.parametrize(
    "params", [{"state": "x" * 43}, {}, {"code": "c"}], ids=["other", "none", "code"]
)
def test_whoever_comes_without_our_state_confirms_nothing(params):
    answers = []

    def person(page):
        answers.append(come_back(page, **params))
        page.listener.closed()

    stay = Stay(person)
    result = stay.flow.run()
    assert answers == [400]
    assert result.state is LogoutState.UNCONFIRMED
    assert not result.confirmed
    assert stay.stored == []


def test_a_stranger_keeps_nobody_from_coming_back():
    def person(page):
        come_back(page, state="stranger")
        say_yes(page)

    assert Stay(person).flow.run().confirmed


def test_a_closed_page_is_a_logout_here_all_the_same():
    stay = Stay(lambda page: page.listener.closed())
    assert stay.flow.run().state is LogoutState.CLOSED
    assert stay.stored == []


def test_nobody_is_waited_for_without_end():
    stay = Stay(timeout=SHORT)
    result = stay.flow.run()
    assert result.state is LogoutState.TIMED_OUT
    assert stay.stored == []
    assert not stay.window.open


def test_a_window_that_breaks_says_why():
    stay = Stay(lambda page: page.listener.closed(WindowError("the engine is gone")))
    result = stay.flow.run()
    assert (result.state, result.reason) == (LogoutState.NOT_SHOWN, "the engine is gone")
    assert stay.stored == []


def test_a_provider_without_such_a_page_is_told_apart():
    stay = Stay()
    stay.provider.end_session_url = ""
    assert stay.flow.run().state is LogoutState.UNSUPPORTED
    assert stay.window.pages == []
    assert stay.stored == []


def test_a_provider_out_of_reach_keeps_nobody_signed_in_here():
    stay = Stay()
    stay.provider.unreachable = DiscoveryError("no such host")
    result = stay.flow.run()
    assert (result.state, result.reason) == (LogoutState.NOT_SHOWN, "no such host")
    assert stay.stored == []


def test_an_unsafe_address_is_never_opened():
    stay = Stay()
    stay.provider.end_session_url = "http://op.example/end"
    result = stay.flow.run()
    assert result.state is LogoutState.NOT_SHOWN
    assert "not encrypted" in result.reason
    assert stay.window.pages == []


class KeepingStore(MemoryTokenStore):
    async def delete(self, key):  # noqa: ARG002  # the abstract method's name
        raise StoreError("the disk is read-only")


def test_tokens_that_could_not_be_deleted_are_an_error_before_any_page():
    stay = Stay(say_yes, store=KeepingStore())
    with pytest.raises(StoreError, match="read-only"):
        stay.flow.run()
    assert stay.window.pages == []


def test_without_revocation_nothing_is_revoked():
    stay = Stay(say_yes)
    stay.flow.run(revoke=False)
    assert stay.provider.revoked == []
    assert stay.stored == []


def test_a_session_that_is_only_stored_gives_its_hint_too():
    stay = Stay(say_yes)
    later = LogoutFlow(
        SessionManager(stay.provider, stay.store, "mine"), window=stay.window, timeout=DEADLINE
    )
    assert later.run().confirmed
    assert stay.window.pages[0].query["id_token_hint"] == "e30.e30.sig"
    assert stay.stored == []


def test_nobody_signed_in_may_sign_out_there_as_well():
    stay = Stay(say_yes)
    asyncio.run(stay.session.logout())
    assert stay.flow.run().confirmed
    assert "id_token_hint" not in stay.window.pages[0].query


def test_the_browser_s_last_page_says_that_it_is_over():
    pages = []

    def person(page):
        import urllib.request

        there = page.query["post_logout_redirect_uri"]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{there}?state={page.query['state']}", timeout=DEADLINE) as shown:
            pages.append((shown.url, shown.read().decode()))

    stay = Stay(person, kind=WindowKind.BROWSER)
    assert stay.flow.run().confirmed
    stay.window.wait_for_person()
    url, text = pages[0]
    assert "state" not in url
    assert "You are signed out" in text


def test_a_browser_is_started_with_an_address_that_says_nothing():
    seen = []

    def person(page):
        address = page.listener.private_url(page.url)
        for _ in range(2):
            answer = httpx.get(address, trust_env=False, follow_redirects=False)
            seen.append((address, answer.headers.get("location")))
        say_yes(page)

    stay = Stay(person, kind=WindowKind.BROWSER)
    assert stay.flow.run().confirmed
    stay.window.wait_for_person()
    (address, first), (_, second) = seen
    assert address.startswith("http://127.0.0.1:")
    assert "e30.e30.sig" not in address
    assert (first, second) == (stay.window.pages[0].url, None)


def test_a_terminal_is_given_an_address_without_the_hint():
    stay = Stay(kind=WindowKind.PASTE)
    assert stay.flow.run().state is LogoutState.NOT_SHOWN
    assert stay.window.pages == []
    (notice,) = stay.told
    address = notice.rpartition(" ")[2]
    assert parse_qs(urlsplit(address).query) == {"client_id": ["me"]}


def test_what_a_window_says_is_passed_on():
    stay = Stay(lambda page: (page.listener.told("The page is open."), say_yes(page)))
    stay.flow.run()
    assert stay.told == ["The page is open."]


def test_the_callers_own_window_is_titled_for_a_logout():
    shown, closed = [], []

    def show_window(url, config):
        shown.append(config)
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        back = f"{query['post_logout_redirect_uri']}?state={query['state']}"
        threading.Thread(target=visit, args=(back,), daemon=True).start()
        return "label"

    stay = Stay()
    assert stay.flow.run(show_window, closed.append).confirmed
    assert shown[0]["title"] == "Sign Out"
    assert closed == ["label"]


def test_cancelling_closes_the_page_and_undoes_nothing():
    stay = Stay()
    threading.Thread(
        target=lambda: (stay.window.shown.wait(DEADLINE), stay.flow.cancel()), daemon=True
    ).start()
    assert stay.flow.run().state is LogoutState.CLOSED
    assert stay.stored == []
    assert not stay.window.open


def test_an_awaited_logout_leaves_the_loop_free():
    async def both():
        beats = 0
        leaving = asyncio.ensure_future(stay.flow.arun())
        while not leaving.done():
            beats += 1
            await asyncio.sleep(0)
        return await leaving, beats

    stay = Stay(say_yes)
    result, beats = asyncio.run(both())
    assert result.confirmed
    assert beats > 1


def test_on_the_package_s_own_loop_it_is_refused_at_once():
    stay = Stay()

    async def call():
        return stay.flow.run()

    with pytest.raises(Exception, match="own loop"):
        LOOP.run(call())
    assert stay.stored == ["mine"]
    asyncio.run(stay.session.logout())


def test_nothing_secret_is_logged(caplog):
    caplog.set_level("DEBUG")
    stay = Stay(say_yes)
    stay.flow.run()
    said = caplog.text + "".join(f"{vars(record)}" for record in caplog.records)
    assert "logout.ended" in caplog.text
    assert stay.window.pages[0].query["state"] not in said
    assert "e30.e30.sig" not in said
