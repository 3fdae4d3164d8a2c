"""What is known of an issuer before it was asked anything."""

from urllib.parse import urlsplit, urlunsplit

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.wire import require_safe_url


def openid_url(issuer: str) -> str:
    """Give the address of the OpenID document (OIDC Discovery section 4.1)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def oauth_url(issuer: str) -> str:
    """Give the address of the OAuth document; the name precedes the path (RFC 8414 section 3)."""
    parts = urlsplit(issuer)
    path = "/.well-known/oauth-authorization-server" + parts.path.rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def same_issuer(found: str, issuer: str) -> bool:
    """Compare two issuers as strings; only a final slash may differ (RFC 8414 section 3.3)."""
    return found.rstrip("/") == issuer.rstrip("/")


def checked_issuer(issuer_url: str) -> str:
    """
    Give the issuer back if it is one (OIDC Discovery section 3).

    Raises:
        ConfigError: it is not https (loopback excepted), or has a query.
    """
    if not issuer_url:
        return ""
    if "?" in issuer_url:
        raise ConfigError("issuer_url must not have a query")
    return require_safe_url(issuer_url, "issuer_url")
