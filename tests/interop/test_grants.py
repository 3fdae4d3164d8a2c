"""Tokens for programs at real providers: a manager with each grant, and what it keeps."""

import threading

import httpx
import pytest
from fakes.jose import private_key

from pywry_auth.errors import ReauthRequiredError, TokenRefreshError
from pywry_auth.grants import (
    ClientCredentialsAuth,
    DeviceCodeAuth,
    FileTokenStore,
    JwtBearerAuth,
    PasswordAuth,
    RefreshTokenAuth,
    SignedAssertion,
    TokenExchangeAuth,
    TokenManager,
)
from pywry_auth.protocol.client_auth import NoClientAuth, PrivateKeyJwt, SecretBasic, SecretPost
from pywry_auth.testing import Put
from pywry_auth.testing.rows_grants import GRANTS
from pywry_auth.token_store.slot import MemoryTokenSlot
from tests.providers_kit import CanailleOP, DjangoOP, OidcProviderOP, running


PATIENCE = 30.0  # seconds; nothing here takes that long
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
KEY = private_key("ES256")
PUBLIC = KEY.as_dict(private=False) | {"kid": "k1"}
SERVERS_OWN = private_key("RS256").as_dict(private=True) | {"kid": "s1"}
NO_REDIRECT = {"redirect_uris": [], "response_types": []}


def client(client_id, method, *grant_types, **more):
    said = {"client_id": client_id, "token_endpoint_auth_method": method}
    return said | NO_REDIRECT | {"grant_types": list(grant_types)} | more


CLIENTS = [
    client("robot-post", "client_secret_post", "client_credentials", client_secret="p"),
    client("robot-basic", "client_secret_basic", "client_credentials", client_secret="b: %+/"),
    client(
        "robot-key",
        "private_key_jwt",
        "client_credentials",
        jwks={"keys": [PUBLIC]},
        token_endpoint_auth_signing_alg="ES256",
    ),
    client("robot-jwt", "none", JWT_BEARER),
    client(
        "robot-exchange",
        "client_secret_basic",
        EXCHANGE,
        "client_credentials",
        JWT_BEARER,
        client_secret="x",
    ),
]


def by_name(row):
    return row.name


@pytest.fixture(scope="module")
def certified():
    yield from running(OidcProviderOP, deviceInterval=1, clients=CLIENTS, assertionKeys=[PUBLIC])


@pytest.fixture(scope="module")
def django():
    yield from running(DjangoOP)


@pytest.fixture(scope="module")
def canaille():
    yield from running(CanailleOP, key=SERVERS_OWN)


class Counting(httpx.HTTPTransport):
    """A network that counts what goes to token endpoints."""

    def __init__(self):
        super().__init__()
        self.requests = 0

    def handle_request(self, request):
        self.requests += request.url.path.rstrip("/").endswith("/token")
        return super().handle_request(request)


@pytest.fixture
def http():
    with httpx.Client(transport=(network := Counting())) as client:
        client.network = network
        yield client


class Program:
    """A manager at a real provider."""

    def __init__(self, op, http, grant, *, path="token", store=None):
        self.op = op
        self.http = http
        self.slot = MemoryTokenSlot() if store is None else store
        self.manager = TokenManager(
            grant,
            http=http,
            token_url=f"{op.issuer}/{path}",
            issuer=op.issuer,
            store=self.slot,
        )
        self._before = http.network.requests

    def header(self):
        return self.manager.authorization_header()

    @property
    def requests(self):
        """How many requests went to the token endpoint since this began."""
        return self.http.network.requests - self._before

    def is_active(self, *, path="token/introspection"):
        """Ask the provider itself, as a resource server does."""
        said = self.http.post(
            f"{self.op.issuer}/{path}",
            data={"token": self.manager.tokens.access_token},
            auth=("rs", "rs-secret"),
        )
        return said.json()["active"]


# clients in their own name


