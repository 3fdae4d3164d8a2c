"""What can go wrong while tokens are got or renewed."""

from pywry_auth.errors.tree import AuthError, TransportError


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
