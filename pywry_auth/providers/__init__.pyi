from pywry_auth.protocol.registration import ClientMetadata as ClientMetadata
from pywry_auth.protocol.registration import RegisteredClient as RegisteredClient
from pywry_auth.providers.base import OAuthProvider as OAuthProvider
from pywry_auth.providers.factory import (
    create_provider_from_settings as create_provider_from_settings,
)
from pywry_auth.providers.feature_use import FeatureUse as FeatureUse
from pywry_auth.providers.github import GitHubProvider as GitHubProvider
from pywry_auth.providers.oidc import GenericOIDCProvider as GenericOIDCProvider
from pywry_auth.providers.presets import GoogleProvider as GoogleProvider
from pywry_auth.providers.presets import MicrosoftProvider as MicrosoftProvider
from pywry_auth.providers.proving import speaking_with as speaking_with
from pywry_auth.providers.registration import ClientFile as ClientFile
from pywry_auth.providers.registration import delete_client as delete_client
from pywry_auth.providers.registration import provider_for_client as provider_for_client
from pywry_auth.providers.registration import register_client as register_client
from pywry_auth.providers.standard import StandardProvider as StandardProvider
