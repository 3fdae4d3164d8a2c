"""What an address tells a person, besides whether the sign-in window may open it."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit


DEFAULT_PORTS = {"http": 80, "https": 443}

LOOPBACK_4 = IPv4Network("127.0.0.0/8")
LOOPBACK_6 = IPv6Address("::1")

#: second-level labels under which countries let people register names, as in ``co.uk``
SHARED_SECOND_LEVELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "gouv", "go", "ne", "net", "or", "org"}
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page comes from, in the form shown in the bar."""

    origin: str
    host: str
    encrypted: bool
    on_this_computer: bool


NOWHERE = Address(origin="", host="", encrypted=False, on_this_computer=False)


def address_of(url: str) -> Address:
    """Say where *url* comes from; what is no web address gives ``NOWHERE``."""
    parts = _split(url)
    if parts is None or parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return NOWHERE
    host = parts.hostname.rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    port = _port(parts)
    if port not in {None, DEFAULT_PORTS[parts.scheme]}:
        shown = f"{shown}:{port}"
    return Address(
        origin=f"{parts.scheme}://{shown}",
        host=host,
        encrypted=parts.scheme == "https",
        on_this_computer=is_loopback(host),
    )


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this very computer (RFC 6761 section 6.3 for the names)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    # Python's own is_loopback also takes ::ffff:127.0.0.1 from 3.13 on; nothing needs that form.
    return address in LOOPBACK_4 if isinstance(address, IPv4Address) else address == LOOPBACK_6


def may_open(url: str) -> bool:
    """Tell whether *url* may be the page: https, or http that does not leave this computer."""
    address = address_of(url)
    return address.encrypted or address.on_this_computer


def same_site(one: str, other: str) -> bool:
    """
    Tell whether two hosts look as if one owner had registered both.

    This compares the last two labels, or three where the second is one that countries share out
    (``co.uk``). It knows no list of public suffixes, so two customers of one hosting company look
    like one owner. It only decides whether the bar shows a notice; nothing is allowed by it.
    """
    return _site(one) == _site(other)


def _site(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
    country = len(labels[-1]) == 2  # noqa: PLR2004  # ISO 3166 codes have two letters
    shared = len(labels) > 2 and country and labels[-2] in SHARED_SECOND_LEVELS  # noqa: PLR2004
    return ".".join(labels[-3:] if shared else labels[-2:])


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
