from pywry_auth.integrations.auth_manager import AuthManager as AuthManager
from pywry_auth.integrations.auth_provider_key import AuthProviderKey as AuthProviderKey
from pywry_auth.integrations.auth_provider_key import ProviderKey as ProviderKey
from pywry_auth.integrations.binding import AuthBinding as AuthBinding
from pywry_auth.integrations.container import Integrations as Integrations
from pywry_auth.integrations.credential_store import CredentialStore as CredentialStore
from pywry_auth.integrations.credentials.app_credentials import AppCredentials as AppCredentials
from pywry_auth.integrations.credentials.app_credentials import (
    OAuth2AppCredentials as OAuth2AppCredentials,
)
from pywry_auth.integrations.credentials.user_credentials import UserCredentials as UserCredentials
from pywry_auth.integrations.flows.auth_flow import BaseAuthFlow as BaseAuthFlow
from pywry_auth.integrations.flows.oauth2_flow import OAuth2Flow as OAuth2Flow
from pywry_auth.integrations.overrides import provider_override as provider_override
from pywry_auth.integrations.provider import AuthProvider as AuthProvider
from pywry_auth.integrations.provider import flow as flow
from pywry_auth.integrations.reaching.health import HealthCheck as HealthCheck
from pywry_auth.integrations.reaching.rate_limits import RateLimit as RateLimit
from pywry_auth.integrations.reaching.target import Target as Target
from pywry_auth.integrations.registry import available_auth_providers as available_auth_providers
from pywry_auth.integrations.registry import get_auth_provider as get_auth_provider
from pywry_auth.integrations.registry import register_auth_provider as register_auth_provider
from pywry_auth.integrations.settings import ProviderSettings as ProviderSettings
from pywry_auth.integrations.stores.file_credentials import (
    FileCredentialStore as FileCredentialStore,
)
from pywry_auth.integrations.stores.memory_credentials import (
    InMemoryCredentialStore as InMemoryCredentialStore,
)
from pywry_auth.integrations.stores.token_credentials import (
    TokenCredentialStore as TokenCredentialStore,
)
from pywry_auth.integrations.target_registry import available_providers as available_providers
from pywry_auth.integrations.target_registry import get_provider as get_provider
from pywry_auth.integrations.target_registry import register_provider as register_provider
from pywry_auth.integrations.token_binding import TokenBinding as TokenBinding
from pywry_auth.tokens import OAuth2Token as OAuth2Token
