"""A sign-in with a code, at providers that do everything right or one thing wrong."""

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, field

import pytest

from pywry_auth.errors import AuthError
from pywry_auth.flow import AuthFlowResult, DeviceFlow
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing import Conduct, ProgrammableProvider, RefreshPolicy
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.rows_device import DEVICE, DeviceRow
from pywry_auth.testing.virtual_loop import driving
from pywry_auth.token_store import MemoryTokenStore
from tests.relying_party import chain


GOOD = [row for row in DEVICE if row.error is None]
BAD = [row for row in DEVICE if row.error is not None]
DEADLINE = 20.0  # real seconds; nothing here takes that long
QUIET = 120.0  # virtual seconds in which a client that goes on after the end would be seen


@dataclass
class DeviceParty:
    """One application at an issuer that behaves as *row* says, with time turned by hand."""

    op: ProgrammableProvider
    clock: VirtualClock
    row: DeviceRow
    shown: list[DevicePrompt] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    store: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    _begun_at: float = 0.0

    def __post_init__(self) -> None:
        issuer = self.op.add(self.row.name, self.row.conduct)
        self.provider = Noted(self, issuer)
        self.session = SessionManager(self.provider, self.store, clock=self.clock)
        self.flow = DeviceFlow(
            self.provider, session_manager=self.session, show=self.show, clock=self.clock
        )

    def show(self, prompt: DevicePrompt) -> None:
        self._begun_at = self.clock.monotonic()
        self.shown.append(prompt)

    def note_question(self) -> None:
        self.asked_at.append(self.clock.monotonic() - self._begun_at)

    def sign_in(self) -> AuthFlowResult | BaseException:
        """Run the flow on a thread of its own, while the clock is turned second by second."""
        ended = []

        def run() -> None:
            try:
                ended.append(self.flow.run())
            except AuthError as exc:
                ended.append(exc)

        thread = threading.Thread(target=run)
        thread.start()
        until = time.monotonic() + DEADLINE
        while thread.is_alive():
            assert time.monotonic() < until, "it does not end"
            # A loaded machine takes its time to answer; until then no virtual time goes by.
            waits = bool(self.shown) and not self.provider.in_flight
            self.clock.advance(1.0 if waits else 0.0)
            thread.join(0.002)
        return ended[0]

    def stored(self) -> dict[str, object]:
        return {key: self.store.get(key) for key in asyncio.run(self.store.list_keys())}

    def calls(self) -> list[str]:
        return self.op.calls(self.row.name)

    def secrets(self) -> set[str]:
        return set(self.op.issued(self.row.name))


class Noted(GenericOIDCProvider):
    """Writes down when the token endpoint is asked."""

    def __init__(self, party: DeviceParty, issuer: str) -> None:
        super().__init__(
            party.row.conduct.client.client_id,
            issuer_url=issuer,
            scopes=["openid"],
            clock=party.clock,
        )
        self._party = party
        self.in_flight = 0

    async def _send(self, request, *, within):
        self.in_flight += 1
        try:
            return await super()._send(request, within=within)
        finally:
            self.in_flight -= 1

    async def ask_device(self, device_code: str):
        self._party.note_question()
        return await super().ask_device(device_code)


@pytest.fixture
def party():
    with driving(VirtualClock()) as clock, ProgrammableProvider(clock=clock) as op:
        parties = []

        def open_party(row: DeviceRow) -> DeviceParty:
            parties.append(DeviceParty(op, clock, row))
            return parties[-1]

        yield open_party
        for each in parties:
            asyncio.run(each.session.logout(revoke=False))
            asyncio.run(each.provider.close())


def must_have_asked_in_time(rp: DeviceParty) -> None:
    if rp.row.asked_at is not None:
        assert rp.asked_at == list(rp.row.asked_at)
    assert rp.op.violations(rp.row.name) == []


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.name)
def test_a_person_with_a_code_is_signed_in(row, party, caplog):
    rp = party(row)
    with caplog.at_level(logging.DEBUG):
        result = rp.sign_in()
    assert isinstance(result, AuthFlowResult), result
    assert rp.stored() == {"default": result.tokens}
    assert result.user_info["sub"] == result.tokens.origin.subject
    assert result.scopes is not None
    must_have_asked_in_time(rp)
    (prompt,) = rp.shown
    assert prompt.verification_uri.startswith(rp.provider.issuer_url)
    assert prompt.scanned_uri.startswith(prompt.verification_uri)
    must_not_say(rp, caplog)


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_a_fault_ends_it_with_nothing_kept(row, party, caplog):
    rp = party(row)
    with caplog.at_level(logging.DEBUG):
        error = rp.sign_in()
    assert type(error) is row.error, error
    if row.says is not None:
        assert error.error == row.says
    before = rp.calls()
    assert set(before) <= row.allowed
    assert row.last in before
    rp.clock.advance(QUIET)
    assert rp.calls() == before
    assert rp.stored() == {}
    assert len(rp.shown) == (0 if row.last == "device_authorization" else 1)
    must_have_asked_in_time(rp)
    must_not_say(rp, caplog, "".join(f"{part!s}{part!r}" for part in chain(error)))


def must_not_say(rp: DeviceParty, caplog, text: str = "") -> None:
    said = text + caplog.text + "".join(f"{vars(record)}" for record in caplog.records)
    assert not [secret for secret in rp.secrets() if secret in said]


def test_the_tokens_of_a_device_are_renewed_like_any_other(party):
    rp = party(DeviceRow("own-device-renewed", Conduct(refresh=RefreshPolicy.DETECT_REUSE)))
    first = rp.sign_in().tokens
    second = asyncio.run(rp.session.refresh())
    assert second.access_token != first.access_token
    assert rp.stored() == {"default": second}
    assert rp.op.violations(rp.row.name) == []
