"""What is said about an error of a class that nothing more is known about."""

from dataclasses import dataclass

from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import (
    AuthError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    CallbackError,
    ConfigError,
    CredentialMissingError,
    DiscoveryError,
    EncryptionUnavailableError,
    ProviderNotFoundError,
    RefreshTransportError,
    RegistrationError,
    StepUpError,
    StoredDataError,
    StoreError,
    TokenExpiredError,
    TokenRefreshError,
    TransportError,
    WindowError,
)
from pywry_auth.protocol.timely import UntimelyError


@dataclass(frozen=True, slots=True)
class Usual:
    """The sentence for one class of errors, with what the person can do."""

    kind: type[AuthError]
    say: Say
    action: Action


#: the first that fits counts, so subclasses stand before their bases
CLASSES = (
    Usual(AuthFlowTimeout, Say.TIMEOUT, Action.RETRY),
    Usual(AuthFlowCancelled, Say.CANCELLED, Action.RETRY),
    Usual(WindowError, Say.WINDOW, Action.BROWSER),
    Usual(UntimelyError, Say.CLOCK, Action.RETRY),
    Usual(StepUpError, Say.TOO_WEAK, Action.SIGN_IN),
    Usual(RefreshTransportError, Say.OFFLINE_SIGNED_IN, Action.WAIT),
    Usual(TransportError, Say.OFFLINE, Action.RETRY),
    Usual(TokenExpiredError, Say.SESSION_ENDED, Action.SIGN_IN),
    Usual(TokenRefreshError, Say.REFRESH_FAILED, Action.WAIT),
    Usual(CredentialMissingError, Say.NOT_SIGNED_IN, Action.SIGN_IN),
    Usual(DiscoveryError, Say.SETUP, Action.DEVELOPER),
    Usual(RegistrationError, Say.SETUP, Action.DEVELOPER),
    Usual(ConfigError, Say.SETUP, Action.DEVELOPER),
    Usual(ProviderNotFoundError, Say.SETUP, Action.DEVELOPER),
    Usual(EncryptionUnavailableError, Say.KEYRING_MISSING, Action.DEVELOPER),
    Usual(StoredDataError, Say.STORED_UNREADABLE, Action.SIGN_IN),
    Usual(StoreError, Say.STORE, Action.RETRY),
)
#: what a redirect that cannot be trusted is called by ``protocol.authorization``
FORGED = frozenset({"invalid_iss", "missing_iss"})


def usual(error: AuthError) -> Usual:
    """Give what is said about *error* by its class."""
    if isinstance(error, CallbackError) and (error.error is None or error.error in FORGED):
        return Usual(CallbackError, Say.UNSAFE, Action.RETRY)
    found = (each for each in CLASSES if isinstance(error, each.kind))
    return next(found, Usual(AuthError, Say.UNEXPLAINED, Action.RETRY))
