"""Working sessions: everything a subject may reach, as clients that hold the right tokens."""

from pywry_auth.lazy import lazy_names


_KEYS = "pywry_auth.integrations.auth_provider_key"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AppCredentials": "pywry_auth.integrations.credentials",
        "AuthBinding": "pywry_auth.integrations.binding",
        "AuthProvider": "pywry_auth.integrations.provider",
        "AuthProviderKey": _KEYS,
        "BaseAuthFlow": "pywry_auth.integrations.auth_flow",
        "CredentialStore": "pywry_auth.integrations.credential_store",
        "HealthCheck": "pywry_auth.integrations.health",
        "Integrations": "pywry_auth.integrations.container",
        "OAuth2AppCredentials": "pywry_auth.integrations.credentials",
        "OAuth2Flow": "pywry_auth.integrations.oauth2_flow",
        "OAuth2Token": "pywry_auth.tokens",
        "ProviderKey": _KEYS,
        "ProviderSettings": "pywry_auth.integrations.settings",
        "RateLimit": "pywry_auth.integrations.rate_limits",
        "Target": "pywry_auth.integrations.target",
        "UserCredentials": "pywry_auth.integrations.user_credentials",
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
