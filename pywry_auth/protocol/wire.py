"""What goes over the wire, as values: what every endpoint has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from pywry_auth.errors import ConfigError


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
