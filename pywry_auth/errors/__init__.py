"""
Every exception of the package, in one tree.

    AuthError                             code, message, provider, operation, retryable, hint
    ├ ConfigError                         also ValueError; the program or its settings are wrong
    ├ TransportError                      no usable answer arrived; retryable
    ├ HTTPStatusError                     status_code, url, body; a resource server said no
    │   ├ RateLimitError                  retry_after, in seconds; retryable
    │   ├ QuotaExceededError
    │   ├ NotFoundError
    │   └ ServerError                     retryable
    ├ AuthenticationError                 flow_id, context; this sign-in did not succeed
    │   ├ AuthFlowCancelled               the person closed the window or pressed cancel
    │   │   └ InputCancelledError         the person left a prompt in the terminal
    │   ├ AuthFlowTimeout                 timeout, in seconds
    │   ├ CallbackError                   error, error_description; the redirect was no success
    │   ├ DiscoveryError                  the provider's metadata is missing or cannot be trusted
    │   │   └ DiscoveryTransportError     also TransportError; nothing was wrong, nobody answered
    │   ├ RegistrationError               error, error_description; no client was registered
    │   ├ WindowError                     exit_code, detail; the window could not do its work
    │   └ TokenError                      error, error_description, as the server sent them
    │       ├ TokenTransportError         also TransportError
    │       ├ StepUpError                 context: asked, came; too weak, or somebody else
    │       ├ TokenExpiredError           nothing usable is held
    │       └ TokenRefreshError           the refresh was not a success; the tokens are kept
    │           ├ RefreshTransportError   also TransportError
    │           └ ReauthRequiredError     also TokenExpiredError; a person must sign in
    ├ CredentialMissingError              nothing stored, given or configured
    ├ ProviderNotFoundError               also KeyError and ValueError
    └ StoreError
        ├ StoreUnavailableError           locked, refused, too slow or unreachable; retryable
        ├ StoredDataError                 what is stored cannot be read
        └ EncryptionUnavailableError      no store that protects secrets exists here

No message, ``repr`` or context of any of them holds a token, a code, a verifier, a client secret or
a full authorize URL.

Some have a second name, for programs that come from elsewhere; it is the same class.
"""

from pywry_auth.errors.keeping import (
    CredentialMissingError,
    EncryptionUnavailableError,
    ProviderNotFoundError,
    StoredDataError,
    StoreError,
    StoreUnavailableError,
)
from pywry_auth.errors.resources import (
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from pywry_auth.errors.signing_in import (
    AuthenticationError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    CallbackError,
    DiscoveryError,
    DiscoveryTransportError,
    InputCancelledError,
    ReauthRequiredError,
    RefreshTransportError,
    RegistrationError,
    StepUpError,
    TokenError,
    TokenExpiredError,
    TokenRefreshError,
    TokenTransportError,
    WindowError,
)
from pywry_auth.errors.tree import (
    AuthError,
    ConfigError,
    TransportError,
)


AuthenticationFailedError = AuthenticationError
AuthsomeError = AuthError
CdseConfigError = ConfigError
CdseError = AuthError
CdseHTTPError = HTTPStatusError
EndpointUnreachableError = TransportError
RefreshFailedError = TokenRefreshError

__all__ = (
    "AuthError",
    "AuthFlowCancelled",
    "AuthFlowTimeout",
    "AuthenticationError",
    "AuthenticationFailedError",
    "AuthsomeError",
    "CallbackError",
    "CdseConfigError",
    "CdseError",
    "CdseHTTPError",
    "ConfigError",
    "CredentialMissingError",
    "DiscoveryError",
    "DiscoveryTransportError",
    "EncryptionUnavailableError",
    "EndpointUnreachableError",
    "HTTPStatusError",
    "InputCancelledError",
    "NotFoundError",
    "ProviderNotFoundError",
    "QuotaExceededError",
    "RateLimitError",
    "ReauthRequiredError",
    "RefreshFailedError",
    "RefreshTransportError",
    "RegistrationError",
    "ServerError",
    "StepUpError",
    "StoreError",
    "StoreUnavailableError",
    "StoredDataError",
    "TokenError",
    "TokenExpiredError",
    "TokenRefreshError",
    "TokenTransportError",
    "TransportError",
    "WindowError",
)
