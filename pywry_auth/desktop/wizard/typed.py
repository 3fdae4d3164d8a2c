"""What a person types to say which organisation is theirs."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.wire import is_loopback, require_safe_url


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
#: knows which domains its customers have
MICROSOFT = "https://login.microsoftonline.com"
MAX_DOMAIN = 253  # characters (RFC 1035 section 2.3.4)


@dataclass(frozen=True, slots=True)
class Typed:
    """
    An organisation, as a person named it.

    Attributes:
        issuer: an address, or "".
        domain: otherwise a domain.
        account: the mail address they typed, or "".
    """

    issuer: str = ""
    domain: str = ""
    account: str = ""

    @property
    def host(self) -> str:
        """What to call the organisation until it says its name."""
        return self.domain or urlsplit(self.issuer).netloc

    @property
    def name(self) -> str:
        """What tells it apart from every other one; no slash is in it."""
        return f"{self.host}{urlsplit(self.issuer).path.rstrip('/')}".replace("/", " ")


def read_typed(text: str) -> Typed | None:
    """Read an issuer's address, a mail address, or a domain; None where it is none of them."""
    typed = text.strip()
    if "://" in typed:
        return _address(typed)
    name, at, domain = typed.rpartition("@")
    ascii_domain = _ascii(domain if at else typed)
    if ascii_domain is None or (at and (not name or not name.isprintable())):
        return None
    # The domain alone is asked about; nobody but the person's own provider need know their name.
    return Typed(domain=ascii_domain, account=f"{name}@{ascii_domain}" if at else "")


def _address(typed: str) -> Typed | None:
    try:
        address = require_safe_url(typed, "the address")
    except ConfigError:
        return None
    if "?" in address:
        return None
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not is_loopback(address) and _ascii(host) != host.lower():
        return None
    return Typed(issuer=address.removesuffix("/.well-known/openid-configuration"))


def _ascii(domain: str) -> str | None:
    try:
        found = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return found if len(found) <= MAX_DOMAIN and _DOMAIN.fullmatch(found) else None
