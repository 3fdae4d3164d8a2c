import json
import subprocess
import sys
import threading
from dataclasses import replace

import httpx
import pytest

from pywry_auth.account_index import AccountIndex
from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.values import AuthState, DesktopEventName
from pywry_auth.errors import (
    AuthenticationError,
    AuthError,
    AuthFlowCancelled,
    ConfigError,
    ProviderNotFoundError,
    StoreError,
    TokenExpiredError,
    TokenRefreshError,
)
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing.conduct import Reply, usually
from pywry_auth.testing.edits import Put
from pywry_auth.testing.identity_provider import IdentityProvider
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.window.callables import CallableWindow
from tests.screen import until


pytest_plugins = ["pywry_auth.testing.pytest"]


class App:
    """An application that is started again and again, on one data folder and one store."""

    def __init__(self, op, agent):
        self.op = op
        self.agent = agent
        self.store = MemoryTokenStore()
        self.events = []
        self.running = []

    def start(self, **settings):
        usual = {
            "store": self.store,
            "window": self.window(),
            "on_event": lambda event: self.events.append(event.name),
        }
        auth = DesktopAuth("Acme Notes", {"work": self.provider}, **(usual | settings))
        self.running.append(auth)
        return auth

    def provider(self):
        return GenericOIDCProvider(self.op.client_id, self.op.client_secret, self.op.issuer_url)

    def window(self):
        return CallableWindow(self.agent.show_window, self.agent.close_window)

    def somebody(self, subject, **claims):
        """Let *subject* be who signs in next."""
        said = {name: Put(value) for name, value in {"sub": subject, **claims}.items()}
        self.op.program(usually(id_token=said, userinfo=said))

    def expire(self, account):
        tokens = LOOP.run(self.store.load(account.key))
        LOOP.run(self.store.save(account.key, replace(tokens, expires_in=0)))


@pytest.fixture
def app(auth_provider, auth_agent, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path)
    app = App(auth_provider, auth_agent)
    yield app
    for auth in app.running:
        auth.close()


def test_nobody_is_signed_in_at_the_first_start(app):
    auth = app.start()
    assert auth.silent() is None
    assert auth.account is None
    assert auth.status.state is AuthState.SIGNED_OUT
    assert auth.accounts() == []
    assert app.op.calls == []


def test_somebody_who_signs_in_is_known_by_name(app):
    app.somebody("ada", email="ada@example.com", name="Ada L", picture="https://x.example/a.png")
    auth = app.start()
    account = auth.sign_in()
    assert (account.provider, account.subject) == ("work", "ada")
    assert (account.name, account.label) == ("Ada L", "ada@example.com")
    assert account.picture == "https://x.example/a.png"
    assert auth.account == account == auth.accounts()[0]
    assert auth.status.state is AuthState.SIGNED_IN
    assert app.events == [DesktopEventName.SIGNED_IN]


def test_a_picture_that_is_not_encrypted_is_not_remembered(app):
    app.somebody("ada", picture="http://x.example/a.png")
    assert app.start().sign_in().picture == ""


def test_the_next_start_finds_who_was_signed_in_and_asks_nobody(app):
    account = app.start().sign_in()
    asked = len(app.op.calls)
    auth = app.start()
    assert auth.silent() == account
    assert auth.status.state is AuthState.SIGNED_IN
    assert len(app.op.calls) == asked


def test_ended_tokens_are_renewed_once_without_a_window(app):
    account = app.start().sign_in()
    app.expire(account)
    asked = app.op.calls.count("token")
    auth = app.start()
    assert auth.silent() == account
    assert app.op.calls.count("token") == asked + 1
    assert DesktopEventName.REFRESHED in app.events or auth.status.state is AuthState.SIGNED_IN


