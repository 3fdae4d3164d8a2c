"""A sign-in is looked at before it begins: quickly, without a trace, without a secret."""

import asyncio
import json
import socket
import threading
import time
from dataclasses import asdict

import pytest

from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.preflight import keeping, painting
from pywry_auth.preflight.run import apreflight, preflight
from pywry_auth.preflight.values import Depth, Finding, Outcome, Redirect, Report
from pywry_auth.providers import GenericOIDCProvider, GitHubProvider, GoogleProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing import (
    Conduct,
    Drop,
    ForgetfulKeyring,
    LockedKeyring,
    MemoryKeyring,
    MissingKeyring,
    ProgrammableProvider,
    Put,
    SlowKeyring,
    UnansweredKeyring,
    installed,
)
from pywry_auth.token_store import JsonFileTokenStore, KeyringTokenStore, MemoryTokenStore
from pywry_auth.token_store.base import TokenStore
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind


SERVICE = "pywry-auth:preflight-test"
CANARY = "canary-client-secret"


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("BROWSER", "true")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "PYWRY_AUTH_WINDOW"):
        monkeypatch.delenv(name, raising=False)


def outcome(report, check):
    found = report.of(check)
    assert found is not None, [one.check for one in report.findings]
    return found.outcome


def until(fact):
    end = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)


def looked(provider, *arguments, **options):
    try:
        return preflight(provider, *arguments, **options)
    finally:
        LOOP.run(provider.close())


# Quick


def test_a_quick_look_asks_nobody_on_the_network(op):
    provider = GenericOIDCProvider("desktop", issuer_url=op.add("quick"))
    report = looked(provider, MemoryTokenStore())
    assert op.calls("quick") == []
    assert report.is_ok
    assert outcome(report, "provider") is Outcome.SKIPPED
    assert report.of("dns") is None
    assert report.window is WindowKind.BROWSER
    assert report.reason == "there is no display"


def test_a_quick_look_uses_what_the_provider_said_before(op):
    conduct = Conduct(discovery={"code_challenge_methods_supported": Put(["plain"])})
    provider = GenericOIDCProvider("desktop", issuer_url=op.add("before", conduct))
    assert outcome(looked(provider, depth=Depth.FULL), "provider") is Outcome.FAILED
    asked = op.calls("before")
    report = looked(provider)
    assert op.calls("before") == asked
    [failed] = report.failed
    assert failed.check == "provider"
    assert "S256" in failed.fix


def test_another_loop_is_not_blocked():
    async def looked():
        began = asyncio.create_task(apreflight(None, MemoryTokenStore()))
        turns = 0
        while not began.done():
            turns += 1
            await asyncio.sleep(0)
        return turns, began.result()

    turns, report = asyncio.run(looked())
    assert turns > 1
    assert outcome(report, "store") is Outcome.OK


def test_findings_come_one_by_one_and_in_the_persons_language():
    class Shouting(Texts):
        __slots__ = ()

        def __call__(self, text, **values):
            return super().__call__(text, **values).upper()

    heard = []
    report = preflight(None, MemoryTokenStore(), texts=Shouting(), on_finding=heard.append)
    assert sorted(one.check for one in heard) == sorted(one.check for one in report.findings)
    assert [one for one in report.findings if one.sentence != one.sentence.upper()] == []


# Store


@pytest.mark.parametrize("kind", [MemoryTokenStore, JsonFileTokenStore, KeyringTokenStore])
def test_a_store_that_works_is_left_as_it_was(kind, tmp_path):
    with installed(MemoryKeyring()) as keyring:
        place = {JsonFileTokenStore: (tmp_path / "tokens.json",), KeyringTokenStore: (SERVICE,)}
        store = kind(*place.get(kind, ()))
        report = preflight(None, store)
        assert outcome(report, "store") is Outcome.OK
        assert asyncio.run(store.list_keys()) == []
        assert keyring.entries(SERVICE) == []


@pytest.mark.parametrize(
    ("keyring", "word"),
    [
        (LockedKeyring(), "locked"),
        (MissingKeyring(), "Secret Service"),
        (ForgetfulKeyring(), "another program empties it"),
    ],
)
def test_a_keyring_that_keeps_nothing_is_told_with_what_to_do(keyring, word):
    with installed(keyring):
        found = preflight(None, KeyringTokenStore(SERVICE)).of("store")
    assert found.outcome is Outcome.FAILED
    assert word in found.fix
    assert found.sentence


