"""Sign-in for desktop applications: a native window, PKCE, the OS keyring, silent re-login."""

from pywry_auth.lazy import lazy_names


__version__ = "0.1.0"

_ERRORS = "pywry_auth.errors"
_PROVIDERS = "pywry_auth.providers"
_STORES = "pywry_auth.token_store"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AuthError": _ERRORS,
        "AuthFlowCancelled": _ERRORS,
        "AuthFlowManager": "pywry_auth.flow.manager",
        "AuthFlowResult": "pywry_auth.flow.values",
        "AuthFlowState": "pywry_auth.flow.values",
        "AuthFlowTimeout": _ERRORS,
        "AuthenticationError": _ERRORS,
        "CallbackError": _ERRORS,
        "CallbackOptions": "pywry_auth.flow.values",
        "ConfigError": _ERRORS,
        "CredentialMissingError": _ERRORS,
        "DeviceFlow": "pywry_auth.flow.device",
        "DevicePrompt": "pywry_auth.protocol.device",
        "DiscoveryError": _ERRORS,
        "DiscoveryTransportError": _ERRORS,
        "EncryptionUnavailableError": _ERRORS,
        "GenericOIDCProvider": f"{_PROVIDERS}.oidc",
        "GitHubProvider": f"{_PROVIDERS}.github",
        "GoogleProvider": f"{_PROVIDERS}.presets",
        "InputCancelledError": _ERRORS,
        "JsonFileTokenStore": f"{_STORES}.file",
        "KeyringTokenStore": f"{_STORES}.keyring",
        "MemoryTokenStore": f"{_STORES}.memory",
        "MicrosoftProvider": f"{_PROVIDERS}.presets",
        "OAuth2Settings": "pywry_auth.settings",
        "OAuthProvider": f"{_PROVIDERS}.base",
        "OAuthTokenSet": "pywry_auth.tokens",
        "PKCEChallenge": "pywry_auth.pkce",
        "ProviderNotFoundError": _ERRORS,
        "ReauthRequiredError": _ERRORS,
        "RedisTokenStore": f"{_STORES}.redis",
        "RefreshTransportError": _ERRORS,
        "RegistrationError": _ERRORS,
        "ScopeDifference": "pywry_auth.protocol.scopes",
        "SealedTokenStore": f"{_STORES}.sealed",
        "SessionEvent": "pywry_auth.session.events",
        "SessionEventName": "pywry_auth.session.events",
        "SessionManager": "pywry_auth.session.manager",
        "SignInOptions": "pywry_auth.flow.values",
        "SignInWindow": "pywry_auth.window.base",
        "StepUpError": _ERRORS,
        "StoreError": _ERRORS,
        "StoreUnavailableError": _ERRORS,
        "StoredDataError": _ERRORS,
        "TokenError": _ERRORS,
        "TokenExpiredError": _ERRORS,
        "TokenOrigin": "pywry_auth.tokens",
        "TokenRefreshError": _ERRORS,
        "TokenSet": "pywry_auth.tokens",
        "TokenStore": f"{_STORES}.base",
        "TokenTransportError": _ERRORS,
        "TransportError": _ERRORS,
        "WindowError": _ERRORS,
        "WindowKind": "pywry_auth.window.base",
        "create_provider_from_settings": f"{_PROVIDERS}.factory",
        "freeze_support": "pywry_auth.window.freeze",
        "get_token_store": _STORES,
        "reset_token_store": _STORES,
    },
)
