"""
Every exception of the package, in one tree.

    AuthError                             code, message, provider, operation, retryable, hint
    ├ ConfigError                         also ValueError; the program or its settings are wrong
    ├ TransportError                      no usable answer arrived; retryable
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
    ├ CredentialMissingError              nothing stored under that name
    ├ ProviderNotFoundError               also KeyError and ValueError
    └ StoreError
        ├ StoreUnavailableError           locked, refused, too slow or unreachable; retryable
        ├ StoredDataError                 what is stored cannot be read
        └ EncryptionUnavailableError      no store that protects secrets exists here

No message, ``repr`` or context of any of them holds a token, a code, a verifier, a client secret or
a full authorize URL.
"""


class AuthError(Exception):
    """
    What every error of this package is.

    Attributes:
        code: a stable word for programs, for example ``"token_expired"``.
        message: one sentence for people.
        hint: what to do about it, or ""; tracebacks show it as a note.
        provider: name of the provider concerned, or None.
        operation: what was being done, or None.
        retryable: whether doing the same again later may succeed without anybody's help.
    """

    #: a stable word for programs, for example ``"token_expired"``
    code: str = "auth_error"
    #: whether doing the same again later may succeed without anybody's help
    retryable: bool = False

    def __init__(
        self,
        message: str = "",
        *,
        provider: str | None = None,
        operation: str | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.operation = operation
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")

    def __str__(self) -> str:
        return self.message


class ConfigError(AuthError, ValueError):
    """A setting or an argument is wrong; nothing was sent or stored."""

    code = "config_error"


class TransportError(AuthError):
    """No usable answer arrived: offline, DNS, TLS, a time-out, 429 or 5xx."""

    code = "transport_error"
    retryable = True
    #: seconds the server asked to wait before the next try, or None
    retry_after: float | None = None


class AuthenticationError(AuthError):
    """This sign-in did not succeed."""

    code = "authentication_error"

    def __init__(
        self,
        message: str = "",
        provider: str | None = None,
        flow_id: str | None = None,
        *,
        hint: str = "",
        operation: str | None = None,
        **context: object,
    ) -> None:
        super().__init__(message, provider=provider, operation=operation, hint=hint)
        #: names the attempt in the logs; not a secret
        self.flow_id = flow_id
        #: further facts, none of them secret
        self.context = context


class AuthFlowCancelled(AuthenticationError):
    """The person, or the program, ended the sign-in."""

    code = "cancelled"


class InputCancelledError(AuthFlowCancelled):
    """The person left a prompt in the terminal without an answer."""

    code = "input_cancelled"


class AuthFlowTimeout(AuthenticationError):
    """No redirect arrived in time."""

    code = "timeout"

    def __init__(
        self,
        message: str = "",
        timeout: float = 0.0,
        provider: str | None = None,
        flow_id: str | None = None,
        *,
        hint: str = "",
        **context: object,
    ) -> None:
        text = message or f"nobody finished the sign-in within {timeout:g} seconds"
        super().__init__(text, provider, flow_id, hint=hint)
        self.context = context
        #: how long was waited, in seconds
        self.timeout = timeout


class _ServerSaid(AuthenticationError):
    """Strictly private: an error that may carry RFC 6749 ``error`` members."""

    def __init__(
        self,
        message: str = "",
        provider: str | None = None,
        flow_id: str | None = None,
        *,
        error: str | None = None,
        error_description: str | None = None,
        hint: str = "",
        operation: str | None = None,
        **context: object,
    ) -> None:
        super().__init__(message, provider, flow_id, hint=hint, operation=operation, **context)
        #: the server's ``error`` word (RFC 6749 section 5.2), or None
        self.error = error
        #: the server's ``error_description``, for people, or None
        self.error_description = error_description


class CallbackError(_ServerSaid):
    """The answer to our request to sign in was an error, held no code, or was forged."""

    code = "callback_error"


class DiscoveryError(AuthenticationError):
    """The provider's metadata is missing, unreachable or does not belong to the issuer."""

    code = "discovery_error"


class DiscoveryTransportError(DiscoveryError, TransportError):
    """The provider's metadata could not be fetched this time."""

    code = "discovery_transport_error"
    retryable = True


class RegistrationError(_ServerSaid):
    """The server registered no client, or would not take a registration back."""

    code = "registration_error"


class WindowError(AuthenticationError):
    """The sign-in window could not be opened, or ended without anybody closing it."""

    code = "window_error"

    def __init__(
        self,
        message: str = "",
        *,
        exit_code: int | None = None,
        detail: str = "",
        hint: str = "",
        **context: object,
    ) -> None:
        super().__init__(message, hint=hint)
        self.context = context
        #: how the window's process ended; negative is a signal; None where there was no process
        self.exit_code = exit_code
        #: the last words of the window's process
        self.detail = detail


class TokenError(_ServerSaid):
    """The token endpoint, an ID token or userinfo gave something that must not be used."""

    code = "token_error"


class StepUpError(TokenError):
    """A sign-in that was to prove more did not; what was held before is as it was."""

    code = "step_up_failed"


class TokenTransportError(TokenError, TransportError):
    """The token endpoint could not be reached, or could not answer."""

    code = "token_transport_error"
    retryable = True


class TokenExpiredError(TokenError):
    """No usable access token is held, and none can be had without a person."""

    code = "token_expired"


class TokenRefreshError(TokenError):
    """The refresh was not a success; the stored tokens are as they were."""

    code = "refresh_failed"
    #: seconds the server asked to wait before the next try, or None
    retry_after: float | None = None


class RefreshTransportError(TokenRefreshError, TransportError):
    """The refresh found no server that could answer; the session goes on."""

    code = "refresh_transport_error"
    retryable = True

    def asking_to_wait(self, seconds: float | None) -> "RefreshTransportError":
        """Note how many seconds the server asked to wait, and give the error back."""
        self.retry_after = seconds
        return self


class ReauthRequiredError(TokenRefreshError, TokenExpiredError):
    """The server ended the session (RFC 6749 section 5.2); a person must sign in."""

    code = "reauth_required"


class CredentialMissingError(AuthError):
    """Nothing is stored under that name."""

    code = "credential_missing"


class ProviderNotFoundError(AuthError, KeyError, ValueError):
    """No provider of that name is configured."""

    code = "provider_not_found"


class StoreError(AuthError):
    """The token store did not do what was asked."""

    code = "store_error"


class StoreUnavailableError(StoreError):
    """The token store is locked, refuses, is too slow or cannot be reached."""

    code = "store_unavailable"
    retryable = True


class StoredDataError(StoreError):
    """What is stored cannot be read; it was set aside, not deleted."""

    code = "stored_data_error"


class EncryptionUnavailableError(StoreError):
    """No store that protects secrets exists on this machine."""

    code = "encryption_unavailable"