def test_a_keyring_in_plain_text_is_refused():
    class PlainKeyring(MemoryKeyring):
        pass

    PlainKeyring.__module__ = "keyrings.alt.file"
    with installed(PlainKeyring()) as keyring:
        found = preflight(None, KeyringTokenStore(SERVICE)).of("store")
        assert keyring.entries(SERVICE) == []
    assert found.outcome is Outcome.FAILED
    assert keyring.calls == []


def test_a_slow_keyring_is_told_and_works():
    with installed(SlowKeyring(0.01)) as keyring:
        report = preflight(None, KeyringTokenStore(SERVICE), depth=Depth.FULL)
        assert outcome(report, "store") is Outcome.OK
        assert keyring.entries(SERVICE) == []


def test_what_takes_too_long_is_a_warning(monkeypatch):
    monkeypatch.setattr(keeping, "SLOW", 0.0)
    found = preflight(None, MemoryTokenStore()).of("store")
    assert found.outcome is Outcome.WARNING
    assert "slow" in found.sentence


def test_a_keyring_that_answers_when_nobody_waits_any_more_keeps_no_probe(monkeypatch):
    monkeypatch.setitem(keeping.PATIENCE, Depth.QUICK, 0.05)
    with installed(UnansweredKeyring()) as keyring:
        found = preflight(None, KeyringTokenStore(SERVICE)).of("store")
        assert found.outcome is Outcome.WARNING
        keyring.answer()
        until(lambda: keyring.calls.count("set") and keyring.calls.count("delete"))
        until(lambda: keyring.entries(SERVICE) == [])


def test_a_look_that_is_cancelled_leaves_no_probe():
    written, left = threading.Event(), threading.Event()

    class Watched(MemoryKeyring):
        def set_password(self, service, username, password):
            super().set_password(service, username, password)
            written.set()
            assert left.wait(10)

    Watched.__module__, Watched.__qualname__ = "keyring.backends.SecretService", "Keyring"

    async def given_up(store):
        task = asyncio.create_task(apreflight(None, store))
        assert await asyncio.to_thread(written.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left.set()

    with installed(Watched()) as keyring:
        asyncio.run(given_up(KeyringTokenStore(SERVICE)))
        until(lambda: keyring.entries(SERVICE) == [])


class AwaitedStore(TokenStore):
    """A store of somebody else's, without slots."""

    def __init__(self, error=None):
        self.kept = {}
        self._error = error

    async def save(self, key, tokens):
        self.kept[key] = tokens
        if self._error:
            raise self._error

    async def load(self, key):
        return self.kept.get(key)

    async def delete(self, key):
        self.kept.pop(key, None)

    async def exists(self, key):
        return key in self.kept

    async def list_keys(self):
        return sorted(self.kept)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(None, Outcome.OK), (StoreUnavailableError("the disk is full"), Outcome.FAILED)],
)
def test_a_store_that_can_only_be_awaited_is_tried_too(error, expected):
    store = AwaitedStore(error)
    assert outcome(preflight(None, store), "store") is expected
    assert store.kept == {}


def test_a_store_that_raises_what_it_should_not_is_not_hidden():
    class Broken(AwaitedStore):
        async def load(self, key):
            raise RuntimeError(f"a bug with {len(key)} characters")

    with pytest.raises(RuntimeError, match="a bug"):
        preflight(None, Broken())


# Loopback


def test_a_port_that_another_program_holds_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        report = preflight(redirect=Redirect(ports=(taken,)))
        assert outcome(report, "loopback") is Outcome.FAILED
        assert f"{taken} is in use by another program" in report.of("loopback").fix
        report = preflight(redirect=Redirect(ports=(taken, 0)))
    assert outcome(report, "loopback") is Outcome.WARNING


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_ports_that_are_free_are_given_back(host):
    redirect = Redirect(host=host)
    assert outcome(preflight(redirect=redirect), "loopback") is Outcome.OK
    assert outcome(preflight(redirect=redirect), "loopback") is Outcome.OK


