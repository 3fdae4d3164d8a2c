from pywry_auth.errors import AuthenticationError as AuthenticationError
from pywry_auth.errors import AuthError as AuthError
from pywry_auth.errors import AuthFlowCancelled as AuthFlowCancelled
from pywry_auth.errors import AuthFlowTimeout as AuthFlowTimeout
from pywry_auth.errors import CallbackError as CallbackError
from pywry_auth.errors import ConfigError as ConfigError
from pywry_auth.errors import CredentialMissingError as CredentialMissingError
from pywry_auth.errors import DiscoveryError as DiscoveryError
from pywry_auth.errors import DiscoveryTransportError as DiscoveryTransportError
from pywry_auth.errors import EncryptionUnavailableError as EncryptionUnavailableError
from pywry_auth.errors import InputCancelledError as InputCancelledError
from pywry_auth.errors import ProviderNotFoundError as ProviderNotFoundError
from pywry_auth.errors import ReauthRequiredError as ReauthRequiredError
from pywry_auth.errors import RefreshTransportError as RefreshTransportError
from pywry_auth.errors import StoredDataError as StoredDataError
from pywry_auth.errors import StoreError as StoreError
from pywry_auth.errors import StoreUnavailableError as StoreUnavailableError
from pywry_auth.errors import TokenError as TokenError
from pywry_auth.errors import TokenExpiredError as TokenExpiredError
from pywry_auth.errors import TokenRefreshError as TokenRefreshError
from pywry_auth.errors import TokenTransportError as TokenTransportError
from pywry_auth.errors import TransportError as TransportError
from pywry_auth.errors import WindowError as WindowError
from pywry_auth.flow.manager import AuthFlowManager as AuthFlowManager
from pywry_auth.flow.values import AuthFlowResult as AuthFlowResult
from pywry_auth.flow.values import AuthFlowState as AuthFlowState
from pywry_auth.flow.values import CallbackOptions as CallbackOptions
from pywry_auth.pkce import PKCEChallenge as PKCEChallenge
from pywry_auth.providers.base import OAuthProvider as OAuthProvider
from pywry_auth.providers.factory import (
    create_provider_from_settings as create_provider_from_settings,
)
from pywry_auth.providers.github import GitHubProvider as GitHubProvider
from pywry_auth.providers.oidc import GenericOIDCProvider as GenericOIDCProvider
from pywry_auth.providers.presets import GoogleProvider as GoogleProvider
from pywry_auth.providers.presets import MicrosoftProvider as MicrosoftProvider
from pywry_auth.session.events import SessionEvent as SessionEvent
from pywry_auth.session.events import SessionEventName as SessionEventName
from pywry_auth.session.manager import SessionManager as SessionManager
from pywry_auth.settings import OAuth2Settings as OAuth2Settings
from pywry_auth.token_store import get_token_store as get_token_store
from pywry_auth.token_store import reset_token_store as reset_token_store
from pywry_auth.token_store.base import TokenStore as TokenStore
from pywry_auth.token_store.file import JsonFileTokenStore as JsonFileTokenStore
from pywry_auth.token_store.keyring import KeyringTokenStore as KeyringTokenStore
from pywry_auth.token_store.memory import MemoryTokenStore as MemoryTokenStore
from pywry_auth.token_store.redis import RedisTokenStore as RedisTokenStore
from pywry_auth.token_store.sealed import SealedTokenStore as SealedTokenStore
from pywry_auth.tokens import OAuthTokenSet as OAuthTokenSet
from pywry_auth.tokens import TokenOrigin as TokenOrigin
from pywry_auth.tokens import TokenSet as TokenSet
from pywry_auth.window.base import SignInWindow as SignInWindow
from pywry_auth.window.base import WindowKind as WindowKind
from pywry_auth.window.freeze import freeze_support as freeze_support

__version__: str