@pytest.mark.parametrize(
    "grant",
    [
        ClientCredentialsAuth("robot-post", "p", scope="api:read"),
        ClientCredentialsAuth(
            "robot-basic", "b: %+/", auth_method="client_secret_basic", scope="api:read"
        ),
        ClientCredentialsAuth(
            "robot-key",
            client_auth=PrivateKeyJwt("robot-key", KEY.as_dict(private=True), kid="k1"),
            scope="api:read",
        ),
    ],
    ids=lambda grant: grant.client_id,
)
def test_4b_29_a_client_proves_itself_at_every_grant(certified, http, grant):
    program = Program(certified, http, grant)
    first = program.header()
    assert program.header() == first
    assert program.is_active()
    assert program.manager.tokens.refresh_token is None
    assert program.manager.tokens.scope == "api:read"
    second = program.manager.force_refresh(rejected=first)
    assert second != first
    assert program.slot.load().authorization_header == second
    assert program.is_active()


def test_a_client_names_the_place_its_tokens_are_for(certified, http):
    grant = ClientCredentialsAuth("robot-post", "p", scope="api:read", resources=["urn:demo:api"])
    program = Program(certified, http, grant)
    assert program.header().count(".") == 2  # that place takes signed tokens
    elsewhere = ClientCredentialsAuth("robot-post", "p", resources=["urn:elsewhere"])
    with pytest.raises(TokenRefreshError) as caught:
        Program(certified, http, elsewhere).header()
    assert caught.value.error == "invalid_target"


@pytest.mark.parametrize(
    "grant",
    [
        ClientCredentialsAuth("robot-post", "wrong-secret"),
        ClientCredentialsAuth("robot-basic", "wrong-secret", auth_method="client_secret_basic"),
        ClientCredentialsAuth(
            "robot-key",
            client_auth=PrivateKeyJwt("robot-key", private_key("ES256", 1).as_dict(private=True)),
        ),
    ],
    ids=lambda grant: grant.client_id,
)
def test_4b_19_a_client_that_cannot_prove_itself_is_told_so_and_keeps_nothing(
    certified, http, grant
):
    program = Program(certified, http, grant)
    with pytest.raises(TokenRefreshError) as caught:
        program.header()
    assert caught.value.error == "invalid_client"
    assert "wrong-secret" not in f"{caught.value!r}{caught.value}"
    assert program.slot.load() is None


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_4b_29_django_takes_a_secret_in_both_places(django, http, method):
    grant = ClientCredentialsAuth("rs", "rs-secret", auth_method=method, scope="api:read")
    program = Program(django, http, grant, path="token/")
    program.header()
    assert program.manager.tokens.scope == "api:read"
    assert program.manager.tokens.refresh_token is None


def test_4b_29_canaille_takes_a_secret_in_a_header(canaille, http):
    grant = ClientCredentialsAuth(
        "robot", "robot-secret", auth_method="client_secret_basic", scope="profile"
    )
    program = Program(canaille, http, grant, path="oauth/token")
    first = program.header()
    assert program.manager.force_refresh() != first


@pytest.mark.parametrize("row", [row for row in GRANTS if row.error is None], ids=by_name)
def test_4b_27_what_else_may_be_answered_is_accepted(certified, http, row):
    edits = {
        name: edit.value if isinstance(edit, Put) else None for name, edit in row.token.items()
    }
    certified.control(edits={"client_credentials": edits})
    program = Program(certified, http, ClientCredentialsAuth("robot-post", "p", scope="api:read"))
    try:
        assert program.header().startswith(row.header)
    finally:
        certified.control(edits={})
    assert program.slot.load() == program.manager.tokens
    assert program.manager.tokens.expires_in == row.life
    assert program.manager.tokens.scope == "api:read"
    assert program.is_active()
    assert program.requests == 1


# people with passwords

TERMINALS = [
    PasswordAuth("alice", "correct horse", client_id="terminal", scope="profile"),
    PasswordAuth(
        "alice",
        "correct horse",
        client_id="terminal-web",
        client_auth=SecretBasic("terminal-web", "terminal-secret"),
    ),
    PasswordAuth(
        "alice",
        "correct horse",
        client_id="terminal-web",
        client_auth=SecretPost("terminal-web", "terminal-secret"),
    ),
]


