"""Working sessions: everything a subject may reach, as clients that hold the right tokens."""

from pywry_auth.lazy import lazy_names


_KEYS = "pywry_auth.integrations.auth_provider_key"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AppCredentials": "pywry_auth.integrations.credentials.app_credentials",
        "AuthBinding": "pywry_auth.integrations.binding",
        "AuthManager": "pywry_auth.integrations.auth_manager",
        "AuthProvider": "pywry_auth.integrations.provider",
        "AuthProviderKey": _KEYS,
        "BaseAuthFlow": "pywry_auth.integrations.flows.auth_flow",
        "CredentialStore": "pywry_auth.integrations.credential_store",
        "FileCredentialStore": "pywry_auth.integrations.stores.file_credentials",
        "HealthCheck": "pywry_auth.integrations.reaching.health",
        "InMemoryCredentialStore": "pywry_auth.integrations.stores.memory_credentials",
        "Integrations": "pywry_auth.integrations.container",
        "OAuth2AppCredentials": "pywry_auth.integrations.credentials.app_credentials",
        "OAuth2Flow": "pywry_auth.integrations.flows.oauth2_flow",
        "OAuth2Token": "pywry_auth.tokens",
        "ProviderKey": _KEYS,
        "ProviderSettings": "pywry_auth.integrations.settings",
        "RateLimit": "pywry_auth.integrations.reaching.rate_limits",
        "Target": "pywry_auth.integrations.reaching.target",
        "TokenBinding": "pywry_auth.integrations.token_binding",
        "TokenCredentialStore": "pywry_auth.integrations.stores.token_credentials",
        "UserCredentials": "pywry_auth.integrations.credentials.user_credentials",
        "available_auth_providers": "pywry_auth.integrations.registry",
        "available_providers": "pywry_auth.integrations.target_registry",
        "flow": "pywry_auth.integrations.provider",
        "get_auth_provider": "pywry_auth.integrations.registry",
        "get_provider": "pywry_auth.integrations.target_registry",
        "provider_override": "pywry_auth.integrations.overrides",
        "register_auth_provider": "pywry_auth.integrations.registry",
        "register_provider": "pywry_auth.integrations.target_registry",
    },
)
