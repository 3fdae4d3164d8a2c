"""What goes wrong on the way to the provider."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import (
    DiscoveryTransportError,
    TokenTransportError,
    TransportError,
)


# Whoever is signed in stays so when a renewal finds nobody, which a sentence must not hide.
_SIGNING_IN = (TokenTransportError, DiscoveryTransportError)

_tls = partial(Entry, kinds=(TransportError,))

ENTRIES = (
    _tls(
        "certificate_expired",
        "certificate_date",
        Say.CERTIFICATE_DATE,
        Action.RETRY,
        "The provider's certificate is not valid at this machine's time. Compare the clock with "
        "the real time first, then renew the certificate.",
        pattern="certificate has expired|certificate is not yet valid",
    ),
    _tls(
        "certificate_other_host",
        "certificate_other_host",
        Say.NETWORK_LOGIN,
        Action.RETRY,
        "Somebody else's certificate came: a network that wants a sign-in of its own (hotel, "
        "train), or an issuer_url with the wrong host name.",
        pattern="hostname mismatch|ip address mismatch|doesn't match|certificate is not valid for",
    ),
    _tls(
        "certificate_untrusted",
        "certificate_untrusted",
        Say.CERTIFICATE,
        Action.DEVELOPER,
        "The certificate leads to no authority that this machine trusts. Add the organization's "
        "root certificate to the trust store of the operating system, where a proxy inspects "
        "connections; certificates that sign themselves are not accepted.",
        pattern=r"certificate_verify_failed|the certificate of \S+ is not trusted",
    ),
    _tls(
        "proxy_authentication",
        "proxy_refused",
        Say.PROXY,
        Action.DEVELOPER,
        "The proxy wants a name and a password. Put them into HTTPS_PROXY "
        "(http://NAME:PASSWORD@HOST:PORT), or let it pass the provider's host.",
        pattern="proxyerror: 407|407 proxy authentication",
    ),
    Entry(
        "too_many_requests",
        "too_many_requests",
        Say.TOO_MANY,
        Action.WAIT,
        "The provider asked for patience (status 429). Look for a loop that asks it again and "
        "again, or for a limit of the plan.",
        pattern=r"\bstatus 429\b",
        kinds=_SIGNING_IN,
    ),
    Entry(
        "network_login",
        "network_login",
        Say.NETWORK_LOGIN,
        Action.RETRY,
        "A network wants a sign-in of its own before it lets anything through (status 511).",
        source="https://www.rfc-editor.org/rfc/rfc6585#section-6",
        pattern=r"\bstatus 511\b",
        kinds=_SIGNING_IN,
    ),
    Entry(
        "server_fault",
        "service_broken",
        Say.SERVICE_BROKEN,
        Action.RETRY,
        "The provider answered with a fault of its own (status 5xx); its log tells what.",
        pattern=r"\bstatus 5\d\d\b",
        kinds=_SIGNING_IN,
    ),
    Entry(
        "name_unknown",
        "host_unknown",
        Say.SERVICE_UNKNOWN,
        Action.RETRY,
        "The provider's host name was not found. Check issuer_url for a typing error; a VPN may be "
        "needed to know it.",
        pattern="name or service not known|getaddrinfo|nodename nor servname|name resolution"
        r"|the name \S+ is not known",
        kinds=_SIGNING_IN,
    ),
)
