"""What a resource server answers instead of what was asked for."""

from pywry_auth.errors.tree import AuthError


MAX_BODY = 500  # characters of an answer that an error keeps


class HTTPStatusError(AuthError):
    """A resource server answered with a status that is no success (RFC 9110 section 15)."""

    code = "http_status"

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int = 0,
        url: str = "",
        body: str = "",
        hint: str = "",
        provider: str | None = None,
    ) -> None:
        text = message or f"{url or 'the server'} answered {status_code}"
        super().__init__(text, provider=provider, hint=hint)
        #: the status code
        self.status_code = status_code
        #: what was asked for, without its query
        self.url = url
        #: the beginning of the answer, at most 500 characters
        self.body = body[:MAX_BODY]


class RateLimitError(HTTPStatusError):
    """The server was asked too often (429)."""

    code = "rate_limited"
    retryable = True
    #: seconds the server asked to wait, or None where it did not say
    retry_after: float | None = None

    def asking_to_wait(self, seconds: float | None) -> "RateLimitError":
        """Note how many seconds the server asked to wait, and give the error back."""
        self.retry_after = seconds
        return self


class QuotaExceededError(HTTPStatusError):
    """What this account or client may use is used up (403 that speaks of a quota)."""

    code = "quota_exceeded"


class NotFoundError(HTTPStatusError):
    """There is nothing at that address, or nothing for this account (404)."""

    code = "not_found"


class ServerError(HTTPStatusError):
    """The server could not answer (5xx)."""

    code = "server_error"
    retryable = True
