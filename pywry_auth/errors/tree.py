"""The trunk of the tree."""


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
