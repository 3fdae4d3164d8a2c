"""What became of a request to a resource that gave no good answer."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from pywry_auth.errors import AuthError, ReauthRequiredError, TransportError
from pywry_auth.http import reason_of
from pywry_auth.http_auth.httpx_flow import origin_of, took_token_of_ours
from pywry_auth.protocol.answers import RETRIED, error_in, shown_url
from pywry_auth.protocol.refusal import UNAUTHORIZED, Refusal, refusal_of
from pywry_auth.protocol.wire import WireReply, retry_after


FIRST_ERROR = 400
MOST_READ = 64 * 1024  # bytes of a refusal that nobody asked to read whole

_SEND_AGAIN = "the token was renewed: send it again; a body of bytes, or a file, would have been"

# What would go wrong again in the same way.
_OF_OUR_OWN = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class Failure:
    """
    What came instead of an answer.

    Attributes:
        error: what it is for whoever asked.
        may_pass: whether the same request may succeed after a while.
        asked: seconds the server asked to wait, or None.
    """

    error: AuthError
    may_pass: bool
    asked: float | None = None

    @classmethod
    def of_network(cls, shown: str, exc: httpx.HTTPError | OSError) -> "Failure":
        """Say that nothing came from *shown*, an address without secrets."""
        if isinstance(exc, OSError):  # from a transport of the application's own
            error = TransportError(f"{shown} cannot be reached ({type(exc).__name__})")
            return cls(error, may_pass=True)
        may_pass = isinstance(exc, httpx.TransportError) and not isinstance(exc, _OF_OUR_OWN)
        return cls(TransportError(reason_of(shown, exc)), may_pass)

    @classmethod
    def of_answer(
        cls, response: httpx.Response, *, now: float, known: Iterable[str], could_repeat: bool
    ) -> "Failure | None":
        """
        Say what *response* means; None where it is what was asked for.

        Args:
            response: the answer; a refusal is read, and closed.
            now: Unix time in seconds.
            known: secrets that were sent, which some servers repeat.
            could_repeat: whether the request's body could be read a second time.
        """
        if response.status_code < FIRST_ERROR:
            return None
        reply = WireReply(response.status_code, dict(response.headers), _beginning(response))
        url = str(response.url)
        hint = _of_no_token(response)
        if _is_about_our_token(response):
            if could_repeat or _was_repeated(response):
                return cls(_reauth_required(url), may_pass=False)
            hint = _SEND_AGAIN
        error = error_in(reply, url=url, now=now, known=known, hint=hint)
        if error is None:
            return None
        return cls(error, reply.status in RETRIED, retry_after(reply, now=now))


@contextmanager
def broken_off(response: httpx.Response) -> Generator[None, None, None]:
    """
    Let *response* be read inside.

    Raises:
        TransportError: it broke off.
    """
    try:
        yield
    except httpx.TransportError as exc:
        if not _is_of(response, exc):  # of another request, which is none of our business
            raise
        raise TransportError(
            f"the answer of {shown_url(str(response.url))} broke off ({type(exc).__name__})"
        ) from exc


def _is_of(response: httpx.Response, exc: httpx.RequestError) -> bool:
    try:
        return exc.request is response.request
    except RuntimeError:  # it says of no request that it is its own
        return False


def _beginning(response: httpx.Response) -> bytes:
    if response.is_stream_consumed:
        return response.content
    body = bytearray()
    with suppress(httpx.HTTPError, httpx.StreamError):  # what came before it broke off is enough
        for piece in response.iter_bytes(MOST_READ):
            body += piece
            if len(body) >= MOST_READ:
                break
    response.close()
    return bytes(body)


def _is_about_our_token(response: httpx.Response) -> bool:
    if response.status_code != UNAUTHORIZED or not took_token_of_ours(response.request):
        return False
    challenge = response.headers.get("www-authenticate", "")
    return _was_repeated(response) or refusal_of(UNAUTHORIZED, challenge) is not Refusal.REQUEST


def _of_no_token(response: httpx.Response) -> str:
    """Strictly private: say why no token was sent, which another sign-in would not change."""
    request = response.request
    if "authorization" in request.headers:
        return ""
    origin = origin_of(request.url)
    if origin is None:
        return "no token was sent: it goes to https addresses only, without a user name in them"
    if response.history:
        return (
            f"no token was sent to {origin}, where redirects led: name each origin on the way in "
            "allowed_origins, if the token may go there"
        )
    return f"no token was sent to {origin}: name it in allowed_origins, if the token may go there"


def _was_repeated(response: httpx.Response) -> bool:
    return any(one.status_code == UNAUTHORIZED for one in response.history)


def _reauth_required(url: str) -> ReauthRequiredError:
    return ReauthRequiredError(
        f"{shown_url(url)} answered 401 to a token that was got just now",
        hint="sign in again; if that does not help, the resource wants a token of another kind",
    )
