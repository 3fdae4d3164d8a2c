"""What the programmable provider says to programs, right ones as wrong ones."""

import secrets

import httpx
import pytest

from pywry_auth.errors import RefreshTransportError
from pywry_auth.grants import ClientCredentialsAuth, SignedAssertion, TokenManager
from pywry_auth.protocol.client_auth import PrivateKeyJwt
from pywry_auth.testing import (
    ClientAuthMethod,
    Conduct,
    Drop,
    IdentityProvider,
    Person,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
    Registration,
    Reply,
    VirtualClock,
)
from pywry_auth.testing.assertion import client_key_pem


EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
ROBOT = Registration("robot", "s3cret", ClientAuthMethod.SECRET_POST)
JANE = Person("jane", "pw")


@pytest.fixture(scope="module")
def op():
    with ProgrammableProvider(clock=VirtualClock()) as provider:
        yield provider


class Program:
    """Speaks to one issuer's token endpoint, as rightly or as wrongly as it is told."""

    def __init__(self, op, conduct):
        self.op, self.mode = op, secrets.token_hex(4)
        self.url = op.add(self.mode, conduct)

    def asks(self, grant_type, *, header=None, **fields):
        form = {"grant_type": grant_type} | {k: v for k, v in fields.items() if v is not None}
        with httpx.Client(trust_env=False) as http:
            return http.post(f"{self.url}/token", data=form, headers=header or {})

    def by_password(self, **more):
        fields = {"client_id": "rp-client", "username": "jane", "password": "pw"}
        return self.asks("password", **(fields | more))

    def by_secret(self, **more):
        fields = {"client_id": "robot", "client_secret": "s3cret"}
        return self.asks("client_credentials", **(fields | more))

    @property
    def wrong(self):
        return self.op.violations(self.mode)


def test_a_person_with_a_password_has_tokens_that_are_renewed(op):
    program = Program(op, Conduct(person=JANE, refresh=RefreshPolicy.ROTATE, life=60))
    given = program.by_password(scope="notes").json()
    assert given["token_type"] == "Bearer"
    assert (given["scope"], given["expires_in"]) == ("notes", 60)
    assert "id_token" not in given
    again = program.asks(
        "refresh_token", client_id="rp-client", refresh_token=given["refresh_token"]
    ).json()
    assert again["access_token"] != given["access_token"]
    assert "id_token" not in again
    assert program.wrong == []


def test_without_a_policy_there_is_nothing_to_renew_with(op):
    given = Program(op, Conduct(person=JANE)).by_password().json()
    assert "refresh_token" not in given
    assert given["scope"] == "api"


@pytest.mark.parametrize("more", [{"password": "wrong"}, {"username": "john"}])
def test_a_wrong_password_is_no_fault_of_the_programs(op, more):
    program = Program(op, Conduct(person=JANE))
    answer = program.by_password(**more)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert program.wrong == []


def test_each_one_time_code_is_good_once(op):
    program = Program(op, Conduct(person=Person("jane", "pw", ("1", "2"))))
    for totp, status in ((None, 400), ("3", 400), ("1", 200), ("2", 200)):
        assert program.by_password(totp=totp).status_code == status
    assert program.wrong == []
    assert program.by_password(totp="1").json()["error"] == "invalid_grant"
    assert program.wrong == ["password_grant: the one-time code was used before"]


def test_a_refused_request_spends_no_code(op):
    conduct = Conduct(person=Person("jane", "pw", ("1",)), first={"password_grant": (Reply(503),)})
    program = Program(op, conduct)
    assert [program.by_password(totp="1").status_code for _ in range(2)] == [503, 200]


def test_a_client_in_its_own_name_has_no_refresh_token(op):
    program = Program(op, Conduct(client=ROBOT, refresh=RefreshPolicy.ROTATE))
    given = program.by_secret().json()
    assert "refresh_token" not in given
    assert program.wrong == []


def test_a_client_proves_itself_with_a_key(op):
    client = Registration("robot", auth=ClientAuthMethod.PRIVATE_KEY_JWT)
    program = Program(op, Conduct(client=client))
    auth = PrivateKeyJwt("robot", client_key_pem().decode())
    for _ in range(2):
        fields = auth.proof(audience=program.url, now=VirtualClock().now()).fields
        assert program.asks("client_credentials", **fields).status_code == 200
    assert program.wrong == []


