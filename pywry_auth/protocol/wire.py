"""What goes over the wire, as values: what every endpoint has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from pywry_auth.errors import ConfigError


MAX_RETRY_AFTER = 900.0  # seconds; a server that asks for a week is asked again the same day
MAX_REPLY = 1024 * 1024  # bytes; the largest real discovery document is below 40 KiB


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One HTTP request, not yet sent. Headers and body may hold secrets and never print."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class WireReply:
    """
    One HTTP reply, read whole.

    Attributes:
        status: the status code.
        headers: names in lower case.
        body: at most ``MAX_REPLY`` bytes; may hold secrets and never prints.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_transient(self) -> bool:
        """Whether the server says "not now" rather than "no" (408, 429, 5xx)."""
        return self.status in {408, 429} or self.status >= 500  # noqa: PLR2004


def instant_of(reply: WireReply) -> float | None:
    """Read when the server says it answered (RFC 9110 section 6.6.1), as Unix time in seconds."""
    if reply.headers.get("age", "0").strip() != "0":
        return None  # somebody on the way remembered it
    return _http_date(reply.headers.get("date", ""))


def retry_after(reply: WireReply, *, now: float) -> float | None:
    """
    Read how many seconds the server asks to wait (RFC 9110 section 10.2.3).

    Args:
        reply: its answer.
        now: Unix time in seconds; not used where the server tells its own.

    Returns:
        Seconds between 0 and ``MAX_RETRY_AFTER``; None where it does not ask, or nonsense.
    """
    said = reply.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(MAX_RETRY_AFTER, float(said[:9]))
    until, here = _http_date(said), instant_of(reply)
    if until is None:
        return None
    return min(MAX_RETRY_AFTER, max(0.0, until - (now if here is None else here)))


def _http_date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


#: what forms and queries are made of; several values are sent under one repeated name
Fields = Mapping[str, str | Sequence[str]]


def with_query(url: str, params: Fields) -> str:
    """Add *params* to the query *url* already has; a name that is there is replaced."""
    parts = urlsplit(url)
    kept = [p for p in parse_qsl(parts.query, keep_blank_values=True) if p[0] not in params]
    query = urlencode([*kept, *params.items()], doseq=True)
    return urlunsplit(parts._replace(query=query, fragment=""))


def is_loopback(url: str) -> bool:
    """Whether *url* names this very machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe_url(url: str, what: str) -> str:
    """
    Give *url* back if it may be spoken to: https, or http on this machine.

    Raises:
        ConfigError: it has no host, another scheme, or holds a password or fragment.
    """
    parts = _parts(url)
    if parts is None or parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ConfigError(f"{what} is no complete https address", hint="it begins with https://")
    if parts.username or parts.password or parts.fragment:
        raise ConfigError(f"{what} must not hold a user name, a password or a fragment")
    if parts.scheme == "http" and not is_loopback(url):
        raise ConfigError(
            f"{what} is not encrypted", hint="use https; http is allowed on 127.0.0.1 only"
        )
    return url


def _parts(url: str) -> SplitResult | None:
    # What one parser drops or turns round, another one takes for a part of the host.
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def form_request(url: str, fields: Fields, headers: Mapping[str, str]) -> WireRequest:
    """Make a POST of form *fields* that asks for JSON (RFC 6749 section 4.1.3)."""
    return WireRequest(
        "POST",
        url,
        {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
            **headers,
        },
        urlencode(fields, doseq=True).encode("ascii"),
    )


def printable(text: str, limit: int) -> str:
    """Cut a stranger's text to *limit* characters and take out what could break a line."""
    return "".join(c if c.isprintable() else " " for c in text[:limit]).strip()
