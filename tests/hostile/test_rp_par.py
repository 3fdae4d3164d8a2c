"""FAPI 2.0, requests that are handed over first, resources by name."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from pywry_auth.providers.proving import speaking_with
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.testing.rows_par import RESOURCE_REJECTS_TWICE


AWAITED = pytest.mark.parametrize("awaited", [False, True], ids=["blocking", "awaited"])


def row_named(section: str, name: str) -> ConformanceRow:
    return next(row for row in SECTIONS[section] if row.name == name)


@AWAITED
@pytest.mark.parametrize("row", SECTIONS["fapi2"], ids=lambda row: row.name)
def test_fapi2(row: ConformanceRow, *, awaited: bool, holds: Callable[..., None]) -> None:
    holds(row, awaited=awaited)


@AWAITED
@pytest.mark.parametrize("row", SECTIONS["par"], ids=lambda row: row.name)
def test_par(row: ConformanceRow, *, awaited: bool, holds: Callable[..., None]) -> None:
    holds(row, awaited=awaited)


@AWAITED
@pytest.mark.parametrize("row", SECTIONS["resources"], ids=lambda row: row.name)
def test_resources(row: ConformanceRow, *, awaited: bool, holds: Callable[..., None]) -> None:
    holds(row, awaited=awaited)


def test_the_window_gets_nothing_but_the_name_of_the_request(party: Callable[..., object]) -> None:
    rp = party(row_named("par", "own-par-required"))
    opened: list[str] = []

    def show_window(url: str, config: dict[str, object]) -> str:
        opened.append(url)
        return rp.agent.show_window(url, config)

    rp.sign_in(show_window)
    assert sorted(parse_qs(urlsplit(opened[0]).query)) == ["client_id", "request_uri"]
    rp.must_behave()


REFUSED = [row for row in SECTIONS["par"] if row.error is not None]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_a_refusal_opens_no_window(row: ConformanceRow, party: Callable[..., object]) -> None:
    rp = party(row)
    opened: list[str] = []

    def show_window(url: str, _config: dict[str, object]) -> str:
        opened.append(url)
        return "window"

    with pytest.raises(row.error):
        rp.sign_in(show_window)
    assert opened == []


def test_a_window_that_is_opened_once_more_gets_a_request_of_its_own(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("par", "own-par-required"))

    async def twice() -> list[str]:
        from pywry_auth.pkce import PKCEChallenge
        from pywry_auth.protocol.authorization import AuthorizationRequest

        await rp.provider.prepare()
        attempt = AuthorizationRequest.begin(
            "http://127.0.0.1:9/callback",
            openid=True,
            pkce=PKCEChallenge.generate(),
            issuer=rp.issuer,
        )
        return [await rp.provider.authorization_url(attempt) for _ in range(2)]

    first, second = asyncio.run(twice())
    assert first != second
    one, other = (seen for seen in rp.op.requests(rp.mode) if seen.endpoint == "par")
    assert one.form == other.form
    rp.must_behave()


def test_doing_without_a_missing_endpoint_is_told(
    party: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    rp = party(row_named("par", "own-par-404-offered"))
    with caplog.at_level(logging.WARNING):
        rp.sign_in()
    assert "par.absent" in [record.message for record in caplog.records]


def test_resources_are_named_at_each_refresh_too(party: Callable[..., object]) -> None:
    rp = party(row_named("resources", "own-resources"))
    rp.sign_in()
    rp.refresh()
    for seen in rp.op.requests(rp.mode):
        if seen.endpoint in {"authorize", "token"}:
            named = [value for name, value in (*seen.query, *seen.form) if name == "resource"]
            assert named == list(rp.row.resources)
    rp.must_behave()


def test_a_resource_that_wants_fresher_tokens_gets_them(party: Callable[..., object]) -> None:
    rp = party(RESOURCE_REJECTS_TWICE)
    rp.sign_in()  # userinfo was refused: a profile is worth a warning, not the sign-in
    used = {rp.stored()["default"].refresh_token}
    for _ in range(2):
        rejected = rp.stored()["default"].access_token
        tokens = asyncio.run(rp.session.renew_rejected(rejected))
        assert tokens.access_token != rejected
        used.add(tokens.refresh_token)
    assert len(used) == 3

    async def ask() -> dict[str, object]:
        with speaking_with(await rp.session.dpop_key()):
            return await rp.provider.get_userinfo(rp.session.tokens.access_token)

    assert "sub" in asyncio.run(ask())
    rp.must_have_reached_userinfo_with(rp.stored()["default"].access_token)
    rp.must_behave()