@pytest.mark.parametrize("grant", TERMINALS, ids=lambda grant: type(grant.client_auth()).__name__)
def test_4b_17_a_password_is_sent_once_and_its_tokens_are_renewed(django, http, grant):
    program = Program(django, http, grant, path="token/")
    headers = [program.header()]
    for _ in range(3):
        headers.append(program.manager.force_refresh(rejected=headers[-1]))
    assert len(set(headers)) == 4
    assert program.header() == headers[-1]
    assert program.slot.load().authorization_header == headers[-1]
    assert program.requests == 4
    assert program.is_active(path="introspect/")


def test_4b_21_after_its_session_was_ended_the_password_is_sent_again(django, http):
    program = Program(django, http, TERMINALS[0], path="token/")
    first = program.header()
    http.post(
        f"{django.issuer}/revoke_token/",
        data={"token": program.manager.tokens.refresh_token, "client_id": "terminal"},
    ).raise_for_status()
    assert program.manager.force_refresh() != first
    assert program.is_active(path="introspect/")
    assert program.requests == 3  # grant, refused refresh, grant


def test_4b_59_a_wrong_password_is_told_in_the_servers_words(django, http):
    grant = PasswordAuth("alice", "wrong horse", client_id="terminal")
    program = Program(django, http, grant, path="token/")
    with pytest.raises(TokenRefreshError, match="400") as caught:
        program.header()
    assert caught.value.error == "invalid_grant"
    assert "wrong horse" not in f"{caught.value!r}{caught.value}"
    assert program.slot.load() is None
    assert program.requests == 1


def test_4b_35_a_file_hands_a_session_over_to_the_next_start(django, http, tmp_path):
    place = tmp_path / "session" / "tokens.json"
    first = Program(django, http, TERMINALS[0], path="token/", store=FileTokenStore(place))
    header = first.header()
    second = Program(django, http, TERMINALS[0], path="token/", store=FileTokenStore(place))
    assert second.header() == header
    assert second.requests == 0
    renewed = second.manager.force_refresh(rejected=header)
    assert first.manager.force_refresh(rejected=header) == renewed
    assert second.requests == 1


def test_4b_2_a_refresh_token_goes_on_with_a_session_until_it_is_refused(django, http):
    held = Program(django, http, TERMINALS[0], path="token/")
    held.header()
    spent = held.manager.tokens.refresh_token
    grant = RefreshTokenAuth(spent, client_id="terminal")
    program = Program(django, http, grant, path="token/")
    first = program.header()
    assert program.manager.force_refresh() != first
    assert program.requests == 2
    stranger = Program(django, http, grant, path="token/")
    with pytest.raises(ReauthRequiredError):
        stranger.header()  # this provider takes a spent one for a stolen one
    assert stranger.slot.load() is None


def test_canaille_takes_a_password_and_renews_its_tokens(canaille, http):
    grant = PasswordAuth("alice", "correct horse", client_id="terminal", scope="openid profile")
    program = Program(canaille, http, grant, path="oauth/token")
    header = {"Authorization": program.header()}
    said = http.get(f"{canaille.issuer}/oauth/userinfo", headers=header)
    assert said.json()["sub"] == "alice"
    first = program.slot.load()
    program.manager.force_refresh()
    # Its access tokens say when they were made, so that two of one second are the same.
    assert program.slot.load().refresh_token != first.refresh_token


# assertions, exchanges


def signs(op, issuer, *, path="token", **more):
    usual = {"key": KEY.as_dict(private=True), "kid": "k1", "issuer": issuer, "subject": "alice"}
    return SignedAssertion(audience=f"{op.issuer}/{path}", **(usual | more))


