"""The authorization servers one can sign in at."""

from importlib import import_module


_HOMES = {
    "OAuthProvider": "pywry_auth.providers.base",
    "StandardProvider": "pywry_auth.providers.standard",
    "GenericOIDCProvider": "pywry_auth.providers.oidc",
    "GoogleProvider": "pywry_auth.providers.presets",
    "MicrosoftProvider": "pywry_auth.providers.presets",
    "GitHubProvider": "pywry_auth.providers.github",
    "create_provider_from_settings": "pywry_auth.providers.factory",
}

__all__ = [
    "GenericOIDCProvider",
    "GitHubProvider",
    "GoogleProvider",
    "MicrosoftProvider",
    "OAuthProvider",
    "StandardProvider",
    "create_provider_from_settings",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(_HOMES[name]))[name]
