import contextlib
import os
import threading
from dataclasses import replace

import pytest

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.accounts_page.bench import Bench
from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.values import AuthState, AuthStatus, DesktopEventName
from pywry_auth.errors import AuthError, ConfigError, ProviderNotFoundError, StoreError
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing.conduct import usually
from pywry_auth.testing.edits import Put
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.window.callables import CallableWindow
from tests.screen import until


pytest_plugins = ["pywry_auth.testing.pytest"]

PATIENCE = 10.0  # seconds; what is stuck stays so for ever


class App:
    """An application whose siblings share one folder and one store."""

    def __init__(self, op, agent):
        self.op = op
        self.agent = agent
        self.store = MemoryTokenStore()
        self.shown = 0
        self.events = []
        self.running = []

    def start(self, providers=None, **settings):
        usual = {
            "store": self.store,
            "window": CallableWindow(self._show, self.agent.close_window),
            "on_event": lambda event: self.events.append((event.name, event.account)),
        }
        offered = providers or {"work": self.provider, "home": self.provider}
        auth = DesktopAuth("Acme Notes", offered, **(usual | settings))
        self.running.append(auth)
        return auth

    def _show(self, url, config):
        self.shown += 1
        return self.agent.show_window(url, config)

    def provider(self):
        return GenericOIDCProvider(self.op.client_id, self.op.client_secret, self.op.issuer_url)

    def somebody(self, subject, **claims):
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


def on_a_thread(work):
    """Run *work* elsewhere; gives what waits for its end, which must come."""
    raised = []

    def run():
        try:
            work()
        except AuthError as exc:
            raised.append(exc)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def ended():
        thread.join(PATIENCE)
        assert not thread.is_alive(), "it is stuck"
        return raised

    return ended


def test_who_was_signed_out_elsewhere_is_asked_again_not_taken_for_signed_in(app):
    auth = app.start()
    ada = auth.sign_in()
    app.start().sign_out(ada)
    seen = app.shown
    again = auth.sign_in()
    assert app.shown == seen + 1
    assert auth.account == again
    assert auth.session().tokens is not None


def test_signing_in_again_never_gives_one_account_and_uses_another(app):
    app.somebody("bob")
    auth = app.start()
    auth.sign_in("home")
    app.somebody("ada")
    ada = auth.sign_in("work")
    app.start().sign_out(ada)
    again = auth.sign_in("work")
    assert again.key == ada.key
    assert auth.account == again


def test_switching_to_who_was_just_signed_out_asks_them_again(app):
    app.somebody("ada")
    auth = app.start()
    ada = auth.sign_in()
    app.somebody("bob")
    auth.add()
    app.start().sign_out(ada)
    app.somebody("ada")
    seen = app.shown
    assert auth.switch(ada).key == ada.key
    assert app.shown == seen + 1
    assert auth.account.key == ada.key


def test_a_switch_whose_window_is_closed_brings_nobody_back_into_the_list(app):
    auth = app.start()
    ada = auth.sign_in()
    app.somebody("bob")
    bob = auth.add()
    app.start().sign_out(ada)
    closing = CallableWindow(lambda _url, _config: (auth.cancel(), "here")[1])
    with pytest.raises(AuthError):
        auth.switch(ada, window=closing)
    assert [each.key for each in auth.accounts()] == [bob.key]
    assert auth.account.key == bob.key


def test_a_switch_to_what_is_not_offered_leaves_the_button_as_it_was(app):
    auth = app.start()
    ada = auth.sign_in()
    auth.begin_switch(Account("gone", "x"))
    until(lambda: auth.status.trouble is not None, "it is said")
    assert auth.status.state is AuthState.SIGNED_IN
    assert auth.account == ada
    with pytest.raises(ProviderNotFoundError):
        auth.switch(Account("gone", "x"))
    assert auth.status.state is AuthState.SIGNED_IN
    auth.cancel()
    assert auth.add().provider == "work"  # that one is not the one that was cancelled


def test_a_provider_that_cannot_be_made_is_an_error_not_an_endless_beginning(app):
    def broken():
        raise ConfigError("no client id in the environment")

    auth = app.start({"work": broken})
    auth.begin_sign_in()
    until(lambda: auth.status.state is AuthState.ERROR, "it is said")
    assert auth.status.trouble is not None
    with pytest.raises(ConfigError):
        auth.sign_in()
    assert auth.status.state is AuthState.ERROR


