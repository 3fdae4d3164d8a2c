"""Failures that real providers cause, in the words that a person and a developer get."""

import asyncio
import re
import threading

import httpx
import pytest

from pywry_auth.coach.advise import advise, page_advice
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import AuthError, AuthFlowTimeout
from pywry_auth.flow import AuthFlowManager, DeviceFlow, SignInOptions
from pywry_auth.flow.values import CallbackOptions
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.token_store import MemoryTokenStore
from tests.providers_kit import DjangoOP, OidcProviderOP, running
from tests.real_party import PATIENCE, Person
from tests.web_walker import Walker


NATIVE = {
    "application_type": "native",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
}
CLIENTS = [
    {**NATIVE, "client_id": "narrow", "scope": "openid"},
    {
        **NATIVE,
        "client_id": "secret",
        "client_secret": "a right secret",
        "token_endpoint_auth_method": "client_secret_post",
    },
    {
        **NATIVE,
        "client_id": "implicit",
        "grant_types": ["implicit"],
        "response_types": ["id_token"],
    },
]


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP, clients=CLIENTS)


@pytest.fixture(scope="module")
def django():
    yield from running(DjangoOP)


def failing(op, provider, *, denies=False, options=None, callback=None):
    """Let a person sign in, and give what is said about the failure."""
    person = Person(op, denies=denies)
    flow = AuthFlowManager(
        provider,
        session_manager=SessionManager(provider, MemoryTokenStore()),
        auth_timeout=PATIENCE,
        callback=callback or CallbackOptions(),
    )
    with pytest.raises(AuthError) as raised:
        flow.run_native(
            show_window=person.show_window, close_window=person.close_window, options=options
        )
    person.arrive()
    asyncio.run(provider.close())
    return advise(raised.value, issuer=op.issuer)


def at(op, client_id="native", secret="", **more):
    return GenericOIDCProvider(client_id, secret, issuer_url=op.issuer, **more)


@pytest.mark.parametrize("kind", ["op", "django"])
def test_a_person_who_says_no_is_told_how_to_say_yes(kind, request):
    there = request.getfixturevalue(kind)
    advice = failing(there, at(there), denies=True)
    assert (advice.code, advice.action) == ("access_denied", Action.SIGN_IN)
    assert advice.sentence == Say.DENIED.value


def test_a_scope_that_the_client_may_not_ask_for(op):
    advice = failing(op, at(op, "narrow", scopes=["openid", "email"]))
    assert (advice.code, advice.action) == ("scope_unknown", Action.DEVELOPER)
    assert "scopes" in advice.fix


def test_a_secret_that_is_wrong(op):
    advice = failing(op, at(op, "secret", "a wrong secret"))
    assert (advice.code, advice.sentence) == ("client_unknown", Say.SETUP.value)
    assert "secret" in advice.fix


def test_a_client_that_may_not_have_codes(op):
    advice = failing(op, at(op, "implicit"))
    assert (advice.code, advice.action) == ("client_not_allowed", Action.DEVELOPER)


def test_nobody_is_signed_in_where_nobody_may_be_asked(op):
    advice = failing(op, at(op), options=SignInOptions(prompt="none"))
    assert (advice.code, advice.action) == ("interaction_required", Action.SIGN_IN)


def test_a_resource_that_nobody_knows(op):
    provider = at(op)
    provider.resources = ("https://nobody.example/",)
    advice = failing(op, provider)
    assert (advice.code, advice.action) == ("resource_unknown", Action.DEVELOPER)


def asked(work, provider):
    async def ask():
        async with provider:
            await work(provider)

    with pytest.raises(AuthError) as raised:
        asyncio.run(ask())
    return advise(raised.value)


@pytest.mark.parametrize("kind", ["op", "django"])
def test_a_refresh_token_that_ended_means_signing_in_again(kind, request):
    there = request.getfixturevalue(kind)
    advice = asked(lambda provider: provider.refresh_tokens("ended"), at(there))
    assert (advice.code, advice.action) == ("session_ended", Action.SIGN_IN)


