"""The authorization servers one can sign in at."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "ClientFile": "pywry_auth.providers.registration",
        "ClientMetadata": "pywry_auth.protocol.registration",
        "FeatureUse": "pywry_auth.providers.feature_use",
        "GenericOIDCProvider": "pywry_auth.providers.oidc",
        "GitHubProvider": "pywry_auth.providers.github",
        "GoogleProvider": "pywry_auth.providers.presets",
        "MicrosoftProvider": "pywry_auth.providers.presets",
        "OAuthProvider": "pywry_auth.providers.base",
        "RegisteredClient": "pywry_auth.protocol.registration",
        "StandardProvider": "pywry_auth.providers.standard",
        "create_provider_from_settings": "pywry_auth.providers.factory",
        "delete_client": "pywry_auth.providers.registration",
        "provider_for_client": "pywry_auth.providers.registration",
        "register_client": "pywry_auth.providers.registration",
        "speaking_with": "pywry_auth.providers.proving",
    },
)
