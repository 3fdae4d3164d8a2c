"""
Every call the documented API allows; never run, only type-checked.

    mypy --strict tests/typing/api.py
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import assert_type

from pywry_auth import (
    AuthFlowManager,
    AuthFlowResult,
    AuthFlowState,
    CallbackOptions,
    ClientFile,
    ClientMetadata,
    DeviceFlow,
    DevicePrompt,
    DPoPKey,
    FeatureUse,
    GenericOIDCProvider,
    GitHubProvider,
    GoogleProvider,
    Introspection,
    JsonFileTokenStore,
    KeyringTokenStore,
    LogoutFlow,
    LogoutResult,
    LogoutState,
    MemoryTokenStore,
    MicrosoftProvider,
    OAuth2Settings,
    OAuthProvider,
    OAuthTokenSet,
    PKCEChallenge,
    RedisTokenStore,
    RegisteredClient,
    ScopeDifference,
    SealedTokenStore,
    SessionEvent,
    SessionManager,
    SignInOptions,
    SignInWindow,
    TokenOrigin,
    TokenSet,
    TokenStore,
    WindowKind,
    create_provider_from_settings,
    delete_client,
    errors,
    freeze_support,
    get_token_store,
    provider_for_client,
    register_client,
    reset_token_store,
    speaking_with,
)
from pywry_auth.callback_server import OAuthCallbackServer
from pywry_auth.errors import AuthenticationError, AuthFlowTimeout, TokenError
from pywry_auth.protocol.client_auth import NoClientAuth, PrivateKeyJwt, SecretBasic, SecretPost


def show_window(url: str, config: dict[str, object]) -> str:
    return f"{url}{config}"


def close_window(label: str) -> None:
    del label


def values() -> None:
    tokens = OAuthTokenSet("a")
    tokens = OAuthTokenSet("a", "Bearer", "r", 60, "i", "s", {"x": 1}, 5.0, 90)
    tokens = OAuthTokenSet(
        access_token="a",
        token_type="Bearer",
        refresh_token=None,
        expires_in=None,
        id_token=None,
        scope="",
        raw={},
        issued_at=5.0,
        refresh_expires_in=None,
    )
    tokens = OAuthTokenSet("a", expires_in="60", scope=["a", "b"])
    tokens = OAuthTokenSet("a", expires_in=60.5, scope={"a"})
    tokens = OAuthTokenSet("a", expires_at=5.0, refresh_expiry=datetime.now(UTC))
    tokens = OAuthTokenSet("a", access_expiry=datetime.now(UTC), origin=TokenOrigin("i", "c", "s"))
    assert_type(TokenSet("a"), OAuthTokenSet)
    assert_type(tokens.expires_at, float | None)
    assert_type(tokens.is_expired, bool)
    assert_type(tokens.scopes, tuple[str, ...])
    assert_type(tokens.access_expiry, datetime | None)
    assert_type(tokens.refresh_expiry, datetime | None)
    assert_type(tokens.access_valid(), bool)
    assert_type(tokens.access_valid(30.0), bool)
    assert_type(tokens.refresh_valid(skew=30.0), bool)
    assert_type(tokens.usable_at(5.0, skew=30.0), bool)
    assert_type(tokens.authorization_header, str)
    assert_type(PKCEChallenge.generate(), PKCEChallenge)
    assert_type(PKCEChallenge.generate(length=32).verifier, str)
    PKCEChallenge("v", "c")
    PKCEChallenge(verifier="v", challenge="c", method="S256")
    result = AuthFlowResult(True)  # noqa: FBT003  # the documented signature
    result = AuthFlowResult(success=True, tokens=tokens, error=None, user_info={"sub": "a"})
    assert_type(result.tokens, OAuthTokenSet | None)
    assert_type(AuthFlowState("pending"), AuthFlowState)


def providers() -> list[OAuthProvider]:
    made: list[OAuthProvider] = [
        GenericOIDCProvider("c"),
        GenericOIDCProvider("c", "s", "https://op.example", ["openid"], "a", "t", "u", "r"),
        GenericOIDCProvider(
            "c", issuer_url="https://op.example", require_id_token_validation=False
        ),
        GenericOIDCProvider("c", client_auth=SecretBasic("c", "s"), authorize_params={"a": "b"}),
        GenericOIDCProvider("c", resources=["urn:a"], par=FeatureUse.OFF, dpop=FeatureUse.REQUIRED),
        GenericOIDCProvider("c", par_url="https://op.example/par"),
        GoogleProvider("c"),
        GoogleProvider("c", "s", ["openid"]),
        GitHubProvider("c", client_secret="s", scopes=["read:user"]),
        MicrosoftProvider("c", "s", "common", ["openid"]),
        MicrosoftProvider("c", tenant_id="organizations", client_auth=SecretPost("c", "s")),
        GitHubProvider("c", client_auth=NoClientAuth("c")),
        GenericOIDCProvider("c", client_auth=PrivateKeyJwt("c", "pem", "ES256")),
    ]
    made.append(create_provider_from_settings({"provider": "google", "client_id": "c"}))
    made.append(create_provider_from_settings(OAuth2Settings(client_id="c")))
    made.append(create_provider_from_settings(settings=OAuth2Settings.load({"client_id": "c"})))
    return made


async def calls(provider: GenericOIDCProvider) -> None:
    pkce = PKCEChallenge.generate()
    assert_type(provider.build_authorize_url("r", "s"), str)
    provider.build_authorize_url("r", "s", pkce, {"a": "b"})
    provider.build_authorize_url(redirect_uri="r", state="s", pkce=None, extra_params=None)
    assert_type(await provider.exchange_code("c", "r"), OAuthTokenSet)
    await provider.exchange_code("c", "r", "v", "n")
    await provider.exchange_code(code="c", redirect_uri="r", pkce_verifier=None, nonce=None)
    assert_type(await provider.refresh_tokens("r"), OAuthTokenSet)
    assert_type(await provider.get_userinfo("a"), dict[str, object])
    assert_type(await provider.revoke_token("t"), bool)
    assert_type(await provider.validate_id_token("t"), dict[str, object])
    await provider.validate_id_token("t", nonce="n")
    await provider.prepare()
    key = await provider.new_dpop_key()
    assert_type(key, DPoPKey | None)
    with speaking_with(key):
        await provider.refresh_tokens("r")
    assert_type(provider.prefers, WindowKind)
    async with provider as same:
        assert_type(same, GenericOIDCProvider)
    await provider.close()


class OwnProvider(OAuthProvider):
    async def exchange_code(
        self,
        code: str,
        redirect_uri: str,
        pkce_verifier: str | None = None,
        nonce: str | None = None,
    ) -> OAuthTokenSet:
        return OAuthTokenSet(f"{code}{redirect_uri}{pkce_verifier}{nonce}")

    async def refresh_tokens(self, refresh_token: str) -> OAuthTokenSet:
        return OAuthTokenSet(refresh_token)


class OwnStore(TokenStore):
    async def save(self, key: str, tokens: OAuthTokenSet) -> None: ...

    async def load(self, key: str) -> OAuthTokenSet | None: ...

    async def delete(self, key: str) -> None: ...

    async def exists(self, key: str) -> bool:
        return not key

    async def list_keys(self) -> list[str]:
        return []


class OwnWebSession:
    session_id = "x"


class OwnSessionStore:
    async def list_user_sessions(self, user_id: str) -> list[OwnWebSession]:
        del user_id
        return []

    async def delete_session(self, session_id: str) -> bool:
        return not session_id


async def sessions(provider: OAuthProvider, store: TokenStore) -> None:
    SessionManager(provider, store)
    SessionManager(provider, store, "default", None, 60, None)
    callback: Callable[[], None] = reset_token_store
    listener: Callable[[SessionEvent], None] = print
    session = SessionManager(
        provider=provider,
        token_store=store,
        session_key="k",
        session_store=OwnSessionStore(),
        refresh_buffer_seconds=10,
        on_reauth_required=callback,
        on_event=listener,
    )
    assert_type(await session.initialize(), OAuthTokenSet | None)
    await session.save_tokens(OAuthTokenSet("a"))
    assert_type(await session.get_access_token(), str)
    assert_type(await session.refresh(), OAuthTokenSet)
    await session.logout()
    await session.logout(revoke=False)


def flows(provider: OAuthProvider, store: TokenStore, window: SignInWindow) -> None:
    AuthFlowManager(provider)
    AuthFlowManager(provider, store, None, True, 120.0)  # noqa: FBT003  # the documented signature
    manager = AuthFlowManager(
        provider=provider,
        token_store=store,
        session_manager=SessionManager(provider, store),
        use_pkce=True,
        auth_timeout=60,
        window=WindowKind.BROWSER,
        callback=CallbackOptions("localhost", (8400, 0), "/cb", "form_post"),
        on_notice=print,
    )
    AuthFlowManager(provider, window=window)
    assert_type(manager.flow_state, AuthFlowState)
    assert_type(manager.run_native(), AuthFlowResult)
    manager.run_native(show_window, close_window, {"title": "Sign in"})
    manager.run_native(show_window=show_window, close_window=None, window_config=None)
    assert_type(manager.run_deploy(), str)
    manager.run_deploy(base_url="https://app.example")
    assert_type(manager.authenticate(None), AuthFlowResult)
    manager.authenticate(object(), show_window, close_window, {"width": 600})
    manager.authenticate(app="anything", window_config={})
    manager.run_native(options=SignInOptions(acr_values=["gold"], max_age=0, id_token_hint="e.y.J"))
    manager.authenticate(None, options=SignInOptions(scopes="openid mail", prompt="login"))
    assert_type(manager.run_native().scopes, ScopeDifference)
    manager.cancel()


async def sign_outs(session: SessionManager, window: SignInWindow) -> None:
    flow = LogoutFlow(session)
    flow = LogoutFlow(
        session,
        window=window,
        profile="mine",
        callback=CallbackOptions("localhost", (8400, 0)),
        path="/bye",
        timeout=5,
        on_notice=print,
    )
    result = flow.run(show_window, close_window, {"title": "Bye"}, revoke=False, logout_hint="a")
    assert_type(result, LogoutResult)
    assert_type(await flow.arun(), LogoutResult)
    assert_type(result.state, LogoutState)
    assert_type(result.confirmed, bool)
    flow.cancel()


async def registrations(provider: OAuthProvider) -> None:
    client = await register_client("https://id.example.com", initial_access_token="t")
    assert_type(client, RegisteredClient)
    file = ClientFile("client.json")
    assert_type(file.load(), RegisteredClient | None)
    kept = await file.client("https://id.example.com", ClientMetadata(client_name="Ledger"))
    assert_type(provider_for_client(kept, ["openid"]), GenericOIDCProvider)
    await delete_client(kept)
    assert_type(await provider.introspect_token("t", token_type_hint="access_token"), Introspection)


async def stores(path: str) -> None:
    made: list[TokenStore] = [
        MemoryTokenStore(),
        KeyringTokenStore(),
        KeyringTokenStore(service_name="mine"),
        RedisTokenStore(),
        RedisTokenStore("redis://localhost", "p", 5),
        JsonFileTokenStore(path),
        SealedTokenStore(path),
        SealedTokenStore(path, "mine"),
        OwnStore(),
        get_token_store(),
        get_token_store("keyring", service_name="mine"),
        get_token_store(backend="file", path=path),
        get_token_store("sealed", path=path, service_name="mine"),
    ]
    store = made[0]
    await store.save("k", OAuthTokenSet("a"))
    assert_type(await store.load("k"), OAuthTokenSet | None)
    await store.delete("k")
    assert_type(await store.exists("k"), bool)
    assert_type(await store.list_keys(), list[str])
    slot = store.slot()
    slot.save(OAuthTokenSet("a"))
    assert_type(slot.load(), OAuthTokenSet | None)
    slot.clear()
    store.slot("other")
    reset_token_store()


def callbacks() -> None:
    OAuthCallbackServer()
    server = OAuthCallbackServer("127.0.0.1", 0)
    server = OAuthCallbackServer(host="::1", port=8400)
    assert_type(server.start(), str)
    assert_type(server.redirect_uri, str)
    found = server.wait_for_callback()
    found = server.wait_for_callback(timeout=5.0)
    if found is not None:
        assert_type(found["code"], str)
    server.stop()


def devices(provider: OAuthProvider, store: TokenStore, session: SessionManager) -> None:
    def show(prompt: DevicePrompt) -> None:
        assert_type(prompt.user_code, str)
        assert_type(prompt.host, str)
        assert_type(prompt.seconds_left(0.0), float)

    flow = DeviceFlow(provider, store, show=show, auth_timeout=600.0, on_notice=print)
    assert_type(flow.run(), AuthFlowResult)
    assert_type(flow.flow_state, AuthFlowState)
    flow.cancel()
    flow = DeviceFlow(provider, session_manager=session, window="browser", app_name="Ledger")
    assert_type(asyncio.run(flow.arun()), AuthFlowResult)
    assert_type(flow.farewell(), bool)


def settings(env: Mapping[str, str]) -> None:
    OAuth2Settings()
    OAuth2Settings(provider="github", client_id="c", client_secret="s", scopes="a b")
    assert_type(OAuth2Settings.load({"provider": "github"}, env=env).use_pkce, bool)


def failures() -> None:
    AuthenticationError("m")
    AuthenticationError("m", "github", "f1", attempt=3)
    AuthenticationError(message="m", provider=None, flow_id=None)
    timeout = AuthFlowTimeout("m", 120.0)
    assert_type(timeout.timeout, float)
    error = TokenError("m", error="invalid_grant", error_description="gone")
    assert_type(error.error, str | None)
    assert_type(error.retryable, bool)
    assert_type(error.hint, str)
    raise errors.ReauthRequiredError("m")


def main() -> None:
    freeze_support()
    provider = OwnProvider("c", "s", ["a"], "a", "t", "u", "r")
    asyncio.run(sessions(provider, OwnStore()))
