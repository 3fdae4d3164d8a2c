"""The real client, driven against one row of the conformance table."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from pywry_auth.errors import AuthError, AuthFlowTimeout
from pywry_auth.flow import AuthFlowManager, AuthFlowResult, CallbackOptions
from pywry_auth.protocol.client_auth import (
    ClientAuth,
    NoClientAuth,
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
)
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing import ClientAuthMethod, HeadlessAgent, ProgrammableProvider, Registration
from pywry_auth.testing.assertion import client_key_pem
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.token_store.base import key_entry
from pywry_auth.tokens import OAuthTokenSet


SILENCE = 0.2  # seconds in which a client that goes on after a fault would be seen
TIMEOUT = 15.0  # seconds; nothing here takes that long
SECRET = ("state", "nonce", "code", "code_verifier", "client_secret", "client_assertion")
SHORT = 0.6  # seconds until a sign-in that nobody answers is given up


@dataclass
class Party:
    """One relying party, at an issuer that behaves as *row* says."""

    op: ProgrammableProvider
    row: ConformanceRow
    mode: str
    response_mode: str = "query"
    validates: bool = True
    patience: float | None = None
    awaited: bool = False  # whether the application awaits its sign-ins
    issuer: str = field(init=False)
    provider: GenericOIDCProvider = field(init=False)
    store: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    agent: HeadlessAgent = field(default_factory=HeadlessAgent)
    session: SessionManager = field(init=False)

    def __post_init__(self) -> None:
        self.issuer = self.op.add(self.mode, self.row.conduct)
        client = self.row.conduct.client
        self.provider = GenericOIDCProvider(
            client.client_id,
            client.client_secret,
            self.issuer,
            list(self.row.scopes),
            require_id_token_validation=self.validates,
            client_auth=client_auth(client),
            authorize_params=self.row.authorize_params,
            par=self.row.par,
            dpop=self.row.dpop,
            resources=self.row.resources,
        )
        if self.row.error is AuthFlowTimeout:
            self.patience = self.patience or SHORT
        self.session = self.new_session()

    def new_session(self, on_reauth_required: Callable[[], None] | None = None) -> SessionManager:
        """Another start of the same application."""
        return SessionManager(self.provider, self.store, on_reauth_required=on_reauth_required)

    def sign_in(self, show_window: Callable[..., str] | None = None) -> AuthFlowResult:
        manager = AuthFlowManager(
            self.provider,
            session_manager=self.session,
            auth_timeout=self.patience or TIMEOUT,
            callback=CallbackOptions(response_mode=self.response_mode),
        )
        show = show_window or self.agent.show_window
        more = {"close_window": self.agent.close_window, "options": self.row.options}
        if self.awaited:
            return asyncio.run(manager.arun_native(show, **more))
        return manager.run_native(show, **more)

    def refresh(self) -> OAuthTokenSet:
        return asyncio.run(self.session.refresh())

    def stored(self) -> dict[str, OAuthTokenSet | None]:
        return {key: self.store.get(key) for key in asyncio.run(self.store.list_keys())}

    def calls(self) -> list[str]:
        return self.op.calls(self.mode)

    def must_be_silent(self) -> None:
        """Nothing more is called, not even by something still running in the background."""
        before = self.calls()
        time.sleep(SILENCE)
        assert self.calls() == before

    def must_have_reached_userinfo_with(self, access_token: str) -> None:
        seen = [s for s in self.op.requests(self.mode) if s.endpoint == "userinfo"]
        assert seen[-1].access_token == access_token

    def must_behave(self) -> None:
        """The provider saw nothing that a correct client never does."""
        assert self.op.violations(self.mode) == []

    def must_not_be_said_in(self, text: str) -> None:
        """Nothing secret of this sign-in is in *text*."""
        secrets = set(self.op.issued(self.mode))
        for seen in self.op.requests(self.mode):
            secrets |= {value for name in SECRET if (value := seen.params.get(name))}
        assert not [secret for secret in secrets if secret in text]

    def must_keep_secrets(self, error: BaseException) -> None:
        self.must_not_be_said_in("".join(f"{part!s}{part!r}" for part in chain(error)))

    def close(self) -> None:
        asyncio.run(self.session.logout(revoke=False))
        asyncio.run(self.provider.close())
        self.agent.join()


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def client_auth(client: Registration) -> ClientAuth:
    match client.auth:
        case ClientAuthMethod.NONE:
            return NoClientAuth(client.client_id)
        case ClientAuthMethod.SECRET_POST:
            return SecretPost(client.client_id, client.client_secret)
        case ClientAuthMethod.SECRET_BASIC:
            return SecretBasic(client.client_id, client.client_secret)
        case ClientAuthMethod.PRIVATE_KEY_JWT:
            return PrivateKeyJwt(client.client_id, client_key_pem().decode(), "ES256")


def must_hold(rp: Party) -> None:
    """Sign in, and hold the client to what the row says."""
    if rp.row.error is None:
        must_accept(rp)
    else:
        must_refuse(rp, rp.row.error)
    rp.must_behave()


def must_accept(rp: Party) -> None:
    for _ in range(rp.row.sign_ins):
        result = rp.sign_in()
        assert result.success
        assert result.tokens is not None
        assert result.user_info is not None
        assert set(rp.row.claims) <= set(result.user_info)
        rp.must_have_reached_userinfo_with(result.tokens.access_token)
        assert rp.stored() == {"default": result.tokens}


def must_refuse(rp: Party, error: type[AuthError]) -> None:
    with pytest.raises(error) as caught:
        rp.sign_in()
    assert type(caught.value) is error
    rp.must_be_silent()
    assert set(rp.calls()) <= rp.row.allowed
    assert rp.calls().count("token") <= rp.row.token_calls
    assert rp.calls().count("jwks") <= 2
    assert ("token" if rp.row.last == "jwks" else rp.row.last) in rp.calls()
    assert rp.stored() == {}
    assert rp.store.get(key_entry("default")) is None
    if rp.row.says is not None:
        assert caught.value.error == rp.row.says
    rp.must_keep_secrets(caught.value)
