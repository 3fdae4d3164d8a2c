"""Tokens for programs, at providers that do everything right or one thing wrong."""

import logging
from dataclasses import replace

import httpx
import pytest

from pywry_auth.errors import AuthError, ReauthRequiredError, RefreshTransportError
from pywry_auth.grants import (
    ClientCredentialsAuth,
    JwtBearerAuth,
    PasswordAuth,
    SignedAssertion,
    TokenExchangeAuth,
    TokenManager,
)
from pywry_auth.protocol.client_auth import PrivateKeyJwt, SecretBasic, SecretPost
from pywry_auth.testing import (
    ClientAuthMethod,
    Conduct,
    ProgrammableProvider,
    RefreshPolicy,
    VirtualClock,
)
from pywry_auth.testing.assertion import client_key_pem
from pywry_auth.testing.rows_grants import (
    ASSERTION,
    CLIENT,
    CLIENT_BY_HEADER,
    CLIENT_BY_KEY,
    EXCHANGE,
    GRANTS,
    JANE,
    KINDS,
    PASSWORD,
    SECRET,
)
from pywry_auth.testing.rows_refresh import REFRESH
from pywry_auth.token_store.slot import MemoryTokenSlot
from tests.relying_party import chain


KEY = client_key_pem().decode()
GOOD = [row for row in GRANTS if row.error is None]
BAD = [row for row in GRANTS if row.error is not None]
EACH = {"argnames": "kind", "argvalues": KINDS, "ids": [f"{k.name}-{k.client.auth}" for k in KINDS]}


def by_name(row):
    return row.name


class Program:
    """One program at one issuer, with a manager that keeps its tokens in memory."""

    def __init__(self, op, clock, http, kind, conduct):
        self.op, self.clock, self.kind = op, clock, kind
        self.url = op.add("grants", replace(conduct, replies={}, token={}), clock=clock)
        self._secrets = {PASSWORD: {JANE.password}, CLIENT: {SECRET}, CLIENT_BY_HEADER: {SECRET}}
        grant = self._grant(http)
        op.program("grants", conduct)
        self._start = len(op.calls("grants"))
        self.slot, self.events = MemoryTokenSlot(), []
        self.manager = TokenManager(
            grant,
            http=http,
            token_url=f"{self.url}/token",
            issuer=self.url,
            store=self.slot,
            clock=clock,
            on_event=self.events.append,
        )

    def _grant(self, http):
        if self.kind is PASSWORD:
            return PasswordAuth(JANE.username, JANE.password, client_id="rp-client")
        if self.kind is CLIENT:
            return ClientCredentialsAuth("robot", SECRET)
        if self.kind is CLIENT_BY_HEADER:
            return ClientCredentialsAuth("robot", SECRET, auth_method="client_secret_basic")
        if self.kind is CLIENT_BY_KEY:
            return ClientCredentialsAuth("robot", client_auth=PrivateKeyJwt("robot", KEY))
        if self.kind is ASSERTION:
            sign = SignedAssertion(
                key=KEY, issuer="robot@example.com", audience=self.url, clock=self.clock
            )
            return JwtBearerAuth(sign)
        assert self.kind is EXCHANGE
        held = PasswordAuth(JANE.username, JANE.password, client_id="rp-client").grant_data()
        token = http.post(f"{self.url}/token", data=held).json()["access_token"]
        self._secrets[EXCHANGE] = {token}
        return TokenExchangeAuth(token, client_id="rp-client")

    def calls(self):
        return self.op.calls("grants")[self._start :]

    def must_keep_secrets(self, caplog, error=None):
        said = caplog.text + "".join(f"{vars(record)}" for record in caplog.records)
        said += "".join(f"{part!s}{part!r}{part.__dict__}" for part in chain(error))
        said += f"{self.manager!r}{self.events}"
        for secret in {*self._secrets.get(self.kind, ()), *self.op.issued("grants")}:
            assert secret not in said


@pytest.fixture(scope="module")
def network():
    with ProgrammableProvider() as op, httpx.Client(trust_env=False) as http:
        yield op, http


@pytest.fixture
def program(network):
    op, http = network
    return lambda kind, conduct: Program(op, VirtualClock(), http, kind, conduct)


@pytest.mark.parametrize(**EACH)
@pytest.mark.parametrize("row", GOOD, ids=by_name)
def test_4b_16_an_answer_is_accepted_kept_and_used(row, kind, program, caplog):
    one = program(kind, row.conduct(kind))
    with caplog.at_level(logging.DEBUG):
        header = one.manager.authorization_header()
        assert one.manager.authorization_header() == header
    assert header.startswith(row.header)
    assert one.calls() == ["token"]
    assert one.slot.load() == one.manager.tokens
    assert one.manager.tokens.expires_in == row.life
    assert one.manager.tokens.id_token is None
    assert one.op.violations("grants") == []
    one.must_keep_secrets(caplog)


@pytest.mark.parametrize(**EACH)
@pytest.mark.parametrize("row", BAD, ids=by_name)
def test_4b_30_a_fault_is_a_typed_error_with_nothing_kept(row, kind, program, caplog):
    one = program(kind, row.conduct(kind))
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthError) as caught:
        one.manager.authorization_header()
    assert type(caught.value) is row.error_of(kind)
    if row.says is not None:
        assert caught.value.error == row.says
    assert one.calls() == ["token"]
    assert one.slot.load() is None
    assert one.manager.tokens is None
    assert one.op.violations("grants") == []
    one.must_keep_secrets(caplog, caught.value)


