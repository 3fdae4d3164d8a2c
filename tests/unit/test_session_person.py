"""``on_reauth_required`` may use the session that calls it."""

import asyncio

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.errors import ReauthRequiredError
from pywry_auth.runtime import LOOP
from pywry_auth.session import SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore


@pytest.mark.parametrize(
    "call",
    [asyncio.run, LOOP.run],
    ids=["on a loop of its own", "on the package's loop"],
)
def test_asking_for_a_token_while_being_asked_for_one_does_not_hang(call):
    clock = VirtualClock()
    provider = ScriptedProvider(clock)
    provider.script = [ReauthRequiredError("refused", error="invalid_grant")]
    heard = []

    def on_reauth_required():
        try:
            call(session.get_access_token())
        except ReauthRequiredError as exc:
            heard.append(exc.error)

    session = SessionManager(
        provider, MemoryTokenStore(), clock=clock, on_reauth_required=on_reauth_required
    )

    async def journey():
        await session.save_tokens(provider.tokens(expires_in=60))
        clock.advance(61)
        with pytest.raises(ReauthRequiredError):
            await asyncio.wait_for(session.get_access_token(), 20)

    asyncio.run(journey())
    assert heard == ["invalid_grant"]


@pytest.mark.parametrize("takes_up", [True, False], ids=["taken up by the call", "only stored"])
def test_a_sign_in_of_another_program_meanwhile_is_the_answer(takes_up):
    clock = VirtualClock()
    provider = ScriptedProvider(clock)
    provider.script = [ReauthRequiredError("refused", error="invalid_grant")]
    store = MemoryTokenStore()
    theirs = []

    def on_reauth_required():
        theirs.append(provider.tokens())
        store.put("default", theirs[0])
        if takes_up:
            asyncio.run(session.initialize())

    session = SessionManager(provider, store, clock=clock, on_reauth_required=on_reauth_required)

    async def journey():
        await session.save_tokens(provider.tokens(expires_in=60))
        clock.advance(61)
        return await asyncio.wait_for(session.get_access_token(), 20)

    assert asyncio.run(journey()) == theirs[0].access_token
    assert session.tokens == theirs[0]