class Read:
    """What was read a while ago."""

    def __init__(self, tokens):
        self.tokens = tokens

    def load(self):
        return self.tokens


class Held(MemoryTokenStore):
    """A store whose next reading takes until it is let go, and gives what was there before."""

    def __init__(self):
        super().__init__()
        self.is_slow = False
        self.reading = threading.Event()
        self.go_on = threading.Event()

    def slot(self, key="default"):
        if self.is_slow:
            self.is_slow = False
            found = super().slot(key).load()
            self.reading.set()
            assert self.go_on.wait(PATIENCE)
            return Read(found)
        return super().slot(key)


def test_a_silent_start_that_ends_late_takes_nobody_s_place(app):
    app.store = Held()
    app.somebody("ada")
    app.start().sign_in()
    auth = app.start()
    app.store.is_slow = True
    silent = on_a_thread(auth.silent)
    assert app.store.reading.wait(PATIENCE)
    app.somebody("bob")
    bob = auth.add()
    app.store.go_on.set()
    silent()
    assert auth.account.key == bob.key
    assert auth.status.state is AuthState.SIGNED_IN


def test_a_silent_start_that_ends_late_signs_nobody_in_who_left(app):
    app.store = Held()
    ada = app.start().sign_in()
    auth = app.start()
    app.store.is_slow = True
    silent = on_a_thread(auth.silent)
    assert app.store.reading.wait(PATIENCE)
    tokens = LOOP.run(app.store.load(ada.key))
    assert tokens is not None
    auth.sign_out(ada)
    app.store.go_on.set()
    silent()
    assert auth.account is None
    assert auth.status.state is AuthState.SIGNED_OUT


def test_a_silent_start_that_ends_late_leaves_the_button_waiting(app):
    app.store = Held()
    app.start().sign_in()
    auth = app.start(window=CallableWindow(lambda _url, _config: "here"))
    app.store.is_slow = True
    silent = on_a_thread(auth.silent)
    assert app.store.reading.wait(PATIENCE)
    auth.begin_add()
    until(lambda: auth.status.state is AuthState.WAITING, "the window is there")
    app.store.go_on.set()
    silent()
    assert auth.status.state is AuthState.WAITING
    auth.cancel()
    until(lambda: auth.status.state is not AuthState.WAITING, "it is over")


def wakers():
    return [thread for thread in threading.enumerate() if thread.name == "pywry-auth-waker"]


def test_a_silent_start_that_outlives_its_application_wakes_nobody(app):
    app.store = Held()
    app.start().sign_in()
    auth = app.start()
    app.store.is_slow = True
    silent = on_a_thread(auth.silent)
    assert app.store.reading.wait(PATIENCE)
    before = len(wakers())
    auth.close()
    app.store.go_on.set()
    silent()
    assert len(wakers()) == before
    assert auth.silent() is None
    assert len(wakers()) == before


def test_a_watcher_may_ask_for_a_silent_start(app):
    app.start().sign_in()
    auth = app.start()
    auth.watch(lambda status: auth.silent() if status.account else None)
    ended = on_a_thread(auth.silent)
    assert ended() == []
    assert auth.account is not None


def test_a_thread_that_waits_for_a_watcher_may_ask_for_a_silent_start(app):
    app.start().sign_in()
    auth = app.start()

    ended = []

    def elsewhere(status):
        if status.account is not None:
            other = threading.Thread(target=auth.silent, daemon=True)
            other.start()
            other.join(PATIENCE)
            ended.append(not other.is_alive())

    auth.watch(elsewhere)
    assert on_a_thread(auth.silent)() == []
    assert ended == [True]


class Unwritable(AccountIndex):
    """A list of accounts on a disk that is full."""

    def forget(self, account):
        del account
        raise StoreError("the list of accounts cannot be written")


def test_who_cannot_be_taken_from_the_list_is_not_shown_as_signed_in(app):
    auth = app.start()
    auth.sign_in()
    auth._engine.index.__class__ = Unwritable
    with pytest.raises(StoreError):
        auth.sign_out()
    assert auth.account is None
    assert auth.status.state is not AuthState.SIGNED_IN


