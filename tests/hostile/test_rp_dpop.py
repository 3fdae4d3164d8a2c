"""Tokens that are bound to a key, from the first request to the last start."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from pywry_auth.errors import (
    ReauthRequiredError,
    RefreshTransportError,
    StoreUnavailableError,
    TokenRefreshError,
)
from pywry_auth.flow import AuthFlowManager
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.providers.proving import speaking_with
from pywry_auth.session import SessionManager
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.demands import Nonces
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.token_store.base import key_entry
from pywry_auth.tokens import OAuthTokenSet
from tests.fakes.window import FakeWindow, SeenPage


ENTRY = key_entry("default")
AWAITED = pytest.mark.parametrize("awaited", [False, True], ids=["blocking", "awaited"])
ROTATING = [
    row for row in SECTIONS["dpop"] if row.error is None and row.name.startswith("own-dpop-nonces")
]


def row_named(name: str) -> ConformanceRow:
    return next(row for row in SECTIONS["dpop"] if row.name == name)


@AWAITED
@pytest.mark.parametrize("row", SECTIONS["dpop"], ids=lambda row: row.name)
def test_dpop(row: ConformanceRow, *, awaited: bool, holds: Callable[..., None]) -> None:
    holds(row, awaited=awaited)


@pytest.mark.parametrize("row", ROTATING, ids=lambda row: row.name)
def test_every_refresh_and_every_use_is_proved_by_the_one_key(
    row: ConformanceRow, party: Callable[..., object]
) -> None:
    rp = party(row)
    rp.sign_in()
    key = rp.store.get(ENTRY).access_token
    for _ in range(3):
        tokens = rp.refresh()
        assert is_bound(tokens)
        asyncio.run(userinfo(rp))
        assert rp.store.get(ENTRY).access_token == key
    rp.must_behave()
    asked = [seen.endpoint for seen in rp.op.requests(rp.mode)]
    # told nonces are never asked for twice, silent ones each time
    repeats = {Nonces.STEADY: 1, Nonces.TOLD: 1}.get(row.conduct.proofs.nonces)
    pairs = [one for one, other in pairwise(asked) if one == other]
    assert repeats is None or len(pairs) == repeats
    assert repeats is not None or pairs.count("token") >= 3


async def userinfo(rp: object) -> dict[str, object]:
    with speaking_with(await rp.session.dpop_key()):
        return await rp.provider.get_userinfo(await rp.session.get_access_token())


def test_the_next_start_goes_on_with_the_stored_key(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-nonces-steady"))
    rp.sign_in()
    rp.session = rp.new_session()
    assert asyncio.run(rp.session.initialize()) is not None
    assert is_bound(rp.refresh())
    assert "sub" in asyncio.run(userinfo(rp))
    rp.must_behave()


def test_the_next_sign_in_goes_on_with_the_stored_key(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    rp.sign_in()
    before = rp.store.get(ENTRY).access_token
    rp.sign_in()
    assert rp.store.get(ENTRY).access_token == before
    rp.must_behave()


def test_each_session_of_one_provider_has_a_key_of_its_own(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    rp.sign_in()
    first = rp.session
    rp.session = second = SessionManager(rp.provider, rp.store, "second")
    rp.sign_in()
    assert rp.store.get(ENTRY).access_token != rp.store.get(key_entry("second")).access_token

    async def both() -> list[OAuthTokenSet]:
        return list(await asyncio.gather(first.refresh(), second.refresh()))

    assert all(is_bound(tokens) for tokens in asyncio.run(both()))
    rp.must_behave()
    asyncio.run(first.logout(revoke=False))


def test_nobody_sees_the_key_among_the_accounts_or_in_words(
    party: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    rp = party(row_named("own-dpop-required"))
    with caplog.at_level(logging.DEBUG):
        rp.sign_in()
        rp.refresh()
    assert asyncio.run(rp.store.list_keys()) == ["default"]
    secret = json.loads(rp.store.get(ENTRY).access_token)["d"]
    said = "".join(f"{vars(record)}" for record in caplog.records)
    key = asyncio.run(rp.session.dpop_key())
    assert secret not in f"{caplog.text}{said}{rp.session!r}{rp.store.get(ENTRY)!r}{key!r}"


def test_signing_out_takes_the_key_along(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    rp.sign_in()
    asyncio.run(rp.session.logout())
    assert rp.store.get(ENTRY) is None
    assert rp.stored() == {}
    rp.must_behave()


def damaged(tokens: OAuthTokenSet) -> OAuthTokenSet:
    return replace(tokens, access_token=tokens.access_token[:-20])


@pytest.mark.parametrize("damage", [lambda _: None, damaged], ids=["lost", "damaged"])
def test_a_key_that_is_gone_is_never_replaced_and_ends_the_session_at_the_refusal(
    damage: Callable[[OAuthTokenSet], OAuthTokenSet | None], party: Callable[..., object]
) -> None:
    rp = party(row_named("own-dpop-required"))
    rp.sign_in()
    left = damage(rp.store.get(ENTRY))
    rp.store.drop(ENTRY) if left is None else rp.store.put(ENTRY, left)
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    assert asyncio.run(rp.session.dpop_key()) is None
    calls = rp.calls().count("token")
    with pytest.raises(ReauthRequiredError, match="key") as caught:
        rp.refresh()
    assert type(caught.value) is ReauthRequiredError
    assert rp.calls().count("token") == calls + 1
    assert not rp.op.requests(rp.mode)[-1].header("dpop")
    assert rp.store.get(ENTRY) == left


def test_where_a_proof_is_required_a_lost_key_ends_the_session_without_a_word(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-required-by-both"))
    rp.sign_in()
    rp.store.drop(ENTRY)
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    calls = rp.calls()
    with pytest.raises(ReauthRequiredError):
        rp.refresh()
    assert rp.calls() == calls


def test_a_store_that_cannot_be_read_just_now_costs_no_session(
    party: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rp = party(row_named("own-dpop-required"))
    old = rp.sign_in().tokens
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    load = rp.store.load

    async def locked(key: str) -> OAuthTokenSet | None:
        if key == ENTRY:
            raise StoreUnavailableError("the keyring is locked")
        return await load(key)

    monkeypatch.setattr(rp.store, "load", locked)
    calls = rp.calls()
    with pytest.raises(RefreshTransportError, match="locked"):
        rp.refresh()
    assert rp.calls() == calls
    assert rp.stored() == {"default": old}
    monkeypatch.undo()
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    assert is_bound(rp.refresh())


def test_a_proof_that_is_refused_costs_no_session(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    old = rp.sign_in().tokens
    conduct = rp.row.conduct
    refusal = row_named("own-dpop-proof-refused").conduct.replies["token"]
    rp.op.program(rp.mode, replace(conduct, replies={"refresh": refusal}))
    with pytest.raises(TokenRefreshError) as caught:
        rp.refresh()
    assert type(caught.value) is TokenRefreshError
    assert rp.stored() == {"default": old}
    rp.op.program(rp.mode, conduct)
    assert is_bound(rp.refresh())


def test_a_stranger_s_key_buys_nothing(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    tokens = rp.sign_in().tokens

    async def steal() -> None:
        with speaking_with(DPoPKey.draw()):
            await rp.provider.refresh_tokens(tokens.refresh_token)

    with pytest.raises(TokenRefreshError):
        asyncio.run(steal())


def test_tokens_that_are_bound_stay_so_when_the_setting_changes(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-offered"))
    rp.sign_in()
    rp.row = replace(rp.row, dpop=FeatureUse.OFF)
    rp.provider = GenericOIDCProvider(rp.row.conduct.client.client_id, "", rp.issuer, ["openid"])
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    assert is_bound(rp.refresh())
    rp.must_behave()


def test_tokens_that_are_not_bound_stay_so_when_the_setting_changes(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-off"))
    rp.sign_in()
    rp.provider = GenericOIDCProvider(
        rp.row.conduct.client.client_id,
        "",
        rp.issuer,
        ["openid"],
        dpop=FeatureUse.WHEN_ANNOUNCED,
    )
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    assert not is_bound(rp.refresh())
    rp.must_behave()


def test_a_downgrade_is_told_and_leaves_the_key_to_the_refresh_token_alone(
    party: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    rp = party(row_named("own-dpop-downgraded"))
    with caplog.at_level(logging.WARNING):
        tokens = rp.sign_in().tokens
    assert "dpop.downgraded" in [record.message for record in caplog.records]
    assert tokens.authorization_header.startswith("Bearer ")
    assert (rp.store.get(ENTRY) is None) == (tokens.refresh_token is None)
    assert asyncio.run(rp.session.dpop_key()) is None


def test_the_key_is_written_before_the_tokens_that_need_it(
    party: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rp = party(row_named("own-dpop-required"))
    written: list[str] = []
    save = rp.store.save

    async def noting(key: str, tokens: OAuthTokenSet) -> None:
        written.append(key)
        await save(key, tokens)

    monkeypatch.setattr(rp.store, "save", noting)
    rp.sign_in()
    assert written == [ENTRY, "default"]


def test_a_key_that_another_process_signed_in_with_takes_the_place_of_ours(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-required"))
    rp.sign_in()
    first = rp.session
    old = asyncio.run(first.dpop_key())
    rp.session = second = rp.new_session()  # as in another process
    asyncio.run(second.initialize())
    asyncio.run(second.logout())
    rp.sign_in()
    new = asyncio.run(second.dpop_key())
    assert new != old
    rejected = first.tokens.access_token
    assert asyncio.run(first.renew_rejected(rejected)) == second.tokens
    assert asyncio.run(first.dpop_key()) == new
    assert is_bound(asyncio.run(first.refresh()))
    rp.must_behave()
    asyncio.run(first.logout(revoke=False))


def test_tokens_are_never_stored_without_the_key_they_need(
    party: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rp = party(row_named("own-dpop-required"))
    save = rp.store.save

    async def refusing(key: str, tokens: OAuthTokenSet) -> None:
        if key == ENTRY:
            raise StoreUnavailableError("the keyring is locked")
        await save(key, tokens)

    monkeypatch.setattr(rp.store, "save", refusing)
    assert rp.sign_in().success
    assert rp.stored() == {}
    assert is_bound(rp.refresh())  # what is held goes on
    assert rp.stored() == {}
    monkeypatch.undo()
    tokens = rp.refresh()
    assert rp.stored() == {"default": tokens}
    assert rp.store.get(ENTRY) is not None
    rp.session = rp.new_session()
    asyncio.run(rp.session.initialize())
    assert is_bound(rp.refresh())
    rp.must_behave()


def test_a_page_that_is_opened_once_more_is_for_the_same_key(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-nonces-told-par"))
    asked: list[str | None] = []

    def open_elsewhere(page: SeenPage) -> None:
        asked.extend([page.url, page.listener.fresh_url()])
        rp.agent.walk(asked[-1])

    manager = AuthFlowManager(
        rp.provider, session_manager=rp.session, window=FakeWindow(open_elsewhere)
    )
    assert manager.run_native().success
    assert asked[0] != asked[1]
    *_, one, other = (seen for seen in rp.op.requests(rp.mode) if seen.endpoint == "par")
    assert one.form == other.form
    assert one.header("dpop") != other.header("dpop")
    rp.must_behave()


def test_a_store_of_its_own_gets_the_key_beside_the_tokens(party: Callable[..., object]) -> None:
    rp = party(row_named("own-dpop-required"))
    manager = AuthFlowManager(rp.provider, rp.store)
    result = manager.run_native(rp.agent.show_window, rp.agent.close_window)
    (key,) = asyncio.run(rp.store.list_keys())
    rp.session = SessionManager(rp.provider, rp.store, key)
    assert asyncio.run(rp.session.initialize()) == result.tokens
    assert is_bound(rp.refresh())
    rp.must_behave()


def test_a_key_that_was_taken_out_of_the_store_is_written_again_with_new_tokens(
    party: Callable[..., object],
) -> None:
    rp = party(row_named("own-dpop-required"))
    tokens = rp.sign_in().tokens
    key = asyncio.run(rp.session.dpop_key())
    rp.store.drop(ENTRY)
    with speaking_with(key):
        asyncio.run(rp.session.save_tokens(tokens))
    assert json.loads(rp.store.get(ENTRY).access_token) == json.loads(key.to_text())
