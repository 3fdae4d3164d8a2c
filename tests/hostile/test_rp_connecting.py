"""Connecting an account at a server that lies: refused, with nothing sent and nothing lost."""

import asyncio
import logging

import httpx
import pytest

from pywry_auth.errors import AuthError, AuthFlowTimeout, CallbackError, TokenError
from pywry_auth.integrations import OAuth2AppCredentials, OAuth2Flow
from pywry_auth.testing import HeadlessAgent
from pywry_auth.testing.conformance import SECTIONS


HOME = "http://127.0.0.1:9/callback"  # nobody answers there: the agent only reads where it leads


class Connecting:
    """One application with integrations, at an issuer that behaves as a row says."""

    def __init__(self, op, row):
        self.op, self.row = op, row
        self.mode = f"{row.name}.connecting"
        issuer = op.add(self.mode, row.conduct)
        self.agent = HeadlessAgent()
        found = httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).json()
        announced = found.get("authorization_response_iss_parameter_supported", False)
        client = row.conduct.client
        self.flow = OAuth2Flow(
            OAuth2AppCredentials(
                authorization_url=found["authorization_endpoint"],
                token_url=found["token_endpoint"],
                issuer=issuer,
                announces_iss=announced,
                client_id=client.client_id,
                client_secret=client.client_secret,
                token_endpoint_auth_method=str(client.auth),
                redirect_uri=HOME,
            ),
            default_scope=row.scopes,
            authorize_params=dict(row.authorize_params),
        )

    @property
    def calls(self):
        return self.op.calls(self.mode)

    @property
    def waiting(self):
        return len(self.flow._pending._begun)

    async def connect(self):
        begun = await self.flow.authorize()
        page = await asyncio.to_thread(self.agent.load, "GET", begun["authorization_url"])
        self.response = page.location
        return await self.flow.exchange(subject="ada", authorization_response=page.location)

    def must_not_show(self, text):
        assert [secret for secret in self.op.issued(self.mode) if secret in text] == []


@pytest.fixture
def at(op):
    return lambda row: Connecting(op, row)


def shown(exc):
    return str(exc) + repr(exc) + repr(vars(exc))


@pytest.mark.parametrize("row", SECTIONS["authorization_response"], ids=lambda row: row.name)
def test_4a_32_the_answer_of_a_server_that_lies_buys_nothing(row, at, caplog):
    rp = at(row)

    async def scenario():
        with caplog.at_level(logging.DEBUG):
            if row.error is None:
                assert (await rp.connect()).access_token
                return
            with pytest.raises(CallbackError) as caught:
                await rp.connect()
        assert "token" not in rp.calls
        assert caught.value.error == (row.says or caught.value.error)
        # Who does not know our state is a stranger, whose answer changes nothing.
        assert rp.waiting == (1 if row.error is AuthFlowTimeout else 0)
        rp.must_not_show(shown(caught.value) + caplog.text)

    asyncio.run(scenario())
    assert rp.op.violations(rp.mode) == []


def of_id_token(row):
    """Say whether a row is about ID tokens, which are kept here without being used."""
    return row.conduct.id_token or "id_token" in row.conduct.token


REFUSED = [row for row in SECTIONS["token_answer"] if row.error and not of_id_token(row)]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_an_answer_of_the_token_endpoint_that_cannot_be_is_refused(row, at):
    rp = at(row)

    async def scenario():
        with pytest.raises(TokenError) as caught:
            await rp.connect()
        assert type(caught.value) is row.error
        assert caught.value.error == (row.says or caught.value.error)
        assert rp.calls.count("token") == 1
        with pytest.raises(CallbackError):  # the code was spent
            await rp.flow.exchange(subject="ada", authorization_response=rp.response)
        assert rp.calls.count("token") == 1
        rp.must_not_show(shown(caught.value))

    asyncio.run(scenario())
    assert rp.op.violations(rp.mode) == []


def of_new_id_token(row):
    return row.conduct.refreshed_id_token or row.conduct.refreshed_signing is not None


RENEWALS = [row for row in SECTIONS["refresh"] if not of_new_id_token(row)]


@pytest.mark.parametrize("row", RENEWALS, ids=lambda row: row.name)
def test_a_renewal_gives_fresh_credentials_or_leaves_those_there_are(row, at):
    rp = at(row)

    async def scenario():
        old = await rp.connect()
        before = old.to_record()
        if row.error is None:
            new = await rp.flow.refresh(credentials=old)
            assert new.access_token != old.access_token
            assert new.refresh_token
            assert new.scopes == old.scopes
            return
        with pytest.raises(AuthError) as caught:
            await rp.flow.refresh(credentials=old)
        assert type(caught.value) is row.error
        assert caught.value.error == (row.says or caught.value.error)
        assert rp.calls.count("token") == 2
        assert old.to_record() == before
        rp.must_not_show(shown(caught.value))

    asyncio.run(scenario())
    assert rp.op.violations(rp.mode) == []


def test_there_are_rows_of_every_kind():
    assert min(len(REFUSED), len(RENEWALS), len(SECTIONS["authorization_response"])) > 10
