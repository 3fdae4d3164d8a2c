"""The demo's own identity provider, in its process."""

import importlib.util
import json
import subprocess
import sys

import httpx
import pytest

from pywry_auth.demo.embedded import EmbeddedProvider
from pywry_auth.errors import AuthenticationError, ConfigError
from tests.screen import until
from tests.web_walker import Page, Walker


CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
NOWHERE = "http://127.0.0.1:9/callback"  # nobody listens there, and nobody has to


@pytest.fixture(scope="module")
def heard():
    return []


@pytest.fixture(scope="module")
def provider(heard):
    with EmbeddedProvider(access_ttl=7, on_event=heard.append) as running:
        yield running


@pytest.fixture
def browser():
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=20) as client:
        yield client


def authorize_url(provider, **more):
    params = {
        "client_id": provider.client_id,
        "response_type": "code",
        "redirect_uri": NOWHERE,
        "scope": "openid profile email",
        "state": "the-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return str(httpx.URL(f"{provider.issuer}/authorize/", params=params))


def code_of(provider):
    """Walk to the callback, where nobody listens, and read what it would have got."""
    account = {"user": provider.user, "password": provider.password, "deny": False}
    with Walker(provider.issuer, **account) as walker, pytest.raises(httpx.ConnectError) as refused:
        walker.to_callback(authorize_url(provider))
    return refused.value.request.url.params["code"]


def bought(provider, **fields):
    data = {"client_id": provider.client_id, **fields}
    return httpx.post(f"{provider.issuer}/token/", data=data, trust_env=False).json()


def with_code(provider):
    return bought(
        provider,
        grant_type="authorization_code",
        code=code_of(provider),
        redirect_uri=NOWHERE,
        code_verifier=VERIFIER,
    )


def test_it_sells_tokens_of_the_life_it_was_told(provider):
    assert with_code(provider)["expires_in"] == 7


def test_it_counts_only_refreshes_that_gave_tokens(provider):
    tokens = with_code(provider)
    before = provider.refreshes
    bought(provider, grant_type="refresh_token", refresh_token="made up")
    assert provider.refreshes == before
    bought(provider, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert provider.refreshes == before + 1


def test_what_it_tells_holds_no_secret(provider, heard):
    tokens = with_code(provider)
    bought(provider, grant_type=tokens["refresh_token"])  # a client that mixes its fields up
    until(lambda: '"grant_type": "other"' in json.dumps(heard), "the provider tells of it")
    told = json.dumps(heard[1:])  # the first line is for whoever started it
    for secret in (tokens["access_token"], tokens["refresh_token"], provider.password):
        assert secret not in told


def test_a_wrong_password_is_said_in_words(provider, browser):
    page = browser.get(authorize_url(provider))
    form = Page(str(page.url), page.text).forms[0]
    assert "Wrong user name or password" not in page.text
    answer = browser.post(
        form.action, data=form.fields | {"username": provider.user, "password": "wrong"}
    )
    assert "Wrong user name or password" in answer.text


def test_its_pages_load_nothing_and_cannot_be_framed(provider, browser):
    page = browser.get(authorize_url(provider))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    for loading in ("src=", "@import", "url(", "<link", "<script"):
        assert loading not in page.text


def test_a_broken_request_is_explained_on_a_page_of_its_own(provider, browser):
    page = browser.get(authorize_url(provider))
    form = Page(str(page.url), page.text).forms[0]
    account = {"username": provider.user, "password": provider.password}
    browser.post(form.action, data=form.fields | account)
    answer = browser.get(authorize_url(provider, redirect_uri="http://127.0.0.1/elsewhere"))
    assert answer.status_code == 400
    assert "This request cannot be answered" in answer.text


def test_it_listens_on_loopback_only(provider):
    assert provider.issuer.startswith("http://127.0.0.1:")


def test_it_ends_with_its_owner():
    running = EmbeddedProvider()
    running.stop()
    running.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.issuer, trust_env=False)


def test_without_the_extra_it_names_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError) as refused:
        EmbeddedProvider()
    assert refused.value.hint == 'pip install "pywry-auth[demo]"'


def test_a_provider_that_ends_at_once_is_reported(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(AuthenticationError, match="did not come up"):
        EmbeddedProvider()


def test_it_prints_one_ready_line_and_ends_at_end_of_file():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pywry_auth.demo.provider"],
        input=b"",
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[0])["ready"] is True
