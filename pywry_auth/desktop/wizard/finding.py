"""Finds where an organisation signs its people in."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from pywry_auth.desktop.wizard.typed import MICROSOFT, Typed
from pywry_auth.errors import ConfigError, DiscoveryError, DiscoveryTransportError, TransportError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.protocol.discovery import read_metadata
from pywry_auth.protocol.issuer import checked_issuer, openid_url, same_issuer
from pywry_auth.protocol.wire import WireReply, WireRequest, is_loopback


WITHIN = 10.0  # seconds for each question; a person is waiting
ISSUER_RELATION = "http://openid.net/specs/connect/1.0/issuer"
MAX_LINKS = 20  # links of a WebFinger answer that are looked at
OK = 200

Send = Callable[[WireRequest], Awaitable[WireReply]]


async def find_issuer(typed: Typed, send: Send, *, microsoft: str = MICROSOFT) -> str:
    """
    Find the issuer of an organisation.

    An address is asked itself. A domain is asked by WebFinger (RFC 7033), then whether it is an
    issuer itself, then Microsoft, which knows whose domains its customers have.

    Args:
        typed: what the person typed.
        send: carries one request; raises TransportError.
        microsoft: where tenants are asked for.

    Returns:
        The issuer, exactly as its own metadata writes it.

    Raises:
        DiscoveryTransportError: nobody answered.
        DiscoveryError: nobody knows this organisation.
    """
    if typed.issuer:
        return await _confirmed(typed.issuer, send)
    found = await asyncio.gather(
        _by_webfinger(typed, send),
        _confirmed(f"https://{typed.domain}", send),
        _at_microsoft(typed.domain, send, microsoft),
        return_exceptions=True,
    )
    failures: list[DiscoveryError] = []
    for outcome in found:
        if isinstance(outcome, str):
            return outcome
        if not isinstance(outcome, DiscoveryError):
            raise outcome
        failures.append(outcome)
    # That Microsoft answered does not mean that the domain did.
    raise next((each for each in failures[:2] if not _is_transient(each)), failures[0])


def _is_transient(error: DiscoveryError) -> bool:
    return isinstance(error, DiscoveryTransportError)


async def _by_webfinger(typed: Typed, send: Send) -> str:
    # RFC 7033 section 4.1; without a mail address the domain itself is asked about.
    resource = f"acct:{typed.account}" if typed.account else f"https://{typed.domain}"
    query = urlencode({"resource": resource, "rel": ISSUER_RELATION})
    address = f"https://{typed.domain}/.well-known/webfinger?{query}"
    reply = await _asked(address, send)
    issuer = _issuer_in(reply.body) if reply.status == OK else None
    if issuer is None:
        raise DiscoveryError(f"{typed.domain} does not say where its people sign in")
    return await _confirmed(issuer, send)


async def _at_microsoft(domain: str, send: Send, microsoft: str) -> str:
    reply = await _asked(openid_url(f"{microsoft}/{domain}/v2.0"), send)
    # The tenant's own number stands where the domain was asked for.
    return read_metadata(reply, accepts=lambda issuer: issuer.startswith(f"{microsoft}/")).issuer


async def _confirmed(issuer: str, send: Send) -> str:
    try:
        address = openid_url(checked_issuer(issuer))
    except ConfigError:
        raise DiscoveryError("this is no issuer's address") from None
    reply = await _asked(address, send)
    return read_metadata(reply, accepts=lambda found: same_issuer(found, issuer)).issuer


async def _asked(address: str, send: Send) -> WireReply:
    try:
        return await send(WireRequest("GET", address, {"accept": "application/json"}))
    except TransportError as exc:
        raise DiscoveryTransportError(str(exc)) from None


def _issuer_in(body: bytes) -> str | None:
    try:
        data: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    links = data.get("links") if is_object(data) else None
    for link in links[:MAX_LINKS] if is_array(links) else ():
        if not is_object(link) or link.get("rel") != ISSUER_RELATION:
            continue
        href = link.get("href")
        if isinstance(href, str) and not is_loopback(href):  # a stranger's word of this machine
            return href
    return None
