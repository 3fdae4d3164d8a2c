"""Signing out on the provider's own page, with a browser that is signed in there."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field

import httpx
import pytest

from pywry_auth.errors import StepUpError
from pywry_auth.flow import AuthFlowManager, LogoutFlow, LogoutState, SignInOptions
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.token_store import MemoryTokenStore
from tests.providers_kit import DjangoOP, OidcProviderOP, running
from tests.real_party import PATIENCE, member
from tests.web_walker import Walker


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture(scope="module", params=[OidcProviderOP, DjangoOP], ids=lambda kind: kind.__name__)
def either(request):
    yield from running(request.param)


class Person(Walker):
    """Counts how often a password was asked for."""

    passwords = 0

    def _filled(self, form):
        self.passwords += "password" in form.kinds.values()
        return super()._filled(form)


@dataclass
class Browser:
    """One browser: it keeps its cookies, so the provider knows it again."""

    walker: Person
    answers: list[httpx.Response] = field(default_factory=list)
    _walks: list[threading.Thread] = field(default_factory=list)

    def show_window(self, url, _config):
        walk = threading.Thread(
            target=lambda: self.answers.append(self.walker.to_callback(url)), daemon=True
        )
        self._walks.append(walk)
        walk.start()
        return "tab"

    def arrive(self):
        for walk in self._walks:
            walk.join(PATIENCE)
            assert not walk.is_alive()


@dataclass
class Desk:
    """An application beside a browser."""

    op: OidcProviderOP
    browser: Browser
    provider: GenericOIDCProvider
    session: SessionManager

    def sign_in(self, **options):
        flow = AuthFlowManager(self.provider, session_manager=self.session, auth_timeout=PATIENCE)
        try:
            return flow.run_native(self.browser.show_window, options=SignInOptions(**options))
        finally:
            self.browser.arrive()

    def sign_out(self, **options):
        flow = LogoutFlow(self.session, timeout=PATIENCE)
        try:
            return flow.run(self.browser.show_window, **options)
        finally:
            self.browser.arrive()


@contextlib.contextmanager
def sitting_at(op):
    with Person(op.issuer, user=op.user, password=op.password, deny=False) as person:
        scopes = ["openid", "profile"]
        scopes += ["offline_access"] if isinstance(op, OidcProviderOP) else []
        provider = GenericOIDCProvider("native", issuer_url=op.issuer, scopes=scopes)
        session = SessionManager(provider, MemoryTokenStore())
        yield Desk(op, Browser(person), provider, session)
        asyncio.run(session.logout(revoke=False))
        asyncio.run(provider.close())


@pytest.fixture
def desk(op):
    with sitting_at(op) as one:
        yield one


@pytest.mark.parametrize("revoke", [True, False], ids=["revoked", "kept"])
def test_who_signs_out_is_signed_out_there_as_well(either, revoke):
    with sitting_at(either) as desk:
        desk.sign_in(prompt="consent" if isinstance(either, OidcProviderOP) else None)
        desk.sign_in()
        assert desk.browser.walker.passwords == 1  # the provider knows the browser
        assert desk.sign_out(revoke=revoke).state is LogoutState.CONFIRMED
        assert desk.session.tokens is None
        desk.sign_in()
        assert desk.browser.walker.passwords == 2


def test_a_second_sign_out_finds_nobody_there_and_says_yes(desk):
    desk.sign_in()
    desk.sign_out()
    assert desk.sign_out().state is LogoutState.CONFIRMED


def test_a_person_who_must_prove_it_again_signs_in_again(desk):
    first = desk.sign_in(prompt="consent").tokens
    pages = len(desk.browser.answers)
    second = desk.sign_in(max_age=0, id_token_hint=first.id_token).tokens
    assert len(desk.browser.answers) == pages + 1
    before, after = (member(tokens.id_token, 1) for tokens in (first, second))
    assert after["sub"] == before["sub"]
    assert after["auth_time"] >= before["iat"]


def test_more_is_granted_beside_what_was(desk):
    desk.sign_in(prompt="consent")
    result = desk.sign_in(scopes=["email"], prompt="consent")
    assert set(result.tokens.scopes) >= {"openid", "profile", "email", "offline_access"}
    assert result.scopes.denied == ()
    assert result.user_info["email"] == "alice@example.test"


def test_a_scope_the_provider_does_not_grant_is_reported(desk):
    result = desk.sign_in(scopes=["openid", "offline_access"])  # without prompt=consent
    assert result.success
    assert result.scopes.denied == ("offline_access",)


def test_a_provider_that_says_nothing_of_strength_proves_none(desk):
    tokens = desk.sign_in(prompt="consent").tokens
    with pytest.raises(StepUpError, match="nothing"):
        desk.sign_in(acr_values=["urn:example:gold"])
    assert desk.session.tokens == tokens


def test_somebody_else_is_not_let_into_the_session(desk, op):
    tokens = desk.sign_in(prompt="consent").tokens
    with Person(op.issuer, user="bob", password="x", deny=False) as walker:
        desk.browser = Browser(walker)
        with pytest.raises(StepUpError, match="somebody else"):
            desk.sign_in(scopes=["openid", "email"])
    assert desk.session.tokens == tokens