def test_a_session_the_provider_ended_needs_a_person(app):
    account = app.start().sign_in()
    app.expire(account)
    app.op.end_sessions()
    auth = app.start()
    assert auth.silent() is None
    assert auth.account is None
    assert auth.status.needs_sign_in
    assert auth.status.account == account
    assert app.events[-1] is DesktopEventName.NEEDS_SIGN_IN
    assert auth.sign_in().key == account.key
    assert not auth.status.needs_sign_in


def test_nobody_is_signed_out_by_a_network_that_is_down(app):
    account = app.start().sign_in()
    app.expire(account)
    app.op.program(usually(replies={"refresh": Reply(503, "{}")}))
    auth = app.start()
    assert auth.silent() == account
    assert auth.status.state is AuthState.OFFLINE
    assert auth.account == account


def test_who_is_offline_is_online_again_after_a_renewal(app):
    account = app.start().sign_in()
    app.expire(account)
    app.op.program(usually(first={"refresh": (Reply(503, "{}"),)}))
    auth = app.start()
    auth.silent()
    assert auth.status.state is AuthState.OFFLINE
    LOOP.run(auth.session().refresh())
    until(lambda: auth.status.state is AuthState.SIGNED_IN, "online again")
    until(lambda: DesktopEventName.ONLINE in app.events, "told so")


def test_a_program_that_loses_the_network_sees_it_once(app):
    auth = app.start()
    auth.sign_in()
    app.op.program(usually(replies={"refresh": Reply(503, "{}")}))
    for _ in range(2):
        with pytest.raises(TokenRefreshError):
            LOOP.run(auth.session().refresh())
    until(lambda: auth.status.state is AuthState.OFFLINE, "offline")
    assert auth.status.trouble is not None
    assert app.events.count(DesktopEventName.OFFLINE) == 1


def test_sign_in_is_silent_where_somebody_is_signed_in(app):
    account = app.start().sign_in()
    asked = len(app.op.calls)
    assert app.start().sign_in() == account
    assert len(app.op.calls) == asked


def test_two_accounts_are_kept_and_either_can_be_chosen(app):
    app.somebody("ada")
    auth = app.start()
    ada = auth.sign_in()
    app.somebody("bob")
    bob = auth.add()
    assert auth.account == bob
    assert [each.subject for each in auth.accounts()] == ["bob", "ada"]
    assert auth.switch(ada).key == ada.key
    assert auth.account.key == ada.key
    assert DesktopEventName.SWITCHED in app.events
    assert app.start().silent().key == ada.key


def test_another_account_is_asked_for_with_a_prompt(app):
    auth = app.start()
    auth.sign_in()
    auth.add()
    asked = [each.params["prompt"] for each in app.op.requests if "prompt" in each.params]
    assert asked == ["login"]


def test_the_person_that_is_known_is_suggested(app):
    app.somebody("ada", email="ada@example.com")
    account = app.start().sign_in()
    app.expire(account)
    app.op.end_sessions()
    auth = app.start()
    auth.sign_in()
    hints = [
        each.params.get("login_hint") for each in app.op.requests if each.endpoint == "authorize"
    ]
    assert hints[-1] == "ada@example.com"


def test_signing_out_revokes_forgets_and_leaves_the_other_account(app):
    app.somebody("ada")
    auth = app.start()
    ada = auth.sign_in()
    app.somebody("bob")
    bob = auth.add()
    auth.sign_out()
    assert auth.account.key == ada.key
    assert [each.subject for each in auth.accounts()] == ["ada"]
    assert "revoke" in " ".join(app.op.calls)
    assert LOOP.run(app.store.load(bob.key)) is None
    assert DesktopEventName.SIGNED_OUT in app.events
    auth.sign_out(ada)
    assert auth.account is None
    assert auth.status.state is AuthState.SIGNED_OUT
    assert app.start().silent() is None


