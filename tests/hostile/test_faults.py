"""Each fault does what its sentence says, and our own client stands it."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from pywry_auth.errors import (
    ReauthRequiredError,
    TokenExpiredError,
)
from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing import CORRECT, USUAL, HeadlessAgent, ProgrammableProvider
from pywry_auth.testing.effect import Effect
from pywry_auth.testing.effects_renewal import RENEWAL
from pywry_auth.testing.effects_sign_in import SIGN_IN, SKEW
from pywry_auth.testing.faults import Fault, fault_table
from pywry_auth.testing.tricks import IDLE_CONNECTIONS, Trick
from pywry_auth.token_store import MemoryTokenStore


class App:
    """A program that signs in once."""

    def __init__(self, op: ProgrammableProvider, fault: Fault) -> None:
        issuer = op.add("mine", fault)
        self.provider = GenericOIDCProvider(CORRECT.client.client_id, issuer_url=issuer)
        self.store = MemoryTokenStore()
        self.session = SessionManager(self.provider, self.store)
        self.agent = HeadlessAgent(fault)
        self.manager = AuthFlowManager(
            self.provider, session_manager=self.session, auth_timeout=fault.patience
        )

    def sign_in(self) -> None:
        result = self.manager.run_native(self.agent.show_window, self.agent.close_window)
        assert result.success

    def stored(self) -> list[str]:
        return asyncio.run(self.store.list_keys())

    def close(self) -> None:
        asyncio.run(self.session.logout(revoke=False))
        asyncio.run(self.provider.close())
        self.agent.join()


@pytest.fixture
def start(op: ProgrammableProvider) -> Iterator[Callable[[Fault], App]]:
    apps: list[App] = []

    def start(fault: Fault) -> App:
        apps.append(App(op, fault))
        return apps[-1]

    yield start
    for app in apps:
        app.close()


def raised_by(work: Callable[[], object]) -> type[BaseException] | None:
    try:
        work()
    except Exception as exc:  # noqa: BLE001 - told to who asserts
        return type(exc)
    return None


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_does_what_it_says(
    op: ProgrammableProvider, start: Callable[[Fault], App], fault: Fault
) -> None:
    effect, app = fault.effect, start(fault)
    assert raised_by(app.sign_in) is effect.sign_in
    app.agent.join()
    if effect.sign_in is not None:
        assert app.stored() == []
        return
    for error in effect.renewals:
        before, calls = app.store.get("default"), op.calls("mine").count("token")
        assert raised_by(lambda: asyncio.run(app.session.refresh())) is error
        after = app.store.get("default")
        if error is None:
            assert after.access_token != before.access_token
        elif error is ReauthRequiredError:
            assert after == replace(before, refresh_token=None)
        else:
            assert after == before
        assert op.calls("mine").count("token") == calls + (error is not TokenExpiredError)
    # Whoever never got an answer has nothing but the spent token.
    spent_again = ["refresh: a spent refresh token was sent again"]
    assert op.violations("mine") == (spent_again if fault is Fault.LOST_ANSWER else [])


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault.tricks])
def test_a_trick_is_really_played(
    op: ProgrammableProvider, start: Callable[[Fault], App], fault: Fault, caplog
) -> None:
    app = start(fault)
    with caplog.at_level(logging.DEBUG):
        raised_by(app.sign_in)
    app.agent.join()
    redirects = [page for page in app.agent.pages if page.place.endswith("/callback")]
    match fault.tricks[0]:
        case Trick.TWICE:
            assert len(redirects) == 2
            assert len({page.url for page in redirects}) == 1
        case Trick.STRANGER_FIRST:
            assert redirects[0].status == 400
            assert "state=guessed" in redirects[0].url
        case Trick.FAVICON_FIRST:
            assert app.agent.pages[1].place.endswith("/favicon.ico")
        case Trick.NEVER:
            assert "authorize" not in op.calls("mine")
        case Trick.PRECONNECTS | Trick.HALF_A_REQUEST:
            assert len(redirects) == 1


def test_connections_that_stay_silent_are_open_while_the_redirect_is_loaded() -> None:
    import socket

    from pywry_auth.testing.tricks import played_at

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        port = server.getsockname()[1]
        step = ("GET", f"http://127.0.0.1:{port}/callback?code=x", "")
        with played_at(step, (Trick.PRECONNECTS, Trick.HALF_A_REQUEST), lambda *_: None):
            opened = [server.accept()[0] for _ in range(IDLE_CONNECTIONS + 1)]
            opened[0].settimeout(0)
            with pytest.raises(BlockingIOError):
                opened[0].recv(1)
            opened[-1].settimeout(5)
            assert opened[-1].recv(100) == b"GET /callb"
        assert all(one.recv(1) == b"" for one in opened[1:])
        for one in opened:
            one.close()


def test_the_skew_is_in_headers_and_tokens(op: ProgrammableProvider) -> None:
    import time
    from email.utils import parsedate_to_datetime

    import httpx

    issuer = op.add("mine", Fault.CLOCK_AHEAD)
    reply = httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False)
    ahead = parsedate_to_datetime(reply.headers["date"]).timestamp() - time.time()
    assert ahead == pytest.approx(SKEW, abs=5)


def test_each_fault_has_one_effect_with_sentences() -> None:
    assert [fault.value for fault in Fault] == [*SIGN_IN, *RENEWAL]
    for fault in Fault:
        effect = fault.effect
        assert effect.does.endswith(".")
        assert effect.sees.endswith(".")
        assert effect.conduct != USUAL or fault.tricks or fault is Fault.ROTATION
        assert fault.name == fault.value.replace("-", "_").upper()
        for error in filter(None, (effect.sign_in, *effect.renewals)):
            assert f"`{error.__name__}`" in effect.sees, fault
    assert {each.name for each in fields(Effect)} >= {"does", "sees"}


def test_the_table_names_every_fault() -> None:
    shown = (Path(__file__).parents[1] / "example_app" / "README.md").read_text("utf-8")
    assert fault_table() in shown
    lines = fault_table().splitlines()
    assert len(lines) == 2 + len(Fault)
    assert all(line.count("|") == 4 for line in lines)