def test_a_public_client_has_no_name_of_its_own(op):
    program = Program(op, Conduct())
    answer = program.asks("client_credentials", client_id="rp-client")
    assert answer.json()["error"] == "unauthorized_client"
    assert program.wrong == ["client_credentials_grant: a public client asked in its own name"]


@pytest.mark.parametrize(
    "more", [{"client_secret": "wrong"}, {"client_secret": None}, {"client_id": "other"}]
)
def test_a_client_that_does_not_prove_itself_is_refused(op, more):
    program = Program(op, Conduct(client=ROBOT))
    assert program.by_secret(**more).json()["error"] == "invalid_client"
    assert program.wrong


def test_a_token_is_exchanged_for_another_one(op):
    program = Program(op, Conduct(person=JANE))
    held = program.by_password().json()["access_token"]
    fields = {"subject_token": held, "subject_token_type": ACCESS}
    given = program.asks(EXCHANGE, client_id="rp-client", **fields).json()
    assert given["issued_token_type"] == ACCESS
    assert given["access_token"] != held
    assert "refresh_token" not in given
    assert program.asks(EXCHANGE, **fields).status_code == 200  # RFC 8693: without a client too
    acting = {"actor_token": given["access_token"], "actor_token_type": ACCESS}
    assert program.asks(EXCHANGE, **fields, **acting).status_code == 200
    assert program.wrong == []


@pytest.mark.parametrize(
    ("more", "is_noted"),
    [
        ({"subject_token": "made-up"}, False),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, False),
        ({"subject_token_type": "urn:example:ticket"}, False),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:saml2"}, False),
        ({"subject_token": None}, True),
        ({"subject_token_type": None}, True),
        ({"actor_token": "x"}, True),
        ({"actor_token_type": ACCESS}, True),
        ({"code": "x"}, True),
    ],
)
def test_what_cannot_be_exchanged_is_refused(op, more, is_noted):
    program = Program(op, Conduct(person=JANE))
    held = program.by_password().json()["access_token"]
    fields = {"subject_token": held, "subject_token_type": ACCESS} | more
    answer = program.asks(EXCHANGE, client_id="rp-client", **fields)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert bool(program.wrong) == is_noted


def test_an_unknown_resource_is_refused(op):
    program = Program(op, Conduct(person=JANE, resources=("https://api.example.com",)))
    assert program.by_password(resource="https://api.example.com").status_code == 200
    refused = program.by_password(resource="https://other.example.com")
    assert refused.json()["error"] == "invalid_target"


def test_the_resources_are_named_again_when_the_tokens_are_renewed(op):
    place = "https://api.example.com"
    conduct = Conduct(person=JANE, resources=(place,), refresh=RefreshPolicy.KEEP)
    program = Program(op, conduct)
    held = program.by_password(resource=place).json()["refresh_token"]
    answer = program.asks(
        "refresh_token", client_id="rp-client", refresh_token=held, resource=place
    )
    assert answer.status_code == 200
    assert program.wrong == []


def signs(program, **more):
    says = {
        "key": client_key_pem().decode(),
        "issuer": "robot@example.com",
        "audience": f"{program.url}/token",
        "clock": VirtualClock(),
    }
    return SignedAssertion(**(says | more))


def test_an_assertion_is_exchanged_for_tokens(op):
    program = Program(op, Conduct())
    sign = signs(program)
    assert program.asks(BEARER, assertion=sign()).status_code == 200
    assert program.asks(BEARER, assertion=sign(), client_id="rp-client").status_code == 200
    assert "refresh_token" not in program.asks(BEARER, assertion=sign()).json()
    assert program.wrong == []


def test_an_assertion_is_good_once(op):
    program = Program(op, Conduct())
    same = signs(program)()
    assert program.asks(BEARER, assertion=same).status_code == 200
    assert program.asks(BEARER, assertion=same).json()["error"] == "invalid_grant"
    assert program.wrong == ["jwt_bearer_grant: the assertion was used before"]


