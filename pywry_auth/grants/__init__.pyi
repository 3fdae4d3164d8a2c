from pywry_auth.grants.device import DeviceCodeAuth as DeviceCodeAuth
from pywry_auth.grants.events import TokenEvent as TokenEvent
from pywry_auth.grants.events import TokenEventName as TokenEventName
from pywry_auth.grants.grant import DEFAULT_CLIENT_ID as DEFAULT_CLIENT_ID
from pywry_auth.grants.grant import TokenGrant as TokenGrant
from pywry_auth.grants.kinds.client_credentials import (
    ClientCredentialsAuth as ClientCredentialsAuth,
)
from pywry_auth.grants.kinds.jwt_bearer import JwtBearerAuth as JwtBearerAuth
from pywry_auth.grants.kinds.jwt_bearer import SignedAssertion as SignedAssertion
from pywry_auth.grants.kinds.password import PasswordAuth as PasswordAuth
from pywry_auth.grants.kinds.refresh_token import RefreshTokenAuth as RefreshTokenAuth
from pywry_auth.grants.kinds.stored import StoredTokenAuth as StoredTokenAuth
from pywry_auth.grants.kinds.token_exchange import TokenExchangeAuth as TokenExchangeAuth
from pywry_auth.grants.manager import TokenManager as TokenManager
from pywry_auth.grants.providers import AuthProvider as AuthProvider
from pywry_auth.grants.requests.bearer import BearerAuth as BearerAuth
from pywry_auth.grants.requests.rate_limiter import RateLimiter as RateLimiter
from pywry_auth.grants.requests.transport_settings import TransportSettings as TransportSettings
from pywry_auth.grants.store import FileTokenStore as FileTokenStore
from pywry_auth.grants.store import MemoryTokenStore as MemoryTokenStore
from pywry_auth.grants.store import TokenStore as TokenStore
from pywry_auth.grants.transport import AuthTransport as AuthTransport
from pywry_auth.protocol.client_auth import PrivateKeyJwt as PrivateKeyJwt
from pywry_auth.protocol.client_auth import SecretBasic as SecretBasic
from pywry_auth.protocol.client_auth import SecretPost as SecretPost
from pywry_auth.token_store.slot import MemoryTokenSlot as MemoryTokenSlot
from pywry_auth.token_store.slot import TokenSlot as TokenSlot
from pywry_auth.tokens import TokenSet as TokenSet
