"""Applications on asyncio await a sign-in, and may give it up."""

import asyncio
import threading
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pywry_auth.errors import ConfigError
from pywry_auth.flow import AuthFlowManager, AuthFlowState
from pywry_auth.providers import GitHubProvider
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet


def test_whoever_gives_up_the_wait_ends_the_sign_in():
    opened = threading.Event()
    closed = []

    def show(_url, _config):
        opened.set()
        return "label"

    flow = AuthFlowManager(GitHubProvider("client"), auth_timeout=60)

    async def application():
        task = asyncio.create_task(flow.arun_native(show, closed.append))
        await asyncio.to_thread(opened.wait, 20)
        ticks = 0
        while ticks < 3:
            await asyncio.sleep(0.01)  # the loop goes on meanwhile
            ticks += 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(application())
    assert flow.flow_state is AuthFlowState.CANCELLED
    assert closed == ["label"]


def test_a_window_may_be_named_by_a_word():
    flow = AuthFlowManager(GitHubProvider("client"), window="browser")
    assert flow.flow_state is AuthFlowState.PENDING
    with pytest.raises(ConfigError, match="none of auto, webview, browser, paste"):
        AuthFlowManager(GitHubProvider("client"), window="porthole")


def test_scopes_may_be_one_line():
    assert GitHubProvider("client", scopes="read:user  repo").scopes == ["read:user", "repo"]


def test_tracebacks_say_what_to_do():
    with pytest.raises(ConfigError) as caught:
        GitHubProvider("")
    assert caught.value.__notes__ == ["hint: register the application first"]


def test_giving_up_while_tokens_are_being_kept_comes_too_late():
    """Somebody who is signed in is signed in, and told so."""
    keeping, may_go_on = threading.Event(), threading.Event()

    class SlowStore(MemoryTokenStore):
        async def save(self, key, tokens):
            keeping.set()
            await asyncio.to_thread(may_go_on.wait, 20)
            await super().save(key, tokens)

    class Quick(GitHubProvider):
        async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
            del code, redirect_uri, pkce_verifier, nonce
            return OAuthTokenSet("token", expires_in=60)

        async def get_userinfo(self, access_token):
            del access_token
            return {"id": 7}

    def show(url, _config):
        asked = parse_qs(urlsplit(url).query)
        answer = f"{asked['redirect_uri'][0]}?code=c&state={asked['state'][0]}"
        threading.Thread(target=httpx.get, args=(answer,)).start()
        return "label"

    store = SlowStore()
    flow = AuthFlowManager(Quick("client"), store, auth_timeout=20)

    def give_up():
        keeping.wait(20)
        flow.cancel()
        may_go_on.set()

    threading.Thread(target=give_up).start()
    result = flow.run_native(show)
    assert result.success
    assert flow.flow_state is AuthFlowState.COMPLETED
    assert len(asyncio.run(store.list_keys())) == 1
