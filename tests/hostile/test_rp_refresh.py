"""Refreshed tokens replace the old ones only when everything about them is right."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from pywry_auth.errors import ReauthRequiredError, RefreshTransportError
from pywry_auth.testing import RefreshPolicy
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.tokens import OAuthTokenSet


GOOD = [row for row in SECTIONS["refresh"] if row.error is None]
BAD = [row for row in SECTIONS["refresh"] if row.error is not None]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.name)
def test_refresh_is_accepted(row: ConformanceRow, party: Callable[..., object]) -> None:
    rp = party(row)
    old = rp.sign_in().tokens
    new = rp.refresh()
    assert new.access_token != old.access_token
    assert new.refresh_token is not None
    assert new.id_token is not None
    assert rp.stored() == {"default": new}
    userinfo = asyncio.run(rp.provider.get_userinfo(new.access_token))
    assert "sub" in userinfo
    rp.must_have_reached_userinfo_with(new.access_token)
    rp.must_behave()


def test_the_newest_refresh_token_is_used_each_time(party: Callable[..., object]) -> None:
    rp = party(next(row for row in GOOD if row.conduct.refresh is RefreshPolicy.DETECT_REUSE))
    seen = {rp.sign_in().tokens.refresh_token}
    for _ in range(3):
        seen.add(rp.refresh().refresh_token)
    assert len(seen) == 4
    rp.must_behave()


def test_no_new_refresh_token_and_no_id_token_keep_the_old(party: Callable[..., object]) -> None:
    for member in ("refresh_token", "id_token"):
        rp = party(next(row for row in GOOD if member in row.conduct.refreshed))
        old, new = rp.sign_in().tokens, rp.refresh()
        kept = {"refresh_token": new.refresh_token, "id_token": new.id_token}
        before = {"refresh_token": old.refresh_token, "id_token": old.id_token}
        assert kept[member] == before[member]


def row_keeps(row: ConformanceRow, old: OAuthTokenSet) -> OAuthTokenSet:
    """Give what must still be stored: everything, but never a refresh token known to be dead."""
    return replace(old, refresh_token=None) if row.error is ReauthRequiredError else old


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_refresh_is_refused(row: ConformanceRow, party: Callable[..., object]) -> None:
    rp = party(row)
    rp.sign_in()
    before, start = rp.stored(), len(rp.calls())
    with pytest.raises(row.error) as caught:
        rp.refresh()
    assert type(caught.value) is row.error
    rp.must_be_silent()
    calls = rp.calls()[start:]
    assert set(calls) <= rp.row.allowed - {"userinfo"}
    assert calls.count("token") == 1
    assert rp.stored() == {"default": row_keeps(row, before["default"])}
    if row.says is not None:
        assert caught.value.error == row.says
    rp.must_keep_secrets(caught.value)
    rp.must_behave()


def test_a_refused_refresh_token_is_not_sent_again(party: Callable[..., object]) -> None:
    rp = party(next(row for row in BAD if row.error is ReauthRequiredError))
    rp.sign_in()
    for _ in range(2):
        with pytest.raises(ReauthRequiredError):
            rp.refresh()
    assert rp.calls().count("token") == 2


def test_after_a_failure_the_same_session_can_still_be_renewed(
    party: Callable[..., object],
) -> None:
    rp = party(next(row for row in BAD if row.name == "own-refresh-500"))
    rp.sign_in()
    with pytest.raises(rp.row.error):
        rp.refresh()
    rp.op.program(rp.mode, GOOD[0].conduct)
    renewed = rp.refresh()
    assert rp.stored() == {"default": renewed}
    rp.must_behave()


@pytest.mark.parametrize("name", ["own-refresh-503", "own-refresh-429"])
def test_a_server_that_asks_to_wait_is_not_asked_again_before(
    name: str, party: Callable[..., object]
) -> None:
    rp = party(next(row for row in BAD if row.name == name))
    old = rp.sign_in().tokens
    for _ in range(3):
        with pytest.raises(RefreshTransportError) as caught:
            rp.refresh()
        assert 1 <= caught.value.retry_after <= 5
    assert rp.calls().count("token") == 2
    assert rp.stored() == {"default": old}


ONE_OF_EACH = [
    row
    for row in BAD
    if row.name in {"own-refresh-invalid-grant", "own-refresh-503", "own-refresh-400-empty"}
]


def ended(rp: object) -> OAuthTokenSet:
    """Sign in, and let the stored access token be one that ended a minute ago."""
    tokens = rp.sign_in().tokens
    old = replace(tokens, expires_in=60, issued_at=tokens.issued_at - 120)
    rp.store.put("default", old)
    return old


@pytest.mark.parametrize("row", ONE_OF_EACH, ids=lambda row: row.name)
def test_a_start_gives_none_only_when_the_session_was_ended(
    row: ConformanceRow, party: Callable[..., object]
) -> None:
    rp = party(row)
    old = ended(rp)
    session = rp.new_session()
    found = asyncio.run(session.initialize())
    assert found == (None if row.error is ReauthRequiredError else old)
    asyncio.run(session.logout(revoke=False))


@pytest.mark.parametrize("row", ONE_OF_EACH, ids=lambda row: row.name)
def test_an_ended_access_token_is_never_handed_out(
    row: ConformanceRow, party: Callable[..., object]
) -> None:
    rp = party(row)
    ended(rp)
    asked: list[str] = []
    session = rp.new_session(lambda: asked.append("sign in"))
    with pytest.raises(row.error) as caught:
        asyncio.run(session.get_access_token())
    assert type(caught.value) is row.error
    rp.must_be_silent()
    assert asked == (["sign in"] if row.error is ReauthRequiredError else [])
    asyncio.run(session.logout(revoke=False))


def test_a_refused_refresh_is_tried_again_at_once_only_by_a_new_sign_in(
    party: Callable[..., object],
) -> None:
    rp = party(GOOD[0])
    rp.sign_in()
    rp.op.end_sessions(rp.mode)
    with pytest.raises(ReauthRequiredError):
        rp.refresh()
    rp.sign_in()
    assert rp.refresh().access_token
    rp.must_behave()


def test_many_callers_cause_one_refresh(party: Callable[..., object]) -> None:
    rp = party(next(row for row in GOOD if row.conduct.refresh is RefreshPolicy.DETECT_REUSE))
    rp.sign_in()

    async def all_at_once() -> list[OAuthTokenSet]:
        return await asyncio.gather(*(rp.session.refresh() for _ in range(20)))

    assert len({tokens.access_token for tokens in asyncio.run(all_at_once())}) == 1
    assert rp.calls().count("token") == 2
    rp.must_behave()