def test_a_signed_assertion_is_enough_as_often_as_it_is_made(certified, http):
    grant = JwtBearerAuth(signs(certified, "robot-jwt"), client_id="robot-jwt", scope="api:read")
    program = Program(certified, http, grant)
    first = program.header()
    assert program.is_active()
    assert program.manager.tokens.origin.subject == "alice"
    assert program.manager.force_refresh() != first


@pytest.mark.parametrize(
    "more", [{"key": private_key("ES256", 1).as_dict(private=True)}, {"issuer": "robot-post"}]
)
def test_an_assertion_that_is_not_believed_ends_it_with_nothing_kept(certified, http, more):
    grant = JwtBearerAuth(
        signs(certified, **({"issuer": "robot-jwt"} | more)), client_id="robot-jwt"
    )
    program = Program(certified, http, grant)
    with pytest.raises(TokenRefreshError) as caught:
        program.header()
    assert caught.value.error == "invalid_grant"
    assert program.slot.load() is None


@pytest.mark.parametrize(
    "proof", [None, SecretBasic("robot", "robot-secret")], ids=["no-client", "client"]
)
def test_canaille_takes_an_assertion_with_or_without_a_client(canaille, http, proof):
    sign = signs(canaille, "robot", path="oauth/token", key=SERVERS_OWN, alg="RS256", kid="s1")
    grant = JwtBearerAuth(sign, scope="profile", client_auth=proof)
    assert (grant.client_auth() == NoClientAuth("")) == (proof is None)
    program = Program(canaille, http, grant, path="oauth/token")
    first = program.header()
    assert first.count(".") == 2
    assert program.manager.force_refresh().count(".") == 2


def test_a_token_is_exchanged_for_one_of_a_client(certified, http):
    robot = SecretBasic("robot-exchange", "x")
    held = Program(
        certified,
        http,
        JwtBearerAuth(
            signs(certified, "robot-exchange"), client_auth=robot, scope="api:read api:write"
        ),
    )
    held.header()
    grant = TokenExchangeAuth(
        lambda: held.manager.tokens.access_token, scope="api:read", client_auth=robot
    )
    program = Program(certified, http, grant)
    first = program.header()
    assert first != held.header()
    assert program.is_active()
    assert program.manager.tokens.scope == "api:read"
    assert program.manager.tokens.raw["issued_token_type"].endswith(":access_token")
    assert program.manager.force_refresh() != first
    ended = TokenExchangeAuth("made-up", client_auth=robot)
    with pytest.raises(ReauthRequiredError):
        Program(certified, http, ended).header()


# devices


class OtherDevice:
    """A phone, with a browser that knows alice."""

    def __init__(self, op):
        self._op = op
        self._walks = []

    def show(self, prompt):
        typed = f"{prompt.verification_uri}?user_code={prompt.user_code}"
        address = prompt.verification_uri_complete or typed
        walk = threading.Thread(target=self._op.walk_device, args=(address,), daemon=True)
        self._walks.append(walk)
        walk.start()

    def arrive(self):
        (walk,) = self._walks  # nobody was asked a second time
        walk.join(PATIENCE)
        assert not walk.is_alive()


def by_device(op, http, client_id, device_path, *, path="token", scope):
    phone = OtherDevice(op)
    grant = DeviceCodeAuth(
        client_id, device_url=f"{op.issuer}/{device_path}", scope=scope, show=phone.show
    )
    program = Program(op, http, grant, path=path)
    first = program.header()
    phone.arrive()
    assert program.manager.force_refresh(rejected=first) != first
    phone.arrive()
    program.slot.clear()
    return program


def test_a_person_confirms_once_and_the_program_goes_on_by_itself(certified, http):
    certified.control(alwaysRefresh=True)
    program = by_device(certified, http, "native", "device/auth", scope="openid api:read")
    assert program.is_active()


@pytest.mark.slow  # five seconds: this provider's interval is what it is
def test_django_confirms_a_device_that_gets_no_id_token(django, http):
    program = by_device(
        django, http, "device", "device-authorization/", path="token/", scope="email"
    )
    assert program.is_active(path="introspect/")
