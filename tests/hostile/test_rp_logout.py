"""Signing out on the provider's page, with a provider that sends people back as it likes."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from pywry_auth.flow import LogoutFlow, LogoutResult, LogoutState
from pywry_auth.testing import Conduct, RefreshPolicy
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.testing.rows_logout import LOGOUT, LogoutRow
from tests.relying_party import SHORT, TIMEOUT


def log_out(rp: object, **options: object) -> LogoutResult:
    patient = options.pop("patient", True)
    flow = LogoutFlow(rp.session, timeout=TIMEOUT if patient else SHORT)
    return flow.run(rp.agent.show_window, rp.agent.close_window, **options)


@pytest.mark.parametrize("row", LOGOUT, ids=lambda row: row.name)
def test_logout(
    row: LogoutRow, party: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    rp = party(ConformanceRow(row.name, row.conduct))
    rp.sign_in()
    with caplog.at_level(logging.DEBUG):
        result = log_out(rp, patient=row.state is LogoutState.CONFIRMED)
    assert result.state is row.state
    assert result.confirmed is (row.state is LogoutState.CONFIRMED)
    assert rp.stored() == {}
    assert rp.session.tokens is None
    assert rp.calls().count("logout") == (1 if row.asks else 0)
    rp.must_be_silent()
    rp.must_behave()
    said = "".join(f"{vars(record)}" for record in caplog.records)
    rp.must_not_be_said_in(caplog.text + said + result.reason)


def test_the_session_here_ends_before_the_provider_is_asked(party: Callable[..., object]) -> None:
    rp = party(ConformanceRow("own-logout-order", Conduct(refresh=RefreshPolicy.ROTATE)))
    rp.sign_in()
    id_token = rp.stored()["default"].id_token
    assert log_out(rp).confirmed
    assert rp.calls()[-3:] == ["revoke", "revoke", "logout"]
    sent = next(s for s in rp.op.requests(rp.mode) if s.endpoint == "logout").params
    assert sent["id_token_hint"] == id_token
    assert sent["client_id"] == "rp-client"


def test_the_next_start_of_the_application_may_sign_out(party: Callable[..., object]) -> None:
    rp = party(ConformanceRow("own-logout-later", Conduct(refresh=RefreshPolicy.ROTATE)))
    rp.sign_in()
    rp.session = rp.new_session()
    assert log_out(rp, revoke=False).confirmed
    assert "revoke" not in rp.calls()
    assert rp.stored() == {}
    rp.must_behave()


def test_an_awaited_logout_is_the_same(party: Callable[..., object]) -> None:
    rp = party(ConformanceRow("own-logout-awaited", Conduct(refresh=RefreshPolicy.ROTATE)))
    rp.sign_in()
    flow = LogoutFlow(rp.session, timeout=TIMEOUT)
    assert asyncio.run(flow.arun(rp.agent.show_window, rp.agent.close_window)).confirmed
    assert rp.stored() == {}
    rp.must_behave()
