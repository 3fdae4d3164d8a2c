"""Every grant there is, under the names they have together."""

from pywry_auth.grants.device import DeviceCodeAuth
from pywry_auth.grants.grant import DEFAULT_CLIENT_ID, TokenGrant
from pywry_auth.grants.kinds.client_credentials import ClientCredentialsAuth
from pywry_auth.grants.kinds.jwt_bearer import JwtBearerAuth, SignedAssertion
from pywry_auth.grants.kinds.password import PasswordAuth
from pywry_auth.grants.kinds.refresh_token import RefreshTokenAuth
from pywry_auth.grants.kinds.token_exchange import TokenExchangeAuth


AuthProvider = TokenGrant

__all__ = (
    "DEFAULT_CLIENT_ID",
    "AuthProvider",
    "ClientCredentialsAuth",
    "DeviceCodeAuth",
    "JwtBearerAuth",
    "PasswordAuth",
    "RefreshTokenAuth",
    "SignedAssertion",
    "TokenExchangeAuth",
    "TokenGrant",
)
