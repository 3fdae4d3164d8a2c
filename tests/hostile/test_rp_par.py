"""FAPI 2.0, requests that are handed over first, resources by name."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pywry_auth.http_auth.httpx_auth import HttpxAuth
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


@AWAITED
def test_a_resource_that_wants_fresher_tokens_gets_them(
    *, awaited: bool, party: Callable[..., object]
) -> None:
    rp = party(RESOURCE_REJECTS_TWICE, awaited=awaited)
    rp.sign_in()  # userinfo was refused: a profile is worth a warning, not the sign-in
    used = [rp.stored()["default"].refresh_token]
    auth = HttpxAuth(rp.session, allowed_origins=[rp.op.base_url])
    for status in (401, 200):
        before = rp.calls().count("userinfo")
        assert ask(rp, auth, awaited=awaited) == status
        # once more with fresh tokens, once more with the nonce that came meanwhile, never again
        assert rp.calls().count("userinfo") <= before + 3
        used.append(rp.stored()["default"].refresh_token)
    assert len(set(used)) == 3
    rp.must_have_reached_userinfo_with(rp.stored()["default"].access_token)
    rp.must_behave()


def ask(rp: object, auth: HttpxAuth, *, awaited: bool) -> int:
    """Ask the resource as an application does."""
    if not awaited:
        with httpx.Client(auth=auth, trust_env=False) as client:
            return client.get(rp.provider.userinfo_url).status_code

    async def asking() -> int:
        async with httpx.AsyncClient(auth=auth, trust_env=False) as client:
            return (await client.get(rp.provider.userinfo_url)).status_code

    return asyncio.run(asking())
