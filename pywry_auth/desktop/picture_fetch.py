"""Fetches a picture from where a provider says it is, never from within this network."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin, urlsplit

from pywry_auth.desktop.picture_format import PictureKind, picture_format
from pywry_auth.errors import ConfigError, TransportError
from pywry_auth.http import HttpClient
from pywry_auth.off_loop import off_loop
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url


MAX_BYTES = 256 * 1024  # a portrait of 500 pixels is below 100 KiB
FETCHING = 10.0  # seconds for each step of the way
MAX_STEPS = 4  # Gravatar and its like redirect once or twice
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200


async def fetch_picture(address: str, *, issuer: str = "") -> bytes:
    """
    Get the bytes of a PNG, JPEG, GIF or WebP.

    A provider's word, or whoever could write into a profile, must not make this computer ask its
    own network for things: only where the issuer is near, the picture may be near too.

    Args:
        address: https, except on this very computer; what it redirects to as well.
        issuer: the provider's address, or "".

    Raises:
        ConfigError: no picture may come from there.
        TransportError: nothing came, or no picture.
    """
    is_near_allowed = bool(issuer) and await _is_near(issuer)
    http = HttpClient()
    url = address
    try:
        for _ in range(MAX_STEPS):
            require_safe_url(url, "the picture's address")
            if not is_near_allowed and await _is_near(url):
                raise ConfigError("the picture is within this network, and its provider is not")
            request = WireRequest("GET", url, {"accept": ", ".join(PictureKind)})
            reply = await http.send(request, within=FETCHING)
            if reply.status not in _REDIRECTS:
                return _picture_in(reply)
            url = _next(url, reply)
    finally:
        await http.close()
    raise TransportError("the picture is always somewhere else")


def _next(url: str, reply: WireReply) -> str:
    try:
        return urljoin(url, reply.headers.get("location", ""))
    except ValueError:
        raise TransportError("the picture is moved to what is no address") from None


def _picture_in(reply: WireReply) -> bytes:
    if reply.status != _OK:
        raise TransportError(f"there is no picture (status {reply.status})")
    if len(reply.body) > MAX_BYTES:
        raise TransportError("the picture is larger than any portrait")
    # What it says it is does not count: a page would show it as what it is.
    found = picture_format(reply.body)
    if found is None or not found.is_harmless:
        raise TransportError("this is no picture, or one too large to be shown")
    return reply.body


async def _is_near(url: str) -> bool:
    """Strictly private: whether any address of the host is not one of the whole internet."""
    host = urlsplit(url).hostname or ""
    asking = off_loop(lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    try:
        found = await asyncio.wait_for(asking, FETCHING)
    except (OSError, UnicodeError, TimeoutError):
        raise TransportError("the picture's host is not known") from None
    return not found or any(not is_public(ip_address(each[4][0])) for each in found)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether *address* is one of the whole internet, whichever way it is written."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _translated(address: IPv6Address) -> IPv4Address | None:
    # RFC 6052 section 2.1: an IPv4 address behind the well-known prefix
    well_known = int(IPv6Address("64:ff9b::"))
    bits = int(address)
    return IPv4Address(bits & 0xFFFFFFFF) if bits >> 32 == well_known >> 32 else None