def test_who_signed_out_is_out_though_the_next_one_cannot_be_read(app):
    app.somebody("ada")
    auth = app.start()
    auth.sign_in()
    app.somebody("bob")
    bob = auth.add()

    class Locked(MemoryTokenStore):
        def slot(self, key="default"):
            raise StoreError(f"{key} is locked")

    sibling = app.start()
    assert sibling.silent().key == bob.key
    app.store.__class__ = type("Locked", (MemoryTokenStore,), {"slot": Locked.slot})
    with pytest.raises(StoreError):
        sibling.sign_out()
    assert sibling.account is None or sibling.account.key != bob.key


def test_panic_is_over_though_whoever_is_told_breaks(app):
    auth = app.start()
    ada = auth.sign_in()

    def breaks(_end):
        raise ZeroDivisionError

    report = auth.panic(breaks)
    assert [end.account.key for end in report.ends] == [ada.key]
    assert auth.account is None
    assert auth.status == AuthStatus()


def test_another_account_that_must_sign_in_again_does_not_become_the_current_one(app):
    app.somebody("ada")
    auth = app.start(asks_when_lost=True)
    ada = auth.sign_in()
    app.somebody("bob")
    bob = auth.add()
    session = auth.session(ada)
    LOOP.run(session.initialize())
    app.somebody("ada")
    app.op.end_sessions()
    seen = app.shown
    LOOP.run(session.refresh())
    until(lambda: app.shown > seen, "somebody is asked")
    until(lambda: [name for name, _ in app.events].count("signed_in") == 3, "it is told")
    assert auth.account.key == bob.key


def test_somebody_else_who_answers_for_a_lost_session_does_not_act_under_its_name(app):
    app.somebody("ada")
    auth = app.start(asks_when_lost=True)
    ada = auth.sign_in()
    app.somebody("eve")
    app.op.end_sessions()
    seen = app.shown
    with pytest.raises(AuthError):
        LOOP.run(auth.session(ada).refresh())
    assert app.shown == seen + 1
    stored = LOOP.run(app.store.load(ada.key))
    assert stored is None or stored.origin.subject == "ada"
    held = auth.session(ada).tokens
    assert held is None or held.origin.subject == "ada"
    assert [each.key for each in auth.accounts()] == [ada.key]
    until(lambda: auth.account is None, "nobody is signed in")


def test_a_session_that_ends_during_a_sign_in_leaves_its_button_waiting(app):
    auth = app.start()
    ada = auth.sign_in()
    auth._engine.entering._manner = replace(
        auth._engine.entering._manner, window=CallableWindow(lambda _url, _config: "here")
    )
    auth.begin_add()
    until(lambda: auth.status.state is AuthState.WAITING, "the window is there")
    app.op.end_sessions()
    with pytest.raises(AuthError):
        LOOP.run(auth.session(ada).refresh())
    until(lambda: (DesktopEventName.NEEDS_SIGN_IN, ada) in app.events, "it is told")
    assert auth.status.state is AuthState.WAITING
    auth.cancel()
    until(lambda: auth.status.state is AuthState.SIGNED_OUT, "it is over")
    assert auth.status.needs_sign_in
    assert auth.account is None


def test_one_window_asks_where_a_lost_session_and_a_person_want_the_same(app):
    account = app.start().sign_in()
    app.expire(account)
    app.op.end_sessions()
    auth = app.start(asks_when_lost=True)
    seen = app.shown
    assert auth.sign_in().key == account.key
    until(lambda: not auth._engine.turn.is_taken, "all is quiet")
    assert app.shown == seen + 1


