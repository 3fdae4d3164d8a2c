"""What is said about an error that arose here, by its class."""

import re
from dataclasses import dataclass

from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import (
    AuthenticationError,
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
    StoreUnavailableError,
    TokenExpiredError,
    TokenRefreshError,
    TransportError,
    WindowError,
)
from pywry_auth.protocol.timely import UntimelyError


@dataclass(frozen=True, slots=True)
class Usual:
    """
    What is said about one class of errors, or about those of it that were put in some words.

    Attributes:
        kind: the class.
        say: what the person is told.
        action: what the person can do.
        code: the stable word that programs are told; "" for the one of the error itself.
        words: a regular expression that the error's own message must hold; "" for any.
    """

    kind: type[AuthError]
    say: Say
    action: Action
    code: str = ""
    words: str = ""

    def fits(self, error: AuthError) -> bool:
        """Say whether this is about *error*."""
        return isinstance(error, self.kind) and re.search(self.words, error.message) is not None


#: the first that fits counts, so subclasses stand before their bases
CLASSES = (
    Usual(AuthFlowTimeout, Say.TIMEOUT, Action.RETRY),
    Usual(AuthFlowCancelled, Say.CANCELLED, Action.RETRY),
    Usual(WindowError, Say.NO_WINDOW, Action.DEVICE, "no_window", "no sign-in page can be shown"),
    Usual(WindowError, Say.WINDOW, Action.BROWSER),
    Usual(UntimelyError, Say.CLOCK, Action.RETRY, "clock_wrong"),
    Usual(StepUpError, Say.TOO_WEAK, Action.SIGN_IN, "too_weak"),
    Usual(RefreshTransportError, Say.OFFLINE_SIGNED_IN, Action.WAIT, "offline"),
    Usual(TransportError, Say.OFFLINE, Action.RETRY, "offline"),
    Usual(TokenExpiredError, Say.SESSION_ENDED, Action.SIGN_IN, "session_ended"),
    Usual(TokenRefreshError, Say.REFRESH_FAILED, Action.WAIT),
    Usual(CredentialMissingError, Say.NOT_SIGNED_IN, Action.SIGN_IN),
    Usual(DiscoveryError, Say.SETUP, Action.DEVELOPER, "issuer_mismatch", "another issuer"),
    Usual(DiscoveryError, Say.SETUP, Action.DEVELOPER),
    Usual(RegistrationError, Say.SETUP, Action.DEVELOPER),
    Usual(
        ConfigError,
        Say.EMBEDDED,
        Action.BROWSER,
        "embedded_refused",
        "refuses sign-in inside an application's own window",
    ),
    Usual(ConfigError, Say.SETUP, Action.DEVELOPER),
    Usual(ProviderNotFoundError, Say.SETUP, Action.DEVELOPER),
    Usual(
        EncryptionUnavailableError,
        Say.KEYRING_MISSING,
        Action.DEVELOPER,
        "keyring_plaintext",
        "does not protect secrets",
    ),
    Usual(EncryptionUnavailableError, Say.KEYRING_MISSING, Action.DEVELOPER, "keyring_missing"),
    Usual(StoredDataError, Say.STORED_UNREADABLE, Action.SIGN_IN),
    Usual(
        StoreUnavailableError,
        Say.KEYRING_SLOW,
        Action.UNLOCK,
        "keyring_slow",
        "the keyring has not answered",
    ),
    Usual(
        StoreUnavailableError,
        Say.KEYRING_LOCKED,
        Action.UNLOCK,
        "keyring_locked",
        "the keyring (?:is locked|could not be opened)",
    ),
    Usual(StoreError, Say.STORE, Action.RETRY),
    Usual(
        AuthenticationError,
        Say.SETUP,
        Action.DEVELOPER,
        "port_reserved",
        "no port could be opened.*(?:reserved|administrator only)",
    ),
    Usual(AuthenticationError, Say.PORT, Action.RETRY, "port_in_use", "no port could be opened"),
    Usual(AuthenticationError, Say.UNDER_WAY, Action.WAIT, "under_way", "a sign-in is under way"),
)
_UNSAFE = Usual(CallbackError, Say.UNSAFE, Action.RETRY, "answer_refused")
_ANY = Usual(AuthError, Say.UNEXPLAINED, Action.RETRY)
#: what ``protocol.authorization`` calls a redirect that cannot be trusted
FORGED = frozenset({"invalid_iss", "missing_iss"})


def usual(error: AuthError) -> Usual:
    """Give what is said about *error*."""
    if isinstance(error, CallbackError) and (error.error is None or error.error in FORGED):
        return _UNSAFE
    return next((each for each in CLASSES if each.fits(error)), _ANY)
