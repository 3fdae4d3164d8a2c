"""What every SignInControl keeps to; the widgets rely on nothing else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.values import AuthState, AuthStatus, SignInControl
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.testing.conduct import Reply, usually
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE, FakeSignIn
from tests.fakes.person_later import PersonLater
from tests.screen import until


pytest_plugins = ["pywry_auth.testing.pytest"]


@dataclass
class Subject:
    """One control, with a hand on the world round it."""

    control: SignInControl
    sign_in: Callable[[], None]  # the person signs in, as the sign-in under way asks
    fail: Callable[[], None]  # the provider refuses it


def a_fake() -> Subject:
    fake = FakeSignIn((GOOGLE, GITHUB), [ADA, BOB])
    return Subject(fake, sign_in=fake.signed_in, fail=fake.failed)


@pytest.fixture
def the_real_one(auth_provider, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path)
    person = PersonLater()
    op = auth_provider
    provider = GenericOIDCProvider(op.client_id, op.client_secret, op.issuer_url)
    auth = DesktopAuth("Acme Notes", {"google": provider}, store="memory", window=person.window())

    def refuse():
        op.program(usually(replies={"token": Reply(400, '{"error": "invalid_client"}')}))
        person.finish()

    yield Subject(auth, sign_in=person.finish, fail=refuse)
    auth.close()
    person.agent.join()


@pytest.fixture(params=["a_fake", "the_real_one"])
def subject(request):
    return a_fake() if request.param == "a_fake" else request.getfixturevalue("the_real_one")


def state_becomes(subject, *wanted):
    until(lambda: subject.control.status.state in wanted, f"one of {wanted}")


def test_a_watcher_hears_the_status_of_now_at_once(subject):
    heard: list[AuthStatus] = []
    end = subject.control.watch(heard.append)
    assert heard == [subject.control.status]
    end()


def test_a_watcher_hears_each_change_in_order(subject):
    heard: list[AuthStatus] = []
    end = subject.control.watch(heard.append)
    subject.control.begin_sign_in("google")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    until(lambda: heard[-1].state is AuthState.SIGNED_IN, "the watcher hears it")
    end()
    states = [status.state for status in heard]
    assert states[0] is AuthState.SIGNED_OUT
    assert AuthState.OPENING in states
    assert heard[-1] == subject.control.status


def test_a_watcher_that_ended_hears_nothing_and_may_end_twice(subject):
    heard: list[AuthStatus] = []
    end = subject.control.watch(heard.append)
    end()
    end()
    subject.control.begin_sign_in("google")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    assert len(heard) == 1


def test_a_watcher_may_ask_for_the_status_and_end_itself(subject):
    heard: list[AuthStatus] = []
    ends: list[Callable[[], None]] = []

    def on_status(_status: AuthStatus) -> None:
        heard.append(subject.control.status)
        if ends:
            ends[0]()

    ends.append(subject.control.watch(on_status))
    subject.control.begin_sign_in("google")
    until(lambda: len(heard) == 2, "it hears the change")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    assert len(heard) == 2


def test_beginning_returns_while_the_sign_in_goes_on(subject):
    subject.control.begin_sign_in("google")
    assert subject.control.status.state in {AuthState.OPENING, AuthState.WAITING}
    assert subject.control.status.provider == "google"
    subject.control.cancel()
    state_becomes(subject, AuthState.SIGNED_OUT)


def test_cancelling_without_a_sign_in_changes_nothing(subject):
    before = subject.control.status
    subject.control.cancel()
    assert subject.control.status == before


def test_a_refused_sign_in_says_why(subject):
    subject.control.begin_sign_in("google")
    subject.fail()
    state_becomes(subject, AuthState.ERROR)
    assert subject.control.status.trouble is not None
    assert subject.control.status.trouble.sentence


def test_who_signed_in_is_remembered_first(subject):
    subject.control.begin_sign_in("google")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    account = subject.control.status.account
    assert account is not None
    assert subject.control.accounts()[0].key == account.key


def test_who_signed_out_is_forgotten(subject):
    subject.control.begin_sign_in("google")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    account = subject.control.status.account
    assert account is not None
    subject.control.begin_sign_out(account)
    state_becomes(subject, AuthState.SIGNED_OUT)
    assert account.key not in {each.key for each in subject.control.accounts()}


def test_verbs_may_come_from_any_thread(subject):
    thread = threading.Thread(target=subject.control.begin_sign_in, args=("google",))
    thread.start()
    thread.join()
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)


def test_no_status_holds_a_secret(subject):
    subject.control.begin_sign_in("google")
    subject.sign_in()
    state_becomes(subject, AuthState.SIGNED_IN)
    shown = repr(subject.control.status) + repr(subject.control.accounts())
    assert "access_token" not in shown
    assert "refresh_token" not in shown


def test_there_is_something_to_choose(subject):
    assert subject.control.app_name
    assert all(choice.name and choice.title for choice in subject.control.providers)
    assert subject.control.texts("Sign in") == "Sign in"
