"""Signing out ends the session at the provider, and here whatever the provider says."""

import asyncio
from collections.abc import Callable

import pytest

from pywry_auth.session import SessionEvent, SessionManager
from pywry_auth.testing import ClientAuthMethod, Conduct, RefreshPolicy, Registration, Reply
from pywry_auth.testing.row import ConformanceRow


CLIENTS = [
    Registration(),
    Registration(client_secret="post +%&", auth=ClientAuthMethod.SECRET_POST),
    Registration(client_secret="basic +%&", auth=ClientAuthMethod.SECRET_BASIC),
    Registration(auth=ClientAuthMethod.PRIVATE_KEY_JWT),
]
SILENT = [Reply(503, ""), Reply(400, '{"error": "unsupported_token_type"}'), Reply(cut=True)]


def signed_in(party: Callable[..., object], conduct: Conduct) -> object:
    rp = party(ConformanceRow("own-sign-out", conduct))
    rp.sign_in()
    return rp


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.auth)
def test_the_refresh_token_is_revoked_first(
    party: Callable[..., object], client: Registration
) -> None:
    rp = signed_in(party, Conduct(client, refresh=RefreshPolicy.ROTATE))
    tokens = rp.stored()["default"]
    asyncio.run(rp.session.logout())
    sent = [dict(s.form) for s in rp.op.requests(rp.mode) if s.endpoint == "revoke"]
    assert [form["token"] for form in sent] == [tokens.refresh_token, tokens.access_token]
    assert [form["token_type_hint"] for form in sent] == ["refresh_token", "access_token"]
    assert rp.stored() == {}
    rp.must_behave()


@pytest.mark.parametrize("reply", SILENT, ids=["503", "400", "cut"])
def test_what_is_held_here_goes_even_if_the_provider_does_not_confirm(
    party: Callable[..., object], reply: Reply
) -> None:
    conduct = Conduct(refresh=RefreshPolicy.ROTATE, replies={"revoke": reply})
    rp = signed_in(party, conduct)
    told: list[SessionEvent] = []
    session = SessionManager(rp.provider, rp.store, on_event=told.append)
    asyncio.run(session.initialize())
    asyncio.run(session.logout())
    assert rp.stored() == {}
    assert told[-1].revoked is False


def test_a_renewal_that_answers_late_writes_nothing_back(party: Callable[..., object]) -> None:
    rp = signed_in(party, Conduct(refresh=RefreshPolicy.ROTATE, delays={"refresh": 0.3}))

    async def sign_out_meanwhile() -> None:
        renewal = asyncio.create_task(rp.session.refresh())
        assert await asyncio.to_thread(rp.op.wait_for, rp.mode, "token", times=2)
        await rp.session.logout()
        await asyncio.gather(renewal, return_exceptions=True)

    asyncio.run(sign_out_meanwhile())
    rp.must_be_silent()
    assert rp.stored() == {}
    newest = [secret for secret in rp.op.issued(rp.mode) if secret.startswith("rt-")][-1]
    revoked = [dict(s.form)["token"] for s in rp.op.requests(rp.mode) if s.endpoint == "revoke"]
    assert newest in revoked
    rp.must_behave()