def test_a_sibling_learns_that_somebody_signed_out(app):
    auth = app.start()
    account = auth.sign_in()
    sibling = app.start()
    assert sibling.silent() == account
    LOOP.run(sibling.session().get_access_token())
    auth.sign_out()
    with pytest.raises(TokenExpiredError):
        LOOP.run(sibling.session().refresh())
    until(lambda: sibling.status.state is AuthState.SIGNED_OUT, "it is told")
    assert sibling.silent() is None
    assert LOOP.run(app.store.load(account.key)) is None


def test_signing_out_works_without_a_network(app):
    auth = app.start()
    account = auth.sign_in()
    app.op.program(usually(replies={"revoke": Reply(503, "")}))
    auth.sign_out()
    assert auth.accounts() == []
    assert LOOP.run(app.store.load(account.key)) is None


def test_a_sign_in_that_is_refused_is_an_error_with_a_sentence(app):
    app.op.program(usually(replies={"token": Reply(400, json.dumps({"error": "invalid_client"}))}))
    auth = app.start()
    with pytest.raises(AuthenticationError):
        auth.sign_in()
    assert auth.status.state is AuthState.ERROR
    assert auth.status.trouble.sentence
    assert auth.status.provider == "work"
    app.op.program(usually())
    auth.sign_in()
    assert auth.status.trouble is None


def test_what_is_in_the_way_here_is_said_before_a_window_opens(app):
    class Refusing(MemoryTokenStore):
        def slot(self, key="default"):
            raise StoreError(f"the disk is full, {key} is not kept", hint="make room")

    shown = []
    window = CallableWindow(lambda url, _config: shown.append(url) or "here")
    auth = app.start(store=Refusing(), window=window)
    with pytest.raises(AuthError) as caught:
        auth.add()
    assert shown == []
    assert caught.value.hint
    assert auth.status.state is AuthState.ERROR
    assert auth.status.trouble.code == "preflight_store"
    assert auth.status.trouble.sentence


def test_who_is_signed_in_stays_so_when_another_sign_in_fails(app):
    auth = app.start()
    account = auth.sign_in()
    app.op.program(usually(replies={"token": Reply(400, json.dumps({"error": "invalid_client"}))}))
    with pytest.raises(AuthenticationError):
        auth.add()
    assert auth.account == account
    assert auth.status.state is AuthState.SIGNED_IN
    assert auth.status.trouble is not None


def test_a_cancelled_sign_in_leaves_everything_as_it_was(app):
    auth = app.start(window=CallableWindow(lambda _url, _config: "here"))
    failed = []

    def press():
        try:
            auth.sign_in()
        except AuthFlowCancelled as exc:
            failed.append(exc)

    pressed = threading.Thread(target=press)
    pressed.start()
    until(lambda: auth.status.state is AuthState.WAITING, "the window is there")
    auth.cancel()
    pressed.join(10)
    assert len(failed) == 1
    assert auth.status.state is AuthState.SIGNED_OUT
    assert auth.status.trouble is None


def test_a_second_sign_in_at_once_is_refused_and_a_second_press_ignored(app):
    auth = app.start(window=CallableWindow(lambda _url, _config: "here"))
    auth.begin_sign_in()
    until(lambda: auth.status.state is AuthState.WAITING, "the window is there")
    auth.begin_sign_in()
    with pytest.raises(AuthenticationError):
        auth.sign_in()
    assert auth.status.state is AuthState.WAITING
    auth.cancel()
    until(lambda: auth.status.state is AuthState.SIGNED_OUT, "it is over")


def test_a_provider_nobody_offered_is_refused_before_anything_happens(app):
    auth = app.start()
    with pytest.raises(ProviderNotFoundError):
        auth.sign_in("elsewhere")
    assert auth.status.state is AuthState.SIGNED_OUT


