"""Applications on asyncio await a sign-in, and may give it up."""

import asyncio
import threading

import pytest

from pywry_auth.errors import ConfigError
from pywry_auth.flow import AuthFlowManager, AuthFlowState
from pywry_auth.providers import GitHubProvider


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