def test_an_address_others_can_reach_is_refused():
    report = preflight(redirect=Redirect(host="0.0.0.0"))  # noqa: S104 - it is refused
    assert outcome(report, "loopback") is Outcome.FAILED
    assert "127.0.0.1" in report.of("loopback").fix


def test_something_that_swallows_what_this_machine_tells_itself_is_seen(monkeypatch):
    def swallowed(*_arguments):
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", swallowed)
    found = preflight().of("loopback")
    assert found.outcome is Outcome.FAILED
    assert "firewall" in found.fix


def test_a_proxy_for_everything_is_warned_of(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://someone:canary@proxy.example:3128")
    report = preflight()
    assert outcome(report, "loopback_proxy") is Outcome.WARNING
    assert "canary" not in repr(report)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert outcome(preflight(), "loopback_proxy") is Outcome.OK


# Window


def test_a_provider_that_refuses_windows_is_shown_in_the_browser():
    report = looked(GoogleProvider("1-a.apps.googleusercontent.com", CANARY))
    assert report.window is WindowKind.BROWSER
    assert "browser only" in report.reason


def test_a_machine_that_can_show_nothing_fails(monkeypatch):
    monkeypatch.delenv("BROWSER")
    report = preflight()
    assert (report.window, report.is_ok) == (None, False)
    assert [one.check for one in report.failed] == ["window"]


def test_a_hidden_window_is_started_where_that_was_asked_for_only():
    assert preflight(depth=Depth.FULL).of(painting.CHECK) is None
    assert outcome(preflight(depth=Depth.DEEP), painting.CHECK) is Outcome.SKIPPED


# The provider


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("whole", {}, Outcome.OK),
        ("mute", {"token_endpoint": Drop()}, Outcome.FAILED),
        ("no-codes", {"response_types_supported": Put(["id_token"])}, Outcome.FAILED),
        ("no-refresh", {"grant_types_supported": Put(["authorization_code"])}, Outcome.WARNING),
        ("other", {"issuer": Put("https://other.example")}, Outcome.FAILED),
    ],
)
def test_what_the_provider_says_is_judged(op, name, document, expected):
    provider = GenericOIDCProvider("desktop", issuer_url=op.add(name, Conduct(discovery=document)))
    report = looked(provider, MemoryTokenStore(), depth=Depth.FULL)
    assert outcome(report, "provider") is expected
    assert {outcome(report, check) for check in ("dns", "connection", "clock")} == {Outcome.OK}


def test_a_provider_without_a_document_is_asked_at_its_door(op):
    class Elsewhere(GitHubProvider):
        """GitHub on this machine."""

    provider = Elsewhere("Iv1.0123456789abcdef", "x")
    provider.authorize_url = f"{op.base_url}/login/oauth/authorize"
    report = looked(provider, depth=Depth.FULL)
    assert report.of("tls").facts["status"] == 404
    assert outcome(report, "provider") is Outcome.OK


# Secrets


def test_nothing_that_is_found_holds_a_secret(op):
    provider = GenericOIDCProvider("desktop", CANARY, op.add("secret"))
    with installed(MemoryKeyring()):
        report = looked(provider, KeyringTokenStore(SERVICE), depth=Depth.FULL)
    told = json.dumps(asdict(report), default=str) + repr(report)
    assert CANARY not in told
    assert not [one for one in op.issued("secret") if one in told]


def test_a_report_sorts_what_was_found():
    bad = Finding("a", Outcome.FAILED, "x")
    odd = Finding("b", Outcome.WARNING, "x")
    report = Report((bad, odd))
    assert (report.failed, report.warnings, report.is_ok) == ((bad,), (odd,), False)
    assert Report((odd,)).is_ok
    assert report.of("c") is None


def test_the_probe_has_a_name_no_account_has():
    kept = []

    class Watching(AwaitedStore):
        async def save(self, key, tokens):
            kept.append((key, tokens.access_token))
            raise StoreError("no")

    preflight(None, Watching())
    preflight(None, Watching())
    assert all(key.startswith(keeping.PREFIX) for key, _ in kept)
    assert len({key for key, _ in kept}) == 2
    assert len({token for _, token in kept}) == 2
