"""Whatever opens the page once more gets an address of the same attempt that nobody has used."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.provider import ScriptedProvider
from fakes.window import FakeWindow, SeenPage

from pywry_auth import AuthFlowManager
from pywry_auth.errors import AuthFlowCancelled, DiscoveryTransportError
from pywry_auth.protocol.wire import with_query
from pywry_auth.testing.clock import VirtualClock


class PushingProvider(ScriptedProvider):
    """Gives a request URI of one visit for each request that was pushed to it (RFC 9126)."""

    def __init__(self):
        super().__init__(VirtualClock(time.time()))
        self.scopes = ["openid"]
        self.authorize_url = "https://op.example/authorize"
        self.pushed = []
        self.verifiers = []
        self.failure = None

    async def authorization_url(self, attempt):
        if self.failure is not None:
            raise self.failure
        self.pushed.append(parse_qs(urlsplit(await super().authorization_url(attempt)).query))
        return with_query(self.authorize_url, {"request_uri": f"urn:{len(self.pushed)}"})

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        self.verifiers.append(pkce_verifier)
        return await super().exchange_code(code, redirect_uri, pkce_verifier, nonce)


def sign_in(provider, person):
    window = FakeWindow(person)
    try:
        return AuthFlowManager(provider, window=window, auth_timeout=5).run_native()
    finally:
        window.wait_for_person()


def answer(provider):
    """Answer as the provider would, who alone knows what was pushed."""
    pushed = provider.pushed[-1]
    seen = SeenPage(f"https://op.example/?redirect_uri={pushed['redirect_uri'][0]}")
    seen.answer(code="c", state=pushed["state"][0])


def test_a_fresh_url_asks_for_the_very_same_attempt():
    provider, urls = PushingProvider(), []

    def person(page):
        urls.append(page.url)
        urls.extend(page.listener.fresh_url() for _ in range(2))
        answer(provider)

    assert sign_in(provider, person).success
    assert urls == [f"https://op.example/authorize?request_uri=urn%3A{n}" for n in (1, 2, 3)]
    first = provider.pushed[0]
    assert provider.pushed == [first, first, first]
    assert {"state", "nonce", "code_challenge", "redirect_uri"} <= set(first)
    assert len(provider.verifiers) == 1


def test_after_the_end_there_is_none():
    provider, seen = PushingProvider(), []

    def person(page):
        seen.append(page.listener)
        page.listener.closed()

    with pytest.raises(AuthFlowCancelled):
        sign_in(provider, person)
    assert seen[0].fresh_url() is None
    assert len(provider.pushed) == 1


def test_a_provider_that_would_not_be_asked_again_ends_the_sign_in_and_says_why():
    provider, urls = PushingProvider(), []

    def person(page):
        provider.failure = DiscoveryTransportError("nobody answered")
        urls.append(page.listener.fresh_url())

    with pytest.raises(DiscoveryTransportError, match="nobody answered"):
        sign_in(provider, person)
    assert urls == [None]
    assert provider.verifiers == []