@pytest.mark.parametrize(
    "more",
    [
        {"audience": "https://elsewhere.example.com"},
        {"clock": VirtualClock(VirtualClock().now() - 301)},
        {"life": 3600},
    ],
)
def test_an_assertion_for_another_time_or_place_is_refused(op, more):
    program = Program(op, Conduct())
    answer = program.asks(BEARER, assertion=signs(program, **more)())
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("assertion", ["a.b.c", "nonsense"])
def test_an_assertion_nobody_signed_is_refused(op, assertion):
    assert Program(op, Conduct()).asks(BEARER, assertion=assertion).status_code == 400


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("password_grant", lambda p: p.by_password()),
        ("client_credentials_grant", lambda p: p.asks("client_credentials", client_id="rp-client")),
        ("token_exchange_grant", lambda p: p.asks(EXCHANGE, client_id="rp-client")),
        ("jwt_bearer_grant", lambda p: p.asks(BEARER, client_id="rp-client")),
    ],
)
def test_every_grant_has_a_name_to_be_programmed_by(op, name, ask):
    program = Program(op, Conduct(first={name: (Reply(418, "{}"),)}))
    assert ask(program).status_code == 418
    assert ask(program).status_code != 418


def asking_all(program):
    """Ask in each way that a program can, and in the one that renews."""
    return [
        ask().status_code
        for ask in (
            lambda: program.asks("password", client_id="rp-client"),
            lambda: program.asks("client_credentials", client_id="rp-client"),
            lambda: program.asks(EXCHANGE, client_id="rp-client"),
            lambda: program.asks(BEARER, client_id="rp-client"),
            lambda: program.asks("refresh_token", client_id="rp-client", refresh_token="x"),
        )
    ]


def test_what_is_said_of_the_token_endpoint_is_said_of_every_grant_of_a_program(op):
    assert asking_all(Program(op, Conduct(replies={"token": Reply(418)}))) == [418] * 4 + [400]
    first = (Reply(418), Reply(419))
    assert asking_all(Program(op, Conduct(first={"token": first})))[:3] == [418, 419, 400]


def test_a_grants_own_name_counts_before_that_of_the_endpoint(op):
    replies = {"token": Reply(418), "password_grant": Reply(419)}
    program = Program(op, Conduct(replies=replies, first={"password_grant": (Reply(420),)}))
    assert asking_all(program)[:2] == [420, 418]
    assert asking_all(program)[:2] == [419, 418]


def test_a_fault_of_the_token_endpoint_meets_a_program_too(op):
    provider = IdentityProvider(op, "down", Conduct(client=ROBOT, replies={"token": Reply(503)}))
    grant = ClientCredentialsAuth("robot", "s3cret")
    with httpx.Client(trust_env=False) as http:
        manager = TokenManager(grant, http=http, token_url=provider.token_url)
        with pytest.raises(RefreshTransportError):
            manager.authorization_header()
        provider.program(Conduct(client=ROBOT))
        assert manager.authorization_header().startswith("Bearer ")
    assert provider.violations == []


def test_the_endpoints_of_a_program_are_those_that_are_announced(op):
    provider = IdentityProvider(op, "places")
    with httpx.Client(trust_env=False) as http:
        said = http.get(f"{provider.issuer_url}/.well-known/openid-configuration").json()
    assert provider.token_url == op.token_url("places") == said["token_endpoint"]
    assert provider.device_url == op.device_url("places") == said["device_authorization_endpoint"]


def test_the_answer_is_changed_like_any_other(op):
    program = Program(op, Conduct(person=JANE, token={"access_token": Drop(), "x": Put(1)}))
    given = program.by_password().json()
    assert given["x"] == 1
    assert "access_token" not in given


def test_the_grants_are_announced(op):
    url = op.add("announced")
    with httpx.Client(trust_env=False) as http:
        said = http.get(f"{url}/.well-known/openid-configuration").json()
    assert {"password", "client_credentials", EXCHANGE, BEARER} <= set(
        said["grant_types_supported"]
    )


def test_nobody_prints_a_password():
    assert "pw" not in repr(Person("jane", "pw", ("123456",)))
    assert "123456" not in repr(Person("jane", "pw", ("123456",)))