@pytest.mark.parametrize("kind", ["op", "django"])
def test_a_code_that_was_used_means_beginning_again(kind, request):
    there = request.getfixturevalue(kind)
    redirect = "http://127.0.0.1:1/callback"
    advice = asked(lambda provider: provider.exchange_code("used", redirect, "v" * 43), at(there))
    assert (advice.code, advice.action) == ("code_used", Action.RETRY)


def test_an_issuer_by_another_name_is_the_developers_business(op):
    other = op.issuer.replace("127.0.0.1", "localhost")
    provider = GenericOIDCProvider("native", issuer_url=other)
    advice = asked(lambda there: there.prepare(), provider)
    assert (advice.code, advice.action) == ("issuer_mismatch", Action.DEVELOPER)
    assert "issuer_url" in advice.fix


def test_a_server_that_is_down_is_no_fault_of_the_person(op):
    op.control(down=503)
    try:
        advice = asked(lambda provider: provider.prepare(), at(op))
    finally:
        op.control(down=0)
    assert (advice.code, advice.action) == ("service_broken", Action.RETRY)


def device_failing(op, provider, *, deny=False, seconds=PATIENCE):
    """Show a code to a person who denies it or goes away, and give the error."""
    walks = []

    def show(prompt):
        if deny:
            where = prompt.verification_uri_complete
            walks.append(threading.Thread(target=op.walk_device, args=(where,), kwargs={"deny": 1}))
            walks[-1].start()

    with pytest.raises(AuthError) as raised:
        DeviceFlow(provider, show=show, auth_timeout=seconds).run()
    for walk in walks:
        walk.join(PATIENCE)
    asyncio.run(provider.close())
    return raised.value


def test_a_device_that_is_denied(op):
    op.control(deviceInterval=1)
    error = device_failing(op, at(op), deny=True)
    advice = advise(error, issuer=op.issuer)
    assert (advice.code, advice.sentence) == ("access_denied", Say.DENIED.value)


def test_a_code_that_nobody_confirms(op):
    error = device_failing(op, at(op), seconds=0.5)
    assert isinstance(error, AuthFlowTimeout)
    assert advise(error).sentence == Say.TIMEOUT.value


def test_a_client_that_may_not_use_codes_on_devices(op):
    advice = advise(device_failing(op, at(op, "narrow")))
    assert (advice.code, advice.action) == ("client_not_allowed", Action.DEVELOPER)


def page_of(op, redirect_uri):
    """Go to the page on which the provider gives up, as a window shows it."""
    asked = {
        "client_id": "native",
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    where = httpx.get(op.discovery_url).json()["authorization_endpoint"]
    url = str(httpx.URL(where, params=asked))
    with Walker(op.issuer, user=op.user, password=op.password, deny=False) as walker:
        return as_seen(walker.to_last_page(url))


def as_seen(page):
    title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", page.text, flags=re.DOTALL)
    return str(page.url), title[1] if title else "", text


@pytest.mark.parametrize("kind", ["op", "django"])
def test_a_redirect_that_is_not_registered_is_read_off_the_providers_page(kind, request):
    there = request.getfixturevalue(kind)
    advice = page_advice(*page_of(there, "https://elsewhere.example/callback"))
    assert advice is not None
    assert (advice.code, advice.action) == ("redirect_uri_mismatch", Action.DEVELOPER)


@pytest.mark.parametrize("kind", ["op", "django"])
def test_a_page_on_which_one_can_go_on_is_no_trouble(kind, request):
    there = request.getfixturevalue(kind)
    asked = {"client_id": "native", "response_type": "code", "scope": "openid"}
    asked |= {"redirect_uri": "http://127.0.0.1:1/callback", "code_challenge": "x" * 43}
    where = httpx.get(there.discovery_url).json()["authorization_endpoint"]
    page = httpx.get(
        where, params={**asked, "code_challenge_method": "S256"}, follow_redirects=True
    )
    assert page.is_success
    assert page_advice(*as_seen(page)) is None
