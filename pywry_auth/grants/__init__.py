"""Tokens for programs: grants without a window, with a manager that keeps their tokens fresh."""

from pywry_auth.lazy import lazy_names


_SLOTS = "pywry_auth.token_store.slot"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AuthProvider": "pywry_auth.grants.providers",
        "AuthTransport": "pywry_auth.grants.transport",
        "BearerAuth": "pywry_auth.grants.requests.bearer",
        "ClientCredentialsAuth": "pywry_auth.grants.kinds.client_credentials",
        "DEFAULT_CLIENT_ID": "pywry_auth.grants.grant",
        "DeviceCodeAuth": "pywry_auth.grants.device",
        "FileTokenStore": "pywry_auth.grants.store",
        "JwtBearerAuth": "pywry_auth.grants.kinds.jwt_bearer",
        "MemoryTokenSlot": _SLOTS,
        "MemoryTokenStore": "pywry_auth.grants.store",
        "PasswordAuth": "pywry_auth.grants.kinds.password",
        "PrivateKeyJwt": "pywry_auth.protocol.client_auth",
        "RateLimiter": "pywry_auth.grants.requests.rate_limiter",
        "RefreshTokenAuth": "pywry_auth.grants.kinds.refresh_token",
        "SecretBasic": "pywry_auth.protocol.client_auth",
        "SecretPost": "pywry_auth.protocol.client_auth",
        "SignedAssertion": "pywry_auth.grants.kinds.jwt_bearer",
        "StoredTokenAuth": "pywry_auth.grants.kinds.stored",
        "TokenEvent": "pywry_auth.grants.events",
        "TokenEventName": "pywry_auth.grants.events",
        "TokenExchangeAuth": "pywry_auth.grants.kinds.token_exchange",
        "TokenGrant": "pywry_auth.grants.grant",
        "TokenManager": "pywry_auth.grants.manager",
        "TokenSet": "pywry_auth.tokens",
        "TokenSlot": _SLOTS,
        "TokenStore": "pywry_auth.grants.store",
        "TransportSettings": "pywry_auth.grants.requests.transport_settings",
    },
)