def test_requests_carry_the_token_of_whoever_is_signed_in_then(app):
    app.somebody("ada")
    auth = app.start()
    ada = auth.sign_in()
    origin = str(httpx.URL(app.op.issuer_url).copy_with(path="/")).rstrip("/")
    with httpx.Client(auth=auth.auth(origin)) as client:
        userinfo = f"{app.op.issuer_url}/userinfo"
        assert client.get(userinfo).json()["sub"] == "ada"
        app.somebody("bob")
        auth.add()
        client.get(userinfo).raise_for_status()
        presented = [each.access_token for each in app.op.requests if each.access_token]
        assert presented[-1] == LOOP.run(auth.session().get_access_token())
        auth.sign_out()
        auth.sign_out(ada)
        with pytest.raises(TokenExpiredError):
            client.get(userinfo)


def test_an_account_of_a_provider_that_is_not_offered_is_left_alone(app):
    account = app.start().sign_in()
    other = DesktopAuth("Acme Notes", {"other": app.provider}, store=app.store, window=app.window())
    app.running.append(other)
    assert other.silent() is None
    assert other.accounts() == []
    index = AccountIndex(Places("acme-notes").accounts)
    assert [each.key for each in index.accounts()] == [account.key]


def test_another_registration_at_the_same_name_begins_with_nobody_and_can_sign_in(app, auth_server):
    app.start().sign_in()
    elsewhere = IdentityProvider(auth_server, "elsewhere", usually())
    provider = GenericOIDCProvider(elsewhere.client_id, "", elsewhere.issuer_url)
    other = DesktopAuth("Acme Notes", {"work": provider}, store=app.store, window=app.window())
    app.running.append(other)
    assert other.silent(0) is None
    assert elsewhere.calls == []
    account = other.sign_in()
    assert LOOP.run(app.store.load(account.key)).origin.issuer == elsewhere.issuer_url
    assert app.start().silent(0) is None


def test_an_event_may_begin_the_next_sign_in(app):
    done = threading.Event()
    holder = []

    def on_event(event):
        if event.name is DesktopEventName.NEEDS_SIGN_IN:
            holder[0].sign_in()
            done.set()

    auth = app.start(on_event=on_event)
    holder.append(auth)
    auth.sign_in()
    app.op.end_sessions()
    with pytest.raises(TokenRefreshError):
        LOOP.run(auth.session().refresh())
    assert done.wait(10)
    until(lambda: auth.status.state is AuthState.SIGNED_IN, "signed in again")


def test_a_person_is_asked_at_once_where_the_application_wants_that(app):
    auth = app.start(asks_when_lost=True)
    account = auth.sign_in()
    app.op.end_sessions()
    assert LOOP.run(auth.session().refresh()).access_token
    assert auth.account.key == account.key
    assert app.events.count(DesktopEventName.SIGNED_IN) == 2


def test_closing_leaves_nothing_but_the_idle_loop(app):
    before = {each.name for each in threading.enumerate()}
    auth = app.start()
    auth.sign_in()
    LOOP.run(auth.session().get_access_token())
    auth.close()
    app.agent.join()
    until(
        lambda: (
            {each.name for each in threading.enumerate()} - before
            <= {"pywry-auth-loop", "pywry-auth-end"}
        ),
        "the threads are gone",
    )
    with pytest.raises(AuthenticationError):
        auth.sign_in()


def test_a_watcher_that_raises_stops_nothing(app, caplog):
    auth = app.start()

    def watcher(_status):
        raise ValueError("broken")

    auth.watch(watcher)
    seen = []
    auth.watch(seen.append)
    auth.sign_in()
    assert seen[-1].state is AuthState.SIGNED_IN
    assert "desktop.listener_failed" in caplog.text


def test_nothing_that_is_shown_or_printed_holds_a_token(app):
    auth = app.start()
    auth.sign_in()
    texts = repr((auth, auth.status, auth.details(), auth.session()))
    assert not [1 for secret in app.op.issued if secret in texts]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Acme Notes", "acme-notes"), ("  A  B ", "a-b"), ("x.y", "x-y")],
)
def test_an_application_is_known_by_a_plain_name(name, expected):
    from pywry_auth.desktop.naming import app_id_of

    assert app_id_of(name) == expected


