"""Working sessions: everything a subject may reach, as clients that hold the right tokens."""

from pywry_auth.lazy import lazy_names


_KEYS = "pywry_auth.integrations.auth_provider_key"

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AuthProviderKey": _KEYS,
        "CredentialStore": "pywry_auth.integrations.credential_store",
        "OAuth2Token": "pywry_auth.tokens",
        "ProviderKey": _KEYS,
        "ProviderSettings": "pywry_auth.integrations.settings",
    },
)
