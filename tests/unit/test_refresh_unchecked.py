"""A session is not lost because an ID token cannot be checked just now."""

import asyncio
from dataclasses import replace

import pytest

from pywry_auth.clock import SystemClock
from pywry_auth.errors import RefreshTransportError, TokenRefreshError
from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing import (
    Append,
    Conduct,
    FromNow,
    HeadlessAgent,
    ProgrammableProvider,
    RefreshPolicy,
    Reply,
    Signing,
    Tamper,
)
from pywry_auth.token_store import MemoryTokenStore


STRICT = Conduct(refresh=RefreshPolicy.DETECT_REUSE)
NO_KEYS = replace(STRICT, replies={"jwks": Reply(503)})


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider() as provider:
        yield provider


class Party:
    """An application that signed in at a provider of its own, then was started again."""

    def __init__(self, op, mode, conduct=STRICT):
        self.op, self.mode = op, mode
        self.issuer = op.add(mode, conduct)
        self.store = MemoryTokenStore()
        self.events = []
        agent = HeadlessAgent()
        self.notices = []
        AuthFlowManager(
            self.provider(), session_manager=self.session(), on_notice=self.notices.append
        ).run_native(agent.show_window, agent.close_window)
        agent.join()
        self.started_again = self.session()

    def provider(self):
        return GenericOIDCProvider("rp-client", issuer_url=self.issuer)

    def session(self):
        return SessionManager(self.provider(), self.store, on_event=self.events.append)

    @property
    def stored(self):
        return self.store.get("default")

    def refresh(self):
        return asyncio.run(self.started_again.refresh())

    def token_calls(self):
        return self.op.calls(self.mode).count("token")

    def must_behave(self):
        assert self.op.violations(self.mode) == []


def test_keys_that_cannot_be_had_are_missed_before_the_refresh_token_is_spent(op):
    party = Party(op, "keys-first")
    before, calls = party.stored, party.token_calls()
    op.program(party.mode, NO_KEYS)
    with pytest.raises(RefreshTransportError):
        party.refresh()
    assert party.stored == before
    assert party.token_calls() == calls
    op.program(party.mode, STRICT)
    assert party.refresh().refresh_token != before.refresh_token
    party.must_behave()


def test_an_id_token_whose_key_cannot_be_had_counts_as_one_that_did_not_come(op):
    party = Party(op, "keys-later")
    party.refresh()
    before = party.stored
    op.rotate_keys(party.mode)
    op.program(party.mode, NO_KEYS)
    renewed = party.refresh()
    assert renewed.refresh_token != before.refresh_token
    assert renewed.id_token == before.id_token  # the one that was checked
    assert party.stored == renewed
    op.program(party.mode, STRICT)
    assert party.refresh().refresh_token != renewed.refresh_token
    party.must_behave()


def test_two_rotations_in_one_minute_lose_nothing(op):
    party = Party(op, "keys-twice")
    tokens = [party.refresh()]
    for _ in range(3):  # the keys are read again once a minute only
        op.rotate_keys(party.mode)
        tokens.append(party.refresh())
    assert len({each.refresh_token for each in tokens}) == 4
    assert party.stored == tokens[-1]
    party.must_behave()


def test_a_signature_that_is_wrong_is_still_refused(op):
    party = Party(op, "flipped")
    party.refresh()
    before = party.stored
    op.program(party.mode, replace(STRICT, refreshed_signing=Signing(tamper=Tamper.FLIPPED)))
    with pytest.raises(TokenRefreshError) as caught:
        party.refresh()
    assert not isinstance(caught.value, RefreshTransportError)
    assert party.stored == before


@pytest.mark.parametrize("skew", [-172_800.0, -420.0, 420.0, 172_800.0])
def test_a_clock_that_is_off_signs_in_and_stays_signed_in(op, skew):
    party = Party(op, f"skew{skew:+g}", replace(STRICT, skew=skew))
    for _ in range(2):
        renewed = party.refresh()
        assert party.stored == renewed
        assert abs(renewed.clock_offset - skew) <= 2
    told = [event.clock_offset for event in party.events if event.name == "clock_is_off"]
    assert len(told) == 2
    way = "slow" if skew > 0 else "fast"
    assert [way in notice for notice in party.notices] == [True]
    party.must_behave()


class JumpingProvider(GenericOIDCProvider):
    """Its machine's clock is set while the answer to a refresh is read."""

    jump = 0.0

    async def _ask_token_endpoint(self, *args, **options):
        reply = await super()._ask_token_endpoint(*args, **options)
        self._clock.shift += self.jump
        return reply


class ShiftedClock(SystemClock):
    shift = 0.0

    def now(self):
        return super().now() + self.shift


@pytest.mark.parametrize("jump", [-172_800.0, -1000.0, 1000.0, 172_800.0])
def test_a_clock_set_while_the_answer_is_read_loses_nothing(op, jump):
    party = Party(op, f"jump{jump:+g}")
    provider = JumpingProvider("rp-client", issuer_url=party.issuer, clock=ShiftedClock())
    session = SessionManager(provider, party.store)
    asyncio.run(session.refresh())
    provider.jump = jump
    before = party.stored
    renewed = asyncio.run(session.refresh())
    assert renewed.refresh_token != before.refresh_token
    assert party.stored == renewed
    provider.jump = 0.0
    assert asyncio.run(session.refresh()) != renewed
    party.must_behave()


def test_an_untimely_id_token_of_somebody_else_is_still_refused(op):
    party = Party(op, "untimely")
    before = party.stored
    edits = {"exp": FromNow(-5000), "sub": Append("1")}
    op.program(party.mode, replace(STRICT, refreshed_id_token=edits))
    with pytest.raises(TokenRefreshError):
        party.refresh()
    assert party.stored == before