@pytest.mark.parametrize("kind", [PASSWORD, CLIENT, ASSERTION], ids=lambda kind: kind.name)
def test_4b_29_after_its_end_a_token_is_replaced_by_the_way_that_is_left(kind, program):
    one = program(kind, Conduct(client=kind.client, person=JANE, life=60))
    first = one.manager.authorization_header()
    one.clock.advance(60)
    assert one.manager.authorization_header() != first
    assert one.calls() == ["token", "token"]
    assert one.op.violations("grants") == []


@pytest.mark.parametrize(
    ("method", "proof"),
    [
        (ClientAuthMethod.SECRET_POST, SecretPost("robot", SECRET)),
        (ClientAuthMethod.SECRET_BASIC, SecretBasic("robot", SECRET)),
        (ClientAuthMethod.PRIVATE_KEY_JWT, PrivateKeyJwt("robot", KEY)),
    ],
)
def test_4b_29_a_confidential_client_proves_itself_when_tokens_are_renewed(method, proof, program):
    client = replace(CLIENT.client, auth=method)
    one = program(CLIENT, Conduct(client=client, person=JANE, refresh=RefreshPolicy.ROTATE))
    grant = PasswordAuth(JANE.username, JANE.password, client_id="robot", client_auth=proof)
    with httpx.Client(trust_env=False) as http:
        manager = TokenManager(
            grant, http=http, token_url=f"{one.url}/token", issuer=one.url, clock=one.clock
        )
        headers = [manager.authorization_header(), manager.force_refresh(), manager.force_refresh()]
    assert len(set(headers)) == 3
    assert one.op.violations("grants") == []


# what a refresh may be answered with; ID tokens are nothing to a program

RENEWALS = [
    row
    for row in REFRESH
    if not row.conduct.refreshed_id_token
    and row.conduct.refreshed_signing is None
    and not row.authorize_params
]


def renewing(program, row, kind=PASSWORD):
    one = program(kind, replace(row.conduct, person=JANE, client=kind.client))
    one.manager.authorization_header()
    return one, one.slot.load()


@pytest.mark.parametrize(
    "row", [row for row in RENEWALS if row.error is None], ids=lambda row: row.name
)
def test_4b_25_each_renewal_uses_the_newest_refresh_token(row, program):
    if "refresh_token" in row.conduct.refreshed:  # left out: then the one that is held stays good
        row = replace(row, conduct=replace(row.conduct, refresh=RefreshPolicy.KEEP))
    one, old = renewing(program, row)
    for _ in range(3):
        one.manager.force_refresh()
        assert one.slot.load().access_token != old.access_token
    grants = [dict(seen.form)["grant_type"] for seen in one.op.requests("grants")]
    assert grants == ["password", "refresh_token", "refresh_token", "refresh_token"]
    assert one.op.violations("grants") == []


@pytest.mark.parametrize(
    "row", [row for row in RENEWALS if row.error is not None], ids=lambda row: row.name
)
def test_4b_23_no_fault_but_a_refusal_sends_the_password_again(row, program, caplog):
    one, old = renewing(program, row)
    with caplog.at_level(logging.DEBUG):
        if row.error is ReauthRequiredError:  # 4B.21
            assert one.manager.force_refresh() != old.authorization_header
            sent = 2
        else:
            with pytest.raises(row.error) as caught:
                one.manager.force_refresh()
            assert type(caught.value) is row.error
            assert row.says is None or caught.value.error == row.says
            assert one.slot.load() == old
            assert one.manager.authorization_header() == old.authorization_header
            one.must_keep_secrets(caplog, caught.value)
            sent = 1
    passwords = [seen for seen in one.op.requests("grants") if "password" in dict(seen.form)]
    assert len(passwords) == sent
    assert one.op.violations("grants") == []


def test_4b_6_a_code_of_the_moment_goes_along_with_each_password(program):
    person = replace(JANE, totp=("111111", "222222"))
    one = program(PASSWORD, Conduct(person=person, life=60))
    codes = iter(person.totp)
    grant = PasswordAuth(
        person.username, person.password, client_id="rp-client", totp=lambda: next(codes)
    )
    with httpx.Client(trust_env=False) as http:
        manager = TokenManager(grant, http=http, token_url=f"{one.url}/token", clock=one.clock)
        first = manager.authorization_header()
        one.clock.advance(60)
        assert manager.authorization_header() != first
    assert one.op.violations("grants") == []


def test_4b_6_a_fixed_code_is_never_sent_twice(program):
    person = replace(JANE, totp=("111111",))
    one = program(PASSWORD, Conduct(person=person, life=60))
    grant = PasswordAuth(person.username, person.password, client_id="rp-client", totp="111111")
    with httpx.Client(trust_env=False) as http:
        manager = TokenManager(grant, http=http, token_url=f"{one.url}/token", clock=one.clock)
        manager.authorization_header()
        one.clock.advance(60)
        for _ in range(2):
            with pytest.raises(ReauthRequiredError):
                manager.authorization_header()
        manager.clear()
        with pytest.raises(ReauthRequiredError):
            manager.authorization_header()
    assert one.calls() == ["token"]


def test_a_server_that_asks_to_wait_is_not_asked_before(program):
    row = next(row for row in BAD if row.name == "own-grant-503")
    one = program(PASSWORD, row.conduct(PASSWORD))
    for _ in range(3):
        with pytest.raises(RefreshTransportError) as caught:
            one.manager.authorization_header()
        assert 1 <= caught.value.retry_after <= 5
    assert one.calls() == ["token"]
    one.op.program("grants", GOOD[0].conduct(PASSWORD))
    one.clock.advance(5)
    assert one.manager.authorization_header()