def test_names_whose_letters_are_dropped_still_differ():
    from pywry_auth.desktop.naming import app_id_of

    assert app_id_of("日本") != app_id_of("中国")
    assert app_id_of("Müller") != app_id_of("Möller")


@pytest.mark.parametrize("wrong", ["", "../x", "A", "a/b", "ä"])
def test_an_app_id_that_is_no_plain_name_is_refused(app, wrong):
    with pytest.raises(ConfigError):
        app.start(app_id=wrong)


def test_providers_of_one_name_must_be_told_apart(app):
    with pytest.raises(ConfigError):
        DesktopAuth("Acme", [app.provider(), app.provider()])
    with pytest.raises(ConfigError):
        DesktopAuth("Acme", [])
    with pytest.raises(ConfigError):
        DesktopAuth(" ", app.provider())


def test_awaited_twins_do_the_same(app):
    import asyncio

    async def use():
        auth = app.start()
        account = await auth.asign_in()
        assert await auth.asilent() == account
        app.somebody("bob")
        bob = await auth.aadd()
        assert (await auth.aswitch(account)).key == account.key
        await auth.asign_out(bob)
        return [each.key for each in auth.accounts()] == [account.key]

    assert asyncio.run(use())


def test_a_silent_start_with_valid_tokens_loads_nothing_it_does_not_need(tmp_path):
    script = """
import sys
from pathlib import Path
import platformdirs
platformdirs.user_data_path = lambda *a, **k: Path(sys.argv[1])
from pywry_auth import Account, DesktopAuth, GenericOIDCProvider, MemoryTokenStore, OAuthTokenSet
from pywry_auth import TokenOrigin
from pywry_auth.account_index import AccountIndex
from pywry_auth.desktop.naming import Places

issuer = "https://op.example"
store = MemoryTokenStore()
store.slot("work/ada").save(
    OAuthTokenSet("a", "Bearer", "r", 3600, origin=TokenOrigin(issuer, "me", "ada"))
)
AccountIndex(Places("acme").accounts).remember(Account("work", "ada"))
auth = DesktopAuth("Acme", {"work": GenericOIDCProvider("me", "", issuer)}, store=store)
assert auth.silent().subject == "ada"
print(sorted({"asyncio", "httpx", "pydantic", "joserfc", "cryptography", "gettext", "webview",
    "pywry_auth.session.manager", "pywry_auth.flow.manager"} & set(sys.modules)))
auth.close()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == "[]\n"


def test_panic_ends_every_account_and_forgets_all(app):
    app.somebody("ada")
    auth = app.start()
    auth.sign_in()
    app.somebody("bob")
    auth.add()
    report = auth.panic()
    assert report.is_complete
    assert {end.account.subject for end in report.ends} == {"ada", "bob"}
    assert auth.accounts() == []
    assert LOOP.run(app.store.list_keys()) == []
    assert auth.status.state is AuthState.SIGNED_OUT
    assert auth.sign_in().subject == "bob"


def test_a_provider_nobody_named_is_called_by_its_host_and_may_have_a_mark(tmp_path):
    mark = tmp_path / "acme.svg"
    general = GenericOIDCProvider("me", "", "https://id.example.com/tenant")
    [choice] = DesktopAuth("Acme", general, store="memory").providers
    assert (choice.name, choice.title, choice.mark) == ("oidc", "id.example.com", "")
    [choice] = DesktopAuth("Acme", {"Acme ID": general}, store="memory").providers
    assert (choice.name, choice.title) == ("Acme ID", "Acme ID")
    [choice] = DesktopAuth("Acme", general, store="memory", marks={"oidc": mark}).providers
    assert choice.mark == str(mark)


def test_closing_ends_what_asked_to_be_ended_first(app):
    auth = app.start()
    ended = []
    auth.before_close(lambda: ended.append("first"))
    undo = auth.before_close(lambda: ended.append("undone"))
    undo()
    undo()
    auth.close()
    assert ended == ["first"]
