from pywry_auth.providers.base import OAuthProvider as OAuthProvider
from pywry_auth.providers.factory import (
    create_provider_from_settings as create_provider_from_settings,
)
from pywry_auth.providers.github import GitHubProvider as GitHubProvider
from pywry_auth.providers.oidc import GenericOIDCProvider as GenericOIDCProvider
from pywry_auth.providers.presets import GoogleProvider as GoogleProvider
from pywry_auth.providers.presets import MicrosoftProvider as MicrosoftProvider
from pywry_auth.providers.standard import StandardProvider as StandardProvider