def test_panic_waits_for_nothing_that_hangs(app, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.engine.CLOSING", 0.05)
    auth = app.start()
    ada = auth.sign_in()
    with auth._engine.turn.taken():
        report = auth.panic()
    assert [end.account.key for end in report.ends] == [ada.key]
    assert LOOP.run(app.store.load(ada.key)) is None


def test_cancel_reaches_the_sign_in_though_a_silent_one_ended_meanwhile(app):
    auth = app.start(window=CallableWindow(lambda _url, _config: "here"))
    auth.begin_sign_in()
    until(lambda: auth.status.state is AuthState.WAITING, "the window is there")
    entering = auth._engine.entering
    with entering._under_way(entering._flow_for(Account("work", "ada"))):
        pass
    auth.cancel()
    until(lambda: auth.status.state is AuthState.SIGNED_OUT, "it is over")


def test_a_sign_out_is_told_before_who_comes_next(app):
    app.somebody("ada")
    auth = app.start()
    auth.sign_in()
    app.somebody("bob")
    auth.add()
    auth.sign_out()
    assert [name for name, _ in app.events][-2:] == ["signed_out", "switched"]


def test_a_button_is_free_again_where_no_thread_can_be_started(app, monkeypatch):
    auth = app.start()
    with monkeypatch.context() as patch:

        def refuse(_self):
            raise RuntimeError("can't start new thread")

        patch.setattr("threading.Thread.start", refuse)
        with pytest.raises(RuntimeError):
            auth.begin_sign_in()
    assert auth.status.state is AuthState.SIGNED_OUT
    assert auth.sign_in() == auth.account


def test_nothing_begins_after_the_end(app):
    auth = app.start()
    auth.sign_in()
    auth.close()
    auth.close()
    with pytest.raises(AuthError):
        auth.sign_in()
    auth.begin_sign_in()
    assert auth.status.state is AuthState.SIGNED_IN


def test_ten_threads_that_do_everything_at_once_leave_one_truth(app):
    app.somebody("ada")
    auth = app.start()
    ada = auth.sign_in()
    app.somebody("bob")
    bob = auth.add()
    verbs = [
        auth.silent,
        auth.sign_in,
        lambda: auth.switch(ada),
        lambda: auth.switch(bob),
        lambda: auth.sign_out(bob),
        auth.cancel,
        auth.begin_sign_in,
        auth.details,
        auth.begin_silent,
        auth.begin_sign_out,
    ]
    barrier = threading.Barrier(len(verbs))

    def often(verb):
        barrier.wait(PATIENCE)
        for _ in range(8):
            with contextlib.suppress(AuthError):
                verb()

    ends = [on_a_thread(lambda verb=verb: often(verb)) for verb in verbs]
    for ended in ends:
        ended()
    until(lambda: not auth._engine.turn.is_taken, "all is quiet")
    until(
        lambda: auth.status.state in {AuthState.SIGNED_IN, AuthState.SIGNED_OUT, AuthState.ERROR},
        "settled",
    )
    keys = {each.key for each in auth.accounts()}
    if auth.account is not None:
        assert auth.account.key in keys
        assert LOOP.run(app.store.load(auth.account.key)) is not None


def test_a_number_that_no_clock_shows_damages_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path)
    path = Places("acme-notes").accounts
    index = AccountIndex(path)
    index.remember(Account("work", "ada", signed_in_at=1.0))
    huge = path.read_text().replace("1.0", "1" + "0" * 400)
    path.write_text(huge)
    assert [each.subject for each in index.accounts()] == ["ada"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_a_pipe_in_place_of_the_list_holds_nobody_up_and_panic_removes_it(app):
    auth = app.start()
    ada = auth.sign_in()
    path = Places("acme-notes").accounts
    path.unlink()
    os.mkfifo(path)
    assert [type(exc) for exc in on_a_thread(auth.accounts)()] == [StoreError]
    assert [type(exc) for exc in on_a_thread(app.start().silent)()] == [StoreError]
    assert on_a_thread(auth.panic)() == []
    assert LOOP.run(app.store.load(ada.key)) is None
    assert not path.exists()


def test_who_is_told_on_the_thread_of_a_sign_in_does_not_wait_for_themselves(app, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.engine.CLOSING", 3600.0)
    auth = app.start()
    refused = []

    def leave_at_once(status):
        if status.state is AuthState.SIGNED_IN and not refused:
            try:
                auth.sign_out()
            except AuthError as exc:
                refused.append(exc)

    auth.watch(leave_at_once)
    assert on_a_thread(auth.sign_in)() == []
    assert len(refused) == 1
    assert auth.account is not None
    auth.sign_out()
    assert auth.account is None


def test_panic_in_a_page_begins_though_what_was_begun_before_hangs(app, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.accounts_page.bench.PATIENCE", 0.05, raising=False)
    hanging, done = threading.Event(), threading.Event()
    bench = Bench(lambda: None)
    bench.begin(lambda: hanging.wait(2 * PATIENCE), lambda _value: None, lambda _error: None)
    bench.begin(app.start().panic, lambda _report: done.set(), lambda _error: None)
    assert done.wait(PATIENCE)
    hanging.set()
