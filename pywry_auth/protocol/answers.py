"""What an answer of a resource server means for whoever asked, as an error to raise or a wait."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from pywry_auth.errors import (
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from pywry_auth.protocol.told import Removing
from pywry_auth.protocol.wire import WireReply, retry_after


#: methods that may be sent again though nobody knows what came of them (RFC 9110 section 9.2.2)
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
#: a server that says one of these may answer the same request later
RETRIED = frozenset({429, 502, 503, 504})

_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500
_READ = 65_536  # bytes of an answer that are looked at; longer than any secret it may repeat
_SHORTEST_SECRET = 4  # characters; a shorter one would turn up in every word
_HINTS = {
    401: "the token is not accepted: sign in again, or give another one",
    403: "the token may not do that: it needs another scope, or another account",
}


@dataclass(frozen=True, slots=True)
class Backoff:
    """
    How long to wait before a request is repeated.

    Attributes:
        factor: seconds before the first repetition, at most; it doubles with each.
        cap: seconds of any wait, at most.
    """

    factor: float = 0.5
    cap: float = 60.0

    def delay(self, repeated: int, *, asked: float | None = None) -> float:
        """
        Give the seconds to wait, with full jitter.

        Args:
            repeated: how often the request was repeated already; 0 before the first time.
            asked: seconds the server asked for; never less than these, up to the cap.
        """
        ceiling = min(self.cap, self.factor * 2.0 ** min(repeated, 30))
        jitter = ceiling * secrets.randbelow(1001) / 1000
        if asked is None or not asked >= 0.0:  # neither is NaN
            return jitter
        return min(self.cap, max(jitter, asked))


def may_be_repeated(method: str, *, idempotent: bool | None = None) -> bool:
    """Say whether a request may be sent again; *idempotent* is the caller's own word for it."""
    return method.upper() in IDEMPOTENT if idempotent is None else idempotent


def error_in(
    reply: WireReply,
    *,
    url: str,
    now: float,
    known: Iterable[str] = (),
    provider: str | None = None,
    hint: str = "",
) -> HTTPStatusError | None:
    """
    Give the error that *reply* stands for; None where it is none (below 400).

    Args:
        reply: the answer; of its body only the beginning is needed.
        url: what was asked for; its query is left out of the error.
        now: Unix time in seconds, for ``Retry-After`` as a date.
        known: secrets that were sent, which some servers repeat in their answers.
        provider: whose server it is, where it has a name.
        hint: what to do about a 401 or 403, where the caller knows better than "another token".
    """
    if reply.status < _FIRST_ERROR:
        return None
    kind = _kind(reply)
    usual = _HINTS.get(reply.status, "")
    error = kind(
        status_code=reply.status,
        url=without(shown_url(url), known),
        body=without(beginning(reply), known),
        hint=usual and (hint or usual),
        provider=provider,
    )
    if isinstance(error, RateLimitError):
        return error.asking_to_wait(retry_after(reply, now=now))
    return error


def speaks_of_quota(reply: WireReply) -> bool:
    """Whether the answer says that what may be used is used up."""
    return "quota" in beginning(reply).lower()


def beginning(reply: WireReply) -> str:
    """Give the first characters of what came."""
    return reply.body[:_READ].decode("utf-8", "replace")


def shown_url(url: str) -> str:
    """Give *url* as an error may show it: without user name, query or fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def without(text: str, known: Iterable[str]) -> str:
    """Take what is known to be secret out of a server's text, in whatever spelling."""
    return Removing(secret for secret in known if len(secret) >= _SHORTEST_SECRET)(text)


def _kind(reply: WireReply) -> type[HTTPStatusError]:
    match reply.status:
        case 429:
            return RateLimitError
        case 404:
            return NotFoundError
        case 403 if speaks_of_quota(reply):
            return QuotaExceededError
        case status if status >= _FIRST_SERVER_ERROR:
            return ServerError
        case _:
            return HTTPStatusError
